/*
 * The plan tree: what EXPLAIN said, nothing more.
 *
 * A plan is made by a reader through plan/build.h and never changed afterwards (but for
 * read/recall.h, between two uses); whatever is worked out later (metrics, findings, advice)
 * points into it. Everything reachable from a
 * plan lives in the arena it was built in, text is NUL-terminated.
 *
 * Numbers keep EXPLAIN's own meaning (see prop.def): times and rows are means per loop,
 * buffers are totals that include children. A number that was not printed is NAN.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;

enum prop_id {
#define PROP_NUM(id, key, name, decimals, kind) PROP_##id,
#include "plan/prop.def"
    PROP_NUM_COUNT,
    PROP_BEFORE_TXT = PROP_NUM_COUNT - 1,
#define PROP_TXT(id, key, name) PROP_##id,
#include "plan/prop.def"
    PROP_COUNT,
    PROP_UNKNOWN = PROP_COUNT /* a key of an extension or a later version */
};

enum prop_kind {
    PROP_KIND_MEAN,
    PROP_KIND_TOTAL,
    PROP_KIND_LEADER,
    PROP_KIND_MAX,
    PROP_KIND_ESTIMATE,
    PROP_KIND_TEXT
};

struct prop_info {
    const char *key;  /* as EXPLAIN prints it */
    const char *name; /* snake_case, unit included, as our JSON report prints it */
    int decimals;
    enum prop_kind kind;
};
extern const struct prop_info prop_info[PROP_COUNT];
/* The property of a key, PROP_UNKNOWN if there is none. XML's form (every character outside
   [A-Za-z0-9-_.] turned into '-') is recognised too. */
enum prop_id prop_find(struct str key);

enum node_type {
    NODE_UNKNOWN, /* a type that is not in the list; type_name says which */
#define NODE(id, name, traits, min, max) NODE_##id,
#include "plan/node.def"
#undef NODE
    NODE_TYPE_COUNT
};

enum node_trait {
    TRAIT_SCAN = 1,
    TRAIT_JOIN = 2,
    TRAIT_BLOCKING = 4,
    TRAIT_RELATION = 8,
    TRAIT_INDEX = 16,
    TRAIT_GATHER = 32
};

struct node_info {
    const char *name;
    unsigned traits;
    int min_children, max_children; /* 9: any number */
};
extern const struct node_info node_info[NODE_TYPE_COUNT];
enum node_type node_type_find(struct str name);

enum relationship {
    REL_NONE, /* the root, or not said */
    REL_OUTER,
    REL_INNER,
    REL_MEMBER,
    REL_SUBQUERY,
    REL_INITPLAN, /* a CTE too: see node_is_cte */
    REL_SUBPLAN,
    REL_CHILD /* of a custom scan */
};

enum join_type {
    JOIN_NONE,
    JOIN_INNER,
    JOIN_LEFT,
    JOIN_FULL,
    JOIN_RIGHT,
    JOIN_SEMI,
    JOIN_ANTI,
    JOIN_RIGHT_ANTI,
    JOIN_RIGHT_SEMI
};
enum agg_strategy { AGG_NONE, AGG_PLAIN, AGG_SORTED, AGG_HASHED, AGG_MIXED };
enum partial_mode { PARTIAL_NONE, PARTIAL_SIMPLE, PARTIAL_PARTIAL, PARTIAL_FINALIZE };

/* Values of properties that are not plain numbers. */
enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_LIST, VALUE_GROUP };

struct value {
    enum value_kind kind;
    bool boolean;
    double number;
    struct str text;    /* STRING: the text; NUMBER: its digits as printed */
    struct prop *items; /* LIST: elements without keys; GROUP: members */
    size_t count;       /* of items */
};

struct prop {
    enum prop_id id;
    struct str key; /* as printed */
    struct value value;
    struct prop *next;
};

struct jit {
    double functions;
    int inlining, optimization, expressions, deforming; /* 1 on, 0 off, -1 not said */
    /* milliseconds, summed over processes; NAN when not printed */
    double generation_ms, deform_ms, inlining_ms, optimization_ms, emission_ms, total_ms;
};

struct worker {
    int number;
    double num[PROP_NUM_COUNT];
    struct prop *props;
    struct jit *jit; /* NULL: none */
};

struct node {
    int id;    /* 1-based, in the order printed (preorder) */
    int depth; /* root: 0 */
    int line;  /* line of the input it begins at; 0 unknown */
    enum node_type type;
    enum relationship rel;
    enum join_type join;
    enum agg_strategy strategy;
    enum partial_mode partial;
    bool parallel_aware;
    bool async_capable;
    bool backward;        /* scan direction */
    bool disabled;        /* 18+ */
    bool never_executed;  /* ANALYZE, and loops is 0 */
    struct str type_name; /* as printed in "Node Type" */
    struct node *parent;
    struct node *child; /* first of all children, in the order printed */
    struct node *next;  /* next sibling */
    double num[PROP_NUM_COUNT];
    struct prop *props; /* everything else, in the order printed */
    struct worker *workers;
    size_t worker_count;
};

struct trigger {
    struct str name, constraint, relation; /* absent where not printed */
    double time_ms, calls;                 /* NAN where not printed */
};

enum plan_format { FORMAT_JSON, FORMAT_TEXT, FORMAT_YAML, FORMAT_XML };
extern const char *const plan_format_name[];

struct plan {
    struct arena *arena;
    struct node *root;
    struct node **nodes; /* nodes[i] has id i + 1 */
    int node_count;
    struct str query_text;
    struct str query_params;
    struct str query_id;              /* digits: a 64-bit integer, perhaps negative */
    double planning_ms, execution_ms; /* NAN where not printed */
    double *planning;      /* [PROP_NUM_COUNT]: buffers, I/O times, memory; NULL: not printed */
    double *serialization; /* [PROP_NUM_COUNT]: PROP_TIME, PROP_OUTPUT_VOLUME, buffers; NULL */
    struct str serialization_format;
    struct prop *settings; /* name = string */
    bool settings_printed;
    struct trigger *triggers;
    size_t trigger_count;
    bool triggers_printed;
    struct jit *jit;    /* NULL: none */
    struct prop *extra; /* other properties of the statement */
    /* Where it comes from. */
    enum plan_format format;
    int line;          /* line of the input it begins at */
    bool guessed_tree; /* the indentation was lost: the tree was rebuilt */
    bool elided;       /* a person left something out ("...") */
    bool truncated;    /* the input ended, or began, inside the plan */
    /* What EXPLAIN was asked for, judged by what is there. */
    bool has_actual; /* ANALYZE */
    bool has_timing;
    bool has_costs;
    bool has_buffers;
    bool has_verbose; /* Output lists or schema names */
    bool fractional_rows; /* rows were printed with two decimals (18+) */
};

static inline bool num_known(double v)
{
    return !isnan(v);
}
/* v, or `otherwise` when it was not printed. */
static inline double num_or(double v, double otherwise)
{
    return isnan(v) ? otherwise : v;
}

/* A property that is not a number, NULL when it was not printed. */
const struct value *node_value(const struct node *n, enum prop_id id);
/* A string property, {NULL, 0} when it was not printed or is no string. */
struct str node_text(const struct node *n, enum prop_id id);
/* A boolean property, false when it was not printed. */
bool node_flag(const struct node *n, enum prop_id id);
/* The i-th element of a list (from 0), NULL past its end. Lists are chains: walk long ones by `next`. */
const struct value *value_item(const struct value *list, size_t i);
const struct value *prop_value(const struct prop *props, enum prop_id id);
const struct value *prop_value_by_key(const struct prop *props, const char *key);

static inline bool node_has_trait(const struct node *n, unsigned traits)
{
    return (node_info[n->type].traits & traits) != 0;
}
/* InitPlan child that stands for a CTE ("Subplan Name": "CTE x"). */
bool node_is_cte(const struct node *n);
/* Child by relationship, NULL when there is none. */
const struct node *node_child(const struct node *n, enum relationship rel);
static inline const struct node *node_outer(const struct node *n)
{
    return node_child(n, REL_OUTER);
}
static inline const struct node *node_inner(const struct node *n)
{
    return node_child(n, REL_INNER);
}
/*
 * The next node in preorder within the subtree of `top`, NULL at its end:
 * for (const struct node *n = top; n; n = node_walk(n, top)) ...
 */
const struct node *node_walk(const struct node *n, const struct node *top);
/* Past the subtree of n, still within top. */
const struct node *node_skip(const struct node *n, const struct node *top);

/* A planner setting that EXPLAIN (SETTINGS) printed, {NULL, 0} when it did not. */
struct str plan_setting(const struct plan *p, const char *name);

/* plan/describe.c: nodes in PostgreSQL's own words. */
/* "Parallel Hash Left Join", "HashAggregate", "Index Scan Backward". */
void node_add_name(struct buf *b, const struct node *n);
/* What it works on: "using orders_pkey on public.orders o", "on cte c"; empty when nothing. */
void node_add_target(struct buf *b, const struct node *n);
/* Both, as EXPLAIN's text format has them. Names are as they are in the plan, unescaped. */
void node_add_title(struct buf *b, const struct node *n);

#endif
