#include <math.h>

#include "advise/selectivity_private.h"
#include "advise/stable.h"

static bool is_bool_const(const struct pred *p, bool *value)
{
    double n;
    struct value_type t = {.cls = CLASS_BOOL};
    if (p->right.kind != SIDE_CONST || p->right.is_null || !value_number(&t, p->right.value, &n))
        return false;
    *value = n != 0;
    return true;
}

/* b = false and b <> true are planned as NOT b, which NULLs pass; b IS FALSE is not. */
static bool bool_column_sel(const struct sel_env *env, const struct sel_var *v,
                            const struct pred *p, double *sel)
{
    bool value;
    if ((p->op != PRED_EQ && p->op != PRED_NE) || !is_bool_const(p, &value))
        return false;
    bool bare = !p->op_name.len; /* a value that is a condition by itself: f(x) */
    if (v->type.cls != CLASS_BOOL && !bare)
        return false;
    *sel = sel_is_true(v);
    if (v->type.cls != CLASS_BOOL && !sel_has_stats(v))
        *sel = p->left.function.len ? SEL_DEFAULT_FUNCTION : SEL_DEFAULT_BOOL;
    bool nulls_fail = env->as_index || str_is(p->op_name, "IS FALSE");
    if (value != (p->op == PRED_EQ))
        *sel = 1 - *sel - (nulls_fail ? sel_null_frac(v) : 0);
    *sel = sel_clamp(*sel);
    return true;
}

bool sel_cmp_of(enum pred_op op, enum sel_cmp *out)
{
    switch (op) {
    case PRED_LT:
        *out = SEL_LT;
        return true;
    case PRED_LE:
        *out = SEL_LE;
        return true;
    case PRED_GT:
        *out = SEL_GT;
        return true;
    case PRED_GE:
        *out = SEL_GE;
        return true;
    default:
        return false;
    }
}

/* An integer column compared with 5.0 is converted, and its statistics are out of reach. */
static void drop_unfit_stats(struct sel_var *v, const struct pred_side *constant)
{
    if (v->integer && constant->kind == SIDE_CONST && !constant->is_null &&
        (!constant->cast_type.len || str_is(constant->cast_type, "numeric")) &&
        str_find(constant->value, ".") >= 0) {
        v->stats = NULL;
        v->unique = false;
    }
}

/* What an array whose contents are not known is taken to hold. */
#define UNKNOWN_ARRAY_ELEMENTS 10

static double unknown_list_sel(const struct sel_var *v, bool in)
{
    struct sel_arg arg = {.kind = SEL_UNKNOWN};
    double one = in ? sel_eq(v, &arg) : sel_ne(v, &arg), sel = in ? 0 : 1;
    for (int i = 0; i < UNKNOWN_ARRAY_ELEMENTS; i++)
        sel = in ? sel + one - sel * one : sel * one;
    return sel_clamp(sel);
}

/* IN and NOT IN: values are taken to be disjoint as long as that gives a share. */
static double list_sel(const struct sel_var *v, const struct pred *p)
{
    bool in = p->op == PRED_IN;
    if (p->right.kind != SIDE_CONST_LIST)
        return unknown_list_sel(v, in);
    double sel = in ? 0 : 1, disjoint = sel;
    for (size_t i = 0; i < p->right.value_count; i++) {
        struct str value = p->right.values[i];
        struct sel_arg arg = {.kind = value.p ? SEL_CONST : SEL_NULL, .text = value};
        double one = in ? sel_eq(v, &arg) : sel_ne(v, &arg);
        sel = in ? sel + one - sel * one : sel * one;
        disjoint += in ? one : one - 1;
    }
    return sel_clamp(disjoint >= 0 && disjoint <= 1 ? disjoint : sel);
}

static double pattern_sel(const struct sel_var *v, const struct sel_arg *arg, const struct pred *p)
{
    switch (p->op) {
    case PRED_LIKE:
        return sel_pattern(v, PATTERN_LIKE, arg, false);
    case PRED_ILIKE:
        return sel_pattern(v, PATTERN_ILIKE, arg, false);
    case PRED_REGEX:
        return sel_pattern(v, PATTERN_REGEX, arg, false);
    case PRED_IREGEX:
        return sel_pattern(v, PATTERN_IREGEX, arg, false);
    case PRED_STARTS_WITH:
        return sel_pattern(v, PATTERN_PREFIX, arg, false);
    default:
        return sel_pattern(v,
                           str_is(p->op_name, "!~~")    ? PATTERN_LIKE
                           : str_is(p->op_name, "!~~*") ? PATTERN_ILIKE
                           : str_is(p->op_name, "!~")   ? PATTERN_REGEX
                                                        : PATTERN_IREGEX,
                           arg, true);
    }
}

/* IS [NOT] TRUE / FALSE / UNKNOWN and IS [NOT] DISTINCT FROM. */
static double distinct_sel(const struct sel_var *v, const struct sel_arg *arg, const struct pred *p)
{
    static const struct {
        const char *name;
        bool negated, value;
    } tests[] = {{"IS TRUE", false, true},
                 {"IS NOT TRUE", true, true},
                 {"IS FALSE", false, false},
                 {"IS NOT FALSE", true, false}};
    if (str_is(p->op_name, "IS UNKNOWN"))
        return sel_is_null(v);
    if (str_is(p->op_name, "IS NOT UNKNOWN"))
        return sel_is_not_null(v);
    double nulls = sel_null_frac(v), yes = sel_is_true(v);
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        if (str_is(p->op_name, tests[i].name)) {
            double sel = tests[i].value ? yes : 1 - yes - nulls;
            return sel_clamp(tests[i].negated ? 1 - sel : sel);
        }
    bool same = str_is(p->op_name, "IS NOT DISTINCT FROM");
    if (arg->kind == SEL_NULL)
        return same ? sel_is_null(v) : sel_is_not_null(v);
    double eq = sel_eq(v, arg);
    return same ? eq : 1 - eq;
}

/* A condition on values of the relation only, none of which has statistics to go by
 * (col = col, f(a) < b). */
static double default_sel(enum pred_op op)
{
    switch (op) {
    case PRED_EQ:
        return SEL_DEFAULT_EQ;
    case PRED_NE:
        return 1 - SEL_DEFAULT_EQ;
    case PRED_LT:
    case PRED_LE:
    case PRED_GT:
    case PRED_GE:
        return SEL_DEFAULT_INEQ;
    case PRED_LIKE:
    case PRED_ILIKE:
    case PRED_REGEX:
    case PRED_IREGEX:
    case PRED_STARTS_WITH:
        return SEL_DEFAULT_MATCH;
    case PRED_NOT_LIKE:
        return 1 - SEL_DEFAULT_MATCH;
    case PRED_IS_NULL:
        return SEL_DEFAULT_UNKNOWN;
    case PRED_IS_NOT_NULL:
        return 1 - SEL_DEFAULT_UNKNOWN;
    case PRED_OVERLAPS:
        return 0.01;
    case PRED_SUBQUERY:
        return SEL_DEFAULT_BOOL;
    case PRED_OTHER:
        return SEL_DEFAULT_FUNCTION;
    default:
        return SEL_DEFAULT_EQ;
    }
}

/* (a, b) < (1, 2) is estimated by its first column. */
static double row_sel(const struct sel_env *env, size_t rel, const struct pred *p)
{
    struct sel_var v;
    enum sel_cmp cmp;
    struct sel_arg arg = {.kind = SEL_UNKNOWN};
    if (!p->left.column_count || !sel_cmp_of(p->op, &cmp))
        return SEL_DEFAULT_BOOL;
    const struct pred_column *first = &p->left.columns[0];
    struct pred_side side = {.kind = SIDE_COLUMN,
                             .qualifier = first->qualifier,
                             .column = first->column,
                             .text = first->column};
    if (sel_resolve(env, rel, &side, &v) != (int)rel)
        return SEL_DEFAULT_INEQ;
    if (p->right.kind == SIDE_CONST_LIST && p->right.value_count)
        arg = (struct sel_arg){.kind = SEL_CONST, .text = p->right.values[0]};
    return sel_compare(&v, cmp, &arg);
}

/* true, false and NULL by themselves. */
static bool constant_sel(const struct pred *p, double *sel)
{
    double n = 0;
    struct value_type t = {.cls = CLASS_BOOL};
    if (p->left.kind != SIDE_CONST || p->op != PRED_EQ || p->op_name.len)
        return false;
    if (!p->left.is_null && !value_number(&t, p->left.value, &n))
        return false;
    bool want = !str_is(p->right.value, "false");
    *sel = !p->left.is_null && (n != 0) == want;
    return true;
}

double sel_test_pred(const struct sel_env *env, size_t rel, const struct pred *p)
{
    struct sel_var v;
    struct stable_value text;
    struct sel_arg arg;
    enum sel_cmp cmp;
    double sel;
    if (p->op == PRED_SUBQUERY)
        return SEL_DEFAULT_BOOL;
    if (constant_sel(p, &sel))
        return sel;
    if (p->left.kind == SIDE_ROW)
        return row_sel(env, rel, p);
    const struct pred_side *side = &p->left, *other = &p->right;
    if (sel_resolve(env, rel, side, &v) != (int)rel) {
        /* the other way round: outer.x = col */
        if ((p->op != PRED_EQ && p->op != PRED_NE && p->op != PRED_OVERLAPS) ||
            sel_resolve(env, rel, other, &v) != (int)rel)
            return default_sel(p->op);
        side = &p->right;
        other = &p->left;
    }
    if (sel_side_uses(env, rel, other))
        return default_sel(p->op);
    drop_unfit_stats(&v, other);
    if (bool_column_sel(env, &v, p, &sel))
        return sel;
    sel_arg_of(env, &v, other, &text, &arg);
    if (sel_cmp_of(p->op, &cmp))
        return sel_compare(&v, cmp, &arg);
    switch (p->op) {
    case PRED_EQ:
        return sel_eq(&v, &arg);
    case PRED_NE:
        return sel_ne(&v, &arg);
    case PRED_IN:
    case PRED_NOT_IN:
        return list_sel(&v, p);
    case PRED_IS_NULL:
        return sel_is_null(&v);
    case PRED_IS_NOT_NULL:
        return sel_is_not_null(&v);
    case PRED_IS_DISTINCT:
        return distinct_sel(&v, &arg, p);
    case PRED_LIKE:
    case PRED_ILIKE:
    case PRED_REGEX:
    case PRED_IREGEX:
    case PRED_STARTS_WITH:
    case PRED_NOT_LIKE:
        return pattern_sel(&v, &arg, p);
    default:
        return sel_special(env, &v, p);
    }
}

/* A condition that was not understood: constants, function calls, everything else. */
double sel_opaque(const struct pred *p)
{
    struct str text = str_trim(p->text);
    while (text.len > 1 && text.p[0] == '(' && text.p[text.len - 1] == ')')
        text = str_trim(str_sub(text, 1, text.len - 1));
    if (str_is_nocase(text, "true"))
        return 1;
    if (str_is_nocase(text, "false") || str_starts(text, "NULL"))
        return 0;
    size_t name = 0;
    while (name < text.len && ((text.p[name] | 0x20) >= 'a' || text.p[name] == '.'))
        name++;
    bool call = name > 0 && name < text.len && text.p[name] == '(' && str_ends(text, ")");
    return call ? SEL_DEFAULT_FUNCTION : SEL_DEFAULT_BOOL;
}
