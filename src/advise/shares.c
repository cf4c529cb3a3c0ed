/*
 * How many rows each condition of a need keeps, and sizes where nobody knows them.
 */
#include <math.h>

#include "advise/access_private.h"
#include "advise/selectivity.h"
#include "base/arena.h"
#include "plan/plan.h"

/* A table whose size nobody knows, nor that of any that foreign keys tie it to: large enough that
 * an index matters, so that shapes can be compared. */
static const double NOMINAL_ROWS = 100000;
static const double NOMINAL_WIDTH_BYTES = 100;

static double known_rows(const struct catalog *cat, const struct cat_rel *rel)
{
    double pages, rows;
    return rel && cat_current_size(cat, rel, &pages, &rows) ? rows : NAN;
}

/* What refers to it has this many rows for each of its own. */
static const double ROWS_PER_PARENT = 20;

double access_nominal_rows(const struct catalog *cat, const struct cat_rel *rel)
{
    double above = NAN, below = NAN;
    for (const struct cat_fk *fk = cat ? cat->fks : NULL; fk; fk = fk->next) {
        if (fk->rel == fk->ref)
            continue;
        if (fk->ref == rel)
            below = fmax(num_or(below, 1), known_rows(cat, fk->rel));
        else if (fk->rel == rel)
            above = fmax(num_or(above, 1), known_rows(cat, fk->ref));
    }
    if (below > 1)
        return fmax(below / ROWS_PER_PARENT, 1000);
    return above > 1 ? above : NOMINAL_ROWS;
}

static void fill_sizes(const struct access_model *m, struct need *n)
{
    struct cost_table t;
    bool sized = !n->unchecked && cost_table_from(&t, m->cat, n->rel);
    if (!num_known(n->table_rows))
        n->table_rows = sized ? t.tuples : access_nominal_rows(m->cat, n->rel);
    if (!(n->table_rows >= 1))
        n->table_rows = 1;
    if (!num_known(n->pages))
        n->pages = sized ? t.pages : ceil(n->table_rows * NOMINAL_WIDTH_BYTES / COST_PAGE_BYTES);
    if (!(n->pages >= 1))
        n->pages = 1;
}

struct cost_table access_table(const struct need *n)
{
    double all_visible = num_or(n->rel->all_visible_pages, n->pages);
    double share = num_known(n->rel->pages) && n->rel->pages > 0 ? all_visible / n->rel->pages : 1;
    return (struct cost_table){
        .pages = n->pages, .tuples = n->table_rows, .visible = share < 1 ? share : 1};
}

/* One row of a table of n is the least that a share can stand for. */
static double clamp_share(const struct need *n, double share)
{
    double least = 0.5 / n->table_rows;
    return share < least ? least : share > 1 ? 1 : share;
}

static size_t count_joins(const struct need *n)
{
    size_t count = 0;
    for (size_t i = 0; i < n->cond_count; i++)
        count += n->conds[i].use == COND_JOIN;
    return count;
}

/* A column without statistics that is a foreign key: it has at most one value for each row that it
 * may refer to. */
static bool refers_to(const struct catalog *cat, const struct need *n, const struct need_cond *c,
                      double *parents)
{
    for (const struct cat_fk *fk = cat && !c->is_expr ? cat->fks : NULL; fk; fk = fk->next) {
        if (fk->rel != n->rel || fk->column_count != 1 || !fk->ref ||
            !str_eq(fk->columns[0], c->name))
            continue;
        double rows = num_or(known_rows(cat, fk->ref), access_nominal_rows(cat, fk->ref));
        *parents = fmin(rows, n->table_rows);
        return true;
    }
    return false;
}

/* What a clock still running has of a table without statistics: col > now() - interval is its
 * recent end. */
static const double RECENT_SHARE = 0.02;

static bool is_recent_slice(const struct need *n, const struct need_cond *c)
{
    bool after = c->pred->op == PRED_GT || c->pred->op == PRED_GE;
    bool known = c->column && c->column->stats.known && c->column->stats.bound_count;
    return !n->node && c->use == COND_RANGE && after && !known && c->other->kind == SIDE_STABLE;
}

/* IS NULL on a column without statistics: the planner takes it for rare, but "deleted_at IS NULL"
 * is most of a table as often as not. */
static const double UNKNOWN_NULL_SHARE = 0.6;

static bool is_unknown_null(const struct need *n, const struct need_cond *c)
{
    return !n->node && c->use == COND_NULL && !(c->column && c->column->stats.known);
}

/* Without a histogram the planner takes a short pattern for one that a fifth of all texts match. */
static bool is_unknown_infix(const struct need *n, const struct need_cond *c)
{
    return !n->node && c->use == COND_INFIX && !(c->column && c->column->stats.bound_count);
}

/* The two ends of one range are estimated together (x > a AND x < b). */
static void pair_ranges(const struct sel_env *env, struct need *n)
{
    for (size_t i = 0; i < n->cond_count; i++)
        for (size_t k = i + 1; k < n->cond_count; k++) {
            struct need_cond *a = &n->conds[i], *b = &n->conds[k];
            bool same =
                a->use == COND_RANGE && b->use == COND_RANGE && str_eq(a->canonical, b->canonical);
            bool below = a->pred->op == PRED_LT || a->pred->op == PRED_LE;
            bool below_too = b->pred->op == PRED_LT || b->pred->op == PRED_LE;
            if (!same || below == below_too)
                continue;
            const struct pred *both[] = {a->pred, b->pred};
            a->share = b->share = clamp_share(n, sqrt(sel_conjuncts(env, 0, both, 2)));
        }
}

/* Measured, if the plan tells (divided evenly among several join columns), else 1 / distinct
 * values. */
static double join_share(const struct sel_env *env, const struct need *n, const struct need_cond *c)
{
    double parents;
    if (num_known(n->join_share))
        return pow(n->join_share, 1.0 / (double)count_joins(n));
    struct sel_var v;
    bool is_default;
    if (sel_resolve(env, 0, c->side, &v) < 0)
        return SEL_DEFAULT_EQ;
    double distinct = sel_distinct(&v, &is_default);
    if (is_default && refers_to(env->cat, n, c, &parents))
        distinct = parents;
    return distinct >= 1 ? 1 / distinct : SEL_DEFAULT_EQ;
}

/*
 * The plan says how many rows passed all conditions of the scan, the statistics how many each
 * should keep. Their product is brought to the measured figure by raising every share to the same
 * power, which keeps their order and leaves a share of 1 alone.
 */
static void scale_to_measured(struct need *n)
{
    double estimated = 1;
    for (size_t i = 0; i < n->cond_count; i++)
        if (n->conds[i].use != COND_JOIN)
            estimated *= n->conds[i].share;
    for (size_t i = 0; i < n->or_count; i++)
        estimated *= n->ors[i].share;
    double measured = clamp_share(n, n->rows_out / n->table_rows);
    if (!num_known(measured) || estimated >= 1 || measured >= 1)
        return;
    double power = log(measured) / log(estimated);
    for (size_t i = 0; i < n->cond_count; i++)
        if (n->conds[i].use != COND_JOIN)
            n->conds[i].share = clamp_share(n, pow(n->conds[i].share, power));
    for (size_t i = 0; i < n->or_count; i++)
        n->ors[i].share = clamp_share(n, pow(n->ors[i].share, power));
}

static void fill_or(const struct cost_params *p, const struct sel_env *env, struct need *n,
                    struct need_or *o)
{
    o->share = clamp_share(n, sel_pred(env, 0, o->pred));
    o->check = cost_quals_of(p, &o->pred, 1).per_tuple;
    for (size_t i = 0; i < o->leg_count; i++)
        o->legs[i].share = clamp_share(n, sel_pred(env, 0, o->legs[i].pred));
}

void access_prepare(const struct access_model *m, struct need *n)
{
    bool measured = num_known(n->rows_out);
    fill_sizes(m, n);
    struct sel_rel rel = {.rel = n->unchecked ? NULL : n->rel,
                          .alias = n->alias,
                          .tuples = n->table_rows,
                          .rows = NAN};
    struct sel_env env = {.cat = m->cat, .rels = &rel, .rel_count = 1, .now_us = NAN};
    double passing = 1;
    for (size_t i = 0; i < n->cond_count; i++) {
        struct need_cond *c = &n->conds[i];
        c->share = c->use == COND_JOIN      ? join_share(&env, n, c)
                   : is_recent_slice(n, c)  ? RECENT_SHARE
                   : is_unknown_null(n, c)  ? UNKNOWN_NULL_SHARE
                   : is_unknown_infix(n, c) ? SEL_DEFAULT_MATCH
                                            : sel_pred(&env, 0, c->pred);
        c->share = clamp_share(n, c->share);
        c->check = cost_quals_of(&m->params, &c->pred, 1).per_tuple;
    }
    pair_ranges(&env, n);
    for (size_t i = 0; i < n->cond_count; i++)
        passing *= n->conds[i].use == COND_JOIN ? 1 : n->conds[i].share;
    for (size_t i = 0; i < n->or_count; i++) {
        fill_or(&m->params, &env, n, &n->ors[i]);
        passing *= n->ors[i].share;
    }
    if (measured)
        scale_to_measured(n);
    else
        n->rows_out = sel_rows(n->table_rows, passing);
}

double access_width(const struct need *n)
{
    double width = n->node ? n->node->num[PROP_PLAN_WIDTH] : NAN, bytes = 0;
    if (num_known(width) || !n->columns_known)
        return num_or(width, NOMINAL_WIDTH_BYTES);
    for (size_t i = 0; i < n->column_count; i++) {
        const struct cat_column *c = cat_find_column(n->rel, n->columns[i]);
        bytes += c ? cat_column_width(c) : 0;
    }
    return bytes;
}

double access_groups(const struct need *n)
{
    double groups = 1;
    for (size_t i = 0; i < n->sort_count; i++) {
        const struct cat_column *c = n->sorts[i].column;
        double distinct = c && c->stats.known ? c->stats.n_distinct : SEL_DEFAULT_DISTINCT;
        groups *= distinct < 0 ? -distinct * n->table_rows : distinct > 0 ? distinct : 1;
    }
    return groups < n->rows_out ? groups : n->rows_out;
}

/* Words of a text search, trigrams of a pattern, elements of a containment: roughly what is looked
 * up. */
double access_search_entries(const struct need_cond *c)
{
    double entries = 1;
    struct str value = c->other ? c->other->value : (struct str){0};
    if (c->use == COND_INFIX || c->use == COND_PREFIX)
        return value.len > 4 ? (double)value.len - 4 : 1;
    for (size_t i = 0; i < value.len; i++)
        entries += value.p[i] == '&' || value.p[i] == ',';
    return entries;
}

void access_cost_index(const struct ix *x, struct cost_index *out)
{
    const struct cat_stats *stats = x->keys[0].stats    ? x->keys[0].stats
                                    : x->keys[0].column ? &x->keys[0].column->stats
                                                        : NULL;
    *out = (struct cost_index){.am = x->am,
                               .pages = x->pages,
                               .tuples = x->tuples,
                               .height = x->height,
                               .key_count = x->key_count};
    out->correlation = stats && stats->known ? stats->correlation : NAN;
    if (x->keys[0].desc && num_known(out->correlation))
        out->correlation = -out->correlation;
}
