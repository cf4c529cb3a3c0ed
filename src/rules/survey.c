#include "rules/survey.h"

#include "base/arena.h"
#include "rules/family.h"
#include "rules/finding.h"

double survey_weight(const struct rule_run *run, const struct node *n)
{
    return run->survey->weight[n->id - 1];
}

double survey_total(const struct rule_run *run, const struct node *n)
{
    return run->survey->total[n->id - 1];
}

double survey_share(const struct rule_run *run, double weight)
{
    return run->metrics->whole > 0 && weight > 0 ? weight / run->metrics->whole : 0;
}

bool survey_worth(const struct rule_run *run, double weight)
{
    return survey_share(run, weight) * 100 >= threshold(run, THRESHOLD_WORTH);
}

struct node_span survey_nodes(const struct rule_run *run, enum node_type type)
{
    return run->survey->by_type[type];
}

struct node_span survey_subplans(const struct rule_run *run)
{
    return run->survey->subplans;
}

const struct scan *survey_heaviest_scan(const struct rule_run *run, const struct node *top)
{
    const struct scan *best = NULL;
    int left = 1000;
    for (const struct node *n = top; n && left > 0; n = node_walk(n, top), left--) {
        const struct scan *s = survey_scan(run, n);
        if (s && !n->never_executed && (!best || s->weight > best->weight))
            best = s;
    }
    return best;
}

const struct node *survey_limit(const struct rule_run *run, const struct node *n)
{
    return run->survey->limit[n->id - 1];
}

struct scan *survey_scan(const struct rule_run *run, const struct node *n)
{
    return run->survey->scan_of[n->id - 1];
}

bool survey_blocks(const struct node *n)
{
    if (n->type == NODE_AGGREGATE)
        return n->strategy != AGG_SORTED;
    if (n->type == NODE_SET_OP)
        return n->strategy == AGG_HASHED;
    return node_has_trait(n, TRAIT_BLOCKING);
}

double survey_passes(const struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double passes = num_or(n->num[PROP_ACTUAL_LOOPS], 1) / (m->one_process ? 1 : m->processes);
    return passes > 1 ? passes : 1;
}

static bool runs_inside(const struct node *child)
{
    return child->rel != REL_INITPLAN;
}

double survey_own(const struct node *n, enum prop_id id)
{
    double own = n->num[id];
    for (const struct node *c = n->child; c; c = c->next)
        if (runs_inside(c))
            own -= num_or(c->num[id], 0);
    return own < 0 ? 0 : own;
}

/* ---- figures that a person left out ---- */

static bool is_unknown(const struct rule_run *run, const struct node *n)
{
    return run->metrics->unit == UNIT_TIME && !n->never_executed && n->rel != REL_INITPLAN &&
           !num_known(n->num[PROP_ACTUAL_TOTAL_TIME]) && num_known(n->num[PROP_TOTAL_COST]);
}

/*
 * The time of children without figures is part of their parent's self time. It is shared out
 * between them and the parent by planned cost.
 */
static void impute_children(struct rule_run *run, const struct node *n)
{
    struct survey *s = run->survey;
    double known = 0, unknown = 0;
    for (const struct node *c = n->child; c; c = c->next)
        *(is_unknown(run, c) ? &unknown : &known) += num_or(c->num[PROP_TOTAL_COST], 0);
    double cost = num_or(n->num[PROP_TOTAL_COST], 0), own = cost - known - unknown;
    double all = unknown + (own > 0 ? own : 0), has = s->weight[n->id - 1];
    if (!(unknown > 0) || !(all > 0) || !(has > 0))
        return;
    for (const struct node *c = n->child; c; c = c->next) {
        if (!is_unknown(run, c))
            continue;
        double part = has * c->num[PROP_TOTAL_COST] / all;
        s->weight[c->id - 1] = s->total[c->id - 1] = part;
        s->imputed[c->id - 1] = true;
        s->weight[n->id - 1] -= part;
    }
}

static void weigh(struct rule_run *run)
{
    const struct plan *p = run->plan;
    struct survey *s = run->survey;
    for (int i = 0; i < p->node_count; i++) {
        s->weight[i] = num_or(run->metrics->node[i].weight, 0);
        s->total[i] = num_or(run->metrics->node[i].weight_total, 0);
    }
    if (run->metrics->unit != UNIT_TIME || !(p->elided || p->truncated))
        return;
    for (int i = 0; i < p->node_count; i++)
        impute_children(run, p->nodes[i]);
}

/* ---- what is above ---- */

static const struct node *limit_above(const struct survey *s, const struct node *n)
{
    const struct node *up = n->parent;
    if (!up || n->rel == REL_INITPLAN || n->rel == REL_SUBPLAN)
        return NULL;
    if (up->type == NODE_LIMIT)
        return up;
    return survey_blocks(up) ? NULL : s->limit[up->id - 1];
}

static const struct node *append_above(const struct survey *s, const struct node *n)
{
    const struct node *up = n->parent;
    if (!up || n->rel == REL_INITPLAN || n->rel == REL_SUBPLAN)
        return NULL;
    return up->type == NODE_APPEND || up->type == NODE_MERGE_APPEND ? up : s->append[up->id - 1];
}

static bool join_above(const struct survey *s, const struct node *n)
{
    const struct node *up = n->parent;
    return up && n->rel != REL_INITPLAN && n->rel != REL_SUBPLAN &&
           (node_has_trait(up, TRAIT_JOIN) || s->joined[up->id - 1]);
}

static bool is_listed(const struct rule_run *run, const struct node *n)
{
    return !n->never_executed && survey_worth(run, survey_total(run, n));
}

/* Room for as many nodes as were counted. */
static void make_room(struct arena *a, struct node_span *span)
{
    span->node = span->count ? arena_calloc(a, span->count, sizeof *span->node) : NULL;
    span->count = 0;
}

static void count_nodes(struct rule_run *run)
{
    struct survey *s = run->survey;
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        s->never_executed += n->never_executed;
        if (!is_listed(run, n))
            continue;
        s->by_type[n->type].count++;
        s->subplans.count += n->rel == REL_SUBPLAN;
    }
}

static void list_nodes(struct rule_run *run)
{
    struct survey *s = run->survey;
    count_nodes(run);
    make_room(run->arena, &s->subplans);
    for (int t = 0; t < NODE_TYPE_COUNT; t++)
        make_room(run->arena, &s->by_type[t]);
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        if (!is_listed(run, n))
            continue;
        s->by_type[n->type].node[s->by_type[n->type].count++] = n;
        if (n->rel == REL_SUBPLAN)
            s->subplans.node[s->subplans.count++] = n;
    }
}

struct survey *survey_new(struct rule_run *run)
{
    size_t n = (size_t)run->plan->node_count;
    struct arena *a = run->arena;
    struct survey *s = arena_alloc(a, sizeof *s);
    run->survey = s;
    s->weight = arena_calloc(a, n, sizeof *s->weight);
    s->total = arena_calloc(a, n, sizeof *s->total);
    s->imputed = arena_calloc(a, n, sizeof *s->imputed);
    s->limit = arena_calloc(a, n, sizeof *s->limit);
    s->append = arena_calloc(a, n, sizeof *s->append);
    s->joined = arena_calloc(a, n, sizeof *s->joined);
    s->scan_of = arena_calloc(a, n, sizeof *s->scan_of);
    weigh(run);
    for (size_t i = 0; i < n; i++) {
        s->limit[i] = limit_above(s, run->plan->nodes[i]);
        s->append[i] = append_above(s, run->plan->nodes[i]);
        s->joined[i] = join_above(s, run->plan->nodes[i]);
    }
    list_nodes(run);
    family_find(run);
    return s;
}

const char *survey_target(struct rule_run *run, const struct scan *s)
{
    const char *name = say_relation(run, s->node);
    struct str alias = node_text(s->node, PROP_ALIAS),
               relation = node_text(s->node, PROP_RELATION_NAME);
    size_t others = s->members > 1 ? s->members - 1 : 0;
    if (others)
        return arena_printf(run->arena, "%s and %s", name,
                            say_counted(run, (double)others, "more partition"));
    if (!alias.len || str_eq(alias, relation))
        return name;
    return arena_printf(run->arena, "%s %.*s", name, STR_ARG(alias));
}
