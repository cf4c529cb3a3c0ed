/* ORs that no index can serve, and very long lists. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/probe.h"
#include "rules/written.h"

static size_t legs_of(const struct pred *p)
{
    size_t legs = 0;
    for (const struct pred *leg = p->child; leg; leg = leg->next)
        legs++;
    return legs;
}

static void list_legs(struct rule_run *run, struct finding *f, const struct pred *p)
{
    enum { MOST_LEGS = 6 };
    size_t i = 0;
    for (const struct pred *leg = p->child; leg && i < MOST_LEGS; leg = leg->next, i++)
        finding_fact(run, f, "leg", leg->text);
}

/* ---- or-across: of one table ---- */

static void report_scan(struct rule_run *run, const struct written *w, const struct condition *c)
{
    struct finding *f = written_add(run, w, c);
    finding_title(run, f, "OR with %zu legs on %s, at least one without an index to serve it",
                  legs_of(c->pred), say_relation(run, w->scan->node));
    list_legs(run, f, c->pred);
}

/* ---- or-across: of several tables ---- */

/* The qualifier of all columns of a side; *mixed when there are two. */
static void note_qualifiers(const struct pred_side *side, struct str *seen, bool *mixed)
{
    for (size_t i = 0; i < side->column_count; i++) {
        if (seen->p && !str_eq(*seen, side->columns[i].qualifier))
            *mixed = true;
        *seen = side->columns[i].qualifier;
    }
}

/* Legs about different tables: "a.x = 1 OR b.y = 2". Depth 2 is as deep as an OR of ANDs goes. */
static bool spans_tables(const struct pred *p)
{
    struct str seen = {0};
    bool mixed = false;
    for (const struct pred *leg = p->child; leg; leg = leg->next) {
        note_qualifiers(&leg->left, &seen, &mixed);
        note_qualifiers(&leg->right, &seen, &mixed);
        for (const struct pred *part = leg->child; part; part = part->next) {
            note_qualifiers(&part->left, &seen, &mixed);
            note_qualifiers(&part->right, &seen, &mixed);
        }
    }
    return mixed;
}

static const struct pred *or_across(struct rule_run *run, const struct node *n, enum prop_id id)
{
    const struct condition_list *list = conditions_of(run, n, id);
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].pred->kind == PRED_OR && spans_tables(list->item[i].pred))
            return list->item[i].pred;
    return NULL;
}

static void judge_join(struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double removed = m->rows_removed, made = removed + m->rows;
    if (!(removed > m->rows))
        return;
    bool by_filter = m->rows_removed_filter > 0;
    double stake = survey_total(run, n) * removed / made;
    const struct pred *p = survey_worth(run, stake)
                               ? or_across(run, n, by_filter ? PROP_FILTER : PROP_JOIN_FILTER)
                               : NULL;
    if (!p)
        return;
    struct finding *f = finding_add(run, n, stake);
    f->sure = SURE_LIKELY;
    finding_title(run, f, "OR over several tables keeps %s of %s joined rows",
                  say_count(run, m->rows), say_count(run, made));
    finding_part(run, f, "rows removed", removed, made, "rows");
    finding_fact(run, f, "condition", p->text);
    list_legs(run, f, p);
    finding_why(run, f,
                "A condition on two tables at once can be tested only after they are joined, so "
                "no index of either can help.");
}

void check_or_across(struct rule_run *run)
{
    static const enum node_type joins[] = {NODE_NESTED_LOOP, NODE_HASH_JOIN, NODE_MERGE_JOIN};
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        struct written w;
        const struct condition *c = written_badly(run, s, &w) && !w.list->uses[COND_CAST] &&
                                            !w.list->uses[COND_WRAPPED] &&
                                            !w.list->uses[COND_PREFIX]
                                        ? conditions_first(w.list, COND_OR)
                                        : NULL;
        if (c)
            report_scan(run, &w, c);
    }
    for (size_t t = 0; run->plan->has_actual && t < sizeof joins / sizeof joins[0]; t++) {
        struct node_span span = survey_nodes(run, joins[t]);
        for (size_t i = 0; i < span.count; i++)
            judge_join(run, span.node[i]);
    }
}

/* ---- large-in-list ---- */

/* Values from which a list is looked at, and what each one takes to parse and plan: 0.008 ms,
 * measured on a server of version 15. */
static const size_t MANY_VALUES = 1000;
static const double PLAN_MS_PER_VALUE = 0.008;

static size_t values_of(const struct pred *p)
{
    size_t values = p->kind == PRED_TEST ? p->right.value_count : 0;
    for (const struct pred *leg = p->child; leg; leg = leg->next)
        if (leg->kind == PRED_TEST && leg->right.value_count > values)
            values = leg->right.value_count;
    return values;
}

static void report_list(struct rule_run *run, const struct node *n, size_t values)
{
    double planning_ms = run->plan->planning_ms;
    double stake = run->metrics->unit == UNIT_TIME && num_known(planning_ms)
                       ? fmin(planning_ms, PLAN_MS_PER_VALUE * (double)values)
                       : 0;
    struct finding *f = finding_add(run, n, 0);
    finding_stake_outside(f, stake, run->metrics->whole + num_or(planning_ms, 0));
    f->sure = SURE_LIKELY;
    finding_title(run, f, "%s compares with a list of %s values", say_node(run, n),
                  say_count(run, (double)values));
    finding_figure(run, f, "values", (double)values, "values", NULL);
    finding_figure(run, f, "planning", planning_ms, "ms", NULL);
}

static void judge_list(struct rule_run *run, const struct node *n)
{
    static const enum prop_id conditions[] = {PROP_INDEX_COND, PROP_FILTER, PROP_RECHECK_COND,
                                              PROP_JOIN_FILTER};
    for (size_t k = 0; k < sizeof conditions / sizeof conditions[0]; k++) {
        size_t most = 0;
        if (node_text(n, conditions[k]).len < 2 * MANY_VALUES) /* a digit and a comma each */
            continue;
        const struct condition_list *list = conditions_of(run, n, conditions[k]);
        for (size_t i = 0; i < list->count; i++)
            most = values_of(list->item[i].pred) > most ? values_of(list->item[i].pred) : most;
        if (most >= MANY_VALUES) {
            report_list(run, n, most);
            return;
        }
    }
}

void check_large_in_list(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        judge_list(run, s->node);
}
