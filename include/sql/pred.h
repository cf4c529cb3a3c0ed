/*
 * Conditions and sort keys as an index advisor sees them.
 *
 * An expression that EXPLAIN printed, or one out of a query's own parse tree, becomes a
 * tree of AND, OR, NOT over predicates; a predicate is "operand, operator class, other
 * side". Column names are not resolved here: an operand carries its qualifier (alias)
 * and name as written. What cannot be parsed or understood is PRED_OPAQUE with its text
 * kept. Everything lives in the caller's arena.
 *
 * What the planner does to a condition before it looks for an index is done here too: NOT
 * moves inward (NOT (x > 3) is x <= 3), BETWEEN becomes two comparisons, (a, b) = (1, 2) and
 * lists of rows become ANDs and ORs of columns, nested ANDs and ORs become one.
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
    PRED_NOT,   /* one child, which has no contrary of its own */
    PRED_TEST,  /* a predicate: left, op, right */
    PRED_OPAQUE /* not understood; text only */
};

/* Operator classes, as far as index matching cares. */
enum pred_op {
    PRED_EQ,     /* =; a bare boolean value or IS TRUE: right is the constant true (op_name then is
                    empty or "IS TRUE"), NOT value or IS FALSE: the constant false */
    PRED_IN,     /* = ANY (list or array) */
    PRED_NE,     /* <> */
    PRED_NOT_IN, /* <> ALL */
    PRED_LT,     /* also ~<~ and the like of the pattern operator classes: op_name tells */
    PRED_LE,
    PRED_GT,
    PRED_GE,
    PRED_IS_NULL,
    PRED_IS_NOT_NULL,
    PRED_IS_DISTINCT,   /* IS [NOT] DISTINCT FROM, IS NOT TRUE and the like: never indexable */
    PRED_LIKE,          /* ~~ */
    PRED_ILIKE,         /* ~~* */
    PRED_NOT_LIKE,      /* !~~, !~~*, !~, !~* */
    PRED_REGEX,         /* ~, SIMILAR TO */
    PRED_IREGEX,        /* ~* */
    PRED_STARTS_WITH,   /* ^@, starts_with() */
    PRED_CONTAINS,      /* @> */
    PRED_CONTAINED,     /* <@ */
    PRED_OVERLAPS,      /* && */
    PRED_HAS_KEY,       /* ? ?| ?& */
    PRED_TEXT_SEARCH,   /* @@ */
    PRED_JSONPATH,      /* @?, @@ with a jsonpath */
    PRED_SIMILAR,       /* % <% of pg_trgm */
    PRED_KNN,           /* <-> (Order By of an index scan, ORDER BY of a query) */
    PRED_ANY_OF_COLUMN, /* const = ANY (array column) */
    PRED_SUBQUERY, /* EXISTS, IN (subquery), SubPlan in any form. left: the tested value, if it is
                      shown (SIDE_ROW for several), op_name: its operator ("=" for IN) */
    PRED_OTHER     /* another operator or a function: op_name says which */
};

enum pred_side_kind {
    SIDE_NONE,       /* absent, or what no index can hold: a whole row */
    SIDE_COLUMN,     /* a column, perhaps under casts (see cast_type) */
    SIDE_EXPR,       /* an expression over columns: function, arithmetic, ->> ... */
    SIDE_CONST,      /* a literal, perhaps cast */
    SIDE_CONST_LIST, /* literals of an IN list or array literal, or of a row */
    SIDE_PARAM,      /* $n of the query; a list or row with at least one of them */
    SIDE_STABLE,     /* no columns, but not a literal: now(), current_date - 7 */
    SIDE_SUBPLAN,    /* a value from an InitPlan or SubPlan, or computed with one */
    SIDE_ROW         /* ROW(a, b) of a row comparison: its columns are in columns; row_is_plain says
                        whether they are all it holds */
};

/* How a literal is written, which decides its type where there is no cast. */
enum pred_literal {
    LITERAL_NONE,    /* no literal, or NULL */
    LITERAL_STRING,  /* '..': takes the type of the other side */
    LITERAL_BOOLEAN, /* true, false */
    LITERAL_INTEGER, /* integer or bigint */
    LITERAL_DECIMAL, /* numeric */
    LITERAL_BITS     /* B'..', X'..' */
};

struct pred_side {
    enum pred_side_kind kind;
    struct str qualifier; /* alias before the dot; absent when there is none */
    struct str column;    /* SIDE_COLUMN */
    struct str text;      /* the side as SQL, outer parentheses stripped */
    struct str expr;      /* SIDE_EXPR, and a column under a cast or COLLATE: the text with
                             qualifiers removed, fit for an index definition as it stands:
                             lower((email)::text), (data ->> 'k'::text), ((created_at)::date) */
    struct str function;  /* SIDE_EXPR: outermost function or operator name */
    struct str cast_type; /* innermost cast on a column or outermost on all else, canonical
                             ("text", "numeric(5,1)", "integer[]"); absent: none */
    struct str collation; /* explicit COLLATE; else absent */
    struct str value;     /* SIDE_CONST: the literal's text without quotes; NULL literal: is_null */
    bool is_null;
    enum pred_literal literal; /* SIDE_CONST, SIDE_CONST_LIST (the last of the enum among them) */
    bool is_volatile;          /* calls random(), clock_timestamp(), nextval() ... */
    bool is_stable;            /* calls now(), current_date, to_char() ...: no index can hold it */
    bool has_param;            /* a $n inside: no index can hold it */
    bool row_is_plain;         /* SIDE_ROW */
    const struct str *values;  /* SIDE_CONST_LIST; an absent one is NULL */
    size_t value_count; /* elements of a SIDE_CONST_LIST; of a SIDE_PARAM or other list that spells
                           them out; 0: unknown */
    const struct pred_column *columns; /* all column references inside, in order of appearance */
    size_t column_count;
};

struct pred_column {
    struct str qualifier;
    struct str column; /* "*": the whole row */
    bool strict; /* NULL here makes the whole side NULL, by what PostgreSQL's predtest knows */
    bool zoned;  /* under a cast or a function (date_trunc) whose result depends on the session's
                    time zone if this is a timestamp with time zone */
};

struct pred {
    enum pred_kind kind;
    enum pred_op op;
    struct str op_name;    /* the operator between left and right, "~~", "@>" */
    struct pred_side left; /* the column side where only one side holds columns: `5 < x` is turned
                              round to x > 5 */
    struct pred_side right;
    struct str text; /* the whole predicate as EXPLAIN writes it; valid as SQL, too, unless it
                        speaks of a SubPlan */
    size_t block;    /* PRED_SUBQUERY of a query: number of its block (sql/query.h); 0: unknown */
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

/*
 * Predicates by their text, so that a condition that a plan repeats (partitions, VERBOSE, many
 * plans of one query) is parsed once. What it gives must not be changed. Lives in the arena.
 */
struct pred_cache;
struct pred_cache *pred_cache_new(struct arena *a);
const struct pred *pred_cache_parse(struct pred_cache *cache, struct str condition);

/* One item of a Sort Key, Presorted Key or ORDER BY. */
struct sort_key {
    struct pred_side side; /* SIDE_COLUMN or SIDE_EXPR; else not indexable */
    bool desc;
    bool nulls_first;     /* effective: default for DESC is true */
    struct str collation; /* explicit COLLATE; else absent */
    struct str using_op;  /* USING operator; else absent */
    struct str text;
};
/*
 * Parse one Sort Key item as EXPLAIN prints it. False when it cannot be parsed (out->text is set
 * all the same).
 */
bool sort_key_parse(struct arena *a, struct str item, struct sort_key *out);
/* The same from a SortBy node of a raw parse tree. */
void sort_key_from_tree(struct arena *a, const struct json *sort_by, struct sort_key *out);

/*
 * Parse one value expression as EXPLAIN prints it (Group Key, Output, one item of a Cache Key).
 * False when it cannot be parsed (out->text is set all the same).
 */
bool pred_side_parse(struct arena *a, struct str expr, struct pred_side *out);
/* The same from a node of a raw parse tree. */
void pred_side_from_tree(struct arena *a, const struct json *expr, struct pred_side *out);

/*
 * An expression in a form that is the same wherever it was written: a query, EXPLAIN's output, an
 * index definition. Qualifiers, casts of constants, text casts of columns and outer parentheses
 * are gone: lower((c.email)::text) and lower(email) give lower(email). For comparing only. The
 * text itself when it cannot be parsed.
 */
struct str pred_canonical(struct arena *a, struct str expr);

/* Split a comma-separated list at depth 0 outside quotes ("a, f(b, c)" -> 2). Array of *count in
 * the arena. */
const struct str *pred_split_list(struct arena *a, struct str s, size_t *count);

/*
 * Whether a LIKE pattern starts with fixed text; *prefix_len: how many bytes that text has (the
 * backslashes of the pattern not counted). A pattern without wildcards is all prefix.
 */
bool pred_like_prefix(struct str pattern, size_t *prefix_len);
/*
 * Longest run of characters in a LIKE pattern that trigrams can be made of: letters and digits
 * without a wildcard or anything else between them. A trigram index needs 3.
 */
size_t pred_like_longest_run(struct str pattern);
/* The same two for a regular expression; what is not plainly fixed counts as not fixed. */
bool pred_regex_prefix(struct str pattern, size_t *prefix_len);
size_t pred_regex_longest_run(struct str pattern);

#endif
