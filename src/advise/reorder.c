/*
 * The order among equality columns is free for a query, so it is chosen to suit the others: where
 * an index on some of them is wanted too, they go first, and one index does for both.
 */
#include "advise/candidate_private.h"
#include "base/arena.h"

static size_t free_keys(const struct ix *x)
{
    size_t count = 0;
    while (count < x->key_count &&
           (x->keys[count].role == IX_EQUAL || x->keys[count].role == IX_JOIN))
        count++;
    return count;
}

static bool has_key(const struct ix *x, size_t count, const struct ix_key *key)
{
    for (size_t i = 0; i < count; i++)
        if (ix_key_same(&x->keys[i], key))
            return true;
    return false;
}

static bool same_predicate(const struct ix *a, const struct ix *b)
{
    return str_eq(a->predicate_key, b->predicate_key);
}

/* Whether the keys of `narrow` could lead in `wide`, and do not yet. */
static bool could_lead(const struct ix *narrow, const struct ix *wide, size_t free)
{
    bool differs = false;
    if (narrow->rel != wide->rel || narrow->am != COST_BTREE || narrow->key_count >= free ||
        !same_predicate(narrow, wide))
        return false;
    for (size_t i = 0; i < narrow->key_count; i++) {
        if (!has_key(wide, free, &narrow->keys[i]))
            return false;
        differs |= !ix_key_same(&narrow->keys[i], &wide->keys[i]);
    }
    return differs;
}

static struct ix *reordered(struct arena *a, const struct ix *wide, const struct ix *first,
                            size_t free)
{
    struct ix *x = arena_alloc(a, sizeof *x);
    *x = *wide;
    x->keys = arena_calloc(a, wide->total_count, sizeof *x->keys);
    size_t count = 0;
    for (size_t i = 0; i < first->key_count; i++)
        for (size_t k = 0; k < free; k++)
            if (ix_key_same(&wide->keys[k], &first->keys[i]))
                x->keys[count++] = wide->keys[k];
    for (size_t k = 0; k < wide->total_count; k++)
        if (k >= free || !has_key(first, first->key_count, &wide->keys[k]))
            x->keys[count++] = wide->keys[k];
    return x;
}

static bool is_known(const struct candidate_list *list, const struct ix *x)
{
    for (size_t i = 0; i < list->count; i++)
        if (ix_same(list->items[i], x))
            return true;
    return false;
}

/* More variants of one index than this are not looked at. */
enum { MOST_VARIANTS = 6 };

void candidates_reorder(struct arena *a, struct candidate_list *list)
{
    size_t before = list->count;
    for (size_t w = 0; w < before; w++) {
        const struct ix *wide = list->items[w];
        size_t free = wide->am == COST_BTREE ? free_keys(wide) : 0, variants = 0;
        for (size_t n = 0; n < before && free > 1 && variants < MOST_VARIANTS; n++) {
            if (!could_lead(list->items[n], wide, free))
                continue;
            struct ix *x = reordered(a, wide, list->items[n], free);
            if (!is_known(list, x)) {
                candidate_push(a, list, x);
                variants++;
            }
        }
    }
}
