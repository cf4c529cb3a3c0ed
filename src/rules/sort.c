/* Sorts: on disk, and of everything for a few rows. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/order.h"
#include "rules/stake.h"
#include "rules/survey.h"

static double rows_of(const struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    return num_known(m->rows) ? m->rows : num_or(n->num[PROP_PLAN_ROWS], 0);
}

/* ---- sort-spill ---- */

struct spill {
    double largest_kb; /* of one process */
    double all_kb;     /* of all processes: of the last run of each */
    double processes;  /* that used disk */
};

static void add_space(struct spill *s, double kb)
{
    s->largest_kb = kb > s->largest_kb ? kb : s->largest_kb;
    s->all_kb += kb;
    s->processes++;
}

static void add_plain(struct spill *s, const double *num, const struct prop *props)
{
    const struct value *type = prop_value(props, PROP_SORT_SPACE_TYPE);
    if (type && type->kind == VALUE_STRING && str_is(type->text, "Disk"))
        add_space(s, num_or(num[PROP_SORT_SPACE_USED], 0));
}

/* Incremental Sort: groups, with space of their own. */
static void add_groups(struct spill *s, const struct prop *props)
{
    static const enum prop_id groups[] = {PROP_FULL_SORT_GROUPS, PROP_PRE_SORTED_GROUPS};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const struct value *group = prop_value(props, groups[i]);
        const struct value *disk =
            group ? prop_value_by_key(group->items, "Sort Space Disk") : NULL;
        const struct value *peak =
            disk ? prop_value_by_key(disk->items, "Peak Sort Space Used") : NULL;
        if (peak && peak->kind == VALUE_NUMBER && peak->number > 0)
            add_space(s, peak->number);
    }
}

static struct spill spill_of(const struct node *n)
{
    struct spill s = {0};
    add_plain(&s, n->num, n->props);
    add_groups(&s, n->props);
    for (size_t i = 0; i < n->worker_count; i++) {
        add_plain(&s, n->workers[i].num, n->workers[i].props);
        add_groups(&s, n->workers[i].props);
    }
    return s;
}

static double next_power_of_2(double v)
{
    double p = 1024; /* the array of tuples starts with 1024 and is doubled */
    while (p < v && p < 1e15)
        p *= 2;
    return p;
}

/*
 * Memory that a sort in memory takes for rows that took `disk_bytes` on disk (tuplesort.c; measured
 * on a server of version 15, 4 to 250 bytes a row, within 5 %): a row is written without 10 of its
 * header bytes and with 4 of length; in memory it takes its length rounded up to 8, 24 bytes of the
 * allocator (fewer from 16 on) and a slot of 24 bytes in an array that is doubled as it grows.
 */
static double memory_for(double rows, double disk_bytes)
{
    double tuple = ceil((disk_bytes / fmax(1, rows) + 6) / 8) * 8;
    return rows * (tuple + 24) + 24 * next_power_of_2(rows);
}

static void advise_spill(struct rule_run *run, struct finding *f, const struct node *n, double need)
{
    const char *setting = stake_work_mem(run, need);
    struct order order = order_source(run, n, PROP_SORT_KEY);
    bool index = order.scan && !order.joins;
    f->work_mem_bytes = need;
    finding_figure(run, f, "memory to sort in", need, "bytes", NULL);
    if (index)
        finding_index(f, order.scan);
    if (!setting) {
        finding_remedy(
            run, f,
            "Sorting in memory would take %s, more than one query should have: sort fewer "
            "or narrower rows%s.",
            say_bytes(run, need),
            index ? ", or have an index on the sort keys deliver the order" : "");
        return;
    }
    finding_remedy(
        run, f,
        "work_mem = '%s' for this query holds the sort%s: %s, worked out from the rows and "
        "the disk space used%s.",
        setting, n->parallel_aware || n->worker_count ? " of each process" : "",
        say_bytes(run, need), index ? "; or an index on the sort keys, which needs no sort" : "");
    finding_sql(run, f, "SET LOCAL work_mem = '%s';", setting);
}

static void report_spill(struct rule_run *run, const struct node *n, const struct spill *s)
{
    const struct node *input = node_outer(n) ? node_outer(n) : n;
    double rows = rows_of(run, input), runs = num_or(n->num[PROP_ACTUAL_LOOPS], 1);
    double blocks = stake_temp_blocks(run, n);
    if (!num_known(blocks)) /* written once and read once */
        blocks = 2 * s->all_kb * 1024 / METRIC_BLOCK_BYTES;
    struct finding *f = finding_add(run, n, stake_temp(run, n, blocks));
    finding_title(run, f, "%s went to disk: %s%s", say_type(run, n),
                  say_bytes(run, s->largest_kb * 1024), s->processes > 1 ? " in one process" : "");
    struct str method = node_text(n, PROP_SORT_METHOD);
    finding_fact(run, f, "method", method);
    finding_figure(run, f, "disk", s->all_kb, "kB", NULL);
    if (s->processes > 1)
        finding_figure(run, f, "processes that used disk", s->processes, "processes", NULL);
    finding_figure(run, f, "rows sorted", rows, "rows", NULL);
    finding_figure(run, f, "width", input->num[PROP_PLAN_WIDTH], "bytes", NULL);
    finding_figure(run, f, "temp blocks", blocks, "blocks", NULL);
    finding_figure(run, f, "work_mem", stake_memory_setting(run, "work_mem"), "bytes", NULL);
    finding_fact(run, f, "sort key", str_of(order_text(run, n, PROP_SORT_KEY)));
    advise_spill(run, f, n, memory_for(rows / fmax(1, runs), s->largest_kb * 1024));
}

void check_sort_spill(struct rule_run *run)
{
    static const enum node_type types[] = {NODE_SORT, NODE_INCREMENTAL_SORT};
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        struct node_span span = survey_nodes(run, types[t]);
        for (size_t i = 0; i < span.count; i++) {
            struct spill s = spill_of(span.node[i]);
            if (s.largest_kb > 0)
                report_spill(run, span.node[i], &s);
        }
    }
}

/* ---- sort-for-limit ---- */

/* The Limit that takes the first rows of the sort: only nodes that pass rows on lie between. */
static const struct node *limit_of(const struct node *sort)
{
    for (const struct node *n = sort; n->parent; n = n->parent)
        switch (n->parent->type) {
        case NODE_LIMIT:
            return n->rel == REL_OUTER ? n->parent : NULL;
        case NODE_GATHER_MERGE:
        case NODE_RESULT:
        case NODE_SUBQUERY_SCAN:
        case NODE_LOCK_ROWS:
            break;
        default:
            return NULL;
        }
    return NULL;
}

/* A row by way of an index costs as much as a few that come in sequence. */
static const double ROWS_PER_LOOKUP = 4;

static void judge_top(struct rule_run *run, const struct node *n, const struct node *limit)
{
    const struct node *input = node_outer(n);
    if (!input || !limit)
        return;
    double returned = rows_of(run, limit), rows = rows_of(run, input);
    double needed = fmax(1, returned) * ROWS_PER_LOOKUP;
    struct order order = order_source(run, n, PROP_SORT_KEY);
    if (!order.scan || !(rows > needed))
        return;
    double weight = survey_weight(run, n) + order.path;
    if (!survey_worth(run, weight * (1 - needed / rows)))
        return;
    struct finding *f = finding_add(run, n, weight * (1 - needed / rows));
    f->related = order.scan;
    f->sure = order.joins ? SURE_LIKELY : SURE_PLAN;
    finding_title(run, f, "%s rows of %s sorted to return %s", say_count(run, rows),
                  say_relation(run, order.scan), say_count(run, returned));
    finding_figure(run, f, "rows sorted", rows, "rows", NULL);
    finding_figure(run, f, "rows returned", returned, "rows", NULL);
    finding_fact(run, f, "sort key", str_of(order_text(run, n, PROP_SORT_KEY)));
    finding_fact(run, f, "sort method", node_text(n, PROP_SORT_METHOD));
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time of sort and input", weight, "ms", NULL);
    if (order.joins)
        finding_why(run, f,
                    "%s The joins in between would have to be nested loops, which they can be "
                    "for so few rows.",
                    run->rule->why);
    finding_index(f, order.scan);
}

void check_sort_for_limit(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_SORT);
    for (size_t i = 0; i < span.count; i++)
        judge_top(run, span.node[i], limit_of(span.node[i]));
}
