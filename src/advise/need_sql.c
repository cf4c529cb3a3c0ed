/*
 * Needs out of a statement's own parse tree: every relation that its blocks read, with what they
 * ask of it.
 */
#include "advise/need_sql.h"

#include <math.h>

#include "advise/need_private.h"
#include "base/arena.h"

/* LIMIT $1: how long a page is, nobody knows; it is a page, and no dump. */
static const double PAGE_ROWS = 50;

struct reader {
    struct need_maker k;
    const struct query *q;
    const struct query_block *block;
    const struct query_rte *rte;
};

/* ---- conditions ---- */

static bool speaks_of(const struct query_cond *c, const struct query_rte *rte)
{
    for (size_t i = 0; i < c->ref_count; i++)
        if (c->refs[i].rte == rte)
            return c->refs[i].usable;
    return false;
}

static void add_conditions(struct reader *r)
{
    for (size_t i = 0; i < r->block->cond_count; i++)
        if (speaks_of(&r->block->conds[i], r->rte))
            need_add_pred(&r->k, r->block->conds[i].pred);
}

/* x IN (SELECT y ...) looks up y by x, or else x by the few values of y. */
static void add_semi_conditions(struct reader *r)
{
    for (size_t b = 0; b < r->q->block_count; b++) {
        const struct query_block *inner = r->q->blocks[b];
        if (inner->parent != r->block || inner->link != QUERY_LINK_SEMI || inner->merged)
            continue;
        for (size_t i = 0; i < inner->cond_count; i++)
            if (inner->conds[i].place == QUERY_SEMI)
                need_add_pred(&r->k, inner->conds[i].pred);
    }
}

/* ---- order ---- */

static void add_keys(struct reader *r, const struct sort_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        need_add_sort(&r->k, &keys[i]);
}

static void add_sides(struct reader *r, const struct pred_side *sides, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sort_key key = {.side = sides[i], .text = sides[i].text};
        need_add_sort(&r->k, &key);
    }
}

static void add_targets(struct reader *r)
{
    for (size_t i = 0; i < r->block->target_count; i++)
        add_sides(r, &r->block->targets[i].side, 1);
}

static bool is_extreme(const struct pred_side *side)
{
    bool extreme = str_is(side->function, "min") || str_is(side->function, "max");
    return side->kind == SIDE_EXPR && extreme && side->column_count == 1;
}

/* All targets are min(x) or max(x) of one x: the first and the last row in the order of x. */
static const struct pred_side *lone_extreme(const struct query_block *b)
{
    if (!b->target_count || b->group_count || b->rte_count != 1)
        return NULL;
    const struct pred_side *first = &b->targets[0].side;
    for (size_t i = 0; i < b->target_count; i++) {
        const struct pred_side *side = &b->targets[i].side;
        if (!is_extreme(side) || !str_eq(side->columns[0].column, first->columns[0].column))
            return NULL;
    }
    return first;
}

static void add_extreme(struct reader *r, const struct pred_side *side)
{
    const struct pred_column *c = &side->columns[0];
    struct sort_key key = {.desc = str_is(side->function, "max"), .text = c->column};
    key.nulls_first = key.desc;
    key.side = (struct pred_side){.kind = SIDE_COLUMN,
                                  .qualifier = c->qualifier,
                                  .column = c->column,
                                  .text = c->column,
                                  .columns = c,
                                  .column_count = 1};
    if (need_add_sort(&r->k, &key))
        r->k.need->limit = 1;
}

/* Whether the LIMIT counts the rows that the block's relations give, in the block's order. */
static bool limits_rows(const struct query_block *b)
{
    return b->limit.present && !b->group_count && !b->has_aggregates && !b->window_count &&
           b->distinct != QUERY_DISTINCT_ALL;
}

static void take_limit(struct reader *r)
{
    const struct query_block *b = r->block;
    if (!limits_rows(b))
        return;
    r->k.need->limit = b->limit.known ? b->limit.rows : PAGE_ROWS;
    if (b->offset.present)
        r->k.need->limit += b->offset.known ? b->offset.rows : PAGE_ROWS;
}

/* What is grouped is sorted after it; only the grouping meets the table's rows. */
static void take_order(struct reader *r)
{
    const struct query_block *b = r->block;
    struct need *n = r->k.need;
    const struct pred_side *extreme = b->has_aggregates ? lone_extreme(b) : NULL;
    enum need_order order = ORDER_SORT;
    if (extreme) {
        add_extreme(r, extreme);
    } else if (b->group_count) {
        order = ORDER_GROUP;
        if (!b->grouping_sets)
            add_sides(r, b->group, b->group_count);
    } else if (b->has_aggregates) {
        return;
    } else if (b->window_count) {
        add_sides(r, b->windows[0].partition, b->windows[0].partition_count);
        add_keys(r, b->windows[0].order, b->windows[0].order_count);
    } else if (b->sort_count) {
        add_keys(r, b->sort, b->sort_count);
    } else if (b->distinct == QUERY_DISTINCT_ON) {
        order = ORDER_GROUP;
        add_sides(r, b->distinct_on, b->distinct_count);
    } else if (b->distinct == QUERY_DISTINCT_ALL) {
        order = ORDER_GROUP;
        add_targets(r);
    }
    n->order = n->sort_count ? order : ORDER_NONE;
    take_limit(r);
}

/* ---- subqueries ---- */

/* The block runs once for each row of another one: LATERAL, or a correlated subquery. */
static bool is_probed(const struct query_block *b)
{
    for (size_t i = 0; i < b->cond_count; i++)
        if (b->conds[i].correlated)
            return true;
    return false;
}

static bool tests_not_in(const struct reader *r)
{
    for (size_t b = 0; b < r->q->block_count; b++)
        if (r->q->blocks[b]->parent == r->block && r->q->blocks[b]->link == QUERY_LINK_NOT_IN)
            return true;
    return false;
}

/* ---- columns ---- */

static void take_columns(struct reader *r)
{
    struct need *n = r->k.need;
    n->columns_known = !n->unchecked;
    for (size_t i = 0; i < r->rte->column_count; i++)
        need_add_column(&r->k, r->rte->alias, r->rte->columns[i]);
    for (size_t i = 0; r->rte->whole_row && i < n->rel->column_count; i++)
        need_add_column(&r->k, r->rte->alias, n->rel->columns[i].name);
}

/* ---- one relation ---- */

static bool is_read(const struct query_block *b, const struct query_rte *rte)
{
    return rte->kind == QUERY_RTE_RELATION && !(rte->target && b->kind == QUERY_INSERT);
}

static void read_relation(struct reader *r)
{
    struct need *n = r->k.need;
    const struct query_rte *rte = r->rte;
    n->alias = rte->alias;
    n->rel = r->k.cat ? cat_find_rel(r->k.cat, rte->schema, rte->name) : NULL;
    n->unchecked = !n->rel;
    if (!n->rel)
        n->rel = need_stand_in(r->k.arena, rte->schema, rte->name);
    n->rel = need_partition_root(n->rel);
    n->joined = r->block->rte_count > 1;
    n->locks_rows = r->block->locks_rows || rte->target;
    n->block = r->block->number;
    n->loops = 1;
    take_columns(r);
    add_conditions(r);
    add_semi_conditions(r);
    take_order(r);
    bool as_join = r->block->link == QUERY_LINK_SEMI || r->block->link == QUERY_LINK_ANTI;
    n->per_probe = r->block->rte_count == 1 && !as_join && is_probed(r->block);
    n->not_in = r->block->rte_count == 1 && tests_not_in(r);
}

static void take_expected_rows(struct need_list *list, const struct query *q, size_t from,
                               double rows)
{
    const struct query_block *top = q->block_count ? q->blocks[0] : NULL;
    if (!(rows > 0) || list->count != from + 1 || !top || top->limit.present || top->group_count ||
        top->has_aggregates || top->distinct != QUERY_DISTINCT_NONE)
        return;
    list->items[from].rows_out = rows;
}

void need_from_sql(struct arena *a, const struct catalog *cat, const struct query *q, double rows,
                   size_t query, struct need_list *out)
{
    size_t from = out->count;
    for (size_t b = 0; b < q->block_count; b++) {
        const struct query_block *block = q->blocks[b];
        for (size_t i = 0; !block->merged && i < block->rte_count; i++) {
            if (!is_read(block, block->rtes[i]))
                continue;
            struct reader r = {.q = q, .block = block, .rte = block->rtes[i]};
            r.k = (struct need_maker){
                .arena = a, .cat = cat, .need = need_add(a, out), .bare_is_other = true};
            r.k.need->query = query;
            read_relation(&r);
        }
    }
    take_expected_rows(out, q, from, rows);
}

/* ---- what the text tells beyond a plan ---- */

/* A value that the plan shows may have come in as a parameter: the text tells. */
static bool is_literal(const struct need_cond *c, const struct need *told)
{
    bool same_column = false;
    for (size_t i = 0; i < told->cond_count; i++) {
        if (str_eq(told->conds[i].key, c->key))
            return told->conds[i].is_constant;
        same_column |= str_eq(told->conds[i].canonical, c->canonical) &&
                       told->conds[i].pred->op == c->pred->op && !told->conds[i].is_constant;
    }
    return c->is_constant && !same_column;
}

/* The plan shows a cast of the column; where the text has none, the server put it there, because
 * the other side has another type, and that is what is to be mended. */
static void take_conversion(struct need_cond *c, const struct need *told)
{
    for (size_t i = 0; i < told->cond_count && c->is_expr && c->side->kind == SIDE_COLUMN; i++) {
        const struct need_cond *as_written = &told->conds[i];
        if (!as_written->converted.len || as_written->pred->op != c->pred->op ||
            !str_eq(as_written->side->column, c->side->column))
            continue;
        c->converted = as_written->converted;
        c->use = COND_FILTER_ONLY;
    }
}

static void add_told(struct need *n, const struct need *told)
{
    n->not_in |= told->not_in;
    for (size_t i = 0; i < n->cond_count; i++) {
        n->conds[i].is_constant = is_literal(&n->conds[i], told);
        take_conversion(&n->conds[i], told);
    }
    if (!n->columns_known && told->columns_known) {
        n->columns = told->columns;
        n->column_count = told->column_count;
        n->columns_known = true;
    }
}

void need_add_sql(struct arena *a, const struct catalog *cat, const struct query *q,
                  struct need *needs, size_t count)
{
    struct need_list told = {0};
    need_from_sql(a, cat, q, NAN, 0, &told);
    for (size_t i = 0; i < count; i++)
        for (size_t t = 0; t < told.count; t++)
            if (str_eq(needs[i].alias, told.items[t].alias) && needs[i].rel == told.items[t].rel) {
                add_told(&needs[i], &told.items[t]);
                break;
            }
}
