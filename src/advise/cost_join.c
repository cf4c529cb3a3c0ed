#include <math.h>

#include "advise/colsel.h"
#include "advise/cost_private.h"

/* Rows of the outer side that find a partner. */
static double matched_rows(const struct cost_join *j, double outer_rows)
{
    return rint(outer_rows * j->match_frac);
}

/* Part of the inner side that is read until the first partner is found. */
static double scan_frac(const struct cost_join *j)
{
    return 2 / (fmax(j->match_count, 1) + 1);
}

struct cost cost_nested_loop(const struct cost_params *p, struct cost outer, struct cost inner,
                             struct cost rescan, const struct cost_join *j, bool indexed)
{
    double rows = fmax(outer.rows, 1), inner_rows = fmax(inner.rows, 1), pairs;
    double first = inner.total - inner.startup, again = rescan.total - rescan.startup;
    double run = outer.total - outer.startup;
    if (rows > 1)
        run += (rows - 1) * rescan.startup;
    if (!j->single) {
        run += first + (rows > 1 ? (rows - 1) * again : 0);
        pairs = rows * inner_rows;
    } else {
        double matched = matched_rows(j, rows), missed = rows - matched, frac = scan_frac(j);
        pairs = matched * inner_rows * frac;
        if (indexed) {
            run += first * frac + (matched > 1 ? (matched - 1) * again * frac : 0);
            run += missed * again / inner_rows;
        } else {
            pairs += missed * inner_rows;
            run += first;
            missed = missed >= 1 ? missed - 1 : 0;
            run += (matched > 0 ? matched * again * frac : 0) + missed * again;
        }
    }
    run += (p->cpu_tuple + j->quals.per_tuple) * pairs;
    double startup = outer.startup + inner.startup + j->quals.startup;
    return (struct cost){startup, startup + run, j->rows};
}

/* ---- hash join ---- */

struct hash_shape {
    double buckets, batches;
};

/* Size of the hash table, after nodeHash.c: one row a bucket, both powers of two. */
static struct hash_shape hash_shape(const struct cost_params *p, double rows, double width)
{
    double tuple = 16 + 16 + ceil(width / 8) * 8, memory = p->hash_mem_bytes;
    rows = fmax(rows, 1000);
    double bytes = rows * tuple;
    double usable = memory - floor(memory * 2 / 100); /* 2 % are for skewed values */
    double pointers = exp2(floor(log2(fmax(usable / 8, 2))));
    struct hash_shape s = {fmin(rows, pointers), 1};
    s.buckets = exp2(ceil(log2(fmax(s.buckets, 1024))));
    if (bytes + s.buckets * 8 <= usable)
        return s;
    double bucket_size = tuple + 8;
    double small = usable <= bucket_size ? 1 : exp2(ceil(log2(floor(usable / bucket_size))));
    s.buckets = fmin(small, pointers);
    double room = usable - s.buckets * 8;
    s.batches = exp2(ceil(log2(fmax(ceil(bytes / room), 2))));
    return s;
}

double cost_hash_bucket(const struct cost_params *p, double inner_rows, double inner_width,
                        const struct cost_hash_key *key)
{
    struct hash_shape s = hash_shape(p, inner_rows, inner_width);
    double all = s.buckets * s.batches, distinct = fmax(key->distinct, 1);
    double average = (1 - key->null_frac) / distinct;
    if (key->kept < 1)
        distinct = sel_round_rows(distinct * key->kept);
    double share = distinct > all ? 1 / all : 1 / distinct;
    /* Skew is judged against the whole table's average. */
    if (average > 0 && key->most_common > average)
        share *= key->most_common / average;
    return share < 1e-6 ? 1e-6 : share > 1 ? 1 : share;
}

static double page_size(double rows, double width)
{
    return ceil(cost_rows_bytes(rows, width) / COST_PAGE_BYTES);
}

struct cost cost_hash_join(const struct cost_params *p, struct cost outer, double outer_width,
                           struct cost inner, double inner_width, size_t clauses, double bucket,
                           double matched, const struct cost_join *j)
{
    double hash = p->cpu_operator * (double)clauses;
    double rows = fmax(outer.rows, 1), inner_rows = fmax(inner.rows, 1);
    struct hash_shape s = hash_shape(p, inner_rows, inner_width);
    double startup = outer.startup + inner.total + (hash + p->cpu_tuple) * inner_rows;
    double run = outer.total - outer.startup + hash * rows;
    if (s.batches > 1) {
        double inner_pages = page_size(inner_rows, inner_width);
        startup += p->seq_page * inner_pages;
        run += p->seq_page * (inner_pages + 2 * page_size(rows, outer_width));
    }
    double joined = isnan(matched) ? j->rows : matched;
    if (j->single) {
        double hit = matched_rows(j, rows), missed = rows - hit;
        run += hash * hit * sel_round_rows(inner_rows * bucket * scan_frac(j)) * 0.5;
        run += hash * missed * sel_round_rows(inner_rows / (s.buckets * s.batches)) * 0.05;
        joined = j->anti ? missed : hit;
    } else {
        run += hash * rows * sel_round_rows(inner_rows * bucket) * 0.5;
    }
    startup += j->quals.startup;
    run += (p->cpu_tuple + j->quals.per_tuple) * joined;
    return (struct cost){startup, startup + run, j->rows};
}

/* ---- merge join ---- */

struct cost cost_merge_join(const struct cost_params *p, struct cost outer, struct cost inner,
                            const struct cost_merge *m, const struct cost_join *j)
{
    double rows = fmax(outer.rows, 1), inner_rows = fmax(inner.rows, 1);
    double merge = p->cpu_operator * (double)m->clauses;
    double outer_skip = rint(rows * m->outer_start), outer_read = rint(rows * m->outer_end);
    double inner_skip = rint(inner_rows * m->inner_start);
    double inner_read = rint(inner_rows * m->inner_end);
    double outer_run = outer.total - outer.startup, inner_run = inner.total - inner.startup;
    double startup = outer.startup + outer_run * m->outer_start;
    startup += inner.startup + inner_run * m->inner_start;
    double run = outer_run * (m->outer_end - m->outer_start);

    /* Inner rows that are read once more for each further equal row outside. */
    double again = j->single ? 0 : fmax(m->matched - inner_rows, 0);
    double ratio = 1 + again / inner_rows;
    double inner_once = inner_run * (m->inner_end - m->inner_start);
    if (m->materialize_inner)
        run += inner_once + p->cpu_operator * inner_rows * ratio;
    else
        run += inner_once * ratio;
    startup += merge * (outer_skip + inner_skip * ratio);
    run += merge * ((outer_read - outer_skip) + (inner_read - inner_skip) * ratio);
    startup += j->quals.startup;
    run += (p->cpu_tuple + j->quals.per_tuple) * m->matched;
    return (struct cost){startup, startup + run, j->rows};
}
