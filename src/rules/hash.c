/* Hash tables that did not fit: hash joins and hash aggregates. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/order.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* The largest figure of all processes. */
static double largest(const struct node *n, enum prop_id id)
{
    double most = n->num[id];
    for (size_t i = 0; i < n->worker_count; i++)
        if (num_known(n->workers[i].num[id]) && !(most >= n->workers[i].num[id]))
            most = n->workers[i].num[id];
    return most;
}

static double sum_of(const struct node *n, enum prop_id id)
{
    double sum = num_or(n->num[id], 0);
    for (size_t i = 0; i < n->worker_count; i++)
        sum += num_or(n->workers[i].num[id], 0);
    return sum;
}

static double rows_of(const struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = n ? metrics_of(run->metrics, n) : NULL;
    return !m ? 0 : num_known(m->rows) ? m->rows : num_or(n->num[PROP_PLAN_ROWS], 0);
}

static void advise_memory(struct rule_run *run, struct finding *f, double need, const char *basis)
{
    double each = need / stake_hash_multiplier(run);
    const char *setting = stake_work_mem(run, each);
    f->work_mem_bytes = each;
    finding_figure(run, f, "work_mem", stake_memory_setting(run, "work_mem"), "bytes", NULL);
    finding_figure(run, f, "memory to hold it", need, "bytes", NULL);
    if (!setting) {
        finding_remedy(run, f,
                       "Holding it in memory would take %s (%s), more than one query should have: "
                       "fewer rows or narrower ones, or an order that makes hashing unnecessary.",
                       say_bytes(run, need), basis);
        return;
    }
    draft_of(f)->brief =
        arena_printf(run->arena, "%s (work_mem = '%s' would hold it)", f->title, setting);
    finding_remedy(run, f, "work_mem = '%s' for this query holds it: %s (%s)%s.", setting,
                   say_bytes(run, need), basis,
                   stake_hash_multiplier(run) > 1
                       ? arena_printf(run->arena, ", divided by hash_mem_multiplier %s",
                                      say_count(run, stake_hash_multiplier(run)))
                       : "; from version 15 on half of it will do, as hash_mem_multiplier is 2");
    finding_sql(run, f, "SET LOCAL work_mem = '%s';", setting);
}

/* ---- hash-spill ---- */

struct batches {
    double now, planned, peak_kb;
};

/* Batches in use need not cost anything worth a word. */
static bool costs_nothing(const struct rule_run *run, double stake)
{
    return stake < stake_from_ms(run, threshold(run, THRESHOLD_FLOOR)) &&
           survey_share(run, stake) * 100 < threshold(run, THRESHOLD_LOW);
}

static double own_blocks(const struct rule_run *run, const struct node *n, double rows,
                         double batches)
{
    double blocks = stake_temp_blocks(run, n);
    if (num_known(blocks))
        return blocks;
    /* All batches but the first are written and read again. */
    return 2 * rows * (num_or(n->num[PROP_PLAN_WIDTH], 0) + 24) / METRIC_BLOCK_BYTES *
           (1 - 1 / batches);
}

/* Writing and reading the batches of both sides. */
static double spill_stake(const struct rule_run *run, const struct node *hash,
                          const struct batches *b)
{
    const struct node *join = hash->parent;
    double build = own_blocks(run, hash, rows_of(run, hash), b->now);
    double probe = own_blocks(run, join, rows_of(run, node_outer(join)), b->now);
    return stake_temp(run, hash, build) + stake_temp(run, join, probe);
}

static void blame_input(const struct rule_run *run, struct finding *f, const struct node *hash)
{
    const struct node *input = node_outer(hash) ? node_outer(hash) : hash;
    if (metrics_of(run->metrics, input)->estimate == ESTIMATE_TOO_LOW)
        finding_blame(f, input);
}

static void report_batches(struct rule_run *run, const struct node *hash, const struct batches *b,
                           double stake)
{
    double processes = hash->parallel_aware ? metrics_of(run->metrics, hash)->processes : 1;
    struct finding *f = finding_add(run, hash, 0);
    finding_stake(run, f, stake);
    f->related = hash->parent;
    finding_title(run, f, "Hash of %s was split into %s batches",
                  say_counted(run, rows_of(run, hash), "row"), say_count(run, b->now));
    finding_figure(run, f, "batches", b->now, "batches", NULL);
    finding_figure(run, f, "batches planned", b->planned, "batches", NULL);
    finding_figure(run, f, "peak memory", b->peak_kb, "kB", NULL);
    finding_figure(run, f, "rows hashed", rows_of(run, hash), "rows", NULL);
    finding_figure(run, f, "width", hash->num[PROP_PLAN_WIDTH], "bytes", NULL);
    finding_figure(run, f, "temp blocks",
                   stake_temp_blocks(run, hash) + stake_temp_blocks(run, hash->parent), "blocks",
                   NULL);
    advise_memory(run, f, b->now * b->peak_kb * 1024 / processes,
                  processes > 1 ? "batches x peak memory, per process" : "batches x peak memory");
    if (b->now > num_or(b->planned, b->now))
        finding_why(
            run, f,
            "The table was planned in %s and grew to %s while it was filled: there were more "
            "rows, or wider ones, than expected.",
            arena_printf(run->arena, "%s %s", say_count(run, b->planned),
                         b->planned == 1 ? "batch" : "batches"),
            say_count(run, b->now));
    blame_input(run, f, hash);
}

static void judge_hash(struct rule_run *run, const struct node *hash)
{
    struct batches b = {.now = largest(hash, PROP_HASH_BATCHES),
                        .planned = largest(hash, PROP_ORIGINAL_HASH_BATCHES),
                        .peak_kb = largest(hash, PROP_PEAK_MEMORY_USAGE)};
    if (!(b.now > 1) || !hash->parent)
        return;
    double stake = spill_stake(run, hash, &b);
    if (costs_nothing(run, stake))
        finding_clear(run, hash,
                      arena_printf(run->arena, "Hash in %s batches", say_count(run, b.now)),
                      "writing and reading them took next to no time");
    else
        report_batches(run, hash, &b, stake);
}

void check_hash_spill(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_HASH);
    for (size_t i = 0; i < span.count; i++)
        judge_hash(run, span.node[i]);
}

/* ---- hashagg-spill ---- */

/*
 * Memory for all groups. Batches x peak is what they take at most (measured on a server of version
 * 15: 1 to 6 times what was needed); a kilobyte a group is what even large transition states take.
 */
static double group_memory(double groups, double batches, double peak_bytes)
{
    double need = fmin(batches * peak_bytes, groups * 1024);
    return fmax(need, 2 * peak_bytes);
}

static double aggregate_stake(const struct rule_run *run, const struct node *n)
{
    const struct node *input = node_outer(n) ? node_outer(n) : n;
    double blocks = stake_temp_blocks(run, n);
    if (!run->plan->has_actual || !num_known(blocks)) /* all rows are written and read once */
        blocks = 2 * rows_of(run, input) * (num_or(input->num[PROP_PLAN_WIDTH], 0) + 24) /
                 METRIC_BLOCK_BYTES;
    return stake_temp(run, n, blocks);
}

static void report_aggregate(struct rule_run *run, const struct node *n, double disk_kb,
                             double batches)
{
    double groups = rows_of(run, n), peak_kb = largest(n, PROP_PEAK_MEMORY_USAGE);
    const struct node_metrics *m = metrics_of(run->metrics, n);
    struct finding *f = finding_add(run, n, aggregate_stake(run, n));
    if (disk_kb > 0)
        finding_title(run, f, "%s of %s went to disk: %s", say_type(run, n),
                      say_counted(run, groups, "group"), say_bytes(run, disk_kb * 1024));
    else
        finding_title(run, f, "%s of %s is planned in %s partitions on disk", say_type(run, n),
                      say_counted(run, groups, "group"),
                      say_count(run, n->num[PROP_PLANNED_PARTITIONS]));
    if (disk_kb > 0)
        finding_figure(run, f, "disk", disk_kb, "kB", NULL);
    if (batches > 1)
        finding_figure(run, f, "batches", batches, "batches", NULL);
    finding_figure(run, f, "partitions planned", n->num[PROP_PLANNED_PARTITIONS], "partitions",
                   NULL);
    finding_figure(run, f, "peak memory", peak_kb, "kB", NULL);
    finding_figure(run, f, "groups", groups, "groups", NULL);
    finding_figure(run, f, "groups expected", m->rows_planned, "groups", NULL);
    finding_fact(run, f, "group key", str_of(order_text(run, n, PROP_GROUP_KEY)));
    if (num_known(peak_kb) && batches > 1)
        advise_memory(run, f, group_memory(groups, batches, peak_kb * 1024),
                      "batches x peak memory, at most 1 kB a group");
    if (m->estimate == ESTIMATE_TOO_LOW)
        finding_blame(f, n);
}

void check_hashagg_spill(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_AGGREGATE);
    for (size_t i = 0; i < span.count; i++) {
        const struct node *n = span.node[i];
        double disk_kb = sum_of(n, PROP_DISK_USAGE), batches = largest(n, PROP_HASHAGG_BATCHES);
        bool planned = !run->plan->has_actual && n->num[PROP_PLANNED_PARTITIONS] > 0;
        if (disk_kb > 0 || planned)
            report_aggregate(run, n, disk_kb, num_or(batches, 1));
    }
}
