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
    if (!cost_table_from(&t, r->cat, fk->rel))
        return PROBE_COST * 1000 * rows;
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

void run_find_fks(struct advise_run *r)
{
    for (size_t q = 0; r->cat && q < r->out->query_count; q++) {
        const struct plan *p = r->out->queries[q].plan;
        for (size_t i = 0; p && i < p->trigger_count; i++)
            from_trigger(r, q, &p->triggers[i]);
    }
}
