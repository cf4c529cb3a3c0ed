/* One set of indexes for the plans of a log. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "plan/metrics.h"
#include "work/summary_private.h"

/* The advice looks at the plans that make up this share of the log's time, and at no more than so
 * many: what is left is too little to pay for an index. */
static const double COVERED = 0.995;
enum { PLANS_MAX = 400 };

static double ms_of(uint64_t ns)
{
    return (double)ns / 1e6;
}

/* A plan that could be looked at. */
struct choice {
    size_t query;
    const struct work_shape *shape;
};

static int by_time(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    uint64_t p = x->shape->stat.total_ns, q = y->shape->stat.total_ns;
    if (p != q)
        return p > q ? -1 : 1;
    return x->query != y->query          ? (x->query < y->query ? -1 : 1)
           : x->shape->id < y->shape->id ? -1
                                         : 1;
}

static bool is_timed(const struct work_shape *s)
{
    return s->stat.calls > s->unmeasured + s->untimed;
}

/* Plans with times, if they make up most of it; plans without are judged by cost, and the two
 * cannot be weighed against each other. */
static bool go_by_time(const struct summary *s)
{
    double timed = 0, other = 0;
    for (size_t q = 0; q < s->query_count; q++)
        for (size_t i = 0; i < s->queries[q].shape_count; i++) {
            const struct work_shape *shape = s->queries[q].shapes[i].shape;
            *(is_timed(shape) ? &timed : &other) += ms_of(shape->stat.total_ns);
        }
    return timed > 0 && timed >= other;
}

static size_t choose(struct arena *a, const struct summary *s, struct choice **out)
{
    size_t count = 0, all = 0, kept = 0;
    bool timed = go_by_time(s);
    double sum = 0, seen = 0;
    for (size_t q = 0; q < s->query_count; q++)
        all += s->queries[q].shape_count;
    struct choice *list = arena_calloc(a, all, sizeof *list);
    for (size_t q = 0; q < s->query_count; q++)
        for (size_t i = 0; i < s->queries[q].shape_count; i++) {
            const struct work_shape *shape = s->queries[q].shapes[i].shape;
            if (is_timed(shape) != timed)
                continue;
            list[count++] = (struct choice){q, shape};
            sum += ms_of(shape->stat.total_ns);
        }
    if (count)
        qsort(list, count, sizeof *list, by_time);
    while (kept < count && kept < PLANS_MAX && (kept == 0 || seen < COVERED * sum))
        seen += ms_of(list[kept++].shape->stat.total_ns);
    *out = list;
    return kept;
}

/* The example stands for all executions of its shape: as many of it as take the same time. */
static double weight_of(const struct summary_plan *p)
{
    double whole = p->metrics->execution_ms;
    if (p->metrics->unit == UNIT_TIME && whole > 0)
        return ms_of(p->shape->stat.total_ns) / whole;
    return (double)p->shape->stat.calls;
}

static void read_plans_of(struct arena *a, struct summary *s, const struct choice *choices,
                          size_t count)
{
    bool timed = go_by_time(s);
    s->plans = arena_calloc(a, count, sizeof *s->plans);
    for (size_t i = 0; i < count; i++) {
        const struct plan *p = work_example_plan(a, &choices[i].shape->example);
        if (!p || (timed && !p->has_timing))
            continue;
        s->plans[s->plan_count++] =
            (struct summary_plan){choices[i].query, choices[i].shape, p, metrics_new(a, p)};
        if (s->log_ms > 0)
            s->advised_share += ms_of(choices[i].shape->stat.total_ns) / s->log_ms;
    }
}

static struct str name_of(struct arena *a, const struct summary *s, size_t query)
{
    return str_of(arena_printf(a, "%016llx", (unsigned long long)s->queries[query].query->id));
}

/* A constant may hold up a partial index only where it was the same in all executions: the
 * statement that is handed on has no others. */
static struct advice_input input_of(struct arena *a, const struct summary *s,
                                    const struct summary_plan *p)
{
    const struct work_query *q = s->queries[p->query].query;
    struct str sql = p->plan->query_text.len ? p->plan->query_text : q->text;
    return (struct advice_input){.name = name_of(a, s, p->query),
                                 .sql = workload_fixed_sql(a, q, sql),
                                 .plan = p->plan,
                                 .metrics = p->metrics,
                                 .weight = weight_of(p)};
}

/* ---- what it brings ---- */

/* ms over all executions that an index saves in a query of the advice; cost as a share of the time
 * where there are no times. */
static double saving(const struct summary *s, const struct advice_effect *e)
{
    const struct advice_query *q = &s->advice->queries[e->query];
    if (num_known(e->ms_before) && num_known(e->ms_after))
        return q->weight * fmax(0, e->ms_before - e->ms_after);
    double total = ms_of(s->plans[e->query].shape->stat.total_ns);
    return e->cost_before > 0 ? total * fmax(0, 1 - e->cost_after / e->cost_before) : 0;
}

struct served {
    size_t query;
    double saved_ms;
};

static int most_saved(const void *a, const void *b)
{
    const struct served *x = a, *y = b;
    if (x->saved_ms != y->saved_ms)
        return x->saved_ms > y->saved_ms ? -1 : 1;
    return x->query < y->query ? -1 : x->query > y->query;
}

/* Effects are per scan: an effect of a query counts once. */
static void fill_index(struct arena *a, struct summary *s, struct summary_index *out)
{
    const struct advice_index *x = out->index;
    struct served *served = arena_calloc(a, x->effect_count, sizeof *served);
    bool *seen = arena_calloc(a, s->plan_count, sizeof *seen);
    size_t count = 0;
    for (size_t i = 0; i < x->effect_count; i++) {
        const struct advice_effect *e = &x->effects[i];
        size_t query = s->plans[e->query].query, at = 0;
        if (seen[e->query])
            continue;
        seen[e->query] = true;
        while (at < count && served[at].query != query)
            at++;
        served[at].query = query;
        served[at].saved_ms += saving(s, e);
        count += at == count;
    }
    if (count)
        qsort(served, count, sizeof *served, most_saved);
    out->queries = arena_calloc(a, count, sizeof *out->queries);
    out->query_count = count;
    for (size_t i = 0; i < count; i++)
        out->queries[i] = served[i].query;
}

static double after_of(const struct advice_query *q)
{
    bool in_ms = num_known(q->ms_before);
    double before = in_ms ? q->ms_before : q->cost_before;
    double after = in_ms ? q->ms_after : q->cost_after;
    return before > 0 && num_known(after) ? fmin(1, fmax(0, after / before)) : 1;
}

/* What each query saves with all of them, and which serve it. */
static void fill_savings(struct arena *a, struct summary *s)
{
    double whole = 0;
    for (size_t i = 0; i < s->plan_count; i++) {
        double total = ms_of(s->plans[i].shape->stat.total_ns);
        double saved = total * (1 - after_of(&s->advice->queries[i]));
        s->queries[s->plans[i].query].saved_ms += saved;
        s->saved_ms += saved;
        whole += total;
    }
    s->saved_share = s->log_ms > 0 ? fmin(1, s->saved_ms / s->log_ms) : 0;
    for (size_t i = 0; i < s->index_count; i++) {
        struct summary_index *x = &s->indexes[i];
        x->saved_ms = whole * x->index->marginal_share;
        x->share = s->log_ms > 0 ? fmin(1, x->saved_ms / s->log_ms) : 0;
        for (size_t q = 0; q < x->query_count; q++) {
            struct summary_query *query = &s->queries[x->queries[q]];
            const char **ids = arena_calloc(a, query->index_count + 1, sizeof *ids);
            for (size_t k = 0; k < query->index_count; k++)
                ids[k] = query->indexes[k];
            ids[query->index_count++] = x->index->id;
            query->indexes = ids;
        }
    }
}

void summary_advise(struct arena *a, struct summary *s, const struct summary_options *options)
{
    struct choice *choices;
    size_t count = choose(a, s, &choices);
    read_plans_of(a, s, choices, count);
    struct advice_input *inputs = arena_calloc(a, s->plan_count, sizeof *inputs);
    for (size_t i = 0; i < s->plan_count; i++)
        inputs[i] = input_of(a, s, &s->plans[i]);
    s->advice = advise(a, options->catalog, inputs, s->plan_count, &options->limits, NULL);
    s->index_count = s->advice->index_count;
    s->indexes = arena_calloc(a, s->index_count, sizeof *s->indexes);
    for (size_t i = 0; i < s->index_count; i++) {
        s->indexes[i].index = &s->advice->indexes[i];
        fill_index(a, s, &s->indexes[i]);
    }
    fill_savings(a, s);
}

/* ---- one plan's part ---- */

static size_t keep_effects(struct arena *a, struct advice_index *x, size_t query)
{
    struct advice_effect *kept = arena_calloc(a, x->effect_count, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < x->effect_count; i++)
        if (x->effects[i].query == query) {
            kept[count] = x->effects[i];
            kept[count++].query = 0;
        }
    x->effects = kept;
    x->effect_count = count;
    return count;
}

static struct advice *part_of(struct arena *a, const struct advice *all, size_t query)
{
    struct advice *out = arena_alloc(a, sizeof *out);
    *out = *all;
    out->queries = &all->queries[query];
    out->query_count = 1;
    out->indexes = arena_calloc(a, all->index_count, sizeof *out->indexes);
    out->index_count = 0;
    for (size_t i = 0; i < all->index_count; i++) {
        struct advice_index *x = &out->indexes[out->index_count];
        *x = all->indexes[i];
        out->index_count += keep_effects(a, x, query) > 0;
    }
    out->notes = arena_calloc(a, all->note_count, sizeof *out->notes);
    out->note_count = 0;
    for (size_t i = 0; i < all->note_count; i++)
        if (all->notes[i].query == query)
            out->notes[out->note_count++] = all->notes[i];
    return out;
}

const struct advice *summary_advice_for(struct arena *a, const struct summary *s, size_t query,
                                        const struct work_shape *shape,
                                        const struct summary_plan **plan)
{
    for (size_t i = 0; i < s->plan_count; i++)
        if (s->plans[i].query == query && s->plans[i].shape == shape) {
            *plan = &s->plans[i];
            return part_of(a, s->advice, i);
        }
    *plan = NULL;
    return NULL;
}
