/*
 * What one table reference of one query asks of an index: conditions, join columns, order,
 * grouping, the columns it reads, and what it costs today.
 *
 * Needs come from a plan's scan nodes (need_from_plan) or from SQL alone (need_from_sql, private
 * to advise); everything behind them (candidates, the model, selection) sees only needs.
 */
#ifndef ADVISE_NEED_H
#define ADVISE_NEED_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/catalog.h"
#include "sql/pred.h"

struct arena;
struct node;
struct plan;
struct plan_metrics;

/* Conditions of a relation beyond this number are left out: no index serves so many. */
enum { NEED_MAX_CONDS = 64 };

/* What an index can do with a condition. */
enum cond_use {
    COND_EQUAL,      /* = constant, parameter, stable value; a boolean column */
    COND_LIST,       /* IN, = ANY */
    COND_NULL,       /* IS NULL */
    COND_RANGE,      /* < <= > >= BETWEEN */
    COND_NOT_NULL,   /* IS NOT NULL: a partial predicate at best */
    COND_JOIN,       /* = a column of another relation */
    COND_PREFIX,     /* LIKE 'x%', ^@, ~ '^x' */
    COND_INFIX,      /* LIKE '%x%', ILIKE, ~: trigrams */
    COND_CONTAINS,   /* @> <@ && ? on jsonb, arrays, ranges, geometry; const = ANY (column) */
    COND_SEARCH,     /* tsvector @@ tsquery */
    COND_FILTER_ONLY /* <> and whatever else no index finds rows by; may be a partial predicate */
};

struct need_cond {
    enum cond_use use;
    const struct pred *pred;
    const struct pred_side *side;  /* the column or expression of this relation */
    const struct pred_side *other; /* what it is compared with; NULL: nothing */
    struct cat_column *column;     /* NULL: an expression, or not in the catalog */
    struct str name;               /* column name, or the expression fit for an index definition */
    struct str canonical;          /* the expression in the form that compares; else the name */
    struct str form;               /* as an index's predicate would say it; absent: it could not */
    struct str key;                /* the whole condition in the form that compares */
    bool is_expr;
    bool is_constant;     /* a literal, known to be one in every execution */
    bool negated_bool;    /* NOT column: equality with false */
    struct str converted; /* type that the column is converted to, because the other side is of
                             that type; absent: it is compared as it is */
    struct str partner;   /* COND_JOIN: alias of the relation that gives the value */
    double outer_rows;    /* COND_JOIN, from SQL: how often the index would be probed by it; NAN */
    double share;         /* of the table's rows that pass; NAN unknown */
    double check;         /* planner cost of checking it on one row (access_prepare) */
};

/* OR: it can be served where every leg has an index of its own (BitmapOr). */
struct need_or {
    const struct pred *pred;
    struct need_cond *legs; /* by which condition each leg's rows can be found */
    size_t leg_count;
    bool indexable; /* all legs are there */
    double share;   /* NAN unknown */
    double check;   /* as in need_cond */
};

struct need_sort {
    struct cat_column *column; /* NULL: an expression, or not in the catalog */
    struct str name;
    struct str canonical; /* as in need_cond */
    bool is_expr;
    bool knn; /* by distance: column <-> value, ascending */
    bool desc;
    bool nulls_first;
    struct str collation;
};

enum need_order {
    ORDER_NONE,
    ORDER_SORT,  /* ORDER BY, or the sort below a merge join or a window */
    ORDER_GROUP, /* GROUP BY, DISTINCT: any order of the columns will do */
};

struct need {
    size_t query;        /* index of the input it comes from */
    size_t block;        /* from SQL: number of the query block that reads it; 0 from a plan */
    struct cat_rel *rel; /* never NULL: without a catalog a stand-in with the columns seen */
    bool unchecked;      /* rel is such a stand-in */
    struct str alias;
    const struct node *node; /* the scan; NULL from SQL */
    const struct node *sort; /* the sort that an ordered index would spare; NULL */
    struct need_cond *conds; /* all must hold */
    size_t cond_count;
    struct need_or *ors;
    size_t or_count;
    enum need_order order;
    struct need_sort *sorts;
    size_t sort_count;
    size_t sort_missing; /* ORDER BY keys after these that are not this relation's */
    double order_rows;   /* rows that enter the sort; NAN: those that pass the conditions */
    double joined_rows;  /* from SQL: rows of its block, all relations joined; NAN unknown */
    double limit;        /* rows wanted by LIMIT (with OFFSET); NAN none */
    bool per_probe;      /* order and LIMIT are those of one probe (LATERAL, correlated subquery) */
    bool not_in;         /* a column of it is tested by NOT IN (subquery) */
    bool joined;         /* other relations are joined above or beside it */
    struct str *columns; /* columns of the relation that the query reads */
    size_t column_count;
    bool columns_known;
    bool locks_rows; /* FOR UPDATE, UPDATE, DELETE: the heap is visited anyway */
    /* What it takes today. NAN unknown. */
    double table_rows; /* rows in the table */
    double rows_out;   /* rows that pass its conditions, one loop */
    double
        join_share; /* of the rows, those that one probe by the join columns finds; NAN unknown */
    double outer_rows; /* rows of the other side for which an index on the join columns would be
                          probed */
    double loops;
    double self_ms; /* scan, and the sort that would go */
    double cost;    /* planner's cost of the same */
    double pages;
};

struct need_list {
    struct need *items;
    size_t count, cap;
};

/* Needs of all scans of a plan. cat may be NULL. */
void need_from_plan(struct arena *a, const struct catalog *cat, const struct plan *p,
                    const struct plan_metrics *m, struct str sql, size_t query,
                    struct need_list *out);

#endif
