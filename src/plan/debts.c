/*
 * InitPlans and CTEs: who reads them.
 *
 * EXPLAIN prints both under the top node of their query level, but they run where their
 * value is first asked for. An InitPlan is asked for by a node whose expressions mention
 * it ($n up to version 16, (InitPlan n).colN from 17 on); a CTE by the CTE Scans of its name.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "plan/measure.h"

static void add_reader(struct debt *d, const struct node *n)
{
    if (d->reader_count && d->readers[d->reader_count - 1] == n)
        return;
    if (d->reader_count == d->reader_cap) {
        d->reader_cap = d->reader_cap ? d->reader_cap * 2 : 4;
        d->readers = xrealloc(d->readers, d->reader_cap * sizeof *d->readers);
    }
    d->readers[d->reader_count++] = n;
}

static void add_debt(struct measure *s, const struct node *n)
{
    size_t count = s->debt_count;
    if ((count & (count - 1)) == 0)
        s->debts = xrealloc(s->debts, (count ? count * 2 : 1) * sizeof *s->debts);
    struct debt *d = &s->debts[s->debt_count++];
    *d = (struct debt){.plan = n, .owner = n->parent, .is_cte = node_is_cte(n)};
    if (d->is_cte)
        d->name = str_sub(node_text(n, PROP_SUBPLAN_NAME), 4, SIZE_MAX);
}

/* ---- CTE scans ---- */

/* The CTE of that name in the innermost scope around the scan. */
static struct debt *find_cte(struct measure *s, const struct node *scan)
{
    struct str name = node_text(scan, PROP_CTE_NAME);
    struct debt *best = NULL;
    for (size_t i = 0; i < s->debt_count; i++) {
        struct debt *d = &s->debts[i];
        bool visible = d->is_cte && str_eq(d->name, name) && measure_within(s, scan, d->owner) &&
                       !measure_within(s, scan, d->plan);
        if (visible && (!best || d->owner->id > best->owner->id))
            best = d;
    }
    return best;
}

/* ---- mentions of InitPlan values ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Does the text hold this word, followed by no character that would make it longer? */
static bool has_word(struct str text, struct str word)
{
    for (struct str rest = text; rest.len >= word.len;) {
        const char *hit = memmem(rest.p, rest.len, word.p, word.len);
        if (!hit)
            return false;
        const char *after = hit + word.len;
        if (after == text.p + text.len || !is_word(*after))
            return true;
        rest = (struct str){after, (size_t)(text.p + text.len - after)};
    }
    return false;
}

/* Up to 16: "InitPlan 1 (returns $0,$1)". */
static bool mentions_returned(struct str subplan_name, struct str text)
{
    for (size_t i = 0; i + 1 < subplan_name.len; i++) {
        if (subplan_name.p[i] != '$')
            continue;
        size_t end = i + 1;
        while (end < subplan_name.len && is_digit(subplan_name.p[end]))
            end++;
        if (has_word(text, str_sub(subplan_name, i, end)))
            return true;
    }
    return false;
}

static bool mentions(const struct debt *d, struct str text)
{
    struct str name = node_text(d->plan, PROP_SUBPLAN_NAME);
    return str_find(name, "(returns ") >= 0 ? mentions_returned(name, text) : has_word(text, name);
}

/* Properties that hold expressions: everything textual but names and modes. */
static bool holds_expression(enum prop_id id)
{
    switch (id) {
    case PROP_OUTPUT:
    case PROP_FILTER:
    case PROP_INDEX_COND:
    case PROP_ORDER_BY:
    case PROP_RECHECK_COND:
    case PROP_TID_COND:
    case PROP_JOIN_FILTER:
    case PROP_MERGE_COND:
    case PROP_HASH_COND:
    case PROP_ONE_TIME_FILTER:
    case PROP_CONFLICT_FILTER:
    case PROP_RUN_CONDITION:
    case PROP_WINDOW:
    case PROP_SORT_KEY:
    case PROP_GROUP_KEY:
    case PROP_CACHE_KEY:
    case PROP_PARAMS_EVALUATED:
    case PROP_SAMPLING_PARAMETERS:
    case PROP_REPEATABLE_SEED:
    case PROP_FUNCTION_CALL:
    case PROP_TABLE_FUNCTION_CALL:
        return true;
    default:
        return false;
    }
}

static bool value_mentions(const struct debt *d, const struct value *v)
{
    if (v->kind == VALUE_STRING)
        return mentions(d, v->text);
    for (const struct prop *item = v->items; item; item = item->next)
        if (item->value.kind == VALUE_STRING && mentions(d, item->value.text))
            return true;
    return false;
}

static void find_mentions(struct measure *s, const struct node *n)
{
    for (const struct prop *p = n->props; p; p = p->next) {
        if (!holds_expression(p->id))
            continue;
        for (size_t i = 0; i < s->debt_count; i++) {
            struct debt *d = &s->debts[i];
            if (!d->is_cte && measure_within(s, n, d->owner) && !measure_within(s, n, d->plan) &&
                value_mentions(d, &p->value))
                add_reader(d, n);
        }
    }
}

void measure_debts(struct measure *s)
{
    bool init_plans = false;
    for (int i = 0; i < s->plan->node_count; i++) {
        const struct node *n = s->plan->nodes[i];
        if (n->rel == REL_INITPLAN && n->parent) {
            add_debt(s, n);
            init_plans |= !node_is_cte(n);
        }
    }
    for (int i = 0; s->debt_count && i < s->plan->node_count; i++) {
        const struct node *n = s->plan->nodes[i];
        struct debt *d = n->type == NODE_CTE_SCAN ? find_cte(s, n) : NULL;
        if (d) {
            add_reader(d, n);
            measure_of(s, n)->cte = d->plan;
        }
        if (init_plans && !n->never_executed)
            find_mentions(s, n);
    }
}
