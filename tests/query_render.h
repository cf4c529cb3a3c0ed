/*
 * Query blocks as text, one line each:
 *
 *   1 select | t:tasks(a,b) p:projects(*)? | EQ(t.a, '1') {t} | on EQ(t.b, p.id) {t p-} | sort t.b
 * ASC LAST
 *
 * Entries: alias:name(needed columns), ? nullable, ! target. A condition's entries: - not usable.
 */
#ifndef TESTS_QUERY_RENDER_H
#define TESTS_QUERY_RENDER_H

#include "sql/query.h"
#include "sql_render.h"

static void render_rte(struct buf *b, const struct query_rte *r)
{
    buf_adds(b, " ");
    buf_addstr(b, r->alias);
    if (r->schema.p)
        render_between(b, ":", r->schema, ".");
    if (r->name.p && (!str_eq(r->name, r->alias) || r->schema.p))
        render_between(b, r->schema.p ? "" : ":", r->name, "");
    if (r->block)
        buf_printf(b, "=#%zu", r->block->number);
    buf_addc(b, '(');
    for (size_t i = 0; i < r->column_count && !r->whole_row; i++)
        render_between(b, i ? "," : "", r->columns[i], "");
    buf_adds(b, r->whole_row ? "*)" : ")");
    buf_adds(b, r->nullable ? "?" : "");
    buf_adds(b, r->target ? "!" : "");
    if (r->view.p)
        render_between(b, "<", r->view, ">");
}

static void render_cond(struct buf *b, const struct query_cond *c)
{
    static const char *const places[] = {"", "on ", "having ", "semi "};
    static const char *const joins[] = {"", "left ", "right ", "full "};
    buf_adds(b, " | ");
    buf_adds(b, c->pushed ? "pushed " : "");
    buf_adds(b, places[c->place]);
    buf_adds(b, joins[c->join]);
    render_pred(b, c->pred);
    buf_adds(b, " {");
    for (size_t i = 0; i < c->ref_count; i++) {
        render_between(b, i ? " " : "", c->refs[i].rte->alias, "");
        buf_adds(b, c->refs[i].usable ? "" : "-");
    }
    buf_adds(b, c->correlated ? " ^}" : "}");
}

static void render_sides(struct buf *b, const char *what, const struct pred_side *s, size_t n)
{
    if (n)
        buf_printf(b, " | %s", what);
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, i ? ", " : " ");
        render_side(b, &s[i]);
    }
}

static void render_keys(struct buf *b, const char *what, const struct sort_key *k, size_t n)
{
    if (n)
        buf_printf(b, " | %s", what);
    for (size_t i = 0; i < n; i++) {
        buf_adds(b, i ? ", " : " ");
        render_sort_key(b, &k[i]);
    }
}

static void render_limit(struct buf *b, const char *what, const struct query_limit *l)
{
    if (l->present && l->known)
        buf_printf(b, " | %s %.0f", what, l->rows);
    else if (l->present)
        buf_printf(b, " | %s ?", what);
}

static void render_names(struct buf *b, const char *what, const struct str *names, size_t n)
{
    if (n)
        buf_printf(b, " | %s ", what);
    for (size_t i = 0; i < n; i++)
        render_between(b, i ? "," : "", names[i], "");
}

static void render_head(struct buf *b, const struct query_block *k)
{
    static const char *const kinds[] = {"select", "insert", "update", "delete", "merge", "utility"};
    static const char *const roles[] = {"", " cte", " from", " expr", " arm", " source"};
    static const char *const links[] = {"", " semi", " anti", " notin", " scalar", " other"};
    static const char *const sets[] = {"", " union", " intersect", " except"};
    buf_printf(b, "%zu %s%s%s%s%s", k->number, kinds[k->kind], roles[k->role], links[k->link],
               sets[k->set_op], k->set_all ? " all" : "");
    if (k->parent)
        buf_printf(b, " in %zu", k->parent->number);
    if (k->name.p)
        render_between(b, " ", k->name, "");
    buf_adds(b, k->recursive ? " recursive" : "");
    buf_adds(b, k->has_aggregates ? " agg" : "");
}

static void render_block(struct buf *b, const struct query_block *k)
{
    render_head(b, k);
    if (k->rte_count)
        buf_adds(b, " |");
    for (size_t i = 0; i < k->rte_count; i++)
        render_rte(b, k->rtes[i]);
    for (size_t i = 0; i < k->cond_count; i++)
        render_cond(b, &k->conds[i]);
    render_sides(b, k->grouping_sets ? "grouping sets" : "group", k->group, k->group_count);
    render_keys(b, "sort", k->sort, k->sort_count);
    if (k->distinct == QUERY_DISTINCT_ALL)
        buf_adds(b, " | distinct");
    render_sides(b, "distinct on", k->distinct_on, k->distinct_count);
    for (size_t i = 0; i < k->window_count; i++) {
        render_sides(b, "partition", k->windows[i].partition, k->windows[i].partition_count);
        render_keys(b, "window order", k->windows[i].order, k->windows[i].order_count);
    }
    render_limit(b, "limit", &k->limit);
    render_limit(b, "offset", &k->offset);
    buf_adds(b, k->with_ties ? " | with ties" : "");
    buf_adds(b, k->locks_rows ? " | locks" : "");
    buf_adds(b, k->skips_locked ? " | skip locked" : "");
    render_names(b, "set", k->set_columns, k->set_count);
    render_names(b, "columns", k->insert_columns, k->insert_count);
    if (k->value_rows > 0)
        buf_printf(b, " | rows %.0f", k->value_rows);
    render_sides(b, "conflict", k->conflict, k->conflict_count);
    if (k->conflict_constraint.p)
        render_between(b, " | constraint ", k->conflict_constraint, "");
    if (k->kind == QUERY_MERGE)
        buf_printf(b, " |%s%s%s", k->inserts ? " inserts" : "", k->updates ? " updates" : "",
                   k->deletes ? " deletes" : "");
    for (size_t i = 0; i < k->arm_count; i++)
        buf_printf(b, "%s%zu", i ? "," : " | arms ", k->arms[i]->number);
}

static void render_query(struct buf *b, const struct query *q)
{
    if (q->kind == QUERY_UTILITY)
        render_between(b, "utility ", q->utility, "");
    bool first = true;
    for (size_t i = 0; i < q->block_count; i++) {
        if (q->blocks[i]->merged)
            continue;
        buf_adds(b, first ? "" : "\n");
        first = false;
        render_block(b, q->blocks[i]);
    }
    for (size_t i = 0; i < q->unresolved_count; i++) {
        buf_adds(b, i ? " " : "\nunresolved ");
        if (q->unresolved[i].qualifier.p)
            render_between(b, "", q->unresolved[i].qualifier, ".");
        buf_addstr(b, q->unresolved[i].column);
    }
}

#endif
