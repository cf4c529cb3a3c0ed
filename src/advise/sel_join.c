#include <math.h>

#include "advise/selectivity_private.h"

/* ---- equality of two columns ---- */

struct mcv_match {
    double product;            /* sum of f1 * f2 over values in both lists */
    double matched1, matched2; /* shares of the rows in matched values */
    double rest1, rest2;       /* shares of the rows in unmatched common values */
    size_t count;
};

static size_t mcvs(const struct sel_var *v)
{
    return sel_has_stats(v) ? v->stats->mcv_count : 0;
}

/* Statistics targets go up to 10,000; every value matches one other at most. */
#define MAX_MATCHED 10000

static void match_mcvs(const struct sel_var *a, const struct sel_var *b, size_t limit_b,
                       struct mcv_match *m)
{
    bool used[MAX_MATCHED] = {false};
    size_t nb = limit_b < MAX_MATCHED ? limit_b : MAX_MATCHED;
    *m = (struct mcv_match){0};
    for (size_t i = 0; i < mcvs(a); i++) {
        double fa = sel_float4(a->stats->mcf[i]);
        size_t k = 0;
        while (k < nb && (used[k] || !value_equal(&a->type, a->stats->mcv[i], b->stats->mcv[k])))
            k++;
        if (k == nb) {
            m->rest1 += fa;
            continue;
        }
        double fb = sel_float4(b->stats->mcf[k]);
        used[k] = true;
        m->product += fa * fb;
        m->matched1 += fa;
        m->matched2 += fb;
        m->count++;
    }
    for (size_t k = 0; k < nb; k++)
        if (!used[k])
            m->rest2 += sel_float4(b->stats->mcf[k]);
}

/* Rows of a side whose value is not in the other side's list: spread over the other's distinct
 * values. */
static double total_sel(double product, double unmatched, double other_rest, double own_rest,
                        double other_unmatched, double distinct, double list, double matches)
{
    double sel = product;
    if (distinct > list)
        sel += unmatched * other_rest / (distinct - list);
    if (distinct > matches)
        sel += own_rest * (other_rest + other_unmatched) / (distinct - matches);
    return sel;
}

double sel_join_eq(const struct sel_var *a, const struct sel_var *b)
{
    bool guess;
    double da = sel_distinct(a, &guess), db = sel_distinct(b, &guess);
    double na = sel_null_frac(a), nb = sel_null_frac(b);
    if (!mcvs(a) || !mcvs(b))
        return sel_clamp((1 - na) * (1 - nb) / (da > db ? da : db));
    struct mcv_match m;
    match_mcvs(a, b, mcvs(b), &m);
    double other_a = sel_clamp(1 - na - m.matched1 - m.rest1);
    double other_b = sel_clamp(1 - nb - m.matched2 - m.rest2);
    double matches = (double)m.count;
    double via_b =
        total_sel(m.product, m.rest1, other_b, other_a, m.rest2, db, (double)mcvs(b), matches);
    double via_a =
        total_sel(m.product, m.rest2, other_a, other_b, m.rest1, da, (double)mcvs(a), matches);
    return sel_clamp(via_b < via_a ? via_b : via_a);
}

double sel_join_eq_semi(const struct sel_var *outer, const struct sel_var *inner, double inner_rows)
{
    bool guess_o, guess_i;
    double od = sel_distinct(outer, &guess_o), id = sel_distinct(inner, &guess_i);
    double nulls = sel_null_frac(outer);
    if (id >= inner_rows) {
        id = inner_rows;
        guess_i = false;
    }
    if (!mcvs(outer) || !mcvs(inner)) {
        if (guess_o || guess_i)
            return sel_clamp(0.5 * (1 - nulls));
        return sel_clamp(od <= id || id < 0 ? 1 - nulls : id / od * (1 - nulls));
    }
    struct mcv_match m;
    size_t limit = (double)mcvs(inner) < id ? mcvs(inner) : (size_t)id;
    match_mcvs(outer, inner, limit, &m);
    double share = 0.5;
    if (!guess_o && !guess_i) {
        od -= (double)m.count;
        id -= (double)m.count;
        share = od <= id || id < 0 ? 1 : id / od;
    }
    return sel_clamp(m.matched1 + share * sel_clamp(1 - m.matched1 - nulls));
}

/* ---- join conditions ---- */

static bool is_semi(enum sel_join_kind kind)
{
    return kind == SEL_JOIN_SEMI || kind == SEL_JOIN_ANTI;
}

/* Both sides of a join condition; false when it is not column against column. */
static bool join_sides(const struct sel_env *env, size_t outer, const struct pred *p,
                       struct sel_var *a, struct sel_var *b, int at[2])
{
    if (p->kind != PRED_TEST)
        return false;
    at[0] = sel_resolve(env, outer, &p->left, a);
    at[1] = sel_resolve(env, outer, &p->right, b);
    return at[0] >= 0 && at[1] >= 0 && at[0] != at[1];
}

static double eq_sel(enum sel_join_kind kind, size_t outer, const struct sel_var *a,
                     const struct sel_var *b, const int at[2], double inner_rows)
{
    if (!is_semi(kind))
        return sel_join_eq(a, b);
    return at[0] == (int)outer ? sel_join_eq_semi(a, b, inner_rows)
                               : sel_join_eq_semi(b, a, inner_rows);
}

static double join_pred_sel(const struct sel_env *env, enum sel_join_kind kind, size_t outer,
                            double inner_rows, const struct pred *p)
{
    struct sel_var a, b;
    int at[2];
    if (!join_sides(env, outer, p, &a, &b, at))
        return sel_pred(env, outer, p);
    switch (p->op) {
    case PRED_EQ:
        return eq_sel(kind, outer, &a, &b, at, inner_rows);
    case PRED_NE:
        if (is_semi(kind))
            return 1 - sel_null_frac(at[0] == (int)outer ? &a : &b);
        return sel_clamp(1 - sel_join_eq(&a, &b));
    case PRED_LT:
    case PRED_LE:
    case PRED_GT:
    case PRED_GE:
        return SEL_DEFAULT_INEQ;
    case PRED_NOT_LIKE:
        return 1 - SEL_DEFAULT_MATCH;
    case PRED_OVERLAPS:
        return 0.01;
    default:
        return SEL_DEFAULT_MATCH;
    }
}

/* ---- foreign keys ---- */

static bool pairs(const struct sel_env *env, size_t outer, const struct pred *p,
                  const struct cat_fk *fk, size_t column)
{
    struct sel_var v;
    if (p->kind != PRED_TEST || p->op != PRED_EQ || p->left.kind != SIDE_COLUMN ||
        p->right.kind != SIDE_COLUMN)
        return false;
    int l = sel_resolve(env, outer, &p->left, &v), r = sel_resolve(env, outer, &p->right, &v);
    if (l < 0 || r < 0 || l == r)
        return false;
    bool straight = env->rels[l].rel == fk->rel && env->rels[r].rel == fk->ref;
    const struct pred_side *child = straight ? &p->left : &p->right;
    const struct pred_side *parent = straight ? &p->right : &p->left;
    if (!straight && (env->rels[r].rel != fk->rel || env->rels[l].rel != fk->ref))
        return false;
    return str_eq(child->column, fk->columns[column]) &&
           str_eq(parent->column, fk->ref_columns[column]);
}

/* The condition among preds that equates the key's column, or count. */
static size_t find_pair(const struct sel_env *env, size_t outer, const struct pred *const *preds,
                        size_t count, const struct cat_fk *fk, size_t column)
{
    size_t i = 0;
    while (i < count && !pairs(env, outer, preds[i], fk, column))
        i++;
    return i;
}

#define MAX_CONJUNCTS 64

/* Every referencing row has its one partner: conditions that spell out a foreign key count as
 * 1 / rows of the referenced table, together. Sets done[] for them. */
static double fk_sel(const struct sel_env *env, size_t outer, const struct pred *const *preds,
                     size_t count, bool done[MAX_CONJUNCTS])
{
    double sel = 1;
    for (const struct cat_fk *fk = env->cat ? env->cat->fks : NULL; fk; fk = fk->next) {
        size_t found = 0, at[MAX_CONJUNCTS];
        if (!fk->ref || fk->not_enforced || fk->column_count > MAX_CONJUNCTS)
            continue;
        for (; found < fk->column_count; found++) {
            at[found] = find_pair(env, outer, preds, count, fk, found);
            if (at[found] == count || done[at[found]])
                break;
        }
        if (!found || found < fk->column_count)
            continue;
        for (size_t i = 0; i < found; i++)
            done[at[i]] = true;
        for (size_t r = 0; r < env->rel_count; r++)
            if (env->rels[r].rel == fk->ref) {
                double tuples = sel_tuples(env, r);
                sel /= tuples > 1 ? tuples : 1;
                break;
            }
    }
    return sel;
}

double sel_join(const struct sel_env *env, enum sel_join_kind kind, size_t outer, double inner_rows,
                const struct pred *const *preds, size_t count)
{
    bool done[MAX_CONJUNCTS] = {false};
    double sel = 1;
    size_t n = count < MAX_CONJUNCTS ? count : MAX_CONJUNCTS;
    if (!is_semi(kind))
        sel = fk_sel(env, outer, preds, n, done);
    for (size_t i = 0; i < count; i++)
        if (i >= n || !done[i])
            sel *= join_pred_sel(env, kind, outer, inner_rows, preds[i]);
    return sel_clamp(sel);
}

double sel_join_rows(enum sel_join_kind kind, double outer_rows, double inner_rows, double join_sel)
{
    double rows = outer_rows * inner_rows * join_sel;
    switch (kind) {
    case SEL_JOIN_LEFT:
        rows = fmax(rows, outer_rows);
        break;
    case SEL_JOIN_FULL:
        rows = fmax(rows, fmax(outer_rows, inner_rows));
        break;
    case SEL_JOIN_SEMI:
        rows = outer_rows * join_sel;
        break;
    case SEL_JOIN_ANTI:
        rows = outer_rows * (1 - join_sel);
        break;
    case SEL_JOIN_INNER:
        break;
    }
    return sel_round_rows(rows);
}
