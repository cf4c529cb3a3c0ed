#include "advise/histogram.h"

static bool is_greater(enum sel_cmp op)
{
    return op == SEL_GT || op == SEL_GE;
}

/* 1 when "value op constant" holds, 0 when not, -1 when the order is not known. */
static int holds(const struct value_type *t, enum sel_cmp op, struct str value, struct str constant)
{
    int order;
    if (!value_compare(t, value, constant, &order))
        return -1;
    switch (op) {
    case SEL_LT:
        return order < 0;
    case SEL_LE:
        return order <= 0;
    case SEL_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

/*
 * A histogram under search. Where an index exists the planner reads the column's actual smallest
 * or largest value from it once the search touches that end; of all we know the extremes of
 * bounds and common values together come nearest.
 */
struct search {
    const struct sel_var *v;
    const struct value_type *type;
    enum sel_cmp op;
    struct str constant;
    bool read_low, read_high;
};

static struct str extreme(const struct search *s, size_t end, int direction)
{
    const struct cat_stats *st = s->v->stats;
    struct str best = st->bounds[end];
    int order;
    for (size_t i = 0; i < st->mcv_count; i++)
        if (value_compare(s->type, st->mcv[i], best, &order) && order * direction > 0)
            best = st->mcv[i];
    return best;
}

static struct str bound(const struct search *s, size_t i)
{
    if (i == 0 && s->read_low)
        return extreme(s, i, -1);
    if (i + 1 == s->v->stats->bound_count && s->read_high)
        return extreme(s, i, 1);
    return s->v->stats->bounds[i];
}

static void touch(struct search *s, size_t i)
{
    bool two = s->v->stats->bound_count == 2;
    if (!s->v->ends_are_read)
        return;
    s->read_low |= i == 0 || two;
    s->read_high |= i + 1 == s->v->stats->bound_count || two;
}

/* Index of the first bound on the far side of the constant, searched in the planner's own steps.
 * -1: order not known. */
static long find_bin(struct search *s)
{
    size_t low = 0, high = s->v->stats->bound_count;
    while (low < high) {
        size_t probe = (low + high) / 2;
        touch(s, probe);
        int r = holds(s->type, s->op, bound(s, probe), s->constant);
        if (r < 0)
            return -1;
        if (r != is_greater(s->op))
            low = probe + 1;
        else
            high = probe;
    }
    return (long)low;
}

/* Share of the histogram's values below the constant, which lies before bound i. */
static double histogram_below(const struct search *s, size_t i)
{
    const struct cat_stats *st = s->v->stats;
    bool is_default, gt = is_greater(s->op), eq = s->op == SEL_LE || s->op == SEL_GE;
    double equal_share = 0;
    if (i == 1 || gt == eq) {
        double others = sel_distinct(s->v, &is_default) - (double)st->mcv_count;
        if (others > 1)
            equal_share = 1 / others;
    }
    double in_bin = value_fraction(s->type, bound(s, i - 1), s->constant, bound(s, i));
    double below = ((double)(i - 1) + in_bin) / (double)(st->bound_count - 1);
    if (i == 1)
        below += equal_share * (1 - in_bin);
    if (gt == eq)
        below -= equal_share;
    return below;
}

/* Share of the values not in the most common list that satisfy; -1: no histogram. */
double sel_histogram(const struct sel_var *v, const struct value_type *t, enum sel_cmp op,
                     struct str constant)
{
    struct search s = {.v = v, .type = t, .op = op, .constant = constant};
    size_t count = v->stats->bound_count;
    if (count < 2)
        return -1;
    long i = find_bin(&s);
    if (i < 0)
        return -1;
    double below = 0;
    if (i > 0)
        below = (size_t)i >= count ? 1 : histogram_below(&s, (size_t)i);
    double sel = is_greater(op) ? 1 - below : below;
    /* Where the ends are not read from an index, nothing is taken to be beyond doubt. */
    double cutoff = s.read_low || s.read_high ? 0 : 0.01 / (double)(count - 1);
    return sel < cutoff ? cutoff : sel > 1 - cutoff ? 1 - cutoff : sel;
}

struct order_test {
    const struct value_type *type;
    enum sel_cmp op;
    struct str constant;
};

static int test_order(const void *context, struct str value)
{
    const struct order_test *t = context;
    return holds(t->type, t->op, value, t->constant);
}

double sel_compare(const struct sel_var *v, enum sel_cmp op, const struct sel_arg *arg)
{
    if (arg->kind == SEL_NULL)
        return 0;
    if (arg->kind == SEL_UNKNOWN || !sel_has_stats(v))
        return SEL_DEFAULT_INEQ;
    struct value_type t = sel_type_for(v, arg);
    struct order_test context = {&t, op, arg->text};
    double common;
    int order;
    if (!value_compare(&t, arg->text, arg->text, &order))
        return SEL_DEFAULT_INEQ; /* a text that is not understood, or labels of an enum */
    double mcv = sel_mcv_share(v, test_order, &context, 0, &common);
    double hist = sel_histogram(v, &t, op, arg->text);
    double rest = 1 - sel_null_frac(v) - common;
    return sel_clamp(rest * (hist >= 0 ? hist : 0.5) + mcv);
}
