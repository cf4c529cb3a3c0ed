/*
 * Are two plans the same in everything that EXPLAIN said? For tests of the readers: one plan
 * in several formats.
 *
 * The second plan may be of a format that says less: a table of excuses then names each key
 * and what may become of it. Not compared: format and line numbers.
 */
#ifndef TESTS_PLAN_EQUAL_H
#define TESTS_PLAN_EQUAL_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"

enum excuse {
    EXCUSE_ABSENT, /* the second plan may lack it */
    EXCUSE_ZERO,   /* ... where the first has 0, false, or an empty list, group or string */
    EXCUSE_ANY     /* it may differ */
};

struct plan_excuse {
    const char *where; /* "node", "worker", "plan", "planning", "serialization", "jit", "trigger";
                          NULL: anywhere */
    const char *key;   /* EXPLAIN's, or the field's name in struct plan, node, jit ... */
    enum excuse excuse;
};

struct plan_comparison {
    const struct plan_excuse *excuses;
    size_t excuse_count;
    bool untyped;   /* the second does not tell numbers from strings (XML, keys unknown to us) */
    bool any_order; /* properties may stand in another order */
    bool by_value;  /* numbers are the same when their values are, whatever their digits */
    char why[600];  /* the first difference */
};

static bool differs(struct plan_comparison *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static bool differs(struct plan_comparison *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(c->why, sizeof c->why, fmt, ap);
    va_end(ap);
    return false;
}

/* empty: the first has 0, false or nothing in it; absent: the second lacks it. */
static bool excused(const struct plan_comparison *c, const char *where, struct str key, bool empty,
                    bool absent)
{
    for (size_t i = 0; i < c->excuse_count; i++) {
        const struct plan_excuse *e = &c->excuses[i];
        if ((e->where && strcmp(e->where, where) != 0) || !str_is(key, e->key))
            continue;
        if (e->excuse == EXCUSE_ANY || (absent && (e->excuse == EXCUSE_ABSENT || empty)))
            return true;
    }
    return false;
}

static bool equal_number(struct plan_comparison *c, const char *where, int id, const char *key,
                         double a, double b)
{
    if (a == b || (isnan(a) && isnan(b)) || excused(c, where, str_of(key), a == 0, isnan(b)))
        return true;
    return differs(c, "%s %d: %s: %.17g and %.17g", where, id, key, a, b);
}

static bool equal_flag(struct plan_comparison *c, const char *where, int id, const char *key, int a,
                       int b)
{
    if (a == b || excused(c, where, str_of(key), a == 0, b <= 0))
        return true;
    return differs(c, "%s %d: %s: %d and %d", where, id, key, a, b);
}

static bool equal_text(struct plan_comparison *c, const char *where, int id, const char *key,
                       struct str a, struct str b)
{
    bool same = str_eq(a, b) && (a.p == NULL) == (b.p == NULL);
    if (same || excused(c, where, str_of(key), a.len == 0, b.p == NULL))
        return true;
    return differs(c, "%s %d: %s: \"%.*s\" and \"%.*s\"", where, id, key, STR_ARG(a), STR_ARG(b));
}

static bool equal_numbers(struct plan_comparison *c, const char *where, int id, const double *a,
                          const double *b)
{
    for (int i = 0; i < PROP_NUM_COUNT; i++)
        if (!equal_number(c, where, id, prop_info[i].key, a[i], b[i]))
            return false;
    return true;
}

static struct str value_words(const struct value *v)
{
    if (v->kind == VALUE_BOOL)
        return v->boolean ? STR("true") : STR("false");
    return v->kind == VALUE_NULL ? STR("null") : v->text;
}

static bool is_scalar(const struct value *v)
{
    return v->kind != VALUE_LIST && v->kind != VALUE_GROUP;
}

static bool value_is_empty(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return !v->boolean;
    case VALUE_NUMBER:
        return v->number == 0;
    case VALUE_STRING:
        return v->text.len == 0;
    default:
        return v->count == 0;
    }
}

static bool values_same(const struct plan_comparison *c, const struct value *a,
                        const struct value *b)
{
    if (a->kind != b->kind && !(c->untyped && is_scalar(a) && is_scalar(b)))
        return false;
    if (c->by_value && a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return a->number == b->number;
    if (is_scalar(a))
        return str_eq(value_words(a), value_words(b));
    const struct prop *p = a->items, *q = b->items;
    size_t count = 0;
    for (; p && q; p = p->next, q = q->next, count++)
        if (!str_eq(p->key, q->key) || p->id != q->id || !values_same(c, &p->value, &q->value))
            return false;
    return !p && !q && count == a->count && count == b->count;
}

static const struct prop *find_prop(const struct prop *props, struct str key)
{
    while (props && !str_eq(props->key, key))
        props = props->next;
    return props;
}

static bool equal_prop(struct plan_comparison *c, const char *where, int id, const struct prop *p,
                       const struct prop *q)
{
    if (!q) {
        if (excused(c, where, p->key, value_is_empty(&p->value), true))
            return true;
        return differs(c, "%s %d: %.*s: lost", where, id, STR_ARG(p->key));
    }
    if (p->id == q->id && str_eq(p->key, q->key) && values_same(c, &p->value, &q->value))
        return true;
    if (excused(c, where, p->key, false, false))
        return true;
    struct str a = value_words(&p->value), b = value_words(&q->value);
    return differs(c, "%s %d: %.*s and %.*s: kind %d \"%.*s\" and kind %d \"%.*s\"", where, id,
                   STR_ARG(p->key), STR_ARG(q->key), p->value.kind, STR_ARG(a), q->value.kind,
                   STR_ARG(b));
}

static bool equal_props(struct plan_comparison *c, const char *where, int id, const struct prop *a,
                        const struct prop *b)
{
    const struct prop *q = b;
    for (const struct prop *p = a; p; p = p->next) {
        const struct prop *other = c->any_order ? find_prop(b, p->key) : q;
        if (!equal_prop(c, where, id, p, other))
            return false;
        q = q ? q->next : NULL;
    }
    for (q = b; q; q = q->next)
        if (!find_prop(a, q->key) && !excused(c, where, q->key, false, false))
            return differs(c, "%s %d: %.*s: only in the second", where, id, STR_ARG(q->key));
    return true;
}

static bool equal_jit(struct plan_comparison *c, int id, const struct jit *a, const struct jit *b)
{
    if (!a && !b)
        return true;
    if (!a || !b)
        return excused(c, "jit", STR("JIT"), false, !b) ||
               differs(c, "jit %d: only in one of them", id);
    return equal_number(c, "jit", id, "functions", a->functions, b->functions) &&
           equal_flag(c, "jit", id, "inlining", a->inlining, b->inlining) &&
           equal_flag(c, "jit", id, "optimization", a->optimization, b->optimization) &&
           equal_flag(c, "jit", id, "expressions", a->expressions, b->expressions) &&
           equal_flag(c, "jit", id, "deforming", a->deforming, b->deforming) &&
           equal_number(c, "jit", id, "generation_ms", a->generation_ms, b->generation_ms) &&
           equal_number(c, "jit", id, "deform_ms", a->deform_ms, b->deform_ms) &&
           equal_number(c, "jit", id, "inlining_ms", a->inlining_ms, b->inlining_ms) &&
           equal_number(c, "jit", id, "optimization_ms", a->optimization_ms, b->optimization_ms) &&
           equal_number(c, "jit", id, "emission_ms", a->emission_ms, b->emission_ms) &&
           equal_number(c, "jit", id, "total_ms", a->total_ms, b->total_ms);
}

static bool equal_workers(struct plan_comparison *c, const struct node *a, const struct node *b)
{
    if (a->worker_count != b->worker_count)
        return excused(c, "node", STR("Workers"), a->worker_count == 0, b->worker_count == 0) ||
               differs(c, "node %d: %zu and %zu workers", a->id, a->worker_count, b->worker_count);
    for (size_t i = 0; i < a->worker_count; i++) {
        const struct worker *v = &a->workers[i], *w = &b->workers[i];
        if (!equal_flag(c, "worker", a->id, "number", v->number, w->number) ||
            !equal_numbers(c, "worker", a->id, v->num, w->num) ||
            !equal_props(c, "worker", a->id, v->props, w->props) ||
            !equal_jit(c, a->id, v->jit, w->jit))
            return false;
    }
    return true;
}

static int id_of(const struct node *n)
{
    return n ? n->id : 0;
}

static bool equal_node(struct plan_comparison *c, const struct node *a, const struct node *b)
{
    if (a->id != b->id || a->depth != b->depth || id_of(a->parent) != id_of(b->parent) ||
        id_of(a->child) != id_of(b->child) || id_of(a->next) != id_of(b->next))
        return differs(c, "node %d: another place in the tree", a->id);
    return equal_text(c, "node", a->id, "type_name", a->type_name, b->type_name) &&
           equal_flag(c, "node", a->id, "type", a->type, b->type) &&
           equal_flag(c, "node", a->id, "rel", a->rel, b->rel) &&
           equal_flag(c, "node", a->id, "join", a->join, b->join) &&
           equal_flag(c, "node", a->id, "strategy", a->strategy, b->strategy) &&
           equal_flag(c, "node", a->id, "partial", a->partial, b->partial) &&
           equal_flag(c, "node", a->id, "parallel_aware", a->parallel_aware, b->parallel_aware) &&
           equal_flag(c, "node", a->id, "async_capable", a->async_capable, b->async_capable) &&
           equal_flag(c, "node", a->id, "backward", a->backward, b->backward) &&
           equal_flag(c, "node", a->id, "disabled", a->disabled, b->disabled) &&
           equal_flag(c, "node", a->id, "never_executed", a->never_executed, b->never_executed) &&
           equal_numbers(c, "node", a->id, a->num, b->num) &&
           equal_props(c, "node", a->id, a->props, b->props) && equal_workers(c, a, b);
}

static bool equal_group(struct plan_comparison *c, const char *where, const double *a,
                        const double *b)
{
    if (a && b)
        return equal_numbers(c, where, 0, a, b);
    return (!a && !b) || excused(c, where, STR("printed"), false, !b) ||
           differs(c, "%s: only in one of them", where);
}

static bool equal_triggers(struct plan_comparison *c, const struct plan *a, const struct plan *b)
{
    if (a->trigger_count != b->trigger_count)
        return differs(c, "%zu and %zu triggers", a->trigger_count, b->trigger_count);
    for (size_t i = 0; i < a->trigger_count; i++) {
        const struct trigger *t = &a->triggers[i], *u = &b->triggers[i];
        if (!equal_text(c, "trigger", (int)i, "name", t->name, u->name) ||
            !equal_text(c, "trigger", (int)i, "constraint", t->constraint, u->constraint) ||
            !equal_text(c, "trigger", (int)i, "relation", t->relation, u->relation) ||
            !equal_number(c, "trigger", (int)i, "time_ms", t->time_ms, u->time_ms) ||
            !equal_number(c, "trigger", (int)i, "calls", t->calls, u->calls))
            return false;
    }
    return true;
}

static bool equal_statement(struct plan_comparison *c, const struct plan *a, const struct plan *b)
{
    return equal_text(c, "plan", 0, "query_text", a->query_text, b->query_text) &&
           equal_text(c, "plan", 0, "query_params", a->query_params, b->query_params) &&
           equal_text(c, "plan", 0, "query_id", a->query_id, b->query_id) &&
           equal_number(c, "plan", 0, "planning_ms", a->planning_ms, b->planning_ms) &&
           equal_number(c, "plan", 0, "execution_ms", a->execution_ms, b->execution_ms) &&
           equal_group(c, "planning", a->planning, b->planning) &&
           equal_group(c, "serialization", a->serialization, b->serialization) &&
           equal_text(c, "serialization", 0, "Format", a->serialization_format,
                      b->serialization_format) &&
           equal_props(c, "settings", 0, a->settings, b->settings) &&
           equal_flag(c, "plan", 0, "settings_printed", a->settings_printed, b->settings_printed) &&
           equal_flag(c, "plan", 0, "triggers_printed", a->triggers_printed, b->triggers_printed) &&
           equal_triggers(c, a, b) && equal_jit(c, 0, a->jit, b->jit) &&
           equal_props(c, "plan", 0, a->extra, b->extra);
}

static bool equal_judgement(struct plan_comparison *c, const struct plan *a, const struct plan *b)
{
    return equal_flag(c, "plan", 0, "guessed_tree", a->guessed_tree, b->guessed_tree) &&
           equal_flag(c, "plan", 0, "elided", a->elided, b->elided) &&
           equal_flag(c, "plan", 0, "truncated", a->truncated, b->truncated) &&
           equal_flag(c, "plan", 0, "has_actual", a->has_actual, b->has_actual) &&
           equal_flag(c, "plan", 0, "has_timing", a->has_timing, b->has_timing) &&
           equal_flag(c, "plan", 0, "has_costs", a->has_costs, b->has_costs) &&
           equal_flag(c, "plan", 0, "has_buffers", a->has_buffers, b->has_buffers) &&
           equal_flag(c, "plan", 0, "has_verbose", a->has_verbose, b->has_verbose) &&
           equal_flag(c, "plan", 0, "fractional_rows", a->fractional_rows, b->fractional_rows);
}

/* True when they are the same but for the excuses; else c->why tells the first difference. */
__attribute__((unused)) static bool plan_equal(struct plan_comparison *c, const struct plan *a,
                                               const struct plan *b)
{
    if (a->node_count != b->node_count)
        return differs(c, "%d and %d nodes", a->node_count, b->node_count);
    for (int i = 0; i < a->node_count; i++)
        if (!equal_node(c, a->nodes[i], b->nodes[i]))
            return false;
    return equal_statement(c, a, b) && equal_judgement(c, a, b);
}

#endif
