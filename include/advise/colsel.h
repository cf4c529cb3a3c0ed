/*
 * Selectivity of one condition on one column (or expression with statistics), as
 * PostgreSQL's selfuncs.c works it out.
 *
 * All results are shares of the table's rows, 0 .. 1.
 */
#ifndef ADVISE_COLSEL_H
#define ADVISE_COLSEL_H

#include <stdbool.h>

#include "advise/pattern.h"
#include "advise/value.h"
#include "base/str.h"
#include "catalog/catalog.h"

/* The planner's defaults where nothing is known. */
#define SEL_DEFAULT_EQ 0.005
#define SEL_DEFAULT_INEQ 0.3333333333333333
#define SEL_DEFAULT_RANGE 0.005
#define SEL_DEFAULT_MATCH 0.005
#define SEL_DEFAULT_MATCHING 0.010 /* containment and the like, 13+ */
#define SEL_DEFAULT_UNKNOWN 0.005  /* IS NULL */
#define SEL_DEFAULT_BOOL 0.5
#define SEL_DEFAULT_FUNCTION 0.3333333
#define SEL_DEFAULT_DISTINCT 200

/* A column, or an expression, as the estimator sees it. */
struct sel_var {
    const struct cat_stats *stats; /* NULL: none */
    struct value_type type;
    double tuples;      /* rows of the table; NAN unknown */
    bool unique;        /* a unique index covers it alone */
    bool integer;       /* smallint, integer, bigint: a constant like 5.0 does not fit it */
    bool ends_are_read; /* an existing B-tree leads with it: the planner looks up its ends */
};

/* The other side of a comparison. */
enum sel_arg_kind {
    SEL_CONST,
    SEL_NULL,   /* constant NULL */
    SEL_UNKNOWN /* a value that planning does not know */
};
struct sel_arg {
    enum sel_arg_kind kind;
    struct str text;      /* SEL_CONST */
    enum value_class cls; /* class of the constant where it differs; else CLASS_UNKNOWN */
};

enum sel_cmp { SEL_LT, SEL_LE, SEL_GT, SEL_GE };

/* 0 .. 1; NaN becomes 0. */
double sel_clamp(double s);
/* A row count as the planner rounds it: to even, at least 1. */
double sel_round_rows(double rows);
/* Statistics are stored as float4. */
double sel_float4(double v);

bool sel_has_stats(const struct sel_var *v);
double sel_null_frac(const struct sel_var *v);
/* Number of distinct values; *is_default: a guess without statistics. */
double sel_distinct(const struct sel_var *v, bool *is_default);

double sel_eq(const struct sel_var *v, const struct sel_arg *arg);
double sel_ne(const struct sel_var *v, const struct sel_arg *arg);
double sel_compare(const struct sel_var *v, enum sel_cmp op, const struct sel_arg *arg);
double sel_is_null(const struct sel_var *v);
double sel_is_not_null(const struct sel_var *v);
/* A boolean column by itself. */
double sel_is_true(const struct sel_var *v);
/* LIKE and its kin; negated is the share of rows that do not match (NULLs left out). */
double sel_pattern(const struct sel_var *v, enum pattern_kind kind, const struct sel_arg *arg,
                   bool negated);

/*
 * An operator without a rule of its own (containment of jsonb, hstore, ltree ...): the share of
 * sample values that satisfy it; fallback where there are too few.
 */
typedef int sel_test(const void *context, struct str value); /* 1 yes, 0 no, -1 not known */
double sel_generic(const struct sel_var *v, sel_test *test, const void *context, double fallback);

/* Share of the values between the first and the last histogram bound that pass; -1: fewer than
 * 10 bounds, or not known. *count gets the number of bounds. */
double sel_histogram_share(const struct sel_var *v, sel_test *test, const void *context,
                           double *count);
/* Share of all rows in the most common values that pass (where the test cannot tell, `unknown` of
 * them); *total gets the share they all take. */
double sel_mcv_share(const struct sel_var *v, sel_test *test, const void *context, double unknown,
                     double *total);

#endif
