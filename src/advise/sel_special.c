#include <math.h>

#include "advise/contain.h"
#include "advise/selectivity_private.h"

/* What contsel and its kin assume: 13 introduced estimators that look at samples. */
static double matching_default(const struct sel_env *env)
{
    return sel_version(env) >= 130000 ? SEL_DEFAULT_MATCHING : 0.001;
}

static int test_nothing(const void *context, struct str value)
{
    (void)context;
    (void)value;
    return -1;
}

static double array_sel(const struct sel_var *v, const struct pred *p)
{
    const struct pred_side *r = &p->right;
    bool all = p->op != PRED_OVERLAPS;
    if (p->op == PRED_CONTAINED)
        return SEL_DEFAULT_MATCH;
    if (p->op == PRED_ANY_OF_COLUMN && r->kind == SIDE_CONST)
        return sel_array(v, &r->value, 1, true);
    if (r->kind == SIDE_CONST && r->is_null)
        return 0;
    if (r->kind == SIDE_CONST_LIST)
        return sel_array(v, r->values, r->value_count, all);
    if (r->kind == SIDE_CONST)
        return sel_array_literal(v, r->value, all);
    return all ? SEL_DEFAULT_MATCH : 0.01;
}

/* The last string literal inside a call: the words of to_tsquery('english', 'fast & index'). */
static struct str last_literal(struct str text)
{
    struct str found = {NULL, 0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] != '\'')
            continue;
        size_t start = ++i;
        while (i < text.len && (text.p[i] != '\'' || (i + 1 < text.len && text.p[i + 1] == '\'')))
            i += text.p[i] == '\'' ? 2 : 1;
        found = str_sub(text, start, i);
    }
    return found;
}

static double search_sel(const struct sel_var *v, const struct pred *p)
{
    const struct pred_side *r = &p->right;
    if (r->kind == SIDE_CONST)
        return r->is_null ? 0 : sel_text_search(v, r->value, false);
    struct str words = last_literal(r->text);
    if (words.len && r->kind != SIDE_PARAM)
        return sel_text_search(v, words, true);
    return sel_clamp(SEL_DEFAULT_MATCH * (1 - sel_null_frac(v)));
}

static double json_sel(const struct sel_env *env, const struct sel_var *v, const struct pred *p)
{
    const struct pred_side *r = &p->right;
    double fallback = matching_default(env);
    if (r->kind == SIDE_CONST && r->is_null)
        return 0;
    if (p->op == PRED_CONTAINS && r->kind == SIDE_CONST)
        return sel_json_contains(v, r->value, fallback);
    bool array = !str_is(p->op_name, "?");
    if (p->op == PRED_HAS_KEY && r->kind == SIDE_CONST && array)
        return sel_json_key_array(v, r->value, str_is(p->op_name, "?&"), fallback);
    if (p->op == PRED_HAS_KEY && r->kind == SIDE_CONST)
        return sel_json_keys(v, &r->value, 1, true, fallback);
    if (p->op == PRED_HAS_KEY && r->kind == SIDE_CONST_LIST)
        return sel_json_keys(v, r->values, r->value_count, str_is(p->op_name, "?&"), fallback);
    return sel_generic(v, test_nothing, NULL, fallback);
}

/* Ranges: their bound histograms are not among the statistics that we keep. */
static double range_sel(const struct pred *p)
{
    return p->op == PRED_OVERLAPS ? 0.01 : SEL_DEFAULT_RANGE;
}

static double net_sel(const struct sel_var *v, const struct pred *p)
{
    if (p->right.kind != SIDE_CONST || p->right.is_null)
        return range_sel(p);
    return sel_network(v, p->op_name, p->right.value, range_sel(p));
}

/* PostgreSQL's guesses for boxes, points and the like never look at the data. */
static double geometry_sel(const struct pred *p)
{
    if (p->op == PRED_CONTAINS || p->op == PRED_CONTAINED)
        return 0.001;
    return p->op == PRED_OVERLAPS ? 0.005 : 0.1;
}

static double containment_sel(const struct sel_env *env, const struct sel_var *v,
                              const struct pred *p)
{
    if (p->op == PRED_ANY_OF_COLUMN)
        return array_sel(v, p);
    switch (v->type.cls) {
    case CLASS_ARRAY:
        return array_sel(v, p);
    case CLASS_RANGE:
        return range_sel(p);
    case CLASS_NET:
        return net_sel(v, p);
    case CLASS_GEOMETRY:
        return geometry_sel(p);
    case CLASS_JSONB:
        return json_sel(env, v, p);
    default:
        return matching_default(env);
    }
}

double sel_special(const struct sel_env *env, const struct sel_var *v, const struct pred *p)
{
    switch (p->op) {
    case PRED_TEXT_SEARCH:
        return v->type.cls == CLASS_JSONB ? json_sel(env, v, p) : search_sel(v, p);
    case PRED_CONTAINS:
    case PRED_CONTAINED:
    case PRED_OVERLAPS:
    case PRED_ANY_OF_COLUMN:
        return containment_sel(env, v, p);
    case PRED_HAS_KEY:
    case PRED_JSONPATH:
        return json_sel(env, v, p);
    case PRED_SIMILAR:
        return sel_generic(v, test_nothing, NULL, matching_default(env));
    case PRED_KNN:
        return 1;
    default:
        break;
    }
    if (p->right.kind == SIDE_NONE) /* f(x) */
        return SEL_DEFAULT_FUNCTION;
    return v->type.cls == CLASS_NET        ? net_sel(v, p)
           : v->type.cls == CLASS_RANGE    ? range_sel(p)
           : v->type.cls == CLASS_GEOMETRY ? geometry_sel(p)
                                           : SEL_DEFAULT_BOOL;
}
