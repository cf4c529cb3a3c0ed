#include "work/summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "read/log.h"
#include "work/summary_private.h"

/* A flip that changes less than this share of its query's time is not told. */
static const double FLIP_WORTH = 0.02;

void summary_options_init(struct summary_options *o)
{
    *o = (struct summary_options){.advise = true};
    advice_limits_init(&o->limits);
}

static double ms_of(uint64_t ns)
{
    return (double)ns / 1e6;
}

/* ---- orders: by figures, ties by what never ties ---- */

static int descending(double a, double b)
{
    return a > b ? -1 : a < b;
}

static int ascending_id(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_time(const void *a, const void *b)
{
    const struct summary_query *x = a, *y = b;
    int order = descending(x->time_ms, y->time_ms);
    return order ? order : ascending_id(x->query->id, y->query->id);
}

static int shapes_by_time(const void *a, const void *b)
{
    const struct summary_shape *x = a, *y = b;
    int order = descending((double)x->shape->stat.total_ns, (double)y->shape->stat.total_ns);
    return order ? order : ascending_id(x->shape->id, y->shape->id);
}

static int compare_findings(const struct work_finding *x, const struct work_finding *y)
{
    int order = descending((double)x->stake_ns, (double)y->stake_ns);
    if (!order)
        order = descending((double)x->executions, (double)y->executions);
    if (!order)
        order = strcmp(x->rule->id, y->rule->id);
    return order ? order : str_cmp(x->subject, y->subject);
}

static int findings_by_stake(const void *a, const void *b)
{
    return compare_findings(*(const struct work_finding *const *)a,
                            *(const struct work_finding *const *)b);
}

static int cases_by_stake(const void *a, const void *b)
{
    const struct summary_case *x = a, *y = b;
    int order = compare_findings(x->finding, y->finding);
    return order ? order : x->query < y->query ? -1 : x->query > y->query;
}

static int rules_by_stake(const void *a, const void *b)
{
    const struct summary_rule *x = a, *y = b;
    int order = descending(x->stake_ms, y->stake_ms);
    if (!order)
        order = descending((double)x->executions, (double)y->executions);
    return order ? order : strcmp(x->rule->id, y->rule->id);
}

static int flips_by_cost(const void *a, const void *b)
{
    const struct summary_flip *x = a, *y = b;
    int order = descending(fabs(x->cost_ms), fabs(y->cost_ms));
    return order ? order : x->to < y->to ? -1 : x->to > y->to;
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count)
        qsort(items, count, size, compare);
}

/* ---- series ---- */

/* All in the buckets of the log. */
static const double *spread(struct arena *a, const struct summary *s,
                            const struct tally_series *from)
{
    double *out = arena_calloc(a, s->bucket_count, sizeof *out);
    struct tally_series copy = {.level = from->level, .count = from->count, .cap = from->count};
    copy.bucket = arena_calloc(a, from->count, sizeof *copy.bucket);
    if (from->count)
        memcpy(copy.bucket, from->bucket, from->count * sizeof *copy.bucket);
    unsigned level = 0;
    while (tally_width_s(level) < s->bucket_s)
        level++;
    tally_series_coarsen(&copy, level);
    for (uint32_t i = 0; i < copy.count; i++) {
        int64_t at = copy.bucket[i].number - s->first_bucket;
        if (at >= 0 && at < (int64_t)s->bucket_count)
            out[at] += ms_of(copy.bucket[i].ns);
    }
    return out;
}

/* The coarsest of all: queries inside others may reach beyond the top-level ones. */
static void find_buckets(struct summary *s, const struct work_query *const *queries, size_t count)
{
    struct tally_series all = {0};
    tally_series_merge(&all, &s->total->series);
    for (size_t i = 0; i < count; i++)
        tally_series_merge(&all, &queries[i]->series);
    s->bucket_s = tally_width_s(all.level);
    if (all.count) {
        s->first_bucket = all.bucket[0].number;
        s->bucket_count = (size_t)(all.bucket[all.count - 1].number - s->first_bucket) + 1;
    }
    tally_series_release(&all);
}

/* ---- queries ---- */

static void name_shape(char name[8], size_t i)
{
    if (i < 26) {
        name[0] = (char)('A' + i);
        name[1] = 0;
    } else {
        snprintf(name, 8, "#%u", (unsigned)(i + 1) % 1000000);
    }
}

static void fill_shapes(struct arena *a, struct summary_query *q)
{
    const struct work_query *from = q->query;
    double calls = 0;
    q->shapes = arena_calloc(a, from->shape_count, sizeof *q->shapes);
    q->shape_count = from->shape_count;
    for (size_t i = 0; i < from->shape_count; i++) {
        q->shapes[i].shape = from->shapes[i];
        q->shapes[i].mean_ms = tally_mean_ms(&from->shapes[i]->stat);
        calls += (double)from->shapes[i]->stat.calls;
    }
    sort(q->shapes, q->shape_count, sizeof *q->shapes, shapes_by_time);
    for (size_t i = 0; i < q->shape_count; i++) {
        name_shape(q->shapes[i].name, i);
        q->shapes[i].share = (double)q->shapes[i].shape->stat.calls / calls;
    }
}

/* What was there before: of the shapes seen earlier the one with most executions. */
static bool find_before(const struct summary_query *q, size_t to, size_t *from)
{
    bool found = false;
    for (size_t i = 0; i < q->shape_count; i++) {
        if (i == to || !(q->shapes[i].shape->first_us < q->shapes[to].shape->first_us) ||
            q->shapes[i].shape->first_us == LOG_NO_TIME)
            continue;
        if (!found || q->shapes[i].shape->stat.calls > q->shapes[*from].shape->stat.calls)
            *from = i;
        found = true;
    }
    return found;
}

static void fill_flips(struct arena *a, struct summary_query *q)
{
    q->flips = arena_calloc(a, q->shape_count, sizeof *q->flips);
    for (size_t to = 0; to < q->shape_count; to++) {
        struct summary_flip f = {.to = to};
        const struct work_shape *now = q->shapes[to].shape;
        if (now->first_us == LOG_NO_TIME || !find_before(q, to, &f.from))
            continue;
        f.at_us = now->first_us;
        f.replaced = q->shapes[f.from].shape->last_us < now->first_us;
        f.calls = (double)now->stat.calls;
        f.from_ms = q->shapes[f.from].mean_ms;
        f.to_ms = q->shapes[to].mean_ms;
        f.cost_ms = f.calls * (f.to_ms - f.from_ms);
        if (fabs(f.cost_ms) >= FLIP_WORTH * q->time_ms)
            q->flips[q->flip_count++] = f;
    }
    sort(q->flips, q->flip_count, sizeof *q->flips, flips_by_cost);
}

static void fill_findings(struct arena *a, struct summary_query *q)
{
    const struct work_query *from = q->query;
    q->findings = arena_calloc(a, from->finding_count, sizeof *q->findings);
    q->finding_count = from->finding_count;
    for (size_t i = 0; i < from->finding_count; i++) {
        q->findings[i] = from->findings[i];
        if (from->findings[i]->severity > q->severity)
            q->severity = from->findings[i]->severity;
    }
    sort(q->findings, q->finding_count, sizeof *q->findings, findings_by_stake);
    q->stake_ms = q->finding_count ? ms_of(q->findings[0]->stake_ns) : 0;
}

static void fill_query(struct arena *a, const struct summary *s, struct summary_query *q)
{
    const struct work_query *from = q->query;
    q->share = s->log_ms > 0 ? q->time_ms / s->log_ms : 0;
    q->mean_ms = tally_mean_ms(&from->stat);
    q->stddev_ms = tally_stddev_ms(&from->stat);
    q->p50_ms = tally_quantile_ms(&from->stat, 0.50);
    q->p95_ms = tally_quantile_ms(&from->stat, 0.95);
    q->p99_ms = tally_quantile_ms(&from->stat, 0.99);
    q->rows = from->measured ? (double)from->rows_x100 / 100 / (double)from->measured : NAN;
    q->series = spread(a, s, &from->series);
    fill_shapes(a, q);
    fill_flips(a, q);
    fill_findings(a, q);
}

static double time_of(const struct work_query *q)
{
    return ms_of(q->stat.total_ns) + ms_of(q->parse_ns) + ms_of(q->bind_ns) + ms_of(q->fetch_ns);
}

static void fill_queries(struct arena *a, struct summary *s)
{
    size_t count;
    const struct work_query **all = workload_queries(a, s->workload, &count);
    find_buckets(s, all, count);
    s->queries = arena_calloc(a, count, sizeof *s->queries);
    for (size_t i = 0; i < count; i++)
        if (all[i]->stat.calls)
            s->queries[s->query_count++] =
                (struct summary_query){.query = all[i], .time_ms = time_of(all[i])};
        else
            s->failed_count++;
    sort(s->queries, s->query_count, sizeof *s->queries, by_time);
    for (size_t i = 0; i < s->query_count; i++) {
        s->queries[i].rank = i + 1;
        fill_query(a, s, &s->queries[i]);
    }
}

/* ---- other orders ---- */

/* An index with its figure, for sorting. */
struct ranked {
    double figure;
    size_t query;
};

static int ranked_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    int order = descending(x->figure, y->figure);
    return order ? order : x->query < y->query ? -1 : x->query > y->query;
}

static size_t *order_of(struct arena *a, const struct summary *s,
                        double (*figure)(const struct work_query *q))
{
    struct ranked *ranked = arena_calloc(a, s->query_count, sizeof *ranked);
    size_t *out = arena_calloc(a, s->query_count, sizeof *out);
    for (size_t i = 0; i < s->query_count; i++)
        ranked[i] = (struct ranked){figure(s->queries[i].query), i};
    sort(ranked, s->query_count, sizeof *ranked, ranked_first);
    for (size_t i = 0; i < s->query_count; i++)
        out[i] = ranked[i].query;
    return out;
}

static double figure_max(const struct work_query *q)
{
    return (double)q->stat.max_ns;
}

static double figure_calls(const struct work_query *q)
{
    return (double)q->stat.calls;
}

/* ---- rules over the log ---- */

static void add_case(struct summary *s, size_t query, const struct work_finding *f)
{
    struct summary_rule *r = &s->rules[f->rule - rules];
    bool first = r->case_count == 0 || r->cases[r->case_count - 1].query != query;
    r->rule = f->rule;
    r->stake_ms += ms_of(f->stake_ns);
    r->executions += f->executions;
    r->untimed += f->untimed;
    r->query_count += first;
    r->cases[r->case_count++] = (struct summary_case){query, f};
}

static void fill_rules(struct arena *a, struct summary *s)
{
    size_t *count = arena_calloc(a, rule_count, sizeof *count), kept = 0;
    s->rules = arena_calloc(a, rule_count, sizeof *s->rules);
    for (size_t i = 0; i < s->query_count; i++)
        for (size_t f = 0; f < s->queries[i].finding_count; f++)
            count[s->queries[i].findings[f]->rule - rules]++;
    for (size_t r = 0; r < rule_count; r++)
        s->rules[r].cases = arena_calloc(a, count[r], sizeof *s->rules[r].cases);
    for (size_t i = 0; i < s->query_count; i++)
        for (size_t f = 0; f < s->queries[i].finding_count; f++)
            add_case(s, i, s->queries[i].findings[f]);
    for (size_t r = 0; r < rule_count; r++) {
        if (!s->rules[r].rule)
            continue;
        s->rules[r].share = s->log_ms > 0 ? s->rules[r].stake_ms / s->log_ms : 0;
        sort(s->rules[r].cases, s->rules[r].case_count, sizeof *s->rules[r].cases, cases_by_stake);
        s->rules[kept++] = s->rules[r];
    }
    s->rule_count = kept;
    sort(s->rules, kept, sizeof *s->rules, rules_by_stake);
}

static void fill_misestimates(struct arena *a, struct summary *s)
{
    for (size_t r = 0; r < s->rule_count; r++) {
        const struct summary_rule *rule = &s->rules[r];
        if (strcmp(rule->rule->id, "misestimate") != 0)
            continue;
        struct summary_case *out = arena_calloc(a, rule->case_count, sizeof *out);
        for (size_t i = 0; i < rule->case_count; i++)
            if (rule->cases[i].finding->executions > 1)
                out[s->misestimate_count++] = rule->cases[i];
        s->misestimates = out;
    }
}

struct summary *summary_new(struct arena *a, const struct workload *w,
                            const struct summary_options *options)
{
    struct summary *s = arena_alloc(a, sizeof *s);
    s->workload = w;
    s->total = workload_total(w);
    s->log_ms =
        ms_of(s->total->stat.total_ns) + ms_of(s->total->phase_ns) + ms_of(s->total->unknown_ns);
    fill_queries(a, s);
    s->by_max = order_of(a, s, figure_max);
    s->by_calls = order_of(a, s, figure_calls);
    s->series = spread(a, s, &s->total->series);
    fill_rules(a, s);
    fill_misestimates(a, s);
    s->work_mem_bytes = s->total->spill.known ? tally_hist_bound(&s->total->spill.need, 0.95) : NAN;
    if (options->advise)
        summary_advise(a, s, options);
    return s;
}
