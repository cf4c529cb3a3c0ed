#include "sql/query.h"

#include "base/err.h"
#include "sql/params.h"
#include "sql/parse.h"
#include "sql/query_build.h"

/* ---- aliases ---- */

/*
 * Entries get the aliases that EXPLAIN gives them: as written, but when an outer or earlier entry
 * has it already with _1, _2 ... A small hash table of all that are taken.
 */
struct aliases {
    struct str *slots;
    size_t size; /* a power of two */
};

static bool take_alias(struct aliases *t, struct str alias)
{
    size_t h = 5381;
    for (size_t i = 0; i < alias.len; i++)
        h = h * 33 + (unsigned char)alias.p[i];
    for (size_t i = h & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
        if (!t->slots[i].p) {
            t->slots[i] = alias;
            return true;
        }
        if (str_eq(t->slots[i], alias))
            return false;
    }
}

static void name_entry(struct query_build *b, struct aliases *t, struct query_rte *rte)
{
    struct str written = rte->alias;
    for (unsigned n = 1; !take_alias(t, rte->alias); n++)
        rte->alias = str_of(arena_printf(b->a, "%.*s_%u", STR_ARG(written), n));
}

static void name_entries(struct query_build *b)
{
    struct aliases t = {.size = 16};
    while (t.size < b->rte_count * 2)
        t.size *= 2;
    t.slots = arena_calloc(b->a, t.size, sizeof *t.slots);
    for (size_t i = 0; i < b->scope_count; i++) {
        const struct query_block *block = b->scopes[i]->block;
        for (size_t k = 0; k < block->rte_count; k++)
            name_entry(b, &t, block->rtes[k]);
    }
    for (size_t i = 0; i < b->ref_count; i++)
        b->refs[i].qualifier->text = b->refs[i].rte->alias;
}

/* ---- from scopes to blocks ---- */

static const struct pred_side *make_sides(struct query_build *b, const struct json **exprs,
                                          size_t count)
{
    struct pred_side *out = arena_calloc(b->a, count, sizeof *out);
    for (size_t i = 0; i < count; i++)
        pred_side_from_tree(b->a, exprs[i], &out[i]);
    return out;
}

static void make_targets(struct query_build *b, struct scope *s)
{
    struct query_target *out = arena_calloc(b->a, s->target_count, sizeof *out);
    for (size_t i = 0; i < s->target_count; i++) {
        if (!s->targets[i].expr)
            continue;
        out[i].name = s->targets[i].name;
        pred_side_from_tree(b->a, s->targets[i].expr, &out[i].side);
    }
    s->block->targets = out;
    s->block->target_count = s->target_count;
}

static const struct sort_key *make_keys(struct query_build *b, const struct json **items,
                                        size_t count)
{
    struct sort_key *out = arena_calloc(b->a, count, sizeof *out);
    for (size_t i = 0; i < count; i++)
        sort_key_from_tree(b->a, items[i], &out[i]);
    return out;
}

static const struct json **list_items(struct query_build *b, const struct json *list, size_t *count)
{
    const struct json **out = NULL;
    *count = 0;
    for (const struct json *e = json_first(list); e; e = e->next)
        query_use(b, &out, count, e);
    return out;
}

static void make_windows(struct query_build *b, struct scope *s)
{
    struct query_window *out = arena_calloc(b->a, s->window_count, sizeof *out);
    size_t n = 0;
    for (size_t i = 0; i < s->window_count; i++) {
        struct query_window *w = &out[n];
        const struct json **items =
            list_items(b, json_get(s->windows[i], "partitionClause"), &w->partition_count);
        w->partition = make_sides(b, items, w->partition_count);
        items = list_items(b, json_get(s->windows[i], "orderClause"), &w->order_count);
        w->order = make_keys(b, items, w->order_count);
        n += w->partition_count || w->order_count;
    }
    s->block->windows = out;
    s->block->window_count = n;
}

static struct query_block *live_parent(struct query_block *block)
{
    struct query_block *parent = block->parent;
    while (parent && parent->merged)
        parent = parent->parent;
    return parent;
}

static void make_block(struct query_build *b, struct scope *s)
{
    struct query_block *block = s->block;
    block->parent = live_parent(block);
    block->group = make_sides(b, s->group, s->group_count);
    block->group_count = s->group_count;
    block->distinct_on = make_sides(b, s->distinct_on, s->distinct_count);
    block->distinct_count = s->distinct_count;
    block->conflict = make_sides(b, s->conflict, s->conflict_count);
    block->conflict_count = s->conflict_count;
    block->sort = make_keys(b, s->sorts, s->sort_count);
    block->sort_count = s->sort_count;
    block->arms = arena_calloc(b->a, s->arm_count, sizeof *block->arms);
    for (size_t i = 0; i < s->arm_count; i++)
        block->arms[i] = s->arms[i]->block;
    block->arm_count = s->arm_count;
    make_targets(b, s);
    make_windows(b, s);
}

/* ---- statements ---- */

/* The statement inside EXPLAIN, PREPARE, DECLARE, CREATE TABLE AS and COPY. */
static const struct json *unwrap(const struct json *node)
{
    for (;;) {
        switch (raw_tag(node)) {
        case RAW_ExplainStmt:
        case RAW_PrepareStmt:
        case RAW_DeclareCursorStmt:
        case RAW_CreateTableAsStmt:
        case RAW_CopyStmt:
            if (!json_get(raw_body(node), "query"))
                return node;
            node = json_get(raw_body(node), "query");
            break;
        default:
            return node;
        }
    }
}

static void build_blocks(struct query_build *b, struct query *q)
{
    name_entries(b);
    for (size_t i = 0; i < b->scope_count; i++) {
        struct scope *s = b->scopes[i];
        if (s->block->merged)
            continue;
        query_make_conds(b, s);
        query_push(b, s);
        query_mark_columns(b, s);
    }
    for (size_t i = 0; i < b->scope_count; i++)
        if (!b->scopes[i]->block->merged)
            query_mark_targets(b, b->scopes[i]);
    q->blocks = arena_calloc(b->a, b->scope_count, sizeof *q->blocks);
    q->block_count = b->scope_count;
    for (size_t i = 0; i < b->scope_count; i++) {
        q->blocks[i] = b->scopes[i]->block;
        if (!q->blocks[i]->merged)
            make_block(b, b->scopes[i]);
    }
    q->unresolved = b->unresolved;
    q->unresolved_count = b->unresolved_count;
}

static void analyse(struct query_build *b, struct query *q, const struct json *stmt)
{
    const struct json *node = unwrap(stmt);
    struct scope *top = query_new_scope(b, NULL, NULL, QUERY_TOP);
    if (query_statement(b, top, node)) {
        q->kind = top->block->kind;
        build_blocks(b, q);
        return;
    }
    q->kind = QUERY_UTILITY;
    if (node && node->child)
        q->utility = node->child->key;
}

static const struct json *only_statement(const struct json *tree, struct err *err)
{
    const struct json *stmts = json_get(tree, "stmts");
    if (!json_first(stmts))
        err_set(err, ERR_SYNTAX, "there is no statement");
    else if (stmts->count > 1)
        err_set(err, ERR_SYNTAX, "there are several statements");
    else
        return json_get(json_first(stmts), "stmt");
    return NULL;
}

struct query *query_analyse(struct arena *a, struct str sql, const struct query_names *names,
                            struct err *err)
{
    struct sql_params params;
    sql_params_number(a, sql, &params);
    const struct json *tree = sql_parse_mapped(a, params.text, &params.map, err);
    const struct json *stmt = tree ? only_statement(tree, err) : NULL;
    if (!stmt)
        return NULL;
    struct query *q = arena_alloc(a, sizeof *q);
    struct query_build b = {.a = a, .q = q, .names = names};
    q->text = sql;
    q->param_count = params.count;
    analyse(&b, q, stmt);
    return q;
}

const struct query_rte *query_find_rte(const struct query *q, struct str alias)
{
    for (size_t i = 0; i < q->block_count; i++)
        for (size_t k = 0; k < q->blocks[i]->rte_count; k++)
            if (str_eq(q->blocks[i]->rtes[k]->alias, alias))
                return q->blocks[i]->rtes[k];
    return NULL;
}
