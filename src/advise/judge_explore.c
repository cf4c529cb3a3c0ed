/* Finding out which candidates a statement's planner likes, and what can be merged of them. */
#include <math.h>
#include <stdlib.h>

#include "advise/judge_private.h"
#include "base/arena.h"

/* How often a statement is planned without what it liked before. */
enum { EXPLORE_ROUNDS = 3 };
/* What is left after the favourites are gone must still save this much to be looked at. */
static const double EXPLORE_LEAST = 0.02;
/* Merged candidates for each table at most. */
enum { MERGES_MAX = 16 };

/* ---- exploring ---- */

void judge_mark_used(const struct judged *q, bool *liked)
{
    for (size_t k = 0; k < q->count; k++)
        for (size_t i = 0; i < q->items[k].used_count; i++)
            liked[q->items[k].used[i]] = true;
}

/* Where room is short: what the planner makes of the smallest ones only, of one column each. */
static void explore_slim(struct judge *j, size_t query, const size_t *all, size_t *set)
{
    size_t count = judge_askable(j, query, all, j->run->cands.count, set), slim = 0;
    for (size_t i = 0; i < count; i++)
        if (j->run->cands.items[set[i]]->total_count == 1)
            set[slim++] = set[i];
    if (slim)
        judge_ask(j, query, set, slim);
}

static void explore(struct judge *j, size_t query)
{
    struct judged *q = &j->queries[query];
    size_t n = j->run->cands.count;
    size_t *all = xcalloc(n, sizeof *all), *set = xcalloc(n, sizeof *set);
    bool *liked = xcalloc(n, sizeof *liked);
    for (size_t c = 0; c < n; c++)
        all[c] = c;
    for (int round = 0; round < EXPLORE_ROUNDS && q->planned && !judge_is_over(j); round++) {
        size_t count = judge_askable(j, query, all, n, set), left = 0;
        for (size_t i = 0; i < count; i++)
            if (!liked[set[i]])
                set[left++] = set[i];
        size_t heard = q->count;
        if (left)
            judge_ask(j, query, set, left);
        if (q->count == heard || q->items[heard].cost > q->base * (1 - EXPLORE_LEAST))
            break;
        judge_mark_used(q, liked);
    }
    if (j->run->limits->budget_bytes > 0 && q->planned && !judge_is_over(j))
        explore_slim(j, query, all, set);
    free(all);
    free(set);
    free(liked);
}

/* Candidates that help only together are tried together: with all candidates there, the planner may
 * have taken another way, and one leg of an OR by itself is never used. */
static void explore_bundles(struct judge *j)
{
    const struct advise_run *r = j->run;
    size_t *set = xcalloc(r->cands.count, sizeof *set);
    for (size_t i = 0; i < r->bundle_count && !judge_is_over(j); i++) {
        const struct select_bundle *b = &r->bundles[i];
        size_t q = r->bundle_query[i];
        size_t count = j->queries[q].planned ? judge_askable(j, q, b->cands, b->count, set) : 0;
        if (count == b->count)
            judge_ask(j, q, set, count);
    }
    free(set);
}

/* ---- merging ---- */

static bool has_key(const struct ix *x, struct str canonical)
{
    for (size_t i = 0; i < x->total_count; i++)
        if (str_eq(x->keys[i].canonical, canonical))
            return true;
    return false;
}

/* a's keys, then those of b that are not among them; what both include. NULL: there is no such
 * index, or it is nothing new. */
static struct ix *merged(struct judge *j, const struct ix *a, const struct ix *b)
{
    bool alike = a->rel == b->rel && a->am == COST_BTREE && b->am == COST_BTREE &&
                 str_eq(a->predicate_key, b->predicate_key);
    if (!alike || ix_covered_by(a, b) || ix_covered_by(b, a))
        return NULL;
    struct ix *x = arena_alloc(j->run->arena, sizeof *x);
    *x = *a;
    x->keys = arena_calloc(j->run->arena, a->total_count + b->total_count, sizeof *x->keys);
    memcpy(x->keys, a->keys, a->key_count * sizeof *x->keys);
    x->total_count = x->key_count;
    for (size_t i = 0; i < b->key_count; i++)
        if (!has_key(x, b->keys[i].canonical))
            x->keys[x->total_count++] = b->keys[i];
    x->key_count = x->total_count;
    const struct ix *const both[] = {a, b};
    for (int k = 0; k < 2; k++)
        for (size_t i = both[k]->key_count; i < both[k]->total_count; i++)
            if (!has_key(x, both[k]->keys[i].canonical))
                x->keys[x->total_count++] = both[k]->keys[i];
    x->pages = x->tuples = x->size_bytes = NAN;
    x->height = -1;
    return x->key_count <= CANDIDATE_MAX_KEYS && x->total_count <= IX_MAX_KEYS ? x : NULL;
}

static bool is_there(const struct judge *j, const struct ix *x)
{
    const struct candidate_list *l = &j->run->cands;
    const struct rel_indexes *rel = run_existing(j->run, x->rel);
    for (size_t i = 0; i < l->count; i++)
        if (ix_same(x, l->items[i]))
            return true;
    for (size_t i = 0; i < rel->count; i++)
        if (ix_covered_by(x, rel->items[i]))
            return true;
    return false;
}

/* Of the candidates that some planner likes, pairs on one table that one index might stand for. */
static void add_merged(struct judge *j)
{
    size_t n = j->run->cands.count;
    bool *liked = xcalloc(n, sizeof *liked);
    size_t made = 0;
    for (size_t q = 0; q < j->run->out->query_count; q++)
        judge_mark_used(&j->queries[q], liked);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n && liked[a] && made < MERGES_MAX * j->run->rel_count; b++) {
            struct ix *x = a != b && liked[b]
                               ? merged(j, j->run->cands.items[a], j->run->cands.items[b])
                               : NULL;
            if (!x || is_there(j, x))
                continue;
            access_size(&j->run->model, x);
            candidate_push(j->run->arena, &j->run->cands, x);
            made++;
        }
    free(liked);
    judge_grow(j);
}

void judge_explore(struct judge *j)
{
    size_t count = j->run->out->query_count;
    judge_grow(j);
    for (size_t q = 0; q < count && !judge_is_over(j); q++) {
        judge_tell(j, "trying candidates", q, count);
        explore(j, q);
    }
    explore_bundles(j);
    add_merged(j);
}
