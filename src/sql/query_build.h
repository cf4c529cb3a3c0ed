/*
 * Analysing a statement: what is known while its blocks are being built.
 *
 * A scope is a block in the making. Its expressions are copies of the raw parse tree in which
 * every column is resolved: {"ColumnRef": {"fields": [alias, column], "rte": n}}, n being the
 * entry's place among all entries of the query, and every subquery is replaced by the number of
 * its block: {"SubLink": {..., "block": n}}. So a condition can move from one block to another
 * without looking at names again. Predicates are made last, when all has its place.
 */
#ifndef SQL_QUERY_BUILD_H
#define SQL_QUERY_BUILD_H

#include "base/arena.h"
#include "base/json.h"
#include "sql/query.h"
#include "sql/raw.h"

struct scope;

/* A name that FROM brings in. */
struct item {
    struct str name;       /* as written; absent: none */
    struct query_rte *rte; /* NULL for a merged subquery and for the alias of a join */
    struct scope *sub;     /* subquery: where its target list is */
    bool merged;           /* sub's entries are the block's own now */
    bool joined;           /* alias of a join: stands for the items from..to */
    bool qualified_only;   /* excluded: not looked at for a bare name */
    size_t from, to;
    const struct str *aliases; /* column aliases */
    size_t alias_count;
};

struct cte {
    struct str name;
    const struct json *body; /* CommonTableExpr */
    struct scope *home;      /* scope whose WITH it is */
    size_t uses;
    bool recursive;
    struct scope *built; /* NULL: not looked at yet */
    struct cte *next;
};

/* How large an expression has become by what was merged into it. */
struct extent {
    size_t nodes;
    size_t depth;
};

/* A target list entry. */
struct target {
    struct str name;
    const struct json *expr; /* NULL: a star */
    struct str star_of;      /* qualifier of the star; absent: all items */
    struct extent extent;
};

/*
 * A condition on the entries from..to of the range table. An outer join's ON is marked with the
 * join.
 */
struct raw_cond {
    const struct json *expr;
    enum query_place place;
    size_t join; /* index into joins + 1; 0: none */
    size_t from, to;
    bool pushed;
    size_t depth;
};

/* A join: entries from..mid left, mid..to right. */
struct raw_join {
    enum query_join type;
    size_t from, mid, to;
};

struct scope {
    struct query_block *block;
    struct scope *parent; /* for WITH names and for blocks */
    struct scope *outer;  /* for column names; NULL: none */
    struct cte *ctes;
    struct item *items;
    size_t item_count;
    struct raw_cond *conds;
    size_t cond_count;
    struct raw_join *joins;
    size_t join_count;
    struct target *targets;
    size_t target_count;
    const struct json **used; /* further resolved expressions, for the columns in them */
    size_t used_count;
    const struct json **group; /* resolved */
    size_t group_count;
    const struct json **sorts; /* resolved SortBy nodes */
    size_t sort_count;
    const struct json **distinct_on;
    size_t distinct_count;
    const struct json **windows; /* resolved WindowDef bodies */
    size_t window_count;
    const struct json **conflict;
    size_t conflict_count;
    struct scope **arms; /* of a set operation */
    size_t arm_count;
    bool simple;         /* may be merged into the block that uses it */
    bool materialized;   /* a CTE that is computed as it stands */
    bool targets_unused; /* EXISTS: nobody looks at the target list */
    struct str view;
};

/* A resolved column and where its qualifier is written, for when the entry gets its alias. */
struct column_ref {
    struct json *qualifier; /* JSON_STRING */
    const struct query_rte *rte;
};

struct query_build {
    struct arena *a;
    struct query *q;
    const struct query_names *names;
    struct scope **scopes; /* one for each block, in the order of their beginning */
    size_t scope_count;
    struct query_rte **rtes; /* all entries of the query */
    size_t rte_count;
    size_t view_depth;
    struct extent now;       /* of the expression being copied */
    size_t depth;            /* of the node being copied */
    struct column_ref *refs; /* all columns made */
    size_t ref_count;
    struct pred_column *unresolved;
    size_t unresolved_count;
};

/* Bounds against statements that grow when views and CTEs are expanded. */
enum {
    QUERY_BLOCKS_MAX = 2000,
    QUERY_VIEW_DEPTH_MAX = 16,
    QUERY_MERGE_NODES_MAX = 5000, /* of a target that may be merged */
    QUERY_MERGE_DEPTH_MAX = 300,
    QUERY_PUSH_DEPTH_MAX = 2000
};

/*
 * Room for one more element behind `count`: arrays double whenever count is a power of two.
 */
void *query_grow(struct arena *a, void *items, size_t count, size_t size);
void query_use(struct query_build *b, const struct json ***list, size_t *count,
               const struct json *expr);

/* ---- query_select.c ---- */

struct scope *query_new_scope(struct query_build *b, struct scope *parent, struct scope *outer,
                              enum query_role role);
/* Fill a scope from a SelectStmt body. */
void query_select(struct query_build *b, struct scope *s, const struct json *select);
/* WITH, for any kind of statement. */
void query_with(struct query_build *b, struct scope *s, const struct json *statement);
/* Any statement that a CTE or the top may hold; false: none of those. */
bool query_statement(struct query_build *b, struct scope *s, const struct json *node);
void query_targets(struct query_build *b, struct scope *s, const struct json *list);
/* A WHERE, ON or HAVING expression: split at its ANDs. */
void query_add_cond(struct query_build *b, struct scope *s, const struct json *resolved,
                    struct raw_cond where);

/* ---- query_from.c ---- */

void query_from(struct query_build *b, struct scope *s, const struct json *list);
void query_from_item(struct query_build *b, struct scope *s, const struct json *node);
/* A plain entry for a RangeVar body, never a CTE or view: the target of a change. */
struct query_rte *query_target_rte(struct query_build *b, struct scope *s,
                                   const struct json *range_var);

/* ---- query_names.c ---- */

/* A copy of an expression with its columns and subqueries resolved; its extent in b->now. */
struct json *query_resolve(struct query_build *b, struct scope *s, const struct json *expr);
/* What an item has in store for a column name: a copy of the expression behind it. */
struct json *query_item_column(struct query_build *b, const struct item *item, struct str column);
enum query_answer query_item_has(struct query_build *b, const struct scope *s,
                                 const struct item *item, struct str column);
/* The item of from..to that has the column: for sure, or as the only one that may. NULL: none. */
const struct item *query_item_with(struct query_build *b, const struct scope *s, size_t from,
                                   size_t to, struct str column);
void query_note_unresolved(struct query_build *b, struct str qualifier, struct str column);
struct item *query_find_item(struct scope *s, struct str name);
/* Nodes made anew. */
struct json *query_make_column(struct query_build *b, const struct query_rte *rte,
                               struct str column);
/* An output column: without an entry. */
struct json *query_make_name(struct query_build *b, struct str column);
struct json *query_make_equal(struct query_build *b, const struct json *left,
                              const struct json *right);
/* The node without its place in a list. */
struct json *query_lone_copy(struct query_build *b, const struct json *node);
/* Target of that name in a subquery; NULL: none, or only behind a star. */
const struct target *query_find_target(const struct scope *sub, struct str name);
/* The entry that a resolved ColumnRef body names; NULL: none. */
struct query_rte *query_column_rte(const struct query_build *b, const struct json *body);

/* ---- query_change.c ---- */

void query_insert(struct query_build *b, struct scope *s, const struct json *body);
void query_update(struct query_build *b, struct scope *s, const struct json *body);
void query_delete(struct query_build *b, struct scope *s, const struct json *body);
void query_merge(struct query_build *b, struct scope *s, const struct json *body);

/* ---- query_conds.c ---- */

/* Make the block's predicates and see which outer joins are none. */
void query_make_conds(struct query_build *b, struct scope *s);
/* Whether a condition can be checked where the entry is read (after query_make_conds). */
bool query_cond_reaches(const struct scope *s, const struct raw_cond *c,
                        const struct query_rte *rte);

/* ---- query_push.c ---- */

/*
 * Hand conditions on to the subqueries that they can be checked in, and say how subqueries in
 * expressions are used. Blocks inside come later in query_build.scopes.
 */
void query_push(struct query_build *b, struct scope *s);

/* ---- query_columns.c ---- */

/*
 * Note at the entries which of their columns the block needs; then, once that is done for all
 * blocks and from the outside in, what subqueries in FROM need for the output that is asked for.
 */
void query_mark_columns(struct query_build *b, struct scope *s);
void query_mark_targets(struct query_build *b, struct scope *s);

#endif
