/* Time of the statement outside the plan's own work: JIT, planning, serialization, waits. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- jit-overhead ---- */

/* Each process compiles for itself; the times are summed. */
static double jit_processes(const struct rule_run *run)
{
    static const enum node_type gathers[] = {NODE_GATHER, NODE_GATHER_MERGE};
    double most = 1;
    for (size_t t = 0; t < sizeof gathers / sizeof gathers[0]; t++) {
        struct node_span span = survey_nodes(run, gathers[t]);
        for (size_t i = 0; i < span.count; i++)
            most = fmax(most, num_or(span.node[i]->num[PROP_WORKERS_LAUNCHED], 0) + 1);
    }
    return most;
}

static void say_jit(struct rule_run *run, struct finding *f, double processes)
{
    const struct jit *jit = run->plan->jit;
    double cost = run->plan->root->num[PROP_TOTAL_COST];
    const char *summed = arena_printf(run->arena, "%s, summed over %s processes",
                                      say_ms(run, jit->total_ms), say_count(run, processes));
    finding_figure(run, f, "functions", jit->functions, "functions", NULL);
    finding_figure(run, f, "JIT", jit->total_ms, "ms", processes > 1 ? summed : NULL);
    finding_figure(run, f, "inlining", jit->inlining_ms, "ms", NULL);
    finding_figure(run, f, "optimization", jit->optimization_ms, "ms", NULL);
    finding_figure(run, f, "emission", jit->emission_ms, "ms", NULL);
    finding_figure(run, f, "cost of the plan", cost, "cost", NULL);
    finding_figure(run, f, "jit_above_cost", stake_setting(run, "jit_above_cost", 100000), "cost",
                   NULL);
    if (cost > 0 && cost < 1e9)
        finding_remedy(run, f,
                       "Raise jit_above_cost above this plan's cost of %s, or switch jit off for "
                       "this role or query.",
                       say_count(run, cost));
    finding_sql(run, f, "SET jit = off;");
}

void check_jit_overhead(struct rule_run *run)
{
    const struct jit *jit = run->plan->jit;
    double processes = jit_processes(run), wall = jit ? jit->total_ms / processes : NAN;
    double percent = survey_share(run, wall) * 100;
    if (run->metrics->unit != UNIT_TIME || !(percent >= threshold(run, THRESHOLD_LOW)))
        return;
    if (percent < threshold(run, THRESHOLD_MEDIUM)) {
        finding_clear(run, NULL,
                      arena_printf(run->arena, "JIT took %s, %s of the execution",
                                   say_ms(run, wall), say_share(run, percent / 100)),
                      "that is little, and compiled expressions save some of it");
        return;
    }
    struct finding *f = finding_add(run, NULL, wall);
    f->sure = SURE_LIKELY;
    finding_title(run, f, "JIT took %s of %s", say_ms(run, wall), say_ms(run, run->metrics->whole));
    say_jit(run, f, processes);
}

/* ---- planning-time, partition-planning ---- */

static double planning_blocks(const struct plan *p)
{
    if (!p->planning)
        return NAN;
    struct metric_io io = metric_io_of(p->planning);
    return io.hit + io.read;
}

struct relations {
    double partitions, all;
};

/* Partitions that the plan names or says it removed, and all relations. */
static struct relations count_relations(const struct plan *p)
{
    struct relations out = {0};
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        bool relation = node_has_trait(n, TRAIT_RELATION);
        bool member = relation && n->parent &&
                      (n->parent->type == NODE_APPEND || n->parent->type == NODE_MERGE_APPEND);
        double removed = num_or(n->num[PROP_SUBPLANS_REMOVED], 0);
        out.all += relation + removed;
        out.partitions += member + removed;
    }
    return out;
}

static bool planning_dominates(const struct rule_run *run)
{
    double ms = run->plan->planning_ms;
    return run->metrics->execution_printed && ms > run->metrics->execution_ms &&
           ms >= threshold(run, THRESHOLD_FLOOR);
}

static struct finding *add_planning(struct rule_run *run, const struct relations *r)
{
    double planning_ms = run->plan->planning_ms, execution_ms = run->metrics->execution_ms;
    struct finding *f = finding_add(run, NULL, 0);
    finding_stake_outside(f, stake_from_ms(run, planning_ms),
                          stake_from_ms(run, planning_ms + execution_ms));
    finding_figure(run, f, "planning", planning_ms, "ms", NULL);
    finding_figure(run, f, "execution", execution_ms, "ms", NULL);
    finding_figure(run, f, "blocks touched while planning", planning_blocks(run->plan), "blocks",
                   NULL);
    finding_figure(run, f, "relations in the plan", r->all, "relations", NULL);
    return f;
}

/* Catalog pages that the first plan of a session touches to fill its caches; later ones hardly
 * touch any. */
static const double COLD_CACHE_BLOCKS = 50;

void check_planning_time(struct rule_run *run)
{
    struct relations r = count_relations(run->plan);
    if (!planning_dominates(run))
        return;
    struct finding *f = add_planning(run, &r);
    finding_title(run, f, "Planning took %s, execution %s", say_ms(run, run->plan->planning_ms),
                  say_ms(run, run->metrics->execution_ms));
    if (planning_blocks(run->plan) > COLD_CACHE_BLOCKS) {
        draft_of(f)->most = SEVERITY_LOW;
        finding_why(run, f,
                    "%s The first plan of a session also fills its caches, as this one did: a "
                    "second run shows what stays.",
                    run->rule->why);
    }
}

void check_partition_planning(struct rule_run *run)
{
    struct relations r = count_relations(run->plan);
    if (!planning_dominates(run) || r.partitions < 2 || r.partitions * 2 < r.all)
        return;
    struct finding *f = add_planning(run, &r);
    finding_title(run, f, "Planning %s took %s, execution %s",
                  say_counted(run, r.partitions, "partition"), say_ms(run, run->plan->planning_ms),
                  say_ms(run, run->metrics->execution_ms));
    finding_figure(run, f, "partitions", r.partitions, "partitions", NULL);
    if (planning_blocks(run->plan) > COLD_CACHE_BLOCKS)
        draft_of(f)->most = SEVERITY_MEDIUM;
}

/* ---- serialization-time ---- */

void check_serialization_time(struct rule_run *run)
{
    double ms = run->metrics->serialization_ms;
    if (run->metrics->unit != UNIT_TIME ||
        survey_share(run, ms) * 100 < threshold(run, THRESHOLD_LOW))
        return;
    double kb = run->plan->serialization[PROP_OUTPUT_VOLUME];
    const struct node *root = run->plan->root;
    struct finding *f = finding_add(run, NULL, ms);
    finding_title(run, f, "Converting the result took %s%s", say_ms(run, ms),
                  num_known(kb) ? arena_printf(run->arena, " for %s", say_bytes(run, kb * 1024))
                                : "");
    finding_figure(run, f, "output", kb, "kB", NULL);
    finding_figure(run, f, "rows", metrics_of(run->metrics, root)->rows, "rows", NULL);
    finding_figure(run, f, "width", root->num[PROP_PLAN_WIDTH], "bytes", NULL);
    finding_fact(run, f, "format", run->plan->serialization_format);
}

/* ---- unexplained-time ---- */

void check_unexplained_time(struct rule_run *run)
{
    const struct plan_metrics *m = run->metrics;
    double jit_start = run->plan->jit ? num_or(run->plan->jit->generation_ms, 0) : 0;
    double ms = m->unaccounted_ms - jit_start - m->unclear_triggers_ms;
    if (survey_share(run, ms) * 100 < threshold(run, THRESHOLD_MEDIUM) ||
        ms < threshold(run, THRESHOLD_FLOOR))
        return;
    struct finding *f = finding_add(run, NULL, ms);
    f->sure = SURE_GUESS;
    finding_title(run, f, "%s of the execution happened in no node", say_ms(run, ms));
    finding_figure(run, f, "execution", m->execution_ms, "ms", NULL);
    finding_figure(run, f, "nodes", m->self_sum_ms, "ms", NULL);
    finding_figure(run, f, "AFTER triggers", m->after_triggers_ms, "ms", NULL);
    finding_figure(run, f, "work after the plan", m->post_plan_ms, "ms", NULL);
    finding_figure(run, f, "unaccounted", m->unaccounted_ms, "ms", NULL);
    if (survey_nodes(run, NODE_FOREIGN_SCAN).count)
        finding_why(run, f,
                    "%s With foreign tables it is the remote side, too: connecting, and "
                    "ending the remote transaction.",
                    run->rule->why);
}

/* ---- lock-rows ---- */

static void report_wait(struct rule_run *run, const struct node *n, double ms, double rows,
                        enum confidence sure)
{
    struct finding *f = finding_add(run, n, ms);
    f->sure = sure;
    finding_title(run, f, "%s took %s for %s", say_node(run, n), say_ms(run, ms),
                  say_counted(run, rows, "row"));
    finding_figure(run, f, "time", ms, "ms", NULL);
    finding_figure(run, f, "rows", rows, "rows", NULL);
    finding_figure(run, f, "time per row", ms / rows, "ms", NULL);
}

/* Time of the node that disk and triggers do not account for, per row. */
static void judge_wait(struct rule_run *run, const struct node *n, enum confidence sure)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    const struct node *input = node_outer(n) ? node_outer(n) : n->child;
    double rows = fmax(1, input ? num_or(metrics_of(run->metrics, input)->rows, 0) : 0);
    double ms = survey_weight(run, n) - m->before_trigger_ms - num_or(m->own_io.read_ms, 0) -
                num_or(m->own_io.write_ms, 0);
    if (ms / rows >= threshold(run, THRESHOLD_LOCK_WAIT) && survey_worth(run, ms))
        report_wait(run, n, ms, rows, sure);
}

void check_lock_rows(struct rule_run *run)
{
    struct node_span locks = survey_nodes(run, NODE_LOCK_ROWS);
    for (size_t i = 0; i < locks.count; i++)
        judge_wait(run, locks.node[i], SURE_LIKELY);
    struct node_span changes = survey_nodes(run, NODE_MODIFY_TABLE);
    for (size_t i = 0; i < changes.count; i++)
        judge_wait(run, changes.node[i], SURE_GUESS);
}
