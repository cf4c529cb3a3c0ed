/* Rows computed and then dropped: filters above CTEs and window functions, OFFSET. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/order.h"
#include "rules/survey.h"

struct filtered {
    double kept, removed;
};

/* Rows that a filter kept and removed; planned ones without ANALYZE, against the rows of `input`.
 */
static struct filtered filtered_by(const struct rule_run *run, const struct node *n,
                                   const struct node *input)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    if (run->plan->has_actual)
        return (struct filtered){num_or(m->rows, 0), num_or(m->rows_removed_filter, 0)};
    double all = num_or(input->num[PROP_PLAN_ROWS], 0), kept = num_or(n->num[PROP_PLAN_ROWS], 0);
    return (struct filtered){kept, all > kept ? all - kept : 0};
}

/* ---- cte-barrier ---- */

/* The node that makes the CTE's rows, past those that only order them. */
static const struct node *maker(const struct node *cte)
{
    while (cte &&
           (cte->type == NODE_SORT || cte->type == NODE_GATHER || cte->type == NODE_GATHER_MERGE))
        cte = node_outer(cte);
    return cte;
}

static bool is_group_key(const struct node *n, struct str column)
{
    const struct value *keys = node_value(n, PROP_GROUP_KEY);
    for (size_t i = 0; keys && keys->kind == VALUE_LIST && i < keys->count; i++) {
        struct str key = value_item(keys, i)->text;
        ptrdiff_t dot = str_find(key, ".");
        if (str_eq(key, column) ||
            (dot >= 0 && str_eq(str_sub(key, (size_t)dot + 1, key.len), column)))
            return true;
    }
    return false;
}

/* Conditions on a group key may go below the grouping; on a sum they may not. */
static bool filters_group_keys(struct rule_run *run, const struct node *scan,
                               const struct node *agg)
{
    const struct condition_list *list = conditions_of(run, scan, PROP_FILTER);
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].pred->kind != PRED_TEST || list->item[i].pred->left.kind != SIDE_COLUMN ||
            !is_group_key(agg, list->item[i].pred->left.column))
            return false;
    return list->count > 0;
}

static bool could_go_inside(struct rule_run *run, const struct node *scan, const struct node *cte)
{
    const struct node *top = maker(cte);
    if (!top)
        return false;
    switch (top->type) {
    case NODE_RECURSIVE_UNION:
    case NODE_MODIFY_TABLE:
    case NODE_LIMIT:
    case NODE_WINDOW_AGG:
    case NODE_LOCK_ROWS:
        return false;
    case NODE_AGGREGATE:
    case NODE_GROUP:
        return filters_group_keys(run, scan, top);
    default:
        return true;
    }
}

/* Another scan of the CTE that wants all of its rows. */
static bool is_read_whole(const struct rule_run *run, const struct node *cte)
{
    struct node_span span = survey_nodes(run, NODE_CTE_SCAN);
    for (size_t i = 0; i < span.count; i++)
        if (metrics_of(run->metrics, span.node[i])->cte == cte &&
            !node_text(span.node[i], PROP_FILTER).len)
            return true;
    return false;
}

static void judge_cte_scan(struct rule_run *run, const struct node *n)
{
    const struct node *cte = metrics_of(run->metrics, n)->cte;
    struct filtered rows = cte ? filtered_by(run, n, cte) : (struct filtered){0};
    if (!cte || !(rows.removed > rows.kept) || !could_go_inside(run, n, cte) ||
        is_read_whole(run, cte))
        return;
    struct str name = node_text(n, PROP_CTE_NAME);
    double stake = survey_total(run, cte) * rows.removed / (rows.kept + rows.removed);
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, n, 0);
    finding_stake(run, f, stake);
    f->related = cte;
    finding_title(run, f, "CTE %.*s computes %s, of which %s are kept", STR_ARG(name),
                  say_counted(run, rows.kept + rows.removed, "row"), say_count(run, rows.kept));
    finding_part(run, f, "rows removed", rows.removed, rows.kept + rows.removed, "rows");
    finding_fact(run, f, "filter", node_text(n, PROP_FILTER));
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time of the CTE", survey_total(run, cte), "ms", NULL);
    finding_remedy(run, f,
                   "Put the condition inside the CTE, or write WITH %s AS NOT MATERIALIZED "
                   "(...), so that the planner can do it (12 and later; before, use a sub-query).",
                   say_ident(run, name));
    finding_sql(run, f, "WITH %s AS NOT MATERIALIZED (...) ...", say_ident(run, name));
}

/* A sub-query's filter on a window function (row_number() and the like): the top of each group. */
static void judge_subquery_scan(struct rule_run *run, const struct node *n)
{
    const struct node *window = n->child;
    if (!window || window->type != NODE_WINDOW_AGG)
        return;
    struct filtered rows = filtered_by(run, n, window);
    double stake = survey_total(run, window) * rows.removed / (rows.kept + rows.removed);
    if (!(rows.removed > rows.kept) || !survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, n, stake);
    f->sure = SURE_GUESS;
    finding_title(run, f, "Window function over %s, of which %s are kept",
                  say_counted(run, rows.kept + rows.removed, "row"), say_count(run, rows.kept));
    finding_part(run, f, "rows removed", rows.removed, rows.kept + rows.removed, "rows");
    finding_fact(run, f, "filter", node_text(n, PROP_FILTER));
    finding_why(run, f,
                "The window function needs all rows of its partition, so the filter comes after "
                "it.");
    finding_remedy(run, f,
                   "For the first rows of each group: LATERAL (... ORDER BY ... LIMIT n) from a "
                   "list of the groups, with an index on group and order; or DISTINCT ON for one.");
}

void check_cte_barrier(struct rule_run *run)
{
    struct node_span ctes = survey_nodes(run, NODE_CTE_SCAN);
    for (size_t i = 0; i < ctes.count; i++)
        judge_cte_scan(run, ctes.node[i]);
    struct node_span subqueries = survey_nodes(run, NODE_SUBQUERY_SCAN);
    for (size_t i = 0; i < subqueries.count; i++)
        judge_subquery_scan(run, subqueries.node[i]);
}

/* ---- large-offset ---- */

/* Weight of what produced the rows one by one: all of it, or as far down as the first node that
 * needs its whole input anyway. */
static double produced_weight(const struct rule_run *run, const struct node *child,
                              const struct node **sort)
{
    double weight = 0;
    for (const struct node *n = child; n; n = node_outer(n)) {
        weight += survey_weight(run, n);
        if (n->type == NODE_SORT || n->type == NODE_INCREMENTAL_SORT)
            *sort = n;
        if (survey_blocks(n))
            return weight;
    }
    return survey_total(run, child);
}

/* "WHERE (created_at, id) < (last ...)", when all keys go the same way. */
static void show_keyset(struct rule_run *run, struct finding *f, const struct node *sort)
{
    const struct value *keys = sort ? node_value(sort, PROP_SORT_KEY) : NULL;
    struct buf columns = {0}, marks = {0};
    bool desc = false, usable = keys && keys->kind == VALUE_LIST && keys->count > 0;
    for (size_t i = 0; usable && i < keys->count; i++) {
        const struct sort_key *key;
        usable = conditions_sort_key(run, value_item(keys, i)->text, &key) &&
                 (i == 0 || key->desc == desc);
        desc = key->desc;
        buf_printf(&columns, "%s%.*s", i ? ", " : "", STR_ARG(key->side.text));
        buf_printf(&marks, "%s$%zu", i ? ", " : "", i + 1);
    }
    if (usable)
        finding_sql(
            run, f,
            "... WHERE (%s) %c (%s) ORDER BY %s LIMIT ...\n-- $n: the values of the last row seen; "
            "add a unique column if these are not",
            columns.data, desc ? '<' : '>', marks.data, order_text(run, sort, PROP_SORT_KEY));
    buf_free(&columns);
    buf_free(&marks);
}

static void judge_offset(struct rule_run *run, const struct node *limit)
{
    const struct node *child = node_outer(limit), *sort = NULL;
    if (!child)
        return;
    double returned = metrics_of(run->metrics, limit)->rows,
           read = metrics_of(run->metrics, child)->rows;
    double dropped = read - returned;
    if (!(dropped > returned) || !(dropped > 1))
        return;
    double stake = produced_weight(run, child, &sort) * dropped / read;
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, limit, stake);
    f->related = child;
    finding_title(run, f, "OFFSET drops %s of %s rows", say_count(run, dropped),
                  say_count(run, read));
    finding_figure(run, f, "rows read", read, "rows", NULL);
    finding_part(run, f, "rows dropped", dropped, read, "rows");
    finding_figure(run, f, "rows returned", returned, "rows", NULL);
    show_keyset(run, f, sort);
}

void check_large_offset(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_LIMIT);
    for (size_t i = 0; i < span.count; i++)
        judge_offset(run, span.node[i]);
}
