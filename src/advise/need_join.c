/*
 * How many rows the other relations of a statement hand to one of them, where no plan tells.
 *
 * An index on join columns is probed once for each row of the other side. Which side that is, the
 * join order decides; the least that can be had is taken: from a neighbour, whatever else joins
 * to it and makes its rows fewer is joined first.
 */
#include <math.h>
#include <stdlib.h>

#include "advise/need_sql.h"
#include "base/arena.h"
#include "plan/plan.h"

/* Rows of something whose rows cannot be told: a function, a recursive query. */
static const double UNKNOWN_ROWS = 100;

struct graph {
    const struct query *q;
    struct need *needs;
    size_t count;
};

static const struct need_cond *mirror(const struct need *n, const struct pred *p)
{
    for (size_t i = 0; i < n->cond_count; i++)
        if (n->conds[i].use == COND_JOIN && n->conds[i].pred == p)
            return &n->conds[i];
    return NULL;
}

/* Share of the pairs of two needs that their common conditions keep; 1: there is none. */
static double pairs_kept(const struct need *a, const struct need *b, bool *joined)
{
    double sel = 1;
    for (size_t i = 0; i < a->cond_count; i++) {
        if (a->conds[i].use != COND_JOIN)
            continue;
        const struct need_cond *other = mirror(b, a->conds[i].pred);
        if (!other)
            continue;
        sel *= fmin(a->conds[i].share, other->share);
        *joined = true;
    }
    return sel;
}

/* Rows of a set of needs with one more, or INFINITY when nothing joins it to them. */
static double with_one(const struct graph *g, const bool *in, double rows, size_t add)
{
    double sel = 1;
    bool joined = false;
    for (size_t i = 0; i < g->count; i++)
        if (in[i])
            sel *= pairs_kept(&g->needs[i], &g->needs[add], &joined);
    return joined ? fmax(rows * g->needs[add].rows_out * sel, 1) : INFINITY;
}

/* The fewest rows that a join beginning with `start` and leaving out `without` can have. */
static double fewest(const struct graph *g, size_t start, size_t without)
{
    bool *in = xcalloc(g->count, sizeof *in);
    double rows = g->needs[start].rows_out;
    in[start] = true;
    for (bool fewer = true; fewer;) {
        size_t best = g->count;
        double least = rows;
        fewer = false;
        for (size_t i = 0; i < g->count; i++) {
            double r = in[i] || i == without ? INFINITY : with_one(g, in, rows, i);
            if (r < least) {
                best = i;
                least = r;
            }
        }
        if (best < g->count) {
            in[best] = fewer = true;
            rows = least;
        }
    }
    free(in);
    return rows;
}

static size_t by_alias(const struct graph *g, struct str alias)
{
    size_t i = 0;
    while (i < g->count && !str_eq(g->needs[i].alias, alias))
        i++;
    return i;
}

/* Rows of a subquery that is joined to: its LIMIT, else its largest relation's. */
static double block_rows(const struct graph *g, struct str alias)
{
    const struct query_rte *rte = query_find_rte(g->q, alias);
    double rows = NAN;
    if (!rte || !rte->block)
        return UNKNOWN_ROWS;
    if (rte->block->limit.present)
        return rte->block->limit.known ? rte->block->limit.rows : UNKNOWN_ROWS;
    for (size_t i = 0; i < g->count; i++)
        if (g->needs[i].block == rte->block->number)
            rows = num_known(rows) ? fmax(rows, g->needs[i].rows_out) : g->needs[i].rows_out;
    return num_or(rows, UNKNOWN_ROWS);
}

static double outer_rows(const struct graph *g, size_t need)
{
    double least = NAN;
    for (size_t i = 0; i < g->needs[need].cond_count; i++) {
        struct need_cond *c = &g->needs[need].conds[i];
        if (c->use != COND_JOIN || !c->other->column_count)
            continue;
        size_t other = by_alias(g, c->other->columns[0].qualifier);
        double rows = other < g->count ? fewest(g, other, need)
                                       : block_rows(g, c->other->columns[0].qualifier);
        c->outer_rows = rows;
        least = num_known(least) ? fmin(least, rows) : rows;
    }
    return least;
}

/* Rows of all relations of a need's block, joined. */
static double joined_rows(const struct graph *g, size_t need)
{
    bool *in = xcalloc(g->count, sizeof *in);
    double rows = g->needs[need].rows_out;
    in[need] = true;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < g->count; i++) {
            if (in[i] || g->needs[i].block != g->needs[need].block)
                continue;
            double r = with_one(g, in, rows, i);
            if (isinf(r))
                continue;
            rows = r;
            in[i] = more = true;
        }
    }
    free(in);
    return rows;
}

static void cap_probes(struct need *n, double most)
{
    if (num_known(n->outer_rows))
        n->outer_rows = fmin(n->outer_rows, most);
    for (size_t i = 0; i < n->cond_count; i++)
        if (num_known(n->conds[i].outer_rows))
            n->conds[i].outer_rows = fmin(n->conds[i].outer_rows, most);
}

/* With a LIMIT, and an index that gives the rows in its order, no more are looked up than it takes
 * to fill it. */
static void cap_by_limit(const struct graph *g, size_t need)
{
    struct need *n = &g->needs[need];
    for (size_t i = 0; i < g->count; i++) {
        const struct need *o = &g->needs[i];
        bool leads = i != need && o->block == n->block && num_known(o->limit) &&
                     o->sort_missing == 0 && num_known(o->order_rows);
        if (leads)
            cap_probes(n, fmax(o->limit * fmax(o->rows_out / o->order_rows, 1), 1));
    }
}

/* Statements with more relations than this are not looked into: the planner itself gives up on
 * the best join order at 12 (geqo_threshold). */
enum { MOST_RELATIONS = 64 };

void need_join_rows(const struct query *q, struct need *needs, size_t count)
{
    struct graph g = {q, needs, count};
    for (size_t i = 0; i < count && count <= MOST_RELATIONS; i++) {
        needs[i].outer_rows = outer_rows(&g, i);
        needs[i].joined_rows = joined_rows(&g, i);
        if (needs[i].joined && num_known(needs[i].limit))
            needs[i].order_rows = needs[i].joined_rows;
    }
    for (size_t i = 0; i < count && count <= MOST_RELATIONS; i++)
        cap_by_limit(&g, i);
}
