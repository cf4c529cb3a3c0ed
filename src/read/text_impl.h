/*
 * The parts of the text reader; private to read.
 *
 *   text_lex     physical lines -> struct text_line: continuations joined, the plan's end found
 *   text_title   "Parallel Index Scan Backward using i on s.t a  (cost=...)" -> its parts
 *   text_tree    who is whose child: by column, or by how many children each node takes
 *   text_emit    lines -> the builder's events, preorder
 *   text_detail  one detail line ("Sort Method: quicksort  Memory: 25kB") -> properties
 *   text_top     what stands beside the tree: planning, JIT, triggers, settings, times
 */
#ifndef READ_TEXT_IMPL_H
#define READ_TEXT_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "plan/plan.h"

struct arena;
struct build;

enum text_kind {
    TEXT_NODE,
    TEXT_LABEL,  /* "InitPlan 1 (returns $0)": names the node that follows */
    TEXT_DETAIL, /* of the node before it */
    TEXT_TOP     /* of the statement */
};

struct text_line {
    struct str body; /* without indentation and arrow; continuation lines joined */
    unsigned line;   /* 1-based, in the text given to read_text */
    unsigned column; /* where the arrow, or else the body, begins; tabs go to multiples of 8 */
    enum text_kind kind;
    bool arrow;
};

/* The figures of a node line, in this order; NAN where not printed. */
enum text_figure {
    FIG_STARTUP_COST,
    FIG_TOTAL_COST,
    FIG_PLAN_ROWS,
    FIG_PLAN_WIDTH,
    FIG_STARTUP_TIME,
    FIG_TOTAL_TIME,
    FIG_ROWS,
    FIG_LOOPS,
    FIG_COUNT
};

/* What a node's name in text stands for. */
struct text_type {
    const char *name; /* in text, without prefixes */
    enum node_type type;
    const char *strategy, *operation, *join, *command;
    bool backward;
};

struct text_node {
    size_t at;                    /* its line */
    const struct text_type *type; /* NULL: a type that we do not know */
    struct str name;              /* without prefixes */
    struct str index, target;     /* after "using" and "on", identifiers as printed */
    struct str note;              /* in parentheses after the name: "(slice1; segments: 3)" */
    bool parallel, async, never_executed;
    enum partial_mode partial;
    double fig[FIG_COUNT];
    struct str digits[FIG_COUNT]; /* that they were read from */
    ptrdiff_t label;  /* the line of its label; -1: none */
    ptrdiff_t parent; /* -1: the root */
    int children;     /* linked so far, without InitPlans and SubPlans */
};

struct text_plan {
    struct arena *arena; /* joined lines */
    struct text_line *lines;
    size_t line_count, line_cap;
    struct text_node *nodes; /* in the order printed: preorder */
    size_t node_count, node_cap;
    unsigned base; /* the root's column */
    bool elided;
    bool guessed_tree;
    bool head_cut; /* the first node is not the root of what was printed */
    bool tail_cut; /* the last line is not complete */
    /* Seen anywhere in the plan: the option was on for all of its nodes. */
    bool has_time, has_actual, has_costs, has_buffers, has_wal, has_io_timing;
    bool shared_io_timing; /* "I/O Timings: shared read=": servers from 15 on */
};

void text_plan_init(struct text_plan *p);
void text_plan_release(struct text_plan *p);

/* text_lex.c */
/* Lines and nodes of the plan that text begins with; *used is where it ends. False: no plan. */
bool text_lex(struct text_plan *p, struct str text, size_t *used);

/* text_title.c */
/* Length of the arrow (with the blanks after it) that s begins with; 0: none. */
size_t text_arrow(struct str s);
/* Take a node line apart. *figures: it has a cost or actual part; *rest: what follows that.
 *cut: the last parenthesis is not closed. */
struct text_node text_title(struct str body, bool *figures, struct str *rest, bool *cut);
/* "..." and other marks that something was left out. */
bool text_is_ellipsis(struct str s);
enum node_type text_node_type(const struct text_node *n);
/* The next identifier of a dotted, blank-separated name, unquoted (in the arena where needed). */
struct str text_identifier(struct arena *a, struct str *rest);

/* text_tree.c */
/* Set every node's parent; marks the plan when it had to guess. */
void text_tree(struct text_plan *p);
/* How many children a node takes at least (InitPlans and SubPlans apart). */
int text_min_children(const struct text_node *n);

/* text_emit.c */
struct text_emit {
    struct build *b;
    const struct text_plan *p;
    const struct text_node *node; /* whose details are being read; NULL outside the tree */
    uint64_t seen[(PROP_COUNT + 63) / 64];
    bool in_group; /* a worker, JIT summary, planning group ...: properties go there */
};

void text_emit(struct build *b, const struct text_plan *p, int line);
/* Properties of the node or group that is open. */
void text_put_num(struct text_emit *e, enum prop_id id, struct str digits);
/* Zero, unless it was printed. */
void text_put_zero(struct text_emit *e, enum prop_id id);
void text_put_text(struct text_emit *e, enum prop_id id, struct str text);
void text_put_list(struct text_emit *e, enum prop_id id, struct str items);
bool text_seen(const struct text_emit *e, enum prop_id id);
/* Index, schema, relation (function, CTE ...) and alias. */
void text_put_target(struct text_emit *e, const struct text_node *n);

/* text_detail.c */
/* "Key: value" apart. False when s does not begin with a key. */
bool text_key(struct str s, struct str *key, struct str *value);
/* A key that EXPLAIN prints below a node. */
bool text_is_detail_key(struct str key);
/* Is this a field that goes on in the line where another began: the "Memory: 25kB" of
   "Sort Method: quicksort  Memory: 25kB"? */
bool text_goes_on(struct str line, struct str key, struct str value);
/* Lines [at, ...) of the node's details; returns how many it took. */
size_t text_detail(struct text_emit *e, size_t at);
/* "Key:" and what stands deeper, kept as a group; returns how many lines it took. */
size_t text_group(struct text_emit *e, size_t at, struct str key);
/* "Buffers: shared hit=1 read=2, temp read=3" and its like; value is what follows the key. */
bool text_counters(struct text_emit *e, struct str key, struct str value);
void text_fill_buffers(struct text_emit *e);
/* Digits of "12", "12kB", "0.5 ms", "97.00%", "21 b". */
struct str text_digits(struct str s);
/* Cut the next of comma-separated items off *rest; commas inside quotes and brackets do not
   separate. */
bool text_next_item(struct str *rest, struct str *item);
/* Read "name=value" off *rest: names may hold blanks ("fpi bytes"). */
bool text_next_pair(struct str *rest, struct str *name, struct str *value);

/* text_top.c */
/* A key that EXPLAIN prints beside the tree, never below a node. */
bool text_is_top_key(struct str key);
bool text_is_trigger(struct str body);
/* A key of the lines below "JIT:". */
bool text_is_jit_key(struct str key);
/* Lines [at, ...) beside the tree; returns how many it took. */
size_t text_top(struct text_emit *e, size_t at);
/* A JIT summary: its heading stands at line `at`; returns how many lines it took. */
size_t text_jit(struct text_emit *e, size_t at);

#endif
