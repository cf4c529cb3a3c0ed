/* Which candidates can have a part in which query's plan. */
#include "advise/advise_private.h"

static bool begins_with(const struct ix *x, struct str canonical)
{
    return str_eq(x->keys[0].canonical, canonical);
}

static bool holds(const struct ix *x, struct str column)
{
    for (size_t i = 0; i < x->total_count; i++)
        if (str_eq(x->keys[i].canonical, column))
            return true;
    return false;
}

/* Everything that the query reads is in it, so that it may be read instead of the table. */
static bool covers(const struct ix *x, const struct need *n)
{
    for (size_t i = 0; i < n->column_count; i++)
        if (!holds(x, n->columns[i]))
            return false;
    return n->columns_known && n->column_count > 0;
}

static bool serves(const struct ix *x, const struct need *n)
{
    if (n->rel != x->rel)
        return false;
    for (size_t i = 0; i < n->cond_count; i++)
        if (begins_with(x, n->conds[i].canonical))
            return true;
    for (size_t i = 0; i < n->or_count; i++)
        for (size_t k = 0; k < n->ors[i].leg_count; k++)
            if (begins_with(x, n->ors[i].legs[k].canonical))
                return true;
    for (size_t i = 0; i < n->sort_count; i++)
        if (begins_with(x, n->sorts[i].canonical))
            return true;
    return covers(x, n);
}

bool run_is_relevant(const struct advise_run *r, size_t query, size_t cand)
{
    const struct ix *x = r->cands.items[cand];
    for (size_t i = r->need_from[query]; i < r->need_from[query + 1]; i++)
        if (serves(x, &r->needs.items[i]))
            return true;
    for (size_t i = r->more_from[query]; i < r->more_from[query + 1]; i++)
        if (serves(x, &r->more.items[i]))
            return true;
    return false;
}
