/* Sub-queries that run per row, and NOT IN. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/scan_words.h"
#include "rules/stake.h"
#include "rules/survey.h"

static double loops_of(const struct node *n)
{
    return num_or(n->num[PROP_ACTUAL_LOOPS], 1);
}

/* How often it is planned to run: once for each row that its owner gets. */
static double planned_runs(const struct node *n)
{
    const struct node *feeding = node_outer(n->parent);
    return num_or((feeding ? feeding : n->parent)->num[PROP_PLAN_ROWS], 1);
}

/* The owner's text that uses the SubPlan: its Filter, Join Filter, or an output column. */
static struct str text_with(const struct node *owner, const char *needle)
{
    for (const struct prop *p = owner->props; p; p = p->next) {
        if (p->value.kind == VALUE_STRING && str_find(p->value.text, needle) >= 0)
            return p->value.text;
        if (p->value.kind != VALUE_LIST)
            continue;
        for (size_t i = 0; i < p->value.count; i++)
            if (str_find(value_item(&p->value, i)->text, needle) >= 0)
                return value_item(&p->value, i)->text;
    }
    return (struct str){0};
}

static bool is_hashed(struct rule_run *run, const struct node *n)
{
    struct str name = node_text(n, PROP_SUBPLAN_NAME);
    return name.len &&
           text_with(n->parent, arena_printf(run->arena, "hashed %.*s", STR_ARG(name))).len > 0;
}

/* ---- subplan-per-row ---- */

static bool is_lookup(const struct scan *s)
{
    return s && (s->node->type == NODE_INDEX_SCAN || s->node->type == NODE_INDEX_ONLY_SCAN);
}

/*
 * What one pass of a join in place of all runs would take: the sub-query's input once, and a probe
 * for each row. An index scan does not show how large its table is: it is taken to be as large as
 * the look-ups are many.
 */
static double join_instead(const struct rule_run *run, const struct node *n, double loops)
{
    const struct scan *s = survey_heaviest_scan(run, n);
    double rows = s ? s->rows : 0;
    if (is_lookup(s))
        return stake_hash_pass(run, loops, fmax(rows, loops));
    return survey_total(run, n) / loops + stake_hash_pass(run, loops, rows / loops);
}

/* The equality that ties the sub-query's scan to the outer row: "i.product_id = c.id". */
static const struct pred *correlation(struct rule_run *run, const struct node *scan)
{
    static const enum prop_id conditions[] = {PROP_INDEX_COND, PROP_FILTER, PROP_RECHECK_COND};
    for (size_t k = 0; k < sizeof conditions / sizeof conditions[0]; k++) {
        const struct condition_list *list = conditions_of(run, scan, conditions[k]);
        for (size_t i = 0; i < list->count; i++) {
            const struct pred *p = list->item[i].pred;
            if (p->kind == PRED_TEST && p->op == PRED_EQ && p->left.kind == SIDE_COLUMN &&
                p->right.kind == SIDE_COLUMN && p->right.qualifier.len &&
                !str_eq(p->right.qualifier, node_text(scan, PROP_ALIAS)))
                return p;
        }
    }
    return NULL;
}

/* The aggregates that a sub-query computes, where VERBOSE shows them. */
static const char *aggregates(struct rule_run *run, const struct node *n)
{
    const struct value *output = node_value(n, PROP_OUTPUT);
    bool known = output && output->kind == VALUE_LIST && output->count == 1;
    struct str text = known ? output->items[0].value.text : STR("...");
    return arena_strndup(run->arena, text.p, text.len);
}

static const char *aliased(struct rule_run *run, const struct node *scan)
{
    struct str alias = node_text(scan, PROP_ALIAS);
    bool other = alias.len && !str_eq(alias, node_text(scan, PROP_RELATION_NAME));
    return arena_printf(run->arena, "%s%s%s", say_sql_relation(run, scan), other ? " " : "",
                        other ? say_ident(run, alias) : "");
}

/* The rewrite, with the names that the plan shows. */
static void show_rewrite(struct rule_run *run, struct finding *f, const struct node *n,
                         const struct node *scan)
{
    const struct pred *p = scan ? correlation(run, scan) : NULL;
    if (!p)
        return;
    const char *column = say_ident(run, p->left.column), *sub = aliased(run, scan);
    const char *outer = arena_printf(run->arena, "%s.%s", say_ident(run, p->right.qualifier),
                                     say_ident(run, p->right.column));
    if (n->type == NODE_AGGREGATE)
        finding_sql(run, f,
                    "... LEFT JOIN (SELECT %s, %s AS value FROM %s GROUP BY %s) AS s ON s.%s = %s\n"
                    "-- a count() is NULL where there is no row: coalesce(s.value, 0)",
                    column, aggregates(run, n), sub, column, column, outer);
    else
        finding_sql(run, f,
                    "... LEFT JOIN LATERAL (SELECT ... FROM %s WHERE %s = %s LIMIT 1) AS s ON true",
                    sub, column, outer);
}

static void report_subplan(struct rule_run *run, const struct node *n, double runs, double stake)
{
    struct str name = node_text(n, PROP_SUBPLAN_NAME);
    const struct scan *s = survey_heaviest_scan(run, n);
    struct finding *f = finding_add(run, n, stake);
    f->related = s ? s->node : n->parent;
    draft_of(f)->region = n;
    finding_title(run, f, "%.*s %s %s times%s", STR_ARG(name.len ? name : STR("A sub-query")),
                  run->plan->has_actual ? "runs" : "is planned to run", say_count(run, runs),
                  s ? arena_printf(run->arena, " over %s", say_relation(run, s->node)) : "");
    finding_figure(run, f, "loops", runs, "loops", NULL);
    finding_figure(run, f, "time per run", n->num[PROP_ACTUAL_TOTAL_TIME], "ms", NULL);
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time of all runs", survey_total(run, n), "ms", NULL);
    finding_fact(run, f, "used in", str_of(say_node(run, n->parent)));
    if (s)
        scan_evidence(run, f, s);
    if (s && !is_lookup(s) && correlation(run, s->node))
        finding_index(f, s->node);
    show_rewrite(run, f, n, s ? s->node : NULL);
}

void check_subplan_per_row(struct rule_run *run)
{
    struct node_span span = survey_subplans(run);
    for (size_t i = 0; i < span.count; i++) {
        const struct node *n = span.node[i];
        double runs = run->plan->has_actual ? loops_of(n) : planned_runs(n);
        if (!(runs > 1) || is_hashed(run, n))
            continue;
        double stake = survey_total(run, n) - join_instead(run, n, runs);
        if (survey_worth(run, stake))
            report_subplan(run, n, runs, stake);
    }
}

/* ---- not-in-subplan ---- */

static bool text_has_nocase(struct str s, const char *needle)
{
    size_t len = strlen(needle);
    for (size_t i = 0; i + len <= s.len; i++)
        if (str_is_nocase(str_sub(s, i, i + len), needle))
            return true;
    return false;
}

/*
 * Whether "NOT (SubPlan 1)" stands for NOT IN. From 17 on the test is shown: NOT (ANY (...)).
 * Before, NOT EXISTS looks the same: then the query's text decides, else the shape (a NOT IN that
 * could not be hashed keeps its list in a Materialize).
 */
static bool is_not_in(const struct rule_run *run, const struct node *n, struct str text,
                      bool hashed)
{
    struct str query = run->plan->query_text;
    if (str_find(text, "NOT (ANY (") >= 0)
        return true;
    if (query.len && !text_has_nocase(query, "not in"))
        return false;
    return query.len || hashed || n->type == NODE_MATERIALIZE;
}

/* "id" of "(NOT (ANY (id = (hashed SubPlan 1).col1)))"; absent up to 16. */
static struct str tested_value(struct rule_run *run, const struct node *owner)
{
    const struct condition_list *list = conditions_of(run, owner, PROP_FILTER);
    for (size_t i = 0; i < list->count; i++) {
        const struct pred *p = list->item[i].pred;
        if (p->kind == PRED_NOT && p->child)
            p = p->child;
        if (p->kind == PRED_TEST && p->op == PRED_SUBQUERY && p->left.kind == SIDE_COLUMN)
            return p->left.text;
    }
    return (struct str){0};
}

static void show_not_exists(struct rule_run *run, struct finding *f, const struct node *n)
{
    const struct scan *s = survey_heaviest_scan(run, n);
    const struct value *output = node_value(n, PROP_OUTPUT);
    struct str tested = tested_value(run, n->parent);
    struct str column = output && output->kind == VALUE_LIST && output->count == 1
                            ? output->items[0].value.text
                            : (struct str){0};
    if (!s)
        return;
    finding_sql(run, f, "... AND NOT EXISTS (SELECT 1 FROM %s WHERE %.*s = %.*s%s)",
                aliased(run, s->node), STR_ARG(column.len ? column : STR("...")),
                STR_ARG(tested.len ? tested : STR("...")),
                node_text(s->node, PROP_FILTER).len ? " AND ..." : "");
}

static void judge_not_in(struct rule_run *run, const struct node *n)
{
    struct str name = node_text(n, PROP_SUBPLAN_NAME), text = node_text(n->parent, PROP_FILTER);
    bool hashed = is_hashed(run, n);
    if (!name.len || str_find(text, "(NOT (") < 0 ||
        str_find(text, arena_printf(run->arena, "%.*s)", STR_ARG(name))) < 0 ||
        !is_not_in(run, n, text, hashed))
        return;
    double runs = run->plan->has_actual ? loops_of(n) : planned_runs(n);
    /* A hashed list costs no more than an anti join would. */
    double stake = hashed || !(runs > 1) ? 0 : survey_total(run, n) - join_instead(run, n, runs);
    struct finding *f = finding_add(run, n, stake);
    f->sure =
        str_find(text, "NOT (ANY (") >= 0 || run->plan->query_text.len ? SURE_PLAN : SURE_LIKELY;
    f->related = n->parent;
    draft_of(f)->region = n;
    finding_title(
        run, f, "NOT IN (%.*s) looks through %s%s", STR_ARG(name),
        say_counted(run, num_or(metrics_of(run->metrics, n)->rows, n->num[PROP_PLAN_ROWS]), "row"),
        hashed ? ", hashed" : arena_printf(run->arena, " in %s runs", say_count(run, runs)));
    finding_figure(run, f, "loops", runs, "loops", NULL);
    finding_figure(run, f, "rows", metrics_of(run->metrics, n)->rows, "rows", NULL);
    finding_fact(run, f, "hashed", hashed ? STR("yes") : STR("no"));
    finding_fact(run, f, "filter", text);
    if (!hashed)
        finding_why(run, f, "%s It was too large to be hashed within work_mem.", run->rule->why);
    show_not_exists(run, f, n);
}

void check_not_in_subplan(struct rule_run *run)
{
    struct node_span span = survey_subplans(run);
    for (size_t i = 0; i < span.count; i++)
        judge_not_in(run, span.node[i]);
}
