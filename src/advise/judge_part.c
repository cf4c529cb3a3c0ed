/* The problem that is left when candidates that no planner likes are out: what is chosen from. */
#include <math.h>
#include <stdlib.h>

#include "advise/judge_private.h"
#include "base/arena.h"

/* An index must save this much of what the workload takes without it; less where the user sets the
 * room that indexes may take: it is there to be used. */
static const double LEAST_OF_REST = 0.01, LEAST_IN_BUDGET = 0.003;
/* Larger sets of one plan are not tried in one step. */
enum { BUNDLE_MAX = 4 };

/* ---- the part of the problem that is left ---- */

static double narrowed_cost(void *ctx, size_t query, const size_t *set, size_t count)
{
    struct judge_part *n = ctx;
    for (size_t i = 0; i < count; i++)
        n->set[i] = n->ids[set[i]];
    return judge_cost(n->j, query, n->set, count);
}

static bool narrowed_touches(void *ctx, size_t query, size_t cand)
{
    const struct judge_part *n = ctx;
    const struct advise_run *r = n->j->run;
    size_t c = n->ids[cand];
    return n->j->relevant[query][c] ||
           run_fk_cost(r, query, &c, 1) < run_fk_cost(r, query, NULL, 0);
}

static bool narrowed_covered(void *ctx, size_t a, size_t b)
{
    const struct judge_part *n = ctx;
    return n->whole->covered_by(n->whole->ctx, n->ids[a], n->ids[b]);
}

static bool narrowed_cancelled(void *ctx)
{
    struct judge_part *n = ctx;
    return !n->j->cautious && judge_is_over(n->j);
}

/* Liked by a planner, a smaller version of one that is, or the model's own affair. */
static bool *find_worthy(struct judge *j)
{
    const struct candidate_list *l = &j->run->cands;
    bool *liked = xcalloc(l->count, sizeof *liked), *worthy = xcalloc(l->count, sizeof *worthy);
    for (size_t q = 0; q < j->run->out->query_count; q++)
        judge_mark_used(&j->queries[q], liked);
    for (size_t c = 0; c < l->count; c++) {
        worthy[c] = liked[c] || run_serves_fk(j->run, c);
        for (size_t b = 0; b < l->count && !worthy[c]; b++)
            worthy[c] = liked[b] && ix_covered_by(l->items[c], l->items[b]);
        for (size_t q = 0; q < j->run->out->query_count && !worthy[c]; q++)
            worthy[c] = j->relevant[q][c] && !judge_knows(j, q, c) && !judge_is_over(j);
    }
    free(liked);
    return worthy;
}

static bool is_merged(const struct judge *j, const struct select_problem *p, size_t cand)
{
    return cand >= p->cand_count || cand >= j->run->drafted;
}

void judge_narrow(struct judge *j, const struct select_problem *p, struct judge_part *n)
{
    bool *worthy = find_worthy(j);
    *n = (struct judge_part){.j = j, .whole = p};
    n->ids = arena_calloc(j->run->arena, p->cand_count, sizeof *n->ids);
    n->set = arena_calloc(j->run->arena, p->cand_count, sizeof *n->set);
    for (size_t c = 0; c < p->cand_count; c++)
        if (worthy[c] || is_merged(j, p, c))
            n->ids[n->count++] = c;
    free(worthy);
}

#define PICK(type, field)                                                                          \
    do {                                                                                           \
        type *part = arena_calloc(a, n->count, sizeof *part);                                      \
        for (size_t i = 0; p->field && i < n->count; i++)                                          \
            part[i] = p->field[n->ids[i]];                                                         \
        out.field = p->field ? part : NULL;                                                        \
    } while (0)

static bool is_new_bundle(const struct select_bundle *all, size_t count, const size_t *cands,
                          size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].count == size && memcmp(all[i].cands, cands, size * sizeof *cands) == 0)
            return false;
    return true;
}

/* What one plan used together may be of little use one by one. */
static void add_bundles(const struct judge_part *n, struct select_problem *out)
{
    struct judge *j = n->j;
    struct arena *a = j->run->arena;
    size_t total = 0, *number = xcalloc(j->run->cands.count, sizeof *number);
    for (size_t q = 0; q < out->query_count; q++)
        total += j->queries[q].count;
    struct select_bundle *bundles = arena_calloc(a, total, sizeof *bundles);
    for (size_t i = 0; i < n->count; i++)
        number[n->ids[i]] = i;
    out->bundle_count = 0;
    for (size_t q = 0; q < out->query_count; q++)
        for (size_t k = 0; k < j->queries[q].count; k++) {
            const struct known *x = &j->queries[q].items[k];
            if (x->used_count < 2 || x->used_count > BUNDLE_MAX)
                continue;
            size_t *cands = arena_calloc(a, x->used_count, sizeof *cands);
            for (size_t i = 0; i < x->used_count; i++)
                cands[i] = number[x->used[i]];
            if (is_new_bundle(bundles, out->bundle_count, cands, x->used_count))
                bundles[out->bundle_count++] = (struct select_bundle){cands, x->used_count};
        }
    out->bundles = bundles;
    free(number);
}

/* Where the user sets no limit, a twentieth of the tables more to store has the price of one
 * more index. */
static const double SPACE_AS_ONE = 0.05;

/* Bytes of the tables that candidates are for. */
static double tables_bytes(const struct judge *j)
{
    const struct candidate_list *l = &j->run->cands;
    struct cost_table t;
    double pages = 0;
    for (size_t c = 0; c < l->count; c++) {
        bool seen = false;
        for (size_t b = 0; b < c && !seen; b++)
            seen = l->items[b]->rel == l->items[c]->rel;
        if (!seen && cost_table_from(&t, j->run->cat, l->items[c]->rel))
            pages += t.pages;
    }
    return pages * 8192;
}

/* The first candidate of the same relation. */
static size_t *groups_of(const struct judge_part *n)
{
    struct ix **items = n->j->run->cands.items;
    size_t *group = arena_calloc(n->j->run->arena, n->count, sizeof *group);
    for (size_t i = 0; i < n->count; i++)
        while (items[n->ids[group[i]]]->rel != items[n->ids[i]]->rel)
            group[i]++;
    return group;
}

struct select_problem judge_problem(struct judge_part *n)
{
    const struct select_problem *p = n->whole;
    struct arena *a = n->j->run->arena;
    struct select_problem out = *p;
    out.ctx = n;
    out.cand_count = n->count;
    out.cost = narrowed_cost;
    out.touches = narrowed_touches;
    out.covered_by = narrowed_covered;
    out.cancelled = narrowed_cancelled;
    out.least_of_rest = p->budget_bytes > 0 ? LEAST_IN_BUDGET : LEAST_OF_REST;
    out.bytes_as_one = p->budget_bytes > 0 ? 0 : SPACE_AS_ONE * tables_bytes(n->j);
    out.group = groups_of(n);
    add_bundles(n, &out);
    PICK(double, size_bytes);
    PICK(double, write_cost);
    PICK(size_t, rank);
    PICK(bool, due);
    return out;
}
