#include <math.h>

#include "advise/colsel.h"
#include "advise/cost_private.h"

/* How many entries the planner takes a prefix search to match. */
#define ENTRIES_PER_PREFIX 100.0

/* A GIN index's inner sizes: read from its metapage, or guessed as the planner does for a
 * hypothetical index. */
struct gin_sizes {
    double entry_pages, data_pages, entries, pending;
};

static struct gin_sizes gin_sizes(const struct cost_index *ix)
{
    struct gin_sizes s = {ix->entry_pages, ix->data_pages, ix->entries, ix->pending_pages};
    if (s.entry_pages <= 0) {
        double pages = fmax(ix->pages, 10);
        s.entry_pages = floor((pages - s.pending) * 0.9);
        s.data_pages = pages - s.pending - s.entry_pages;
        s.entries = floor(s.entry_pages * 100);
    }
    s.entries = fmax(s.entries, 1);
    return s;
}

/* Pages read in one loop, with what the cache saves over all searches and loops. */
static double cached(const struct cost_params *p, const struct cost_table *t, double pages,
                     double of, double loops, double scans)
{
    if (loops <= 1 && scans <= 1)
        return pages;
    return cost_pages_fetched(p, pages * loops * scans, of, of, cost_query_pages(t)) / loops;
}

struct cost_access cost_access_gin(const struct cost_params *p, const struct cost_table *t,
                                   const struct cost_index *ix, const struct cost_probe *probe)
{
    struct gin_sizes s = gin_sizes(ix);
    double loops = fmax(probe->loops, 1), scans = fmax(probe->gin_scans, 1);
    double exact = probe->gin_full ? s.entries : probe->gin_exact;
    double searches = probe->gin_full ? s.entries : probe->gin_exact + probe->gin_prefixes;
    double partial = probe->gin_prefixes * ENTRIES_PER_PREFIX / s.entries;
    partial = probe->gin_full ? 0 : fmin(partial, 1);
    double page_cpu = COST_PAGE_OPERATORS * p->cpu_operator;
    bool cpu_counted = p->version_num >= 160000;
    struct cost_access a = {.sel = probe->sel};

    double entry = s.pending + ceil(searches * rint(pow(s.entry_pages, 0.15)));
    entry += ceil(s.entry_pages * partial);
    double data = ceil(s.data_pages * partial);
    if (cpu_counted) {
        if (s.entries > 1)
            a.startup += ceil(log(s.entries) / log(2.0)) * p->cpu_operator * searches;
        a.startup += (entry + data) * page_cpu;
        a.total += (scans - 1) * a.startup;
    }
    entry = cached(p, t, entry, s.entry_pages, loops, scans);
    data = cached(p, t, data, s.data_pages, loops, scans);
    a.startup += (entry + data) * p->random_page;

    data = ceil(s.data_pages * exact / s.entries);
    data = fmax(data, ceil(probe->sel * (ix->tuples / (COST_PAGE_BYTES / 3))));
    if (cpu_counted) {
        a.startup += page_cpu * searches;
        a.total += data * scans * page_cpu;
    }
    data = cached(p, t, data, s.data_pages, loops, scans);
    a.total += a.startup + data * p->random_page;
    double ops = p->cpu_operator * (double)probe->quals, rows = ix->tuples * probe->sel;
    if (cpu_counted)
        a.total += searches * scans * ops + rows * p->cpu_index_tuple;
    else
        a.total += rows * (p->cpu_index_tuple + ops);
    return a;
}

/* ---- BRIN ---- */

struct cost_access cost_access_brin(const struct cost_params *p, const struct cost_table *t,
                                    const struct cost_index *ix, const struct cost_probe *probe)
{
    double per_range = ix->pages_per_range > 0 ? ix->pages_per_range : 128;
    double ranges = fmax(ceil(t->pages / per_range), 1);
    double least = ceil(ranges * probe->sel), found = ranges;
    double correlation = isnan(ix->correlation) ? 0 : fabs(ix->correlation);
    if (correlation >= 1e-10)
        found = fmin(least / correlation, ranges);
    struct cost_access a = {.sel = sel_clamp(found / ranges)};
    a.total = p->random_page * ix->pages * fmax(probe->loops, 1);
    a.total += 0.1 * p->cpu_operator * found * per_range;
    return a;
}
