/*
 * Selection against exhaustive search: small random workloads whose costs follow a simple law
 * (a query takes its cheapest way among the chosen indexes, some need two at once).
 */
#include "advise/select.h"

#include <math.h>
#include <stdlib.h>

#include "../tap.h"
#include "base/arena.h"

enum { QUERIES = 7, CANDS = 9 };

struct world {
    double base[QUERIES];
    double with[QUERIES][CANDS]; /* cost with one candidate; the base where it is of no use */
    double with_pair[QUERIES];   /* cost where both of pair[q] are there */
    int pair[QUERIES][2];
    double weight[QUERIES], size[CANDS], write[CANDS];
    size_t calls;
};

/* A generator of our own, so that the worlds are the same everywhere. */
static unsigned long long state = 1;
static double uniform(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 33) / 2147483648.0;
}

static void make(struct world *w)
{
    for (int c = 0; c < CANDS; c++) {
        w->size[c] = 8192 * (1 + floor(uniform() * 1000));
        w->write[c] = uniform() * 20;
    }
    for (int q = 0; q < QUERIES; q++) {
        w->base[q] = 100 + uniform() * 1000;
        w->weight[q] = 1 + floor(uniform() * 5);
        for (int c = 0; c < CANDS; c++)
            w->with[q][c] = uniform() < 0.3 ? w->base[q] * uniform() : w->base[q];
        w->pair[q][0] = (int)(uniform() * CANDS);
        w->pair[q][1] = (int)(uniform() * CANDS);
        w->with_pair[q] = uniform() < 0.3 ? w->base[q] * uniform() * 0.5 : w->base[q];
    }
}

static double cost(void *ctx, size_t q, const size_t *set, size_t count)
{
    struct world *w = ctx;
    double best = w->base[q];
    bool first = false, second = false;
    w->calls++;
    for (size_t i = 0; i < count; i++) {
        best = fmin(best, w->with[q][set[i]]);
        first |= (int)set[i] == w->pair[q][0];
        second |= (int)set[i] == w->pair[q][1];
    }
    return first && second ? fmin(best, w->with_pair[q]) : best;
}

static bool touches(void *ctx, size_t q, size_t c)
{
    const struct world *w = ctx;
    return w->with[q][c] < w->base[q] || (int)c == w->pair[q][0] || (int)c == w->pair[q][1];
}

static double objective(struct world *w, unsigned mask, double *bytes)
{
    size_t set[CANDS], count = 0;
    double sum = 0;
    *bytes = 0;
    for (size_t c = 0; c < CANDS; c++)
        if (mask >> c & 1) {
            set[count++] = c;
            sum += w->write[c];
            *bytes += w->size[c];
        }
    for (size_t q = 0; q < QUERIES; q++)
        sum += w->weight[q] * cost(w, q, set, count);
    return sum;
}

static double exhaustive(struct world *w, double budget)
{
    double best = INFINITY, bytes;
    for (unsigned mask = 0; mask < 1u << CANDS; mask++) {
        double o = objective(w, mask, &bytes);
        if ((budget <= 0 || bytes <= budget) && o < best)
            best = o;
    }
    return best;
}

static struct select_problem problem(struct world *w, const struct select_bundle *pairs,
                                     size_t pair_count, double budget)
{
    return (struct select_problem){.ctx = w,
                                   .query_count = QUERIES,
                                   .cand_count = CANDS,
                                   .weight = w->weight,
                                   .cost = cost,
                                   .touches = touches,
                                   .size_bytes = w->size,
                                   .write_cost = w->write,
                                   .bundles = pairs,
                                   .bundle_count = pair_count,
                                   .budget_bytes = budget};
}

static double chosen_objective(struct world *w, const struct select_result *r, double *bytes)
{
    unsigned mask = 0;
    for (size_t i = 0; i < r->count; i++)
        mask |= 1u << r->chosen[i];
    return objective(w, mask, bytes);
}

static void against_exhaustive(double budget_share, const char *what)
{
    struct arena *a = arena_new(0);
    int worlds = 200, close = 0, over_budget = 0;
    for (int i = 0; i < worlds; i++) {
        struct world w = {0};
        size_t cands[QUERIES][2], pair_count = 0;
        struct select_bundle pairs[QUERIES];
        double all = 0, bytes;
        struct select_result r;
        make(&w);
        for (int c = 0; c < CANDS; c++)
            all += w.size[c];
        for (int q = 0; q < QUERIES; q++)
            if (w.with_pair[q] < w.base[q]) {
                cands[q][0] = (size_t)w.pair[q][0];
                cands[q][1] = (size_t)w.pair[q][1];
                pairs[pair_count++] = (struct select_bundle){cands[q], 2};
            }
        double budget = budget_share * all;
        struct select_problem p = problem(&w, pairs, pair_count, budget);
        select_indexes(a, &p, &r);
        double got = chosen_objective(&w, &r, &bytes), best = exhaustive(&w, budget);
        over_budget += budget > 0 && bytes > budget;
        close += got <= best * 1.02;
    }
    is_int(over_budget, 0, "the budget is kept");
    ok(close >= worlds * 95 / 100, "%s: within 2 %% of exhaustive search in %d of %d worlds", what,
       close, worlds);
    arena_free(a);
}

static void repeated(void)
{
    struct arena *a = arena_new(0);
    struct world w = {0};
    struct select_result r1, r2;
    make(&w);
    struct select_problem p = problem(&w, NULL, 0, 0);
    select_indexes(a, &p, &r1);
    select_indexes(a, &p, &r2);
    ok(r1.count == r2.count && memcmp(r1.chosen, r2.chosen, r1.count * sizeof *r1.chosen) == 0,
       "the same question gets the same answer");
    w.calls = 0;
    select_indexes(a, &p, &r1);
    is_int((long long)w.calls, (long long)r1.cost_calls,
           "every call is counted, and none is made twice");
    arena_free(a);
}

static bool zero_covers(void *ctx, size_t a, size_t b)
{
    (void)ctx;
    return a == 0 && b == 1;
}

/* Two candidates do the same; one is a prefix of the other. */
static void never_both(void)
{
    struct arena *a = arena_new(0);
    struct world w = {.base = {100, 100}, .weight = {1, 1}, .size = {8192, 16384}};
    struct select_result r;
    for (int q = 0; q < QUERIES; q++)
        for (int c = 0; c < CANDS; c++)
            w.with[q][c] = w.with_pair[q] = w.base[q];
    w.with[0][0] = 10;
    w.with[0][1] = 11;
    w.with[1][1] = 5;
    struct select_problem p = problem(&w, NULL, 0, 0);
    p.covered_by = zero_covers;
    select_indexes(a, &p, &r);
    ok(r.count == 1 && r.chosen[0] == 1, "an index that another covers is not kept beside it");
    is_near(r.cost_before, 200, 1e-9, "cost before");
    is_near(r.cost_after, 16, 1e-9, "cost after: 11 + 5");
    is_near(r.marginal[0], 184, 1e-9, "without it the workload would cost 184 more");
    arena_free(a);
}

int main(void)
{
    against_exhaustive(0, "no budget");
    against_exhaustive(0.5, "half of all");
    against_exhaustive(0.2, "a fifth of all");
    repeated();
    never_both();
    return done();
}
