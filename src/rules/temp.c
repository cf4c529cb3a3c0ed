/* Other rows on disk, and rows that are wider than they need to be. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- temp-io ---- */

/* Sorts and hashes have rules of their own. */
static bool has_own_rule(enum node_type type)
{
    return type == NODE_SORT || type == NODE_INCREMENTAL_SORT || type == NODE_HASH ||
           type == NODE_HASH_JOIN || type == NODE_AGGREGATE;
}

static bool is_on_disk(const struct node *n)
{
    return str_is(node_text(n, PROP_STORAGE), "Disk");
}

static void report_temp(struct rule_run *run, const struct node *n, double blocks)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double storage_kb = is_on_disk(n) ? n->num[PROP_MAXIMUM_STORAGE] : NAN;
    double bytes = num_known(storage_kb) ? storage_kb * 1024
                                         : num_or(m->own_io.temp_written, 0) * METRIC_BLOCK_BYTES;
    struct finding *f = finding_add(run, n, stake_temp(run, n, blocks));
    finding_title(run, f, "%s keeps %s on disk", say_node(run, n), say_bytes(run, bytes));
    finding_figure(run, f, "temp blocks", blocks, "blocks", NULL);
    finding_figure(run, f, "storage", storage_kb, "kB", NULL);
    finding_figure(run, f, "rows", m->rows, "rows", NULL);
    finding_figure(run, f, "width", n->num[PROP_PLAN_WIDTH], "bytes", NULL);
    finding_figure(run, f, "work_mem", stake_memory_setting(run, "work_mem"), "bytes", NULL);
    /* In memory a row takes its header and the allocator's on top: twice the disk space will do. */
    f->work_mem_bytes = bytes * 2;
    const char *setting = bytes > 0 ? stake_work_mem(run, bytes * 2) : NULL;
    if (!setting)
        return;
    finding_remedy(run, f,
                   "work_mem = '%s' for this query holds the rows (twice their size on disk); "
                   "or fewer and narrower rows to keep.",
                   setting);
    finding_sql(run, f, "SET LOCAL work_mem = '%s';", setting);
}

void check_temp_io(struct rule_run *run)
{
    for (int t = 0; t < NODE_TYPE_COUNT; t++) {
        struct node_span span = survey_nodes(run, (enum node_type)t);
        for (size_t i = 0; i < span.count && !has_own_rule((enum node_type)t); i++) {
            double blocks = stake_temp_blocks(run, span.node[i]);
            if (blocks > 0 || is_on_disk(span.node[i]))
                report_temp(run, span.node[i], blocks);
        }
    }
}

/* ---- wide-rows ---- */

/* Width of rows that carry a key and little else. */
static const double NARROW_BYTES = 64;

static void judge_spill(struct rule_run *run, const struct finding *spill)
{
    double width = spill->node->num[PROP_PLAN_WIDTH];
    if (!(width >= threshold(run, THRESHOLD_WIDE)))
        return;
    struct finding *f = finding_add(run, spill->node, spill->stake * (1 - NARROW_BYTES / width));
    finding_title(run, f, "its rows are %s bytes wide: fewer columns would make it smaller",
                  say_count(run, width));
    finding_figure(run, f, "width", width, "bytes", NULL);
}

/* The result of the whole statement. */
static void judge_result(struct rule_run *run)
{
    const struct node *root = run->plan->root;
    double width = root->num[PROP_PLAN_WIDTH], rows = metrics_of(run->metrics, root)->rows;
    double bytes = rows * width;
    if (!(width >= threshold(run, THRESHOLD_WIDE)) || !(bytes >= 1024 * 1024))
        return;
    struct finding *f = finding_add(run, root, 0);
    f->sure = SURE_LIKELY;
    finding_title(run, f, "The result is %s wide, some %s in all", say_counted(run, width, "byte"),
                  say_bytes(run, bytes));
    finding_figure(run, f, "rows returned", rows, "rows", NULL);
    finding_figure(run, f, "width", width, "bytes", NULL);
    finding_why(run, f,
                "Converting and sending it takes time that the execution time does not show.");
    finding_remedy(run, f, "Select the columns that are used only.");
}

static bool is_spill(struct finding *f)
{
    static const char *const ids[] = {"sort-spill", "hash-spill", "hashagg-spill", "temp-io"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (strcmp(f->rule->id, ids[i]) == 0)
            return draft_of(f)->most > SEVERITY_CLEARED;
    return false;
}

void check_wide_rows(struct rule_run *run)
{
    for (struct finding *f = run->findings; f && f->rule != run->rule; f = f->next)
        if (is_spill(f))
            judge_spill(run, f);
    if (run->plan->has_actual)
        judge_result(run);
}
