#include "advise/selectivity.h"

#include <math.h>

#include "advise/selectivity_private.h"

/* Conditions nested deeper than this are taken at the default: nobody writes them. */
#define MAX_DEPTH 200
/* Ranges on more columns than this in one condition are not paired. */
#define MAX_RANGES 32

double sel_rows(double tuples, double sel)
{
    return sel_round_rows(tuples * sel);
}

/* A lower and an upper bound on one column, waiting for each other. */
struct range {
    const struct pred_side *side;
    bool has_low, has_high;
    double low, high, nulls;
};

/* The running product of an AND list. */
struct product {
    double sel;
    struct range ranges[MAX_RANGES];
    size_t range_count;
};

static bool same_side(const struct pred_side *a, const struct pred_side *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == SIDE_COLUMN)
        return str_eq(a->column, b->column) && str_eq(a->qualifier, b->qualifier);
    return str_eq(a->text, b->text);
}

static struct range *find_range(struct product *acc, const struct pred_side *side)
{
    for (size_t i = 0; i < acc->range_count; i++)
        if (same_side(acc->ranges[i].side, side))
            return &acc->ranges[i];
    if (acc->range_count == MAX_RANGES)
        return NULL;
    struct range *r = &acc->ranges[acc->range_count++];
    *r = (struct range){.side = side};
    return r;
}

/* Of two bounds on the same side the stricter one counts. */
static void range_bound(bool *has, double *bound, double sel)
{
    *bound = !*has || sel < *bound ? sel : *bound;
    *has = true;
}

static bool add_range(const struct sel_env *env, size_t rel, const struct pred *p, enum pred_op op,
                      double sel, struct product *acc)
{
    struct sel_var v;
    enum sel_cmp cmp;
    if (!sel_cmp_of(op, &cmp) || sel_resolve(env, rel, &p->left, &v) != (int)rel ||
        sel_side_uses(env, rel, &p->right))
        return false;
    struct range *r = find_range(acc, &p->left);
    if (!r)
        return false;
    r->nulls = sel_is_null(&v);
    if (cmp == SEL_LT || cmp == SEL_LE)
        range_bound(&r->has_high, &r->high, sel);
    else
        range_bound(&r->has_low, &r->low, sel);
    return true;
}

static double range_sel(const struct range *r)
{
    if (!r->has_low || !r->has_high)
        return r->has_low ? r->low : r->high;
    if (r->low == SEL_DEFAULT_INEQ || r->high == SEL_DEFAULT_INEQ)
        return SEL_DEFAULT_RANGE;
    double sel = r->low + r->high - 1 + r->nulls;
    if (sel > 0)
        return sel;
    /* Slightly negative: an empty or tiny range; far negative: the halves do not fit. */
    return sel < -0.01 ? SEL_DEFAULT_RANGE : 1e-10;
}

static double product_end(struct product *acc)
{
    for (size_t i = 0; i < acc->range_count; i++)
        acc->sel *= range_sel(&acc->ranges[i]);
    return sel_clamp(acc->sel);
}

/* The operator that a NOT before a predicate turns it into; false: there is none. */
static bool negator(enum pred_op op, enum pred_op *out)
{
    static const enum pred_op pairs[][2] = {
        {PRED_EQ, PRED_NE},
        {PRED_LT, PRED_GE},
        {PRED_GT, PRED_LE},
        {PRED_IN, PRED_NOT_IN},
        {PRED_IS_NULL, PRED_IS_NOT_NULL},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        for (int k = 0; k < 2; k++)
            if (op == pairs[i][k]) {
                *out = pairs[i][1 - k];
                return true;
            }
    return false;
}

static double leaf_sel(const struct sel_env *env, size_t rel, const struct pred *p, bool negated)
{
    if (p->kind == PRED_OPAQUE) {
        double sel = sel_opaque(p);
        return negated ? 1 - sel : sel;
    }
    struct pred turned = *p;
    if (negated && negator(p->op, &turned.op))
        return sel_test_pred(env, rel, &turned);
    double sel = sel_test_pred(env, rel, p);
    if (!negated)
        return sel;
    struct sel_var v;
    bool pattern =
        p->op == PRED_LIKE || p->op == PRED_ILIKE || p->op == PRED_REGEX || p->op == PRED_IREGEX;
    /* NOT LIKE is an operator of its own, which NULLs do not pass. */
    double nulls = pattern && sel_resolve(env, rel, &p->left, &v) >= 0 ? sel_null_frac(&v) : 0;
    return sel_clamp(1 - sel - nulls);
}

static double any_sel(const struct sel_env *env, size_t rel, const struct pred *p, bool negated,
                      int depth);

static void and_add(const struct sel_env *env, size_t rel, const struct pred *p, bool negated,
                    int depth, struct product *acc)
{
    while (p->kind == PRED_NOT && p->child) {
        p = p->child;
        negated = !negated;
    }
    if (depth > MAX_DEPTH) {
        acc->sel *= SEL_DEFAULT_BOOL;
        return;
    }
    if (p->kind == (negated ? PRED_OR : PRED_AND)) {
        for (const struct pred *c = p->child; c; c = c->next)
            and_add(env, rel, c, negated, depth + 1, acc);
        return;
    }
    if (p->kind == PRED_AND || p->kind == PRED_OR) {
        acc->sel *= any_sel(env, rel, p, negated, depth + 1);
        return;
    }
    double sel = leaf_sel(env, rel, p, negated);
    enum pred_op op = p->op;
    if (negated)
        negator(p->op, &op);
    if (p->kind != PRED_TEST || !add_range(env, rel, p, op, sel, acc))
        acc->sel *= sel;
}

/* The children of p by inclusion-exclusion, left to right. */
static double any_sel(const struct sel_env *env, size_t rel, const struct pred *p, bool negated,
                      int depth)
{
    double sel = 0;
    for (const struct pred *c = p->child; c; c = c->next) {
        struct product arm = {.sel = 1};
        and_add(env, rel, c, negated, depth + 1, &arm);
        double one = product_end(&arm);
        sel = sel + one - sel * one;
    }
    return sel_clamp(sel);
}

double sel_pred(const struct sel_env *env, size_t rel, const struct pred *p)
{
    return sel_conjuncts(env, rel, &p, 1);
}

double sel_conjuncts(const struct sel_env *env, size_t rel, const struct pred *const *preds,
                     size_t count)
{
    struct product acc = {.sel = 1};
    for (size_t i = 0; i < count; i++)
        and_add(env, rel, preds[i], false, 0, &acc);
    return product_end(&acc);
}
