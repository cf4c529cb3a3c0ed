/*
 * What a statement wants of the tables it names, out of its own parse tree.
 *
 * A statement becomes query blocks: one for each SELECT (also inside FROM, WITH, WHERE, set
 * operations, views) and one for each INSERT, UPDATE, DELETE, MERGE. A block has a range
 * table, conditions, sort and group keys, limit, target list. As the planner does it, simple
 * subqueries, views and CTEs are merged into the block that uses them, conditions are pushed
 * down into those that cannot be merged, and outer joins that a strict condition turns into
 * inner ones are such.
 *
 * Every column in a predicate, operand or sort key carries as its qualifier the alias of a
 * range table entry, which is unique in the whole query (t, t_1); a column that could not be
 * attributed has no qualifier and is counted. Everything lives in the caller's arena.
 */
#ifndef SQL_QUERY_H
#define SQL_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "sql/pred.h"

struct arena;
struct err;
struct query_block;

/* ---- what the catalog knows ---- */

enum query_answer { QUERY_NO, QUERY_YES, QUERY_UNKNOWN };

/* Any function may be NULL; the schema is absent when the query gives none. */
struct query_names {
    void *ctx;
    /* Does the relation have the column? QUERY_UNKNOWN when the relation is not known. */
    enum query_answer (*has_column)(void *ctx, struct str schema, struct str relation,
                                    struct str column);
    /* Name of column n (from 0) of a relation; absent past the end or when it is not known. */
    struct str (*column_at)(void *ctx, struct str schema, struct str relation, size_t n);
    /* Defining query of a view; absent when the relation is none. */
    struct str (*view_sql)(void *ctx, struct str schema, struct str relation);
};

/* ---- range table ---- */

enum query_rte_kind {
    QUERY_RTE_RELATION,
    QUERY_RTE_SUBQUERY, /* subquery, view or CTE that could not be merged: see block */
    QUERY_RTE_FUNCTION, /* set-returning function, XMLTABLE, JSON_TABLE */
    QUERY_RTE_VALUES
};

struct query_rte {
    size_t number; /* from 1, of all entries of the query */
    enum query_rte_kind kind;
    struct str schema;         /* RELATION: as written, or absent */
    struct str name;           /* RELATION, FUNCTION, CTE: its name, else absent */
    struct str alias;          /* unique in the query */
    struct str view;           /* the view that brought the entry in, or absent */
    struct query_block *block; /* SUBQUERY */
    bool lateral;
    bool nullable;       /* an outer join may put NULLs in its place */
    bool target;         /* of INSERT, UPDATE, DELETE, MERGE */
    bool whole_row;      /* all columns are needed */
    struct str *columns; /* columns that the query needs, each once, in order of mention */
    size_t column_count;
};

/* ---- conditions ---- */

enum query_place {
    QUERY_WHERE,
    QUERY_ON,     /* JOIN ... ON or USING, or MERGE ... ON */
    QUERY_HAVING, /* over groups: no index condition */
    QUERY_SEMI    /* made of x IN (SELECT y ...), in the subquery's block: y = x */
};

enum query_join { QUERY_INNER, QUERY_LEFT, QUERY_RIGHT, QUERY_FULL };

/* An entry that a condition speaks of. */
struct query_ref {
    const struct query_rte *rte;
    /*
     * The condition can be checked where the entry is read, so an index of it may serve: it is
     * not one over groups, and no outer join stands between that would let rows past it.
     */
    bool usable;
};

/* One of the conditions that a block joins by AND. */
struct query_cond {
    const struct pred *pred;
    enum query_place place;
    enum query_join join; /* QUERY_ON: of which kind of join, once reduced */
    bool correlated;      /* also speaks of entries of an outer block, given to it as values */
    bool pushed;          /* came down from an outer block */
    const struct query_ref *refs; /* entries of this block in it, each once */
    size_t ref_count;
};

/* ---- blocks ---- */

enum query_kind {
    QUERY_SELECT,
    QUERY_INSERT,
    QUERY_UPDATE,
    QUERY_DELETE,
    QUERY_MERGE,
    QUERY_UTILITY /* CREATE, SET, ...: no blocks */
};

enum query_role {
    QUERY_TOP,
    QUERY_CTE,
    QUERY_FROM,  /* subquery in FROM, or view */
    QUERY_EXPR,  /* subquery in an expression: see link */
    QUERY_ARM,   /* of a set operation */
    QUERY_SOURCE /* of an INSERT */
};

/* How a subquery in an expression is used. */
enum query_link {
    QUERY_LINK_NONE,
    QUERY_LINK_SEMI,   /* EXISTS or IN as one of the block's conditions */
    QUERY_LINK_ANTI,   /* NOT EXISTS as one of the block's conditions */
    QUERY_LINK_NOT_IN, /* NOT IN as one of them: no join can serve it */
    QUERY_LINK_SCALAR, /* a value */
    QUERY_LINK_OTHER   /* under OR, ANY, ALL, ARRAY ... */
};

struct query_target {
    struct str name; /* output name; absent for * */
    struct pred_side side;
};

/* A window: rows sorted by partition, then by order. */
struct query_window {
    const struct pred_side *partition;
    size_t partition_count;
    const struct sort_key *order;
    size_t order_count;
};

/* LIMIT or OFFSET. */
struct query_limit {
    bool present;
    bool known; /* a constant */
    double rows;
};

enum query_distinct { QUERY_DISTINCT_NONE, QUERY_DISTINCT_ALL, QUERY_DISTINCT_ON };
enum query_set_op { QUERY_SET_NONE, QUERY_UNION, QUERY_INTERSECT, QUERY_EXCEPT };

struct query_block {
    size_t number; /* from 1; blocks of a query in the order of their beginning */
    enum query_kind kind;
    enum query_role role;
    enum query_link link;
    struct str name;            /* CTE: its name */
    struct query_block *parent; /* the block that it stands in; NULL for the top */
    bool merged;                /* its contents were moved into the parent: nothing left here */
    bool recursive;             /* CTE that refers to itself */

    struct query_rte **rtes;
    size_t rte_count;
    const struct query_cond *conds;
    size_t cond_count;

    const struct query_target *targets; /* target list, or RETURNING */
    size_t target_count;
    const struct sort_key *sort; /* ORDER BY, positions and output names resolved */
    size_t sort_count;
    const struct pred_side *group; /* GROUP BY likewise; of grouping sets all their expressions */
    size_t group_count;
    bool grouping_sets;
    bool has_aggregates;
    enum query_distinct distinct;
    const struct pred_side *distinct_on;
    size_t distinct_count;
    const struct query_window *windows; /* without those that are empty */
    size_t window_count;
    struct query_limit limit, offset;
    bool with_ties;
    bool locks_rows; /* FOR UPDATE, FOR SHARE ... */
    bool skips_locked;

    enum query_set_op set_op; /* then rtes and conds are empty */
    bool set_all;
    struct query_block **arms;
    size_t arm_count;

    /* INSERT, UPDATE, DELETE, MERGE */
    struct query_rte *target;
    const struct str *set_columns; /* UPDATE, MERGE, ON CONFLICT DO UPDATE: columns assigned */
    size_t set_count;
    const struct str *insert_columns; /* columns named; none named: all */
    size_t insert_count;
    double value_rows;                /* INSERT ... VALUES: how many; 0: from a SELECT */
    bool inserts, updates, deletes;   /* what it does to the target */
    const struct pred_side *conflict; /* ON CONFLICT (...): columns and expressions */
    size_t conflict_count;
    struct str conflict_constraint;
};

struct query {
    enum query_kind kind;
    struct str text;    /* the statement as given */
    struct str utility; /* QUERY_UTILITY: node type, "CreateStmt" */
    struct query_block **blocks;
    size_t block_count; /* 0: QUERY_UTILITY */
    size_t param_count; /* highest $n after numbering */
    /*
     * Columns that no range table entry could be found for, or that the entry's relation lacks
     * (qualifier: its alias), each as often as it is mentioned.
     */
    const struct pred_column *unresolved;
    size_t unresolved_count;
};

/*
 * Analyse one statement (EXPLAIN, PREPARE, DECLARE, CREATE TABLE AS and COPY give the one inside).
 * names may be NULL. NULL and err with line and column of the text given on a syntax error, and
 * when the text holds no statement or several.
 */
struct query *query_analyse(struct arena *a, struct str sql, const struct query_names *names,
                            struct err *err);

/* The range table entry of that alias; NULL when the query has none. */
const struct query_rte *query_find_rte(const struct query *q, struct str alias);

#endif
