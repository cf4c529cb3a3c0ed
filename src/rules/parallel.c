/* Parallel query: workers that were not there, idle ones, and ones that did not pay. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/survey.h"

typedef void gather_check(struct rule_run *run, const struct node *gather,
                          const struct node *child);

static void each_gather(struct rule_run *run, gather_check *check)
{
    static const enum node_type types[] = {NODE_GATHER, NODE_GATHER_MERGE};
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        struct node_span span = survey_nodes(run, types[t]);
        for (size_t i = 0; i < span.count; i++) {
            const struct node *child = node_outer(span.node[i]);
            if (child && !child->never_executed)
                check(run, span.node[i], child);
        }
    }
}

static void say_workers(struct rule_run *run, struct finding *f, const struct node *gather)
{
    finding_figure(run, f, "workers planned", gather->num[PROP_WORKERS_PLANNED], "workers", NULL);
    finding_figure(run, f, "workers launched", gather->num[PROP_WORKERS_LAUNCHED], "workers", NULL);
}

/* ---- workers-missing ---- */

/* With all workers the same work would be shared by planned + 1 processes. */
static void judge_missing(struct rule_run *run, const struct node *gather, const struct node *child)
{
    double planned = gather->num[PROP_WORKERS_PLANNED],
           launched = gather->num[PROP_WORKERS_LAUNCHED];
    if (!(launched < planned))
        return;
    double stake = survey_total(run, child) * (1 - (launched + 1) / (planned + 1));
    struct finding *f = finding_add(run, gather, stake);
    finding_title(run, f, "%s got %s of %s planned", say_type(run, gather),
                  say_counted(run, launched, "worker"), say_count(run, planned));
    say_workers(run, f, gather);
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time below", survey_total(run, child), "ms", NULL);
}

void check_workers_missing(struct rule_run *run)
{
    each_gather(run, judge_missing);
}

/* ---- parallel-skew ---- */

static double worker_ms(const struct worker *w)
{
    return w->num[PROP_ACTUAL_TOTAL_TIME] * num_or(w->num[PROP_ACTUAL_LOOPS], 1);
}

static void say_processes(struct rule_run *run, struct finding *f, const struct node *child)
{
    const struct node_metrics *m = metrics_of(run->metrics, child);
    finding_figure(run, f, "leader", m->leader_ms, "ms",
                   arena_printf(run->arena, "%s, %s", say_ms(run, m->leader_ms),
                                say_counted(run, m->leader_rows, "row")));
    for (size_t i = 0; i < child->worker_count; i++) {
        const struct worker *w = &child->workers[i];
        double rows = w->num[PROP_ACTUAL_ROWS] * num_or(w->num[PROP_ACTUAL_LOOPS], 1);
        finding_figure(run, f, arena_printf(run->arena, "worker %d", w->number), worker_ms(w), "ms",
                       arena_printf(run->arena, "%s, %s", say_ms(run, worker_ms(w)),
                                    say_counted(run, rows, "row")));
    }
}

/* What the busiest process took beyond the mean is what an even share would save. */
static void judge_skew(struct rule_run *run, const struct node *gather, const struct node *child)
{
    const struct node_metrics *m = metrics_of(run->metrics, child);
    double stake = m->wall_ms * (m->skew - 1);
    if (!(m->skew >= threshold(run, THRESHOLD_SKEW)) ||
        survey_share(run, stake) * 100 < threshold(run, THRESHOLD_LOW))
        return;
    struct finding *f = finding_add(run, gather, stake);
    f->related = child;
    f->sure = SURE_LIKELY;
    finding_title(run, f, "One process below %s took %s of the mean", say_type(run, gather),
                  say_factor(run, m->skew));
    say_processes(run, f, child);
}

void check_parallel_skew(struct rule_run *run)
{
    each_gather(run, judge_skew);
}

/* ---- parallel-overhead ---- */

/* One process alone would have taken about what all of them took together; what the Gather took
 * beyond that is lost. */
static void judge_overhead(struct rule_run *run, const struct node *gather,
                           const struct node *child)
{
    const struct node_metrics *m = metrics_of(run->metrics, child);
    double took = survey_weight(run, gather) + m->wall_ms, stake = took - m->process_ms;
    if (!(gather->num[PROP_WORKERS_LAUNCHED] > 0) || !survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, gather, stake);
    finding_title(run, f, "%s took %s for %s of work", say_type(run, gather), say_ms(run, took),
                  say_ms(run, m->process_ms));
    say_workers(run, f, gather);
    finding_figure(run, f, "time of the Gather", took, "ms", NULL);
    finding_figure(run, f, "work of all processes", m->process_ms, "ms", NULL);
    finding_figure(run, f, "rows passed on", m->rows, "rows", NULL);
    finding_sql(run, f, "SET LOCAL max_parallel_workers_per_gather = 0;");
}

void check_parallel_overhead(struct rule_run *run)
{
    each_gather(run, judge_overhead);
}
