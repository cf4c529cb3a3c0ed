/* What the execution spends outside its nodes, or on being prepared: JIT, planning, triggers. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- jit-overhead ---- */

/*
 * Stake: compile time of one process. The total is summed over leader and workers, who compile at
 * the same time, so it is divided by the processes of the widest Gather.
 */
void check_jit_overhead(struct rule_run *run)
{
    double processes = 1, ms = run->metrics->jit_ms;
    for (int i = 0; i < run->plan->node_count; i++)
        processes = fmax(processes, run->metrics->node[i].processes);
    if (!(ms > 0) || !survey_worth(run, stake_from_ms(run, ms / processes)))
        return;
    struct finding *f = finding_add(run, NULL, stake_from_ms(run, ms / processes));
    finding_title(run, f, "JIT compiled %s in %s",
                  say_counted(run, run->plan->jit->functions, "function"), say_ms(run, ms));
    finding_figure(run, f, "JIT, all processes together", ms, "ms", NULL);
    finding_figure(run, f, "processes", processes, "processes", NULL);
    finding_figure(run, f, "execution", run->metrics->execution_ms, "ms", NULL);
    finding_sql(run, f, "SET jit = off;");
}

/* ---- planning-time, partition-planning ---- */

static bool is_partition_scan(const struct node *n)
{
    const struct node *up = n->parent;
    return up && n->rel == REL_MEMBER && (up->type == NODE_APPEND || up->type == NODE_MERGE_APPEND);
}

static int count_scans(const struct plan *p, bool partitions)
{
    int count = 0;
    for (int i = 0; i < p->node_count; i++)
        count += node_has_trait(p->nodes[i], TRAIT_RELATION) &&
                 (!partitions || is_partition_scan(p->nodes[i]));
    return count;
}

static bool mostly_partitions(const struct plan *p)
{
    int partitions = count_scans(p, true);
    return partitions >= 4 && partitions * 2 > count_scans(p, false);
}

/* Stake: planning time, as far as it exceeds the execution; the execution is what shares are of. */
static void say_planning(struct rule_run *run, bool partitions)
{
    double planning = run->plan->planning_ms, execution = run->metrics->execution_ms;
    if (!(planning > execution) || mostly_partitions(run->plan) != partitions)
        return;
    struct finding *f = finding_add(run, NULL, stake_from_ms(run, fmin(planning, execution)));
    finding_title(run, f, "Planning took %s, executing %s", say_ms(run, planning),
                  say_ms(run, execution));
    finding_figure(run, f, "planning", planning, "ms", NULL);
    finding_figure(run, f, "execution", execution, "ms", NULL);
    if (partitions)
        finding_figure(run, f, "partitions in the plan", count_scans(run->plan, true), "partitions",
                       NULL);
}

void check_planning_time(struct rule_run *run)
{
    say_planning(run, false);
}

void check_partition_planning(struct rule_run *run)
{
    say_planning(run, true);
}

/* ---- trigger-time ---- */

/* Stake: for a foreign key all of it (a look-up by index takes next to nothing), else half. */
static void say_trigger(struct rule_run *run, const struct trigger *t)
{
    bool constraint = t->constraint.len > 0;
    struct str name = constraint ? t->constraint : t->name;
    double stake = stake_from_ms(run, t->time_ms * (constraint ? 1 : 0.5));
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, NULL, stake);
    finding_title(run, f, "%s %.*s took %s", constraint ? "Foreign key check" : "Trigger",
                  STR_ARG(name), say_ms(run, t->time_ms));
    finding_figure(run, f, "calls", t->calls, "calls", NULL);
    finding_figure(run, f, "time per call", t->time_ms / t->calls, "ms", NULL);
    finding_fact(run, f, "table", t->relation);
    if (constraint)
        finding_remedy(run, f,
                       "An index that leads with the referencing columns of %.*s turns each check "
                       "into a look-up.",
                       STR_ARG(name));
    f->wants_index = constraint;
}

void check_trigger_time(struct rule_run *run)
{
    for (size_t i = 0; i < run->plan->trigger_count; i++)
        if (run->plan->triggers[i].time_ms > 0)
            say_trigger(run, &run->plan->triggers[i]);
}

/* ---- serialization-time ---- */

void check_serialization_time(struct rule_run *run)
{
    double ms = run->metrics->serialization_ms;
    if (!(ms > 0) || !survey_worth(run, stake_from_ms(run, ms)))
        return;
    struct finding *f = finding_add(run, NULL, stake_from_ms(run, ms));
    finding_title(run, f, "Turning the result into text took %s", say_ms(run, ms));
    finding_figure(run, f, "output", run->plan->serialization[PROP_OUTPUT_VOLUME], "kB", NULL);
}

/* ---- lock-rows ---- */

/* Stake: what was spent beyond the threshold for each row. */
void check_lock_rows(struct rule_run *run)
{
    static const enum node_type types[] = {NODE_LOCK_ROWS, NODE_MODIFY_TABLE};
    for (size_t t = 0; t < 2; t++) {
        struct node_span nodes = survey_nodes(run, types[t]);
        for (size_t i = 0; i < nodes.count; i++) {
            const struct node *n = nodes.node[i], *from = node_outer(n);
            double rows = from ? metrics_of(run->metrics, from)->rows : NAN;
            const struct node_metrics *m = metrics_of(run->metrics, n);
            double beyond =
                m->self_ms - m->before_trigger_ms - rows * threshold(run, THRESHOLD_LOCK_WAIT);
            if (!(rows >= 1) || !(beyond > 0))
                continue;
            struct finding *f = finding_add(run, n, stake_from_ms(run, beyond));
            finding_title(run, f, "%s took %s for %s", say_node(run, n), say_ms(run, m->self_ms),
                          say_counted(run, rows, "row"));
            finding_figure(run, f, "time per row", m->self_ms / rows, "ms", NULL);
            f->sure = SURE_GUESS;
        }
    }
}

/* ---- unexplained-time ---- */

void check_unexplained_time(struct rule_run *run)
{
    double ms = run->metrics->unaccounted_ms, slack = run->metrics->self_sum_slack_ms;
    if (!(ms > slack) || ms < 0.1 * run->metrics->execution_ms)
        return;
    struct finding *f = finding_add(run, NULL, stake_from_ms(run, ms - slack));
    finding_title(run, f, "%s of the execution belong to no node", say_ms(run, ms));
    finding_figure(run, f, "nodes together", run->metrics->self_sum_ms, "ms", NULL);
    finding_figure(run, f, "execution", run->metrics->execution_ms, "ms", NULL);
    f->sure = SURE_GUESS;
}
