/*
 * Foreign keys that are checked without an index. The planner's cost of a DELETE does not show
 * it: the check is a trigger, which reads the whole referencing table for each row.
 */
#include <math.h>

#include "advise/advise_private.h"
#include "base/arena.h"
#include "plan/metrics.h"

/* What a check takes by index: a descent and a row, a few hundredths of a millisecond. */
static const double PROBE_MS = 0.02;
static const double PROBE_COST = 8;

static bool leads_with(const struct cat_index *i, const struct cat_fk *fk)
{
    if (!i->valid || i->key_count < fk->column_count || !str_is(i->am, "btree"))
        return false;
    for (size_t c = 0; c < fk->column_count; c++) {
        bool found = false;
        for (size_t k = 0; k < fk->column_count && !found; k++)
            found = str_eq(i->keys[k].column, fk->columns[c]);
        if (!found)
            return false;
    }
    /* WHERE fk IS NOT NULL is implied by the check's equality; any other predicate is not. */
    return !i->predicate.len || str_ends(i->predicate, "IS NOT NULL)") ||
           str_ends(i->predicate, "IS NOT NULL");
}

static bool is_indexed(const struct cat_fk *fk)
{
    for (const struct cat_index *i = fk->rel->indexes; i; i = i->next)
        if (leads_with(i, fk))
            return true;
    return false;
}

static struct fk_need *add(struct advise_run *r)
{
    if (r->fk_count == r->fk_cap) {
        size_t cap = r->fk_cap ? r->fk_cap * 2 : 8;
        struct fk_need *more = arena_calloc(r->arena, cap, sizeof *more);
        if (r->fk_count)
            memcpy(more, r->fks, r->fk_count * sizeof *more);
        r->fks = more;
        r->fk_cap = cap;
    }
    return &r->fks[r->fk_count++];
}

/* The candidate for a foreign key: one that is there already, or a new one. */
static size_t candidate(struct advise_run *r, const struct cat_fk *fk)
{
    struct ix *x = candidate_for_fk(r->arena, fk);
    for (size_t c = 0; c < r->cands.count; c++)
        if (ix_same(x, r->cands.items[c]))
            return c;
    candidate_push(r->arena, &r->cands, x);
    return r->cands.count - 1;
}

static const struct cat_fk *find_fk(const struct catalog *cat, struct str constraint)
{
    for (const struct cat_fk *fk = cat->fks; fk; fk = fk->next)
        if (str_eq(fk->name, constraint))
            return fk;
    return NULL;
}

/* The planner's cost of reading the referencing table once for each row that was changed. */
static double scan_cost(const struct advise_run *r, const struct cat_fk *fk, double rows)
{
    struct cost_table t;
    if (!cost_table_from(&t, r->cat, fk->rel)) {
        t.tuples = access_nominal_rows(r->cat, fk->rel);
        t.pages = ceil(t.tuples * cat_row_width(fk->rel) / COST_PAGE_BYTES);
    }
    return cost_seq_scan(&r->model.params, &t, cost_ops(&r->model.params, 1), 1, 0).total * rows;
}

static void from_trigger(struct advise_run *r, size_t query, const struct trigger *t)
{
    const struct cat_fk *fk = t->constraint.len ? find_fk(r->cat, t->constraint) : NULL;
    double calls = num_or(t->calls, 1);
    /* The same constraint fires on its own table too (does the parent exist?): that check has an
     * index. */
    bool on_parent = !fk || !t->relation.len || str_eq(t->relation, fk->ref_name);
    if (!fk || !on_parent || is_indexed(fk))
        return;
    double probe = r->in_ms ? PROBE_MS : PROBE_COST;
    double worth = r->in_ms ? num_or(t->time_ms, 0) : scan_cost(r, fk, calls);
    if (worth <= probe * calls)
        return;
    *add(r) = (struct fk_need){.query = query,
                               .fk = fk,
                               .cand = candidate(r, fk),
                               .trigger = t,
                               .worth = worth,
                               .cured = probe * calls};
}

/* ---- from statements ---- */

/* Foreign keys that a row which goes takes along: their tables, each once. */
struct chain {
    const struct cat_rel **rels;
    size_t count, cap;
};

static void chain_add(struct arena *a, struct chain *c, const struct cat_rel *rel)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->rels[i] == rel)
            return;
    if (c->count == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 8;
        const struct cat_rel **more = arena_calloc(a, cap, sizeof *more);
        if (c->count)
            memcpy(more, c->rels, c->count * sizeof *more);
        c->rels = more;
        c->cap = cap;
    }
    c->rels[c->count++] = rel;
}

static void add_check(struct advise_run *r, size_t query, const struct cat_fk *fk, double rows)
{
    double worth = scan_cost(r, fk, rows);
    if (is_indexed(fk) || worth <= PROBE_COST * rows)
        return;
    *add(r) = (struct fk_need){.query = query,
                               .fk = fk,
                               .cand = candidate(r, fk),
                               .worth = worth,
                               .cured = PROBE_COST * rows};
}

/* Whether an UPDATE of the block's columns changes what the key refers to. */
static bool changes_key(const struct query_block *b, const struct cat_fk *fk)
{
    for (size_t s = 0; s < b->set_count; s++)
        for (size_t c = 0; c < fk->column_count; c++)
            if (fk->ref_columns && str_eq(b->set_columns[s], fk->ref_columns[c]))
                return true;
    return false;
}

/* Rows that the statement takes away or changes, as far as anything tells. */
static double rows_changed(const struct advise_run *r, size_t query, const struct query_block *b)
{
    for (size_t i = r->need_from[query]; i < r->need_from[query + 1]; i++)
        if (str_eq(r->needs.items[i].alias, b->target->alias) && b->kind != QUERY_INSERT)
            return fmax(
                num_or(r->needs.items[i].joined_rows, num_or(r->needs.items[i].rows_out, 1)), 1);
    return 1;
}

static void from_block(struct advise_run *r, size_t query, const struct query_block *b)
{
    struct chain gone = {0};
    double rows = rows_changed(r, query, b);
    const struct cat_rel *target = cat_find_rel(r->cat, b->target->schema, b->target->name);
    for (const struct cat_fk *fk = r->cat->fks; fk && b->updates && !b->deletes; fk = fk->next)
        if (fk->ref && fk->ref == target && !fk->not_enforced && changes_key(b, fk))
            add_check(r, query, fk, rows);
    if (target && b->deletes)
        chain_add(r->arena, &gone, target);
    for (size_t i = 0; i < gone.count; i++)
        for (const struct cat_fk *fk = r->cat->fks; fk; fk = fk->next) {
            if (fk->ref != gone.rels[i] || fk->not_enforced)
                continue;
            add_check(r, query, fk, rows);
            if (fk->on_delete == CAT_FK_CASCADE)
                chain_add(r->arena, &gone, fk->rel);
        }
}

static void from_statement(struct advise_run *r, size_t query)
{
    const struct query *text = r->analysed[query];
    for (size_t b = 0; b < text->block_count; b++)
        if (text->blocks[b]->target && !text->blocks[b]->merged)
            from_block(r, query, text->blocks[b]);
}

void run_find_fks(struct advise_run *r)
{
    for (size_t q = 0; r->cat && q < r->out->query_count; q++) {
        const struct plan *p = r->out->queries[q].plan;
        for (size_t i = 0; p && i < p->trigger_count; i++)
            from_trigger(r, q, &p->triggers[i]);
        /* A plan that was executed has shown its triggers. */
        if (r->analysed[q] && !r->in_ms && !(p && p->trigger_count))
            from_statement(r, q);
    }
}
