/*
 * Legs of an OR: the server reads an index for each of them and joins the bitmaps, so an index for
 * one leg is of no use while another has none.
 */
#include "advise/advise_private.h"
#include "base/arena.h"

static bool finds(const struct ix *x, const struct need *n, const struct need_cond *leg)
{
    return x->rel == n->rel && !x->predicate_count && x->total_count == 1 &&
           str_eq(x->keys[0].canonical, leg->canonical) &&
           (x->am != COST_BTREE || leg->use != COND_PREFIX || x->keys[0].opclass.len ||
            str_is(x->keys[0].collation, "C"));
}

static bool is_there(const struct advise_run *r, const struct need *n, const struct need_cond *leg)
{
    const struct rel_indexes *rel = run_existing((struct advise_run *)(uintptr_t)r, n->rel);
    for (size_t i = 0; i < rel->count; i++) {
        const struct ix *x = rel->items[i];
        if (x->existing->valid && !x->predicate_count &&
            str_eq(x->keys[0].canonical, leg->canonical))
            return true;
    }
    return false;
}

/* The candidate for a leg; cands.count: none. */
static size_t candidate_of(const struct advise_run *r, const struct need *n,
                           const struct need_cond *leg)
{
    size_t c = 0;
    while (c < r->cands.count && !finds(r->cands.items[c], n, leg))
        c++;
    return c;
}

static bool has(const size_t *cands, size_t count, size_t c)
{
    for (size_t i = 0; i < count; i++)
        if (cands[i] == c)
            return true;
    return false;
}

static void add_bundle(struct advise_run *r, const struct need *n, const struct need_or *o)
{
    size_t *cands = arena_calloc(r->arena, o->leg_count, sizeof *cands), count = 0;
    for (size_t i = 0; i < o->leg_count; i++) {
        size_t c = candidate_of(r, n, &o->legs[i]);
        if (c == r->cands.count && !is_there(r, n, &o->legs[i]))
            return;
        if (c < r->cands.count && !has(cands, count, c))
            cands[count++] = c;
    }
    if (count < 2)
        return;
    r->bundle_query[r->bundle_count] = n->query;
    r->bundles[r->bundle_count++] = (struct select_bundle){cands, count};
}

void run_find_bundles(struct advise_run *r)
{
    size_t most = 0;
    for (size_t i = 0; i < r->needs.count; i++)
        most += r->needs.items[i].or_count;
    r->bundles = arena_calloc(r->arena, most, sizeof *r->bundles);
    r->bundle_query = arena_calloc(r->arena, most, sizeof *r->bundle_query);
    for (size_t i = 0; i < r->needs.count; i++)
        for (size_t k = 0; k < r->needs.items[i].or_count; k++)
            if (r->needs.items[i].ors[k].indexable)
                add_bundle(r, &r->needs.items[i], &r->needs.items[i].ors[k]);
}
