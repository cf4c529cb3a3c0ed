#include <math.h>

#include "advise/colsel.h"
#include "advise/cost_private.h"

#define LOG2(x) (log(x) / 0.693147180559945)

/* How many runs one merge pass takes (tuplesort.c). */
static double merge_order(double memory_bytes)
{
    double order = floor(memory_bytes / (COST_PAGE_BYTES + 32 * COST_PAGE_BYTES + 8192));
    return fmax(6, fmin(order, 500));
}

/* Sorting alone, without its input: *startup until the first row, *run for handing out the rest. */
static void tuplesort(const struct cost_params *p, double tuples, double width, double limit,
                      double *startup, double *run)
{
    double compare = 2 * p->cpu_operator, in_bytes = cost_rows_bytes(tuples, width);
    if (tuples < 2)
        tuples = 2;
    double kept = limit > 0 && limit < tuples ? limit : tuples;
    double out_bytes = kept < tuples ? cost_rows_bytes(kept, width) : in_bytes;
    if (out_bytes > p->work_mem_bytes) {
        double pages = ceil(in_bytes / COST_PAGE_BYTES), runs = in_bytes / p->work_mem_bytes;
        double order = merge_order(p->work_mem_bytes);
        double passes = runs > order ? ceil(log(runs) / log(order)) : 1;
        *startup = compare * tuples * LOG2(tuples);
        *startup += 2 * pages * passes * (p->seq_page * 0.75 + p->random_page * 0.25);
    } else if (tuples > 2 * kept || in_bytes > p->work_mem_bytes) {
        *startup = compare * tuples * LOG2(2 * kept); /* a heap of the first `limit` rows */
    } else {
        *startup = compare * tuples * LOG2(tuples);
    }
    *run = p->cpu_operator * tuples;
}

struct cost cost_sort(const struct cost_params *p, struct cost in, double width, double limit)
{
    double startup, run;
    tuplesort(p, in.rows, width, limit, &startup, &run);
    startup += in.total;
    return (struct cost){startup, startup + run, in.rows};
}

struct cost cost_incremental_sort(const struct cost_params *p, struct cost in, double groups,
                                  double width, double limit)
{
    double tuples = in.rows < 2 ? 2 : in.rows, startup, run;
    groups = groups < 1 ? 1 : groups;
    double group_tuples = tuples / groups;
    double group_in = (in.total - in.startup) / groups;
    /* Before 16 groups were taken to be half as large again, for fear of skew. */
    double margin = p->version_num < 160000 ? 1.5 : 1;
    tuplesort(p, margin * group_tuples, width, limit, &startup, &run);
    double first = startup + in.startup + group_in;
    double rest = run + (run + startup) * (groups - 1) + group_in * (groups - 1);
    rest += p->cpu_tuple * tuples + 2 * p->cpu_tuple * groups;
    return (struct cost){first, first + rest, in.rows};
}

struct cost cost_limit(struct cost in, double offset, double count)
{
    struct cost c = in;
    double run = in.total - in.startup;
    if (offset > 0) {
        double skipped = fmin(offset, c.rows);
        if (in.rows > 0)
            c.startup += run * skipped / in.rows;
        c.rows = fmax(c.rows - skipped, 1);
    }
    if (!isnan(count)) {
        double kept = fmin(count, c.rows);
        if (in.rows > 0)
            c.total = c.startup + run * kept / in.rows;
        c.rows = fmax(kept, 1);
    }
    return c;
}

/* ---- keeping rows ---- */

struct cost cost_materialize(const struct cost_params *p, struct cost in, double width)
{
    double bytes = cost_rows_bytes(in.rows, width);
    double run = in.total - in.startup + 2 * p->cpu_operator * in.rows;
    if (bytes > p->work_mem_bytes)
        run += p->seq_page * ceil(bytes / COST_PAGE_BYTES);
    return (struct cost){in.startup, in.startup + run, in.rows};
}

struct cost cost_materialize_rescan(const struct cost_params *p, struct cost in, double width)
{
    double bytes = cost_rows_bytes(in.rows, width), run = p->cpu_operator * in.rows;
    if (bytes > p->work_mem_bytes)
        run += p->seq_page * ceil(bytes / COST_PAGE_BYTES);
    return (struct cost){0, run, in.rows};
}

struct cost cost_memoize_rescan(const struct cost_params *p, struct cost inner, double width,
                                double calls, double distinct)
{
    /* One entry: its rows, and some 24 bytes a row and 48 a key of bookkeeping. */
    double entry = cost_rows_bytes(inner.rows, width) + 24 * inner.rows + 48;
    double room = floor(p->hash_mem_bytes / entry);
    distinct = fmin(fmax(distinct, 1), calls);
    double evicted = 1 - fmin(room, distinct) / distinct;
    double hits = (calls - distinct) / calls * (room / fmax(distinct, room));
    hits = sel_clamp(hits);
    double total = inner.total * (1 - hits) + p->cpu_operator;
    total += p->cpu_tuple * evicted + p->cpu_operator / 10 * evicted * inner.rows;
    total += p->cpu_tuple + p->cpu_operator * inner.rows;
    double startup = inner.startup * (1 - hits) + p->cpu_tuple;
    return (struct cost){startup, total, inner.rows};
}

/* ---- aggregates ---- */

/* Hash aggregation that does not fit its memory writes batches out and reads them back (13+). */
static double hash_spill(const struct cost_params *p, struct cost in, const struct cost_agg_work *w,
                         double *reread)
{
    /* Header, row and per-aggregate state of one group, rounded up by the allocator. */
    double entry = 24 + 16 + ceil((16 + w->width) / 8) * 8;
    entry += w->aggs ? 16 + 16.0 * (double)w->aggs : 0;
    double memory = p->hash_mem_bytes, batches = ceil(w->groups * entry / memory);
    *reread = 0;
    if (p->version_num < 130000 || batches <= 1)
        return 0;
    double partitions = fmax(4, fmin(1024, ceil(1.5 * w->groups * entry / memory)));
    partitions = exp2(ceil(log2(partitions)));
    double depth = ceil(log(batches) / log(partitions));
    double pages = cost_rows_bytes(in.rows, w->width) / COST_PAGE_BYTES * depth * 2;
    *reread = pages * p->seq_page;
    return pages * p->random_page + depth * in.rows * 2 * p->cpu_tuple;
}

struct cost cost_aggregate(const struct cost_params *p, enum cost_agg how, struct cost in,
                           const struct cost_agg_work *w)
{
    double aggs = (double)w->aggs, reread = 0;
    double work = p->cpu_operator * (aggs + (double)w->keys) * in.rows;
    double output = (p->cpu_tuple + p->cpu_operator * (double)w->finals) * w->groups;
    struct cost c = {.rows = w->groups};
    switch (how) {
    case COST_AGG_PLAIN:
        c.startup = in.total + p->cpu_operator * (aggs * in.rows + (double)w->finals);
        c.total = c.startup + p->cpu_tuple;
        c.rows = 1;
        break;
    case COST_AGG_SORTED:
        c.startup = in.startup;
        c.total = in.total + work + output;
        break;
    case COST_AGG_HASHED:
        c.startup = in.total + work + hash_spill(p, in, w, &reread);
        c.total = c.startup + output + reread;
        break;
    }
    return c;
}

struct cost cost_project(struct cost in, struct cost_quals expressions)
{
    in.startup += expressions.startup;
    in.total += expressions.startup + expressions.per_tuple * in.rows;
    return in;
}
