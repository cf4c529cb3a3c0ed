/* Sums, histograms and series of workloads, against figures worked out by hand. */
#include "work/tally.h"

#include <stdlib.h>

#include "tap.h"

static void test_sums(void)
{
    struct tally t = {0};
    const double ms[] = {2, 4, 4, 4, 5, 5, 7, 9}; /* mean 5, standard deviation 2 */
    for (size_t i = 0; i < 8; i++)
        tally_add(&t, tally_ns(ms[i]));
    is_int((long long)t.calls, 8, "calls");
    is_int((long long)t.total_ns, 40000000, "total");
    is_near(tally_mean_ms(&t), 5, 0, "mean");
    is_near(tally_stddev_ms(&t), 2, 0, "standard deviation");
    is_near(tally_quantile_ms(&t, 0.5), 4, 4 * 0.0079, "the 4th of 8 is the median");
    is_near(tally_quantile_ms(&t, 0.95), 9, 0, "p95 is the 8th, and no more than the maximum");
    tally_release(&t);
    ok(isnan(tally_mean_ms(&t)) && isnan(tally_quantile_ms(&t, 0.5)), "nothing has no mean");
    /* 1,000 times 1,000,000.000001 s: the squares cancel to 0 */
    for (int i = 0; i < 1000; i++)
        tally_add(&t, 1000000000001000);
    is_near(tally_stddev_ms(&t), 0, 0, "equal values have no deviation, however large");
    tally_add(&t, 1000000000001000 + 1001);
    /* one of 1,001 lies d = 1,001 ns higher: variance d^2 1000 / 1001^2 = 1000 */
    is_near(tally_stddev_ms(&t) * 1e6, sqrt(1000.0), 1e-6, "a small one on top of large values");
    tally_release(&t);
}

static void test_ns(void)
{
    is_int((long long)tally_ns(0.035), 35000, "0.035 ms");
    is_int((long long)tally_ns(1234.567), 1234567000, "1234.567 ms");
    is_int((long long)tally_ns(NAN), 0, "no number is nothing");
    is_int((long long)tally_ns(-5), 0, "below 0 is nothing");
    is_int((long long)tally_ns(INFINITY), 1LL << 53, "too much is cut");
    ok(tally_sum(UINT64_MAX - 1, 5) == UINT64_MAX, "sums stop at the end");
}

/* Every value lies in a bucket whose middle is within 1/128 of it. */
static void test_error(void)
{
    double worst = 0;
    uint64_t v = 1;
    for (int i = 0; i < 20000; i++) {
        struct tally_hist h = {0};
        tally_hist_add(&h, v, 1);
        double got = tally_hist_quantile(&h, 1), off = fabs(got - (double)v) / (double)v;
        worst = off > worst ? off : worst;
        if (tally_hist_bound(&h, 1) < (double)v)
            worst = 1;
        tally_hist_release(&h);
        v = v + v / 900 + 1;
        if (v > (uint64_t)1 << 62)
            break;
    }
    ok(worst > 0 && worst <= 1.0 / 128, "error of a quantile at most 1/128, found %.5f", worst);
}

static void test_quantiles(void)
{
    struct tally t = {0};
    for (uint64_t i = 1; i <= 1000; i++)
        tally_add(&t, i * 1000000);
    is_near(tally_quantile_ms(&t, 0.5), 500, 500 / 128.0, "p50 of 1..1000");
    is_near(tally_quantile_ms(&t, 0.95), 950, 950 / 128.0, "p95");
    is_near(tally_quantile_ms(&t, 0.99), 990, 990 / 128.0, "p99");
    is_near(tally_quantile_ms(&t, 1), 1000, 0, "p100 is the maximum");
    tally_release(&t);
}

static const int64_t T0 = 1700000000000000; /* 2023-11-14 22:13:20 UTC, a multiple of 10 s */

static void test_series(void)
{
    struct tally_series s = {0};
    tally_series_add(&s, T0, 1, 10);
    tally_series_add(&s, T0 + 999999, 1, 20);
    tally_series_add(&s, T0 + 1000000, 1, 30);
    is_int((long long)s.count, 2, "two seconds");
    is_int((long long)s.bucket[0].ns, 30, "sum of the first");
    is_int((long long)s.bucket[0].number, 1700000000, "its number");
    tally_series_add(&s, T0 + 100 * 1000000LL, 1, 40);
    is_int((long long)tally_width_s(s.level), 5, "101 seconds do not fit into 96 buckets of 1 s");
    is_int((long long)s.count, 2, "two buckets of 5 s");
    is_int((long long)s.bucket[0].calls, 3, "calls of the first");
    is_int((long long)s.bucket[1].number, 340000020, "number of the last");
    tally_series_add(&s, -1, 1, 1);
    is_int((long long)s.bucket[0].number, -1, "before 1970 counts down");
    tally_series_release(&s);
}

static bool same_series(const struct tally_series *a, const struct tally_series *b)
{
    if (a->level != b->level || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->bucket[i].number != b->bucket[i].number ||
            a->bucket[i].calls != b->bucket[i].calls || a->bucket[i].ns != b->bucket[i].ns)
            return false;
    return true;
}

static bool same_tally(const struct tally *a, const struct tally *b)
{
    return a->calls == b->calls && a->total_ns == b->total_ns && a->min_ns == b->min_ns &&
           a->max_ns == b->max_ns && a->squares == b->squares && a->hist.count == b->hist.count &&
           memcmp(a->hist.entry, b->hist.entry, a->hist.count * sizeof *a->hist.entry) == 0;
}

/* Random values over random parts, the parts merged in two orders, are one run over all. */
static void test_merge(void)
{
    enum { PARTS = 5, VALUES = 2000 };
    bool equal = true;
    srand(7);
    for (int round = 0; round < 20; round++) {
        struct tally whole = {0}, part[PARTS] = {0}, up = {0}, down = {0};
        struct tally_series ws = {0}, ps[PARTS] = {0}, us = {0}, ds = {0};
        int64_t span = 1 + rand() % 30 * (int64_t)(1 + rand() % 100000);
        for (int i = 0; i < VALUES; i++) {
            uint64_t ns = (uint64_t)rand() << rand() % 20;
            int64_t at = T0 + (int64_t)(rand() % span) * 1000000;
            int p = rand() % PARTS;
            tally_add(&whole, ns);
            tally_add(&part[p], ns);
            tally_series_add(&ws, at, 1, ns);
            tally_series_add(&ps[p], at, 1, ns);
        }
        for (int p = 0; p < PARTS; p++) {
            tally_merge(&up, &part[p]);
            tally_merge(&down, &part[PARTS - 1 - p]);
            tally_series_merge(&us, &ps[p]);
            tally_series_merge(&ds, &ps[PARTS - 1 - p]);
        }
        equal = equal && same_tally(&whole, &up) && same_tally(&whole, &down) &&
                same_series(&ws, &us) && same_series(&ws, &ds);
        struct tally *all[] = {&whole, &up, &down};
        struct tally_series *series[] = {&ws, &us, &ds};
        for (int i = 0; i < 3; i++) {
            tally_release(all[i]);
            tally_series_release(series[i]);
        }
        for (int p = 0; p < PARTS; p++) {
            tally_release(&part[p]);
            tally_series_release(&ps[p]);
        }
    }
    ok(equal, "parts merged in any order are one run over all");
}

int main(void)
{
    test_sums();
    test_ns();
    test_error();
    test_quantiles();
    test_series();
    test_merge();
    return done();
}
