#include "advise/colsel.h"

#include <math.h>

#include "advise/histogram.h"

double sel_clamp(double s)
{
    return s > 1 ? 1 : s > 0 ? s : 0;
}

double sel_round_rows(double rows)
{
    if (isnan(rows) || rows <= 1)
        return 1;
    return rows > 1e100 ? 1e100 : rint(rows);
}

double sel_float4(double v)
{
    return (double)(float)v;
}

bool sel_has_stats(const struct sel_var *v)
{
    return v->stats && v->stats->known;
}

double sel_null_frac(const struct sel_var *v)
{
    if (!sel_has_stats(v) || isnan(v->stats->null_frac))
        return 0;
    return sel_float4(v->stats->null_frac);
}

static size_t mcv_count(const struct sel_var *v)
{
    return sel_has_stats(v) ? v->stats->mcv_count : 0;
}

static double mcv_freq(const struct sel_var *v, size_t i)
{
    return sel_float4(v->stats->mcf[i]);
}

double sel_distinct(const struct sel_var *v, bool *is_default)
{
    double distinct = v->type.cls == CLASS_BOOL ? 2 : 0;
    *is_default = false;
    if (sel_has_stats(v) && !isnan(v->stats->n_distinct))
        distinct = sel_float4(v->stats->n_distinct);
    if (v->unique)
        distinct = -1 * (1 - sel_null_frac(v));
    if (distinct > 0)
        return sel_round_rows(distinct);
    if (!(v->tuples > 0)) {
        *is_default = true;
        return SEL_DEFAULT_DISTINCT;
    }
    if (distinct < 0)
        return sel_round_rows(-distinct * v->tuples);
    if (v->tuples < SEL_DEFAULT_DISTINCT)
        return sel_round_rows(v->tuples);
    *is_default = true;
    return SEL_DEFAULT_DISTINCT;
}

/* The column's type as it applies to a constant of another class: a date column against a
 * timestamp keeps the time of day. */
struct value_type sel_type_for(const struct sel_var *v, const struct sel_arg *arg)
{
    struct value_type t = v->type;
    bool column_is_time = t.cls == CLASS_DATE || t.cls == CLASS_TIMESTAMP;
    if (column_is_time && (arg->cls == CLASS_TIMESTAMP || arg->cls == CLASS_TIMESTAMPTZ))
        t.cls = arg->cls;
    return t;
}

/* ---- equality ---- */

static double eq_const(const struct sel_var *v, const struct sel_arg *arg)
{
    struct value_type t = sel_type_for(v, arg);
    size_t n = mcv_count(v);
    double common = 0;
    bool is_default;
    if (v->unique && v->tuples >= 1)
        return 1 / v->tuples;
    if (!sel_has_stats(v))
        return 1 / sel_distinct(v, &is_default);
    for (size_t i = 0; i < n; i++) {
        if (value_equal(&t, v->stats->mcv[i], arg->text))
            return mcv_freq(v, i);
        common += mcv_freq(v, i);
    }
    double sel = sel_clamp(1 - common - sel_null_frac(v));
    double others = sel_distinct(v, &is_default) - (double)n;
    if (others > 1)
        sel /= others;
    return n && sel > mcv_freq(v, n - 1) ? mcv_freq(v, n - 1) : sel;
}

static double eq_unknown(const struct sel_var *v)
{
    bool is_default;
    if (v->unique && v->tuples >= 1)
        return 1 / v->tuples;
    double distinct = sel_distinct(v, &is_default);
    if (!sel_has_stats(v))
        return 1 / distinct;
    double sel = 1 - sel_null_frac(v);
    if (distinct > 1)
        sel /= distinct;
    return mcv_count(v) && sel > mcv_freq(v, 0) ? mcv_freq(v, 0) : sel;
}

double sel_eq(const struct sel_var *v, const struct sel_arg *arg)
{
    if (arg->kind == SEL_NULL)
        return 0;
    return sel_clamp(arg->kind == SEL_CONST ? eq_const(v, arg) : eq_unknown(v));
}

double sel_ne(const struct sel_var *v, const struct sel_arg *arg)
{
    if (arg->kind == SEL_NULL)
        return 0;
    double eq = arg->kind == SEL_CONST ? eq_const(v, arg) : eq_unknown(v);
    return sel_clamp(1 - eq - sel_null_frac(v));
}

/* ---- NULL and boolean ---- */

double sel_is_null(const struct sel_var *v)
{
    return sel_has_stats(v) ? sel_clamp(sel_null_frac(v)) : SEL_DEFAULT_UNKNOWN;
}

double sel_is_not_null(const struct sel_var *v)
{
    return sel_has_stats(v) ? sel_clamp(1 - sel_null_frac(v)) : 1 - SEL_DEFAULT_UNKNOWN;
}

double sel_is_true(const struct sel_var *v)
{
    struct sel_arg yes = {.kind = SEL_CONST, .text = STR("t")};
    return sel_has_stats(v) ? sel_eq(v, &yes) : SEL_DEFAULT_BOOL;
}

/* ---- sample values ---- */

double sel_mcv_share(const struct sel_var *v, sel_test *test, const void *context, double unknown,
                     double *total)
{
    double share = 0;
    *total = 0;
    for (size_t i = 0; i < mcv_count(v); i++) {
        int r = test(context, v->stats->mcv[i]);
        share += mcv_freq(v, i) * (r < 0 ? unknown : r);
        *total += mcv_freq(v, i);
    }
    return share;
}

double sel_histogram_share(const struct sel_var *v, sel_test *test, const void *context,
                           double *count)
{
    size_t n = sel_has_stats(v) ? v->stats->bound_count : 0, passed = 0;
    *count = (double)n;
    if (n < 10)
        return -1;
    for (size_t i = 1; i + 1 < n; i++) {
        int r = test(context, v->stats->bounds[i]);
        if (r < 0)
            return -1;
        passed += r == 1;
    }
    return (double)passed / (double)(n - 2);
}

/* A histogram of fewer than 100 bounds is trusted in part. */
static double blend(double hist, double count, double fallback)
{
    if (hist < 0)
        return fallback;
    if (count >= 100)
        return hist;
    return hist * (count / 100) + fallback * (1 - count / 100);
}

static double within_doubt(double s)
{
    return s < 0.0001 ? 0.0001 : s > 0.9999 ? 0.9999 : s;
}

double sel_generic(const struct sel_var *v, sel_test *test, const void *context, double fallback)
{
    if (!sel_has_stats(v))
        return fallback;
    double common, count;
    double mcv = sel_mcv_share(v, test, context, fallback, &common);
    double hist = sel_histogram_share(v, test, context, &count);
    double sel = within_doubt(blend(hist, count, fallback));
    sel = sel * (1 - sel_null_frac(v) - common) + mcv;
    return sel_clamp(sel);
}

/* ---- patterns ---- */

struct pattern_test {
    enum pattern_kind kind;
    struct str pattern;
};

static int test_pattern(const void *context, struct str value)
{
    const struct pattern_test *t = context;
    return pattern_matches(t->kind, t->pattern, value);
}

/* Share of the values between the prefix and the next one, by the histogram. */
static double prefix_sel(const struct sel_var *v, struct str prefix)
{
    char next[PATTERN_PREFIX_MAX + 1];
    size_t len;
    struct sel_arg arg = {.kind = SEL_CONST, .text = prefix};
    double sel = sel_has_stats(v) ? sel_histogram(v, &v->type, SEL_GE, prefix) : -1;
    if (sel < 0)
        return SEL_DEFAULT_MATCH;
    if (pattern_next_prefix(prefix, next, &len)) {
        double below = sel_histogram(v, &v->type, SEL_LT, (struct str){next, len});
        sel = below < 0 ? SEL_DEFAULT_MATCH : sel + below - 1;
    }
    double eq = eq_const(v, &arg);
    return sel_clamp(sel > eq ? sel : eq);
}

double sel_pattern(const struct sel_var *v, enum pattern_kind kind, const struct sel_arg *arg,
                   bool negated)
{
    struct pattern_prefix p;
    if (arg->kind == SEL_NULL)
        return 0;
    if (arg->kind == SEL_UNKNOWN)
        return negated ? 1 - SEL_DEFAULT_MATCH : SEL_DEFAULT_MATCH;
    pattern_prefix_of(kind, arg->text, &p);
    struct str prefix = {p.text, p.len};
    double sel;
    if (p.exact) {
        struct sel_arg whole = {.kind = SEL_CONST, .text = prefix};
        sel = eq_const(v, &whole);
    } else {
        struct pattern_test context = {kind, arg->text};
        double count, common;
        sel = sel_histogram_share(v, test_pattern, &context, &count);
        if (sel < 0 || count < 100)
            sel = blend(sel, count, (p.len ? prefix_sel(v, prefix) : 1) * p.rest_sel);
        double mcv = sel_mcv_share(v, test_pattern, &context, SEL_DEFAULT_MATCH, &common);
        sel = within_doubt(sel) * (1 - sel_null_frac(v) - common) + mcv;
    }
    return sel_clamp(negated ? 1 - sel - sel_null_frac(v) : sel);
}
