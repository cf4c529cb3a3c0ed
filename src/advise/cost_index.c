#include <math.h>

#include "advise/colsel.h"
#include "advise/cost_private.h"

/* The part that all tree indexes share; entries: index tuples visited per search. */
static double generic_access(const struct cost_params *p, const struct cost_table *t,
                             const struct cost_index *ix, const struct cost_probe *probe,
                             double entries, double searches)
{
    double loops = probe->loops > 1 ? probe->loops : 1, scans = searches * loops;
    double pages = 1;
    entries = entries > ix->tuples ? ix->tuples : entries;
    entries = entries < 1 ? 1 : entries;
    if (ix->pages > 1 && ix->tuples > 1)
        pages = ceil(entries * ix->pages / ix->tuples);
    double io = pages * p->random_page;
    if (scans > 1)
        io = cost_pages_fetched(p, pages * scans, ix->pages, ix->pages, cost_query_pages(t)) *
             p->random_page / loops;
    double per_entry = p->cpu_index_tuple + p->cpu_operator * (double)probe->quals;
    return io + entries * searches * per_entry;
}

static struct cost_access access_btree(const struct cost_params *p, const struct cost_table *t,
                                       const struct cost_index *ix, const struct cost_probe *probe)
{
    double searches = probe->searches > 1 ? probe->searches : 1, entries = 1;
    if (!probe->one_row) {
        if (p->version_num >= 170000)
            searches = fmax(fmin(searches, ceil(ix->pages * 0.3333333)), 1);
        entries = rint(probe->boundary_sel * t->tuples / searches);
    }
    if (p->version_num < 170000 && probe->list_searches > searches)
        searches = probe->list_searches;
    struct cost_access a = {.sel = probe->sel};
    a.total = generic_access(p, t, ix, probe, entries, searches);
    double descent = ix->tuples > 1 ? ceil(log(ix->tuples) / log(2.0)) * p->cpu_operator : 0;
    descent += (ix->height + 1) * COST_PAGE_OPERATORS * p->cpu_operator;
    a.startup = descent;
    a.total += searches * descent;
    if (!isnan(ix->correlation))
        a.correlation = ix->correlation * (ix->key_count > 1 ? 0.75 : 1);
    return a;
}

static struct cost_access access_hash(const struct cost_params *p, const struct cost_table *t,
                                      const struct cost_index *ix, const struct cost_probe *probe)
{
    double searches = probe->searches > 1 ? probe->searches : 1;
    double entries = rint(probe->sel * t->tuples / searches);
    return (struct cost_access){.sel = probe->sel,
                                .total = generic_access(p, t, ix, probe, entries, searches)};
}

static struct cost_access access_gist(const struct cost_params *p, const struct cost_table *t,
                                      const struct cost_index *ix, const struct cost_probe *probe)
{
    double searches = probe->searches > 1 ? probe->searches : 1;
    double entries = rint(probe->sel * t->tuples / searches);
    struct cost_access a = {.sel = probe->sel};
    a.total = generic_access(p, t, ix, probe, entries, searches);
    int height = ix->pages > 1 ? (int)(log(ix->pages) / log(100.0)) : 0;
    double descent = ix->tuples > 1 ? ceil(log(ix->tuples)) * p->cpu_operator : 0;
    descent += (height + 1) * COST_PAGE_OPERATORS * p->cpu_operator;
    a.startup = descent;
    a.total += searches * descent;
    return a;
}

struct cost_access cost_index_access(const struct cost_params *p, const struct cost_table *t,
                                     const struct cost_index *ix, const struct cost_probe *probe)
{
    switch (ix->am) {
    case COST_BTREE:
        return access_btree(p, t, ix, probe);
    case COST_HASH:
        return access_hash(p, t, ix, probe);
    case COST_GIST:
        return access_gist(p, t, ix, probe);
    case COST_GIN:
        return cost_access_gin(p, t, ix, probe);
    default:
        return cost_access_brin(p, t, ix, probe);
    }
}

/* ---- which conditions limit a B-tree scan ---- */

/* The state of going through the keys from the first. */
struct bounds {
    double sel, searches;
    bool open; /* later keys may still limit the scan */
};

/*
 * 18+: a key without '=' does not end the search: the scan skips from one of its values to the
 * next, at the price of a descent each. Given up where the number of values is not known, where
 * a range on it is narrow by itself, or where there would be more descents than pages.
 */
static void skip_key(const struct cost_params *p, const struct cost_index *ix,
                     const struct cost_key *k, struct bounds *b)
{
    b->open = false;
    if (p->version_num < 180000 || isnan(k->distinct))
        return;
    double values = k->distinct + 1;
    if (k->quals) {
        if (k->sel < SEL_DEFAULT_RANGE)
            return;
        values = fmax(rint(k->distinct * k->sel), 1);
    }
    if (b->searches * values > ix->pages)
        return;
    b->searches *= values;
    b->open = true;
}

static bool later_quals(const struct cost_key *keys, size_t from, size_t count)
{
    for (size_t i = from; i < count; i++)
        if (keys[i].quals)
            return true;
    return false;
}

void cost_probe_btree(const struct cost_params *p, const struct cost_index *ix, bool unique,
                      const struct cost_key *keys, size_t count, double predicate_sel,
                      struct cost_probe *out)
{
    struct bounds b = {predicate_sel, 1, true};
    bool all_equal = count == ix->key_count, found_list = false;
    out->sel = predicate_sel;
    out->quals = 0;
    out->list_searches = 1;
    for (size_t i = 0; i < count; i++) {
        const struct cost_key *k = &keys[i];
        out->sel *= k->quals ? k->sel : 1;
        out->quals += k->quals;
        all_equal &= k->equal && !k->is_null;
        found_list |= k->elements > 1;
        out->list_searches *= k->elements > 1 ? k->elements : 1;
        if (!b.open)
            continue;
        if (k->quals)
            b.sel *= k->sel;
        if (k->elements > 1)
            b.searches *= k->elements;
        if (!k->equal && later_quals(keys, i + 1, count))
            skip_key(p, ix, k, &b);
        else if (!k->equal)
            b.open = false;
    }
    out->boundary_sel = b.sel;
    out->searches = b.searches;
    out->one_row = unique && all_equal && !found_list;
}
