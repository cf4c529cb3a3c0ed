#include "work/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* ---- whole numbers ---- */

uint64_t tally_sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t tally_ns(double ms)
{
    static const double MOST_NS = 9007199254740992.0;
    double ns = ms * 1e6;
    if (!(ns > 0))
        return 0;
    return ns >= MOST_NS ? (uint64_t)MOST_NS : (uint64_t)llround(ns);
}

/* ---- histogram ---- */

enum { SUB_BITS = 6, SUB = 1 << SUB_BITS, COUNT_BITS = 48 };
static const uint64_t COUNT_MASK = ((uint64_t)1 << COUNT_BITS) - 1;

static uint64_t bucket_of(uint64_t v)
{
    if (v < SUB)
        return v;
    unsigned shift = 63u - (unsigned)__builtin_clzll(v) - SUB_BITS;
    return ((uint64_t)shift << SUB_BITS) + (v >> shift);
}

static uint64_t bucket_low(uint64_t bucket)
{
    if (bucket < 2 * SUB)
        return bucket;
    uint64_t shift = (bucket >> SUB_BITS) - 1;
    return (SUB + (bucket & (SUB - 1))) << shift;
}

static uint64_t bucket_width(uint64_t bucket)
{
    return bucket < 2 * SUB ? 1 : (uint64_t)1 << ((bucket >> SUB_BITS) - 1);
}

/* Where the bucket is or belongs. */
static uint32_t hist_place(const struct tally_hist *h, uint64_t bucket)
{
    uint32_t low = 0, high = h->count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (h->entry[mid] >> COUNT_BITS < bucket)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void hist_count(struct tally_hist *h, uint64_t bucket, uint64_t times)
{
    uint32_t at = hist_place(h, bucket);
    if (at < h->count && h->entry[at] >> COUNT_BITS == bucket) {
        uint64_t now = h->entry[at] & COUNT_MASK;
        h->entry[at] += times > COUNT_MASK - now ? COUNT_MASK - now : times;
        return;
    }
    if (h->count == h->cap) {
        h->cap = h->cap ? h->cap + h->cap / 2 + 1 : 4;
        h->entry = xrealloc(h->entry, h->cap * sizeof *h->entry);
    }
    memmove(h->entry + at + 1, h->entry + at, (h->count - at) * sizeof *h->entry);
    h->entry[at] = bucket << COUNT_BITS | (times > COUNT_MASK ? COUNT_MASK : times);
    h->count++;
}

void tally_hist_add(struct tally_hist *h, uint64_t value, uint64_t times)
{
    if (times)
        hist_count(h, bucket_of(value), times);
}

void tally_hist_merge(struct tally_hist *into, const struct tally_hist *from)
{
    for (uint32_t i = 0; i < from->count; i++)
        hist_count(into, from->entry[i] >> COUNT_BITS, from->entry[i] & COUNT_MASK);
}

void tally_hist_release(struct tally_hist *h)
{
    free(h->entry);
    *h = (struct tally_hist){0};
}

/* The bucket of the ceil(q n)-th value in ascending order. */
static uint64_t hist_rank(const struct tally_hist *h, double q)
{
    uint64_t all = 0, seen = 0;
    for (uint32_t i = 0; i < h->count; i++)
        all += h->entry[i] & COUNT_MASK;
    double rank = ceil(q * (double)all - 1e-9 * (double)all);
    for (uint32_t i = 0; i < h->count; i++) {
        seen += h->entry[i] & COUNT_MASK;
        if ((double)seen >= rank)
            return h->entry[i] >> COUNT_BITS;
    }
    return h->entry[h->count - 1] >> COUNT_BITS;
}

double tally_hist_quantile(const struct tally_hist *h, double q)
{
    if (h->count == 0)
        return 0;
    uint64_t bucket = hist_rank(h, q);
    return (double)bucket_low(bucket) + (double)(bucket_width(bucket) - 1) / 2;
}

double tally_hist_bound(const struct tally_hist *h, double q)
{
    if (h->count == 0)
        return 0;
    uint64_t bucket = hist_rank(h, q);
    return (double)bucket_low(bucket) + (double)(bucket_width(bucket) - 1);
}

/* ---- durations ---- */

void tally_add(struct tally *t, uint64_t ns)
{
    t->min_ns = t->calls == 0 || ns < t->min_ns ? ns : t->min_ns;
    t->max_ns = ns > t->max_ns ? ns : t->max_ns;
    t->calls++;
    t->total_ns = tally_sum(t->total_ns, ns);
    t->squares += (tally_wide)ns * ns;
    tally_hist_add(&t->hist, ns, 1);
}

void tally_merge(struct tally *into, const struct tally *from)
{
    if (from->calls == 0)
        return;
    into->min_ns = into->calls == 0 || from->min_ns < into->min_ns ? from->min_ns : into->min_ns;
    into->max_ns = from->max_ns > into->max_ns ? from->max_ns : into->max_ns;
    into->calls = tally_sum(into->calls, from->calls);
    into->total_ns = tally_sum(into->total_ns, from->total_ns);
    into->squares += from->squares;
    tally_hist_merge(&into->hist, &from->hist);
}

void tally_release(struct tally *t)
{
    tally_hist_release(&t->hist);
    *t = (struct tally){0};
}

double tally_mean_ms(const struct tally *t)
{
    return t->calls ? (double)t->total_ns / (double)t->calls / 1e6 : NAN;
}

/* Sum of (x - m)^2 for the whole number m just below the mean, then moved to the mean itself: no
 * digits cancel. */
double tally_stddev_ms(const struct tally *t)
{
    if (t->calls == 0)
        return NAN;
    tally_wide n = t->calls, total = t->total_ns, m = total / n;
    tally_wide around = t->squares + n * m * m - 2 * m * total;
    double rest = (double)(total - n * m);
    double sum = (double)around - rest * rest / (double)n;
    return sum > 0 ? sqrt(sum / (double)n) / 1e6 : 0;
}

double tally_quantile_ms(const struct tally *t, double q)
{
    if (t->calls == 0)
        return NAN;
    if (q * (double)t->calls > (double)t->calls - 1) /* the last one is known exactly */
        return (double)t->max_ns / 1e6;
    double ns = tally_hist_quantile(&t->hist, q);
    return fmin(fmax(ns, (double)t->min_ns), (double)t->max_ns) / 1e6;
}

/* ---- series ---- */

/* Each a multiple of the one before: a finer series becomes a coarser one without loss. */
static const int64_t ladder_s[] = {1,       5,       10,       30,        60,        300,   600,
                                   1800,    3600,    7200,     21600,     43200,     86400, 604800,
                                   2419200, 9676800, 38707200, 387072000, 3870720000};
enum { LEVELS = sizeof ladder_s / sizeof ladder_s[0] };

int64_t tally_width_s(unsigned level)
{
    return ladder_s[level < LEVELS ? level : LEVELS - 1];
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

void tally_series_coarsen(struct tally_series *s, unsigned level)
{
    if (level >= LEVELS)
        level = LEVELS - 1;
    if (level <= s->level)
        return;
    int64_t times = ladder_s[level] / ladder_s[s->level];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        struct tally_bucket b = s->bucket[i];
        b.number = floor_div(b.number, times);
        if (kept && s->bucket[kept - 1].number == b.number) {
            s->bucket[kept - 1].calls += b.calls;
            s->bucket[kept - 1].ns = tally_sum(s->bucket[kept - 1].ns, b.ns);
        } else {
            s->bucket[kept++] = b;
        }
    }
    s->count = kept;
    s->level = level;
}

static bool fits(int64_t first, int64_t last)
{
    return last - first < TALLY_BUCKETS;
}

/* The least level at which the series and the seconds given fit. */
static unsigned level_for(const struct tally_series *s, int64_t from_s, int64_t to_s)
{
    unsigned level = s->level;
    if (s->count) {
        int64_t first = s->bucket[0].number * ladder_s[level];
        int64_t last = s->bucket[s->count - 1].number * ladder_s[level];
        from_s = first < from_s ? first : from_s;
        to_s = last > to_s ? last : to_s;
    }
    while (level + 1 < LEVELS &&
           !fits(floor_div(from_s, ladder_s[level]), floor_div(to_s, ladder_s[level])))
        level++;
    return level;
}

static void series_count(struct tally_series *s, int64_t number, uint64_t calls, uint64_t ns)
{
    uint32_t at = s->count; /* logs are in order: mostly the last one */
    while (at > 0 && s->bucket[at - 1].number >= number)
        at--;
    if (at < s->count && s->bucket[at].number == number) {
        s->bucket[at].calls += calls;
        s->bucket[at].ns = tally_sum(s->bucket[at].ns, ns);
        return;
    }
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap + s->cap / 2 + 1 : 2;
        s->bucket = xrealloc(s->bucket, s->cap * sizeof *s->bucket);
    }
    memmove(s->bucket + at + 1, s->bucket + at, (s->count - at) * sizeof *s->bucket);
    s->bucket[at] = (struct tally_bucket){number, calls, ns};
    s->count++;
}

void tally_series_add(struct tally_series *s, int64_t time_us, uint64_t calls, uint64_t ns)
{
    int64_t second = floor_div(time_us, 1000000);
    tally_series_coarsen(s, level_for(s, second, second));
    series_count(s, floor_div(second, ladder_s[s->level]), calls, ns);
}

void tally_series_merge(struct tally_series *into, const struct tally_series *from)
{
    if (from->count == 0)
        return;
    struct tally_series copy = {.level = from->level, .count = from->count, .cap = from->count};
    copy.bucket = xmalloc(from->count * sizeof *copy.bucket);
    memcpy(copy.bucket, from->bucket, from->count * sizeof *copy.bucket);
    tally_series_coarsen(&copy, into->level);
    tally_series_coarsen(into, copy.level);
    int64_t width = ladder_s[into->level];
    unsigned level =
        level_for(into, copy.bucket[0].number * width, copy.bucket[copy.count - 1].number * width);
    tally_series_coarsen(into, level);
    tally_series_coarsen(&copy, level);
    for (uint32_t i = 0; i < copy.count; i++)
        series_count(into, copy.bucket[i].number, copy.bucket[i].calls, copy.bucket[i].ns);
    tally_series_release(&copy);
}

void tally_series_release(struct tally_series *s)
{
    free(s->bucket);
    *s = (struct tally_series){0};
}
