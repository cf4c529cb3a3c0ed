/*
 * Conditions and sort keys as an index advisor sees them.
 *
 * An expression that EXPLAIN printed, or one out of a query's own parse tree, becomes a
 * tree of AND, OR, NOT over predicates; a predicate is "operand, operator class, other
 * side". Column names are not resolved here: an operand carries its qualifier (alias)
 * and name as written. What cannot be parsed or understood is PRED_OPAQUE with its text
 * kept. Everything lives in the caller's arena.
 */
#ifndef SQL_PRED_H
#define SQL_PRED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/str.h"

struct arena;
struct err;

enum pred_kind {
    PRED_AND,   /* children */
    PRED_OR,    /* children */
    PRED_NOT,   /* one child */
    PRED_TEST,  /* a predicate: left, op, right */
    PRED_OPAQUE /* not understood; text only */
};

/* Operator classes, as far as index matching cares. */
enum pred_op {
    PRED_EQ,     /* = (also a bare boolean column: right is the constant true) */
    PRED_IN,     /* = ANY (list or array) */
    PRED_NE,     /* <> */
    PRED_NOT_IN, /* <> ALL */
    PRED_LT,
    PRED_LE,
    PRED_GT,
    PRED_GE,
    PRED_IS_NULL,
    PRED_IS_NOT_NULL,
    PRED_IS_DISTINCT,   /* IS [NOT] DISTINCT FROM, IS NOT TRUE and the like: never indexable */
    PRED_LIKE,          /* ~~ */
    PRED_ILIKE,         /* ~~* */
    PRED_NOT_LIKE,      /* !~~, !~~*, !~, !~* */
    PRED_REGEX,         /* ~ */
    PRED_IREGEX,        /* ~* */
    PRED_STARTS_WITH,   /* ^@ */
    PRED_CONTAINS,      /* @> */
    PRED_CONTAINED,     /* <@ */
    PRED_OVERLAPS,      /* && */
    PRED_HAS_KEY,       /* ? ?| ?& */
    PRED_TEXT_SEARCH,   /* @@ */
    PRED_JSONPATH,      /* @? */
    PRED_SIMILAR,       /* % of pg_trgm */
    PRED_KNN,           /* <-> (Order By of an index scan, ORDER BY of a query) */
    PRED_ANY_OF_COLUMN, /* const = ANY (array column) */
    PRED_SUBQUERY,      /* EXISTS, IN (subquery), SubPlan in any form */
    PRED_OTHER          /* another operator; op_name says which */
};

enum pred_side_kind {
    SIDE_NONE,
    SIDE_COLUMN,     /* a column, perhaps under casts (see casts) */
    SIDE_EXPR,       /* an expression over columns: function, arithmetic, ->> ... */
    SIDE_CONST,      /* a literal, perhaps cast */
    SIDE_CONST_LIST, /* literals of an IN list or array literal */
    SIDE_PARAM,      /* $n of the query */
    SIDE_STABLE,     /* no columns, but not a literal: now(), current_date - 7 */
    SIDE_SUBPLAN     /* a value from an InitPlan or SubPlan */
};

struct pred_side {
    enum pred_side_kind kind;
    struct str qualifier; /* alias before the dot; absent when there is none */
    struct str column;    /* SIDE_COLUMN */
    struct str text;      /* the side as SQL, outer parentheses stripped */
    struct str expr;      /* SIDE_EXPR: text with qualifiers removed, fit for an index definition */
    struct str function;  /* SIDE_EXPR: outermost function or operator name */
    struct str cast_type; /* innermost cast on a column or outermost on a constant, canonical
                             ("text", "numeric", "timestamp without time zone"); absent: none */
    struct str value;     /* SIDE_CONST: the literal's text without quotes; NULL literal: is_null */
    bool is_null;
    bool is_volatile;                  /* calls random(), clock_timestamp(), nextval() ... */
    const struct str *values;          /* SIDE_CONST_LIST */
    size_t value_count;                /* SIDE_CONST_LIST; 0 and kind SIDE_PARAM: unknown */
    const struct pred_column *columns; /* all column references inside, in order of appearance */
    size_t column_count;
};

struct pred_column {
    struct str qualifier;
    struct str column;
};

struct pred {
    enum pred_kind kind;
    enum pred_op op;
    struct str op_name;    /* operator as written, "~~", "@>" */
    struct pred_side left; /* the column side where one side is a bare column or column expression:
                              `5 = x` is turned round */
    struct pred_side right;
    struct str text;    /* the whole predicate as written */
    struct pred *child; /* AND, OR, NOT */
    struct pred *next;  /* sibling */
};

/*
 * Parse a condition as EXPLAIN prints it (Filter, Index Cond, Hash Cond ...). Never fails: what
 * libpg_query cannot parse after EXPLAIN's own notation was rewritten is one PRED_OPAQUE.
 */
struct pred *pred_parse(struct arena *a, struct str condition);

/* The conjuncts of a condition: nested ANDs are flattened. Array of *count in the arena. */
const struct pred **pred_conjuncts(struct arena *a, const struct pred *p, size_t *count);

/* Build predicates from a node of a raw parse tree (see sql/parse.h), e.g. a whereClause. */
struct pred *pred_from_tree(struct arena *a, const struct json *expr);

/* One item of a Sort Key, Presorted Key or ORDER BY. */
struct sort_key {
    struct pred_side side; /* SIDE_COLUMN or SIDE_EXPR; else not indexable */
    bool desc;
    bool nulls_first;     /* effective: default for DESC is true */
    struct str collation; /* explicit COLLATE; else absent */
    struct str using_op;  /* USING operator; else absent */
    struct str text;
};
/* Parse one Sort Key item as EXPLAIN prints it. False when it cannot be parsed (out->text is set
 * all the same). */
bool sort_key_parse(struct arena *a, struct str item, struct sort_key *out);

/* Parse one value expression as EXPLAIN prints it (Group Key, Output, one item of a Cache Key). */
bool pred_side_parse(struct arena *a, struct str expr, struct pred_side *out);

/* Split a comma-separated list at depth 0 outside quotes ("a, f(b, c)" -> 2). Array of *count in
 * the arena. */
const struct str *pred_split_list(struct arena *a, struct str s, size_t *count);

/* Whether the literal part of a LIKE pattern starts with a fixed prefix; *prefix_len its length in
 * bytes. */
bool pred_like_prefix(struct str pattern, size_t *prefix_len);
/* Longest run of literal (non-wildcard) characters in a LIKE pattern: trigram indexes need 3. */
size_t pred_like_longest_run(struct str pattern);

#endif
