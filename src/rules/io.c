/* Pages: waiting for them, and pages that were not in memory. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/stake.h"
#include "rules/survey.h"

typedef void node_check(struct rule_run *run, const struct node *n);

static void each_node(struct rule_run *run, node_check *check)
{
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        if (!n->never_executed && survey_worth(run, survey_weight(run, n)))
            check(run, n);
    }
}

/* ---- io-bound ---- */

/* Own time of reading shared and local blocks, summed over processes (temporary files have rules of
 * their own). */
static double read_ms(const struct rule_run *run, const struct node *n)
{
    double temp = num_or(survey_own(n, PROP_TEMP_IO_READ_TIME), 0);
    return metrics_of(run->metrics, n)->own_io.read_ms - temp;
}

static void judge_reading(struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double ms = read_ms(run, n), wall = ms / m->processes, reads = m->own_io.read;
    if (!(survey_share(run, wall) * 100 >= threshold(run, THRESHOLD_LOW)) || !(reads > 0))
        return;
    double rate = reads * METRIC_BLOCK_BYTES / ms * 1000;
    struct finding *f = finding_add(run, n, wall);
    finding_title(run, f, "%s waited %s for %s", say_node(run, n), say_ms(run, wall),
                  say_counted(run, reads, "block"));
    finding_figure(run, f, "read time", ms, "ms",
                   m->processes > 1 ? arena_printf(run->arena, "%s, summed over %s processes",
                                                   say_ms(run, ms), say_count(run, m->processes))
                                    : NULL);
    finding_part(run, f, "blocks read", reads, reads + num_or(m->own_io.hit, 0), "blocks");
    finding_figure(run, f, "time per block", ms / reads, "ms", NULL);
    finding_figure(run, f, "rate", rate, "bytes/s",
                   arena_printf(run->arena, "%s/s", say_bytes(run, rate)));
}

void check_io_bound(struct rule_run *run)
{
    each_node(run, judge_reading);
}

/* ---- cache-miss ---- */

static bool is_sequential(const struct node *n)
{
    return n->type == NODE_SEQ_SCAN || n->type == NODE_BITMAP_HEAP_SCAN;
}

/* What finding a page in shared buffers costs, of a page read. */
static const double HIT_COST = 0.1;

/* Reading against handling rows and pages in memory, in planner's units. */
static double read_share(const struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double page = is_sequential(n) ? stake_setting(run, "seq_page_cost", 1)
                                   : stake_setting(run, "random_page_cost", 4);
    double io = m->own_io.read * page;
    double rest =
        num_or(m->own_io.hit, 0) * HIT_COST +
        (num_or(m->rows, 0) + m->rows_removed) * stake_setting(run, "cpu_tuple_cost", 0.01);
    return io > 0 ? io / (io + rest) : 0;
}

static void judge_missing(struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double stake = survey_weight(run, n) * read_share(run, n);
    if (run->metrics->io.read_ms > 0 || !(m->own_io.read > m->own_io.hit) ||
        survey_share(run, stake) * 100 < threshold(run, THRESHOLD_MEDIUM))
        return;
    struct finding *f = finding_add(run, n, stake);
    f->sure = SURE_GUESS;
    draft_of(f)->most = SEVERITY_LOW; /* a second run may tell another story */
    finding_title(run, f, "%s read %s that were not in shared buffers", say_node(run, n),
                  say_counted(run, m->own_io.read, "block"));
    finding_part(run, f, "blocks read", m->own_io.read, m->own_io.read + m->own_io.hit, "blocks");
    finding_figure(run, f, "size", m->own_io.read * METRIC_BLOCK_BYTES, "bytes", NULL);
}

void check_cache_miss(struct rule_run *run)
{
    each_node(run, judge_missing);
}

/* ---- dirtied-by-read ---- */

static bool changes_rows(const struct rule_run *run)
{
    for (int i = 0; i < run->plan->node_count; i++)
        if (run->plan->nodes[i]->type == NODE_MODIFY_TABLE ||
            run->plan->nodes[i]->type == NODE_LOCK_ROWS)
            return true;
    return false;
}

/* Writing a page costs about what reading one does. */
static void judge_dirtying(struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double dirtied = num_or(m->own_io.dirtied, 0), blocks = m->own_io.hit + m->own_io.read;
    double page = stake_setting(run, "seq_page_cost", 1);
    double tuple = stake_setting(run, "cpu_tuple_cost", 0.01);
    double rest = blocks * page + (num_or(m->rows, 0) + m->rows_removed) * tuple;
    double stake = survey_weight(run, n) * dirtied * page / (dirtied * page + rest);
    if (!(dirtied > 0) || survey_share(run, stake) * 100 < threshold(run, THRESHOLD_LOW))
        return;
    struct finding *f = finding_add(run, n, stake);
    f->sure = SURE_LIKELY;
    finding_title(run, f, "%s dirtied %s while reading", say_node(run, n),
                  say_counted(run, dirtied, "block"));
    finding_part(run, f, "blocks dirtied", dirtied, blocks, "blocks");
    finding_figure(run, f, "blocks written", m->own_io.written, "blocks", NULL);
    finding_figure(run, f, "WAL", survey_own(n, PROP_WAL_BYTES), "bytes", NULL);
    if (node_text(n, PROP_RELATION_NAME).len)
        finding_sql(run, f, "VACUUM (ANALYZE) %s;", say_sql_relation(run, n));
}

void check_dirtied_by_read(struct rule_run *run)
{
    if (!changes_rows(run))
        each_node(run, judge_dirtying);
}
