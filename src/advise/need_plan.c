/*
 * Needs out of a plan: every scan of a relation, with what the nodes above it join and sort by.
 */
#include <math.h>

#include "advise/need_private.h"
#include "base/arena.h"
#include "plan/metrics.h"

struct climb {
    struct need_maker k;
    const struct plan *plan;
    const struct plan_metrics *m;
    struct pred_cache *preds;
    bool order_seen;              /* the first node that sorts or groups has been met */
    const struct need_list *list; /* the need at hand is its last */
};

static bool is_table_scan(const struct node *n)
{
    switch (n->type) {
    case NODE_SEQ_SCAN:
    case NODE_INDEX_SCAN:
    case NODE_INDEX_ONLY_SCAN:
    case NODE_BITMAP_HEAP_SCAN:
        return node_text(n, PROP_RELATION_NAME).len > 0;
    default:
        return false;
    }
}

static double rows_per_loop(const struct node *n)
{
    return num_or(n->num[PROP_ACTUAL_ROWS], num_or(n->num[PROP_PLAN_ROWS], NAN));
}

/* ---- conditions ---- */

static void add_condition(struct climb *c, struct str text)
{
    size_t count;
    if (!text.len)
        return;
    const struct pred **all = pred_conjuncts(c->k.arena, pred_cache_parse(c->preds, text), &count);
    for (size_t i = 0; i < count; i++)
        need_add_pred(&c->k, all[i]);
}

static void add_conditions(struct climb *c, const struct node *n)
{
    static const enum prop_id conditions[] = {PROP_INDEX_COND, PROP_RECHECK_COND, PROP_FILTER,
                                              PROP_HASH_COND,  PROP_MERGE_COND,   PROP_JOIN_FILTER};
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
        add_condition(c, node_text(n, conditions[i]));
}

/* ---- columns read ---- */

static void add_output_columns(struct climb *c, const struct node *n)
{
    const struct value *output = node_value(n, PROP_OUTPUT);
    for (const struct prop *item = output ? output->items : NULL; item; item = item->next) {
        struct pred_side side;
        pred_side_parse(c->k.arena, item->value.text, &side);
        for (size_t i = 0; i < side.column_count; i++)
            need_add_column(&c->k, side.columns[i].qualifier, side.columns[i].column);
    }
}

/* ---- order ---- */

static void add_sort_keys(struct climb *c, const struct node *n, enum prop_id id)
{
    const struct value *keys = node_value(n, id);
    for (const struct prop *item = keys ? keys->items : NULL; item; item = item->next) {
        struct sort_key key;
        if (sort_key_parse(c->k.arena, item->value.text, &key))
            need_add_sort(&c->k, &key);
        else
            c->k.need->sort_missing++;
    }
}

static void take_order(struct climb *c, const struct node *n)
{
    struct need *need = c->k.need;
    bool sorts = n->type == NODE_SORT || n->type == NODE_INCREMENTAL_SORT;
    bool groups = n->type == NODE_AGGREGATE || n->type == NODE_GROUP;
    if (c->order_seen || (!sorts && !groups))
        return;
    c->order_seen = true;
    add_sort_keys(c, n, sorts ? PROP_SORT_KEY : PROP_GROUP_KEY);
    need->order = !need->sort_count ? ORDER_NONE : sorts ? ORDER_SORT : ORDER_GROUP;
    if (sorts) {
        need->sort = n;
        need->order_rows = n->child ? rows_per_loop(n->child) : NAN;
        need->self_ms += num_or(metrics_of(c->m, n)->self_ms, 0);
    }
}

/* The rows that a LIMIT lets through, if the order below it is the one that was taken, or none is
 * needed. */
static void take_limit(struct climb *c, const struct node *n)
{
    double rows = num_or(n->num[PROP_ACTUAL_ROWS], 0), planned = num_or(n->num[PROP_PLAN_ROWS], 0);
    if (n->type == NODE_LIMIT && !num_known(c->k.need->limit))
        c->k.need->limit = rows > planned ? rows : planned;
}

/* ---- climbing ---- */

static size_t shared_scans(const struct node *gather)
{
    size_t count = 0;
    for (const struct node *n = gather->child; n; n = node_walk(n, gather))
        count += is_table_scan(n) && n->parallel_aware;
    return count;
}

/* Starting workers and waiting for them is part of reading a table in parallel; compiling is not.
 */
static void take_gather(struct climb *c, const struct node *n)
{
    bool gathers = n->type == NODE_GATHER || n->type == NODE_GATHER_MERGE;
    double compiling = c->plan->jit ? num_or(c->plan->jit->total_ms, 0) : 0;
    double ms = num_or(metrics_of(c->m, n)->self_ms, 0) - compiling;
    if (gathers && c->k.need->node->parallel_aware && ms > 0)
        c->k.need->self_ms += ms / (double)shared_scans(n);
}

static bool gives_each_pair(const struct node *join)
{
    return join->join == JOIN_INNER || join->join == JOIN_LEFT || join->join == JOIN_RIGHT;
}

/*
 * How often an index on the join columns would be probed: once for each row of the other side. How
 * many rows a probe finds is told by what came out of the join.
 */
static void take_join(struct climb *c, const struct node *join, const struct node *from)
{
    const struct node *other = node_child(join, from->rel == REL_INNER ? REL_OUTER : REL_INNER);
    struct need *n = c->k.need;
    n->joined = true;
    if (join->type == NODE_NESTED_LOOP && from->rel == REL_INNER && c->order_seen &&
        num_known(n->limit))
        n->per_probe = true;
    if (!other || num_known(n->outer_rows))
        return;
    double processes = metrics_of(c->m, other)->processes, pairs = rows_per_loop(join) * processes;
    n->outer_rows = rows_per_loop(other) * processes;
    if (gives_each_pair(join) && num_known(join->num[PROP_ACTUAL_ROWS]) && n->outer_rows >= 1)
        n->join_share = fmax(pairs, 1) / (n->outer_rows * fmax(n->rows_out, 1));
}

/* ---- subplans of a plan that was not run ---- */

/* What the node takes beyond its children is mostly its subplans, run once for each row: how often
 * that is. One that is hashed is run once. */
static double subplan_runs(const struct node *n)
{
    double rest = num_or(n->num[PROP_TOTAL_COST], 0), once = 0;
    for (const struct node *c = n->child; c; c = c->next) {
        double cost = num_or(c->num[PROP_TOTAL_COST], 0);
        if (c->rel == REL_SUBPLAN)
            once += cost;
        else
            rest -= cost;
    }
    return once > 0 ? fmax(rest / once, 1) : 1;
}

static bool keeps_rows(const struct node *n)
{
    return n->type == NODE_MATERIALIZE || n->type == NODE_MEMOIZE || n->type == NODE_HASH;
}

/* How often a scan in a subplan is run, by the plan's costs; 1: it is in none, or the plan was run
 * and tells. */
static double planned_runs(const struct plan *p, const struct node *scan)
{
    double runs = 1;
    bool inside = false;
    const struct node *from = scan;
    for (const struct node *n = scan->parent; n && !p->has_actual; from = n, n = n->parent) {
        const struct node *outer = node_child(n, REL_OUTER);
        if (from->rel == REL_INITPLAN || (inside && keeps_rows(from)))
            break;
        if (from->rel == REL_SUBPLAN) {
            inside = true;
            runs *= subplan_runs(n);
        } else if (inside && n->type == NODE_NESTED_LOOP && from->rel == REL_INNER && outer) {
            runs *= fmax(num_or(outer->num[PROP_PLAN_ROWS], 1), 1);
        }
    }
    return inside ? runs : 1;
}

/* A subplan is run as the inner side of a nested loop is: once for each row. */
static void take_runs(struct need *n, double runs)
{
    if (!(runs > 1))
        return;
    n->per_probe = n->joined = true;
    n->outer_rows = runs * (num_known(n->outer_rows) ? fmax(n->outer_rows, 1) : 1);
    n->cost *= runs;
}

/* Nodes that make something new of the rows: conditions above them are not about this scan's. */
static bool ends_climb(const struct node *n, const struct node *from)
{
    return from->rel == REL_INITPLAN || from->rel == REL_SUBPLAN || n->type == NODE_SET_OP ||
           n->type == NODE_SUBQUERY_SCAN || n->type == NODE_RECURSIVE_UNION ||
           n->type == NODE_PROJECT_SET;
}

static bool makes_groups(const struct node *n)
{
    return (n->type == NODE_AGGREGATE && n->partial != PARTIAL_PARTIAL) || n->type == NODE_GROUP ||
           n->type == NODE_WINDOW_AGG;
}

static void climb(struct climb *c, const struct node *scan)
{
    const struct node *from = scan;
    for (const struct node *n = scan->parent; n && !ends_climb(n, from); from = n, n = n->parent) {
        if (node_has_trait(n, TRAIT_JOIN)) {
            take_join(c, n, from);
            add_conditions(c, n);
        }
        take_gather(c, n);
        take_order(c, n);
        take_limit(c, n);
        if (c->plan->has_verbose)
            add_output_columns(c, n);
        if (n->type == NODE_LOCK_ROWS || n->type == NODE_MODIFY_TABLE)
            c->k.need->locks_rows = true;
        if (makes_groups(n))
            break;
    }
}

/* ---- one scan ---- */

static double scan_self_ms(const struct plan_metrics *m, const struct node *scan)
{
    double ms = metrics_of(m, scan)->self_ms;
    if (scan->type != NODE_BITMAP_HEAP_SCAN)
        return ms;
    for (const struct node *n = scan->child; n; n = node_walk(n, scan))
        if (node_has_trait(n, TRAIT_INDEX) || node_has_trait(n, TRAIT_BLOCKING))
            ms += num_or(metrics_of(m, n)->self_ms, 0);
    return ms;
}

/* Rows of the table: a sequential scan has seen them all, unless something stopped it. */
static double table_rows(const struct need *need, const struct plan_metrics *m,
                         const struct node *scan)
{
    const struct node_metrics *nm = metrics_of(m, scan);
    double loops = num_or(scan->num[PROP_ACTUAL_LOOPS], 1);
    if (scan->type == NODE_SEQ_SCAN && num_known(nm->rows) && !nm->early_stop && loops > 0) {
        double scans = loops / nm->processes; /* the processes of a parallel scan share one pass */
        return (nm->rows + nm->rows_removed) / (scan->parallel_aware ? scans : loops);
    }
    return need->rel->tuples;
}

static void fill_figures(struct climb *c, const struct node *scan)
{
    struct need *need = c->k.need;
    const struct node_metrics *m = metrics_of(c->m, scan);
    need->loops = num_or(scan->num[PROP_ACTUAL_LOOPS], 1) / m->processes;
    need->rows_out =
        num_known(m->rows) && need->loops > 0 ? m->rows / need->loops : scan->num[PROP_PLAN_ROWS];
    need->table_rows = table_rows(need, c->m, scan);
    need->self_ms = scan_self_ms(c->m, scan);
    need->cost = scan->num[PROP_TOTAL_COST];
    need->pages = num_or(need->rel->pages,
                         scan->type == NODE_SEQ_SCAN && num_known(m->own_io.hit) && need->loops > 0
                             ? (m->own_io.hit + m->own_io.read) / need->loops
                             : NAN);
}

/*
 * A scan that is probed by join columns today (the inner side of a nested loop) shows what one
 * probe finds; what its other conditions keep is a share of that.
 */
static void take_probes(struct climb *c, const struct node *scan)
{
    struct need *n = c->k.need;
    const struct node_metrics *m = metrics_of(c->m, scan);
    bool probed = false;
    for (size_t i = 0; i < n->cond_count; i++)
        probed |= n->conds[i].use == COND_JOIN;
    if (!probed || !(m->rows + m->rows_removed > 0) || !(n->loops > 0))
        return;
    double found = (m->rows + m->rows_removed) / n->loops;
    n->outer_rows = n->loops;
    n->join_share = found / n->table_rows;
    n->rows_out = n->table_rows * m->rows / (m->rows + m->rows_removed);
}

/* One table without a catalog is one stand-in, whichever query reads it: what is proposed for it is
 * proposed once. */
static struct cat_rel *stand_in(struct climb *c, struct str schema, struct str name)
{
    for (size_t i = c->list->count - 1; i-- > 0;) {
        const struct need *n = &c->list->items[i];
        if (n->unchecked && str_eq(n->rel->name, name) && str_eq(n->rel->schema, schema))
            return n->rel;
    }
    return need_stand_in(c->k.arena, schema, name);
}

static struct cat_rel *find_rel(struct climb *c, const struct catalog *cat, const struct node *scan)
{
    struct str schema = node_text(scan, PROP_SCHEMA), name = node_text(scan, PROP_RELATION_NAME);
    struct cat_rel *rel = cat ? cat_find_rel(cat, schema, name) : NULL;
    c->k.need->unchecked = !rel;
    return rel ? rel : stand_in(c, schema, name);
}

static void need_of_scan(struct climb *c, const struct node *scan)
{
    c->k.need->node = scan;
    c->k.need->alias = node_text(scan, PROP_ALIAS);
    if (!c->k.need->alias.len)
        c->k.need->alias = node_text(scan, PROP_RELATION_NAME);
    c->k.need->rel = find_rel(c, c->k.cat, scan);
    fill_figures(c, scan);
    c->k.need->columns_known = c->plan->has_verbose && scan->parent;
    add_conditions(c, scan); /* bare names in a scan's conditions are its own */
    take_probes(c, scan);
    c->k.bare_is_other = true;
    climb(c, scan);
}

/* ---- partitions ---- */

/* The need of a sibling partition scan under the same parent, which this one only adds figures to.
 */
static struct need *same_family(const struct need_list *list, const struct need *n)
{
    struct cat_rel *root = need_partition_root(n->rel);
    if (root == n->rel)
        return NULL;
    for (size_t i = 0; i + 1 < list->count; i++) {
        struct need *other = &list->items[i];
        if (other->query == n->query && other->rel == root &&
            other->node->parent == n->node->parent)
            return other;
    }
    return NULL;
}

static void join_family(struct need_list *list)
{
    struct need *n = &list->items[list->count - 1], *family = same_family(list, n);
    if (!family) {
        n->rel = need_partition_root(n->rel);
        return;
    }
    family->self_ms += num_or(n->self_ms, 0);
    family->cost += num_or(n->cost, 0);
    family->rows_out += num_or(n->rows_out, 0);
    family->table_rows += num_or(n->table_rows, 0);
    family->pages += num_or(n->pages, 0);
    list->count--;
}

/* Scans that take less of the plan are passed over: no index for them could be worth having. */
static const double LEAST_SHARE = 0.002;

void need_from_plan(struct arena *a, const struct catalog *cat, const struct plan *p,
                    const struct plan_metrics *m, struct str sql, size_t query,
                    struct need_list *out)
{
    struct pred_cache *preds = pred_cache_new(a);
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        if (!is_table_scan(n) || n->never_executed)
            continue;
        double runs = planned_runs(p, n);
        if (metrics_of(m, n)->share_total * runs < LEAST_SHARE)
            continue;
        struct climb c = {.plan = p, .m = m, .preds = preds, .list = out};
        c.k = (struct need_maker){.arena = a, .cat = cat, .need = need_add(a, out), .sql = sql};
        c.k.need->query = query;
        need_of_scan(&c, n);
        take_runs(c.k.need, runs);
        join_family(out);
    }
}
