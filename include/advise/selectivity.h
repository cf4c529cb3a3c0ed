/*
 * How many rows a condition keeps, as PostgreSQL's planner estimates it from statistics.
 *
 * Everything here is a function of its arguments: a catalog, the relations of a query with
 * their aliases, and conditions as sql/pred.h gives them. A row count that was measured
 * (EXPLAIN ANALYZE) replaces an estimate by being passed to the cost functions instead.
 *
 * Formulas: PostgreSQL clausesel.c, selfuncs.c, like_support.c, array_selfuncs.c,
 * ts_selfuncs.c; the numbers are checked against EXPLAIN (tests/unit/model.c).
 *
 * Not modelled: multi-column MCV lists and functional dependencies of CREATE STATISTICS,
 * bound histograms of ranges, geometric and network containment beyond defaults.
 */
#ifndef ADVISE_SELECTIVITY_H
#define ADVISE_SELECTIVITY_H

#include <stdbool.h>
#include <stddef.h>

#include "advise/colsel.h"
#include "catalog/catalog.h"
#include "sql/pred.h"

/* One relation of a query. */
struct sel_rel {
    const struct cat_rel *rel; /* NULL: the catalog lacks it */
    struct str alias;          /* what conditions qualify its columns with */
    double tuples;             /* rows of the table; NAN: what the catalog says */
    double rows;               /* rows left by its own conditions; NAN: all (for groups, joins) */
};

/* What conditions are estimated against. */
struct sel_env {
    const struct catalog *cat; /* may be NULL */
    const struct sel_rel *rels;
    size_t rel_count;
    int version_num; /* 0: the catalog's, else 150000 */
    double now_us;   /* current time, microseconds since 2000-01-01 UTC; NAN unknown */
    bool as_index;   /* the conditions are those of an index scan: NOT b is b = false there, which
                        NULLs do not pass */
};

/* Rows of a relation before conditions, at least 1; NAN when nobody knows. */
double sel_tuples(const struct sel_env *env, size_t rel);
int sel_version(const struct sel_env *env);

/*
 * The column, or the expression with statistics, that a side of a condition means.
 * `rel` is the relation whose scan it belongs to: bare names are looked up there first.
 * Returns the relation's index and fills *out; -1 when it is none of the environment's.
 */
int sel_resolve(const struct sel_env *env, size_t rel, const struct pred_side *side,
                struct sel_var *out);

/*
 * Share of the rows of rels[rel] that pass. Columns of other relations count as values that are
 * not known while planning (the inner side of a nested loop).
 */
double sel_pred(const struct sel_env *env, size_t rel, const struct pred *p);
/* Share that passes all of them; ranges on one column are paired (x > a AND x < b). */
double sel_conjuncts(const struct sel_env *env, size_t rel, const struct pred *const *preds,
                     size_t count);
/* tuples x share, rounded as a plan's row estimate. */
double sel_rows(double tuples, double sel);

/* ---- joins ---- */

enum sel_join_kind { SEL_JOIN_INNER, SEL_JOIN_LEFT, SEL_JOIN_FULL, SEL_JOIN_SEMI, SEL_JOIN_ANTI };

/*
 * Selectivity of join conditions: share of the pairs (inner, outer and full joins), or of the
 * outer rows that find a partner (semi and anti joins). outer is the index of one relation of the
 * outer side; any other relation counts as inner. inner_rows (semi, anti) is the row estimate of
 * the inner side.
 */
double sel_join(const struct sel_env *env, enum sel_join_kind kind, size_t outer, double inner_rows,
                const struct pred *const *preds, size_t count);
/* Rows that a join gives. */
double sel_join_rows(enum sel_join_kind kind, double outer_rows, double inner_rows,
                     double join_sel);
/* The inner-join selectivity of var1 = var2, and the semi-join one. */
double sel_join_eq(const struct sel_var *a, const struct sel_var *b);
double sel_join_eq_semi(const struct sel_var *outer, const struct sel_var *inner,
                        double inner_rows);

/* ---- groups ---- */

/*
 * Number of distinct combinations of the expressions among input_rows rows (GROUP BY, DISTINCT,
 * presorted keys), at least 1. Filtered relations: see sel_rel.rows.
 */
double sel_groups(const struct sel_env *env, const struct pred_side *items, size_t count,
                  double input_rows);

#endif
