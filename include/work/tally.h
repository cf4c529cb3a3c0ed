/*
 * Sums that can be merged: whole numbers only, so that the order of adding cannot matter.
 *
 * A histogram has fixed bounds: values below 64 have a bucket each, above that every power of two
 * is divided into 64 buckets. A quantile taken from it is the middle of its bucket and off by at
 * most 1/128 (0.8 %) of the value. A series holds sums per span of time; its width is the
 * least of a fixed ladder, each step a multiple of the one before, at which the whole fits into
 * TALLY_BUCKETS.
 */
#ifndef WORK_TALLY_H
#define WORK_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 tally_wide;

/* Counts per bucket, sparse: ascending, bucket << 48 | count. {0} is empty. */
struct tally_hist {
    uint64_t *entry;
    uint32_t count, cap;
};
void tally_hist_add(struct tally_hist *h, uint64_t value, uint64_t times);
void tally_hist_merge(struct tally_hist *into, const struct tally_hist *from);
void tally_hist_release(struct tally_hist *h);
/* The value below or at which the share q (0..1] of all lies: the middle of its bucket. 0 when
 * empty. */
double tally_hist_quantile(const struct tally_hist *h, double q);
/* The upper end of that bucket. */
double tally_hist_bound(const struct tally_hist *h, double q);

/* Durations in ns. */
struct tally {
    uint64_t calls, total_ns, min_ns, max_ns;
    tally_wide squares;
    struct tally_hist hist;
};
void tally_add(struct tally *t, uint64_t ns);
void tally_merge(struct tally *into, const struct tally *from);
void tally_release(struct tally *t);
/* NAN when there was no call. */
double tally_mean_ms(const struct tally *t);
/* Of the population (divided by calls), from exact sums. */
double tally_stddev_ms(const struct tally *t);
/* Within 0.8 %, and never outside min and max. */
double tally_quantile_ms(const struct tally *t, double q);

enum { TALLY_BUCKETS = 96 };
struct tally_bucket {
    int64_t number; /* time / width */
    uint64_t calls, ns;
};
/* Sparse, ascending. {0} is empty. */
struct tally_series {
    unsigned level; /* index of the ladder */
    uint32_t count, cap;
    struct tally_bucket *bucket;
};
/* Seconds that a bucket of a level spans. */
int64_t tally_width_s(unsigned level);
void tally_series_add(struct tally_series *s, int64_t time_us, uint64_t calls, uint64_t ns);
void tally_series_merge(struct tally_series *into, const struct tally_series *from);
/* Bring to a coarser level. */
void tally_series_coarsen(struct tally_series *s, unsigned level);
void tally_series_release(struct tally_series *s);

/* Whole nanoseconds of ms; not finite or negative: 0; capped at 2^53. */
uint64_t tally_ns(double ms);
/* Sums that stop at the largest number. */
uint64_t tally_sum(uint64_t a, uint64_t b);

#endif
