/*
 * Building plans from events: the mirror image of PostgreSQL's explain_format.c.
 *
 * A reader turns its format into open / scalar / close events; the builder knows what
 * they mean. It takes EXPLAIN's array, the bare {"Plan": ...} object, a bare node,
 * auto_explain's object, and any of these inside rows and arrays of a driver
 * ([{"QUERY PLAN": [...]}]); members may come in any order. Unknown keys are kept.
 * Duplicate "Workers" groups (servers up to 12 print two) are merged by worker number.
 *
 *     struct build *b = build_new(arena, FORMAT_JSON);
 *     build_open(b, (struct str){0}, BUILD_LIST, line); ... build_close(b);
 *     plans = build_finish(b, &count);
 *
 * Memory of the plans comes from the arena; build_finish (or build_abandon) frees the builder
 * itself. The depth of the nesting is limited by memory only.
 */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "plan/plan.h"

struct build;

enum build_group { BUILD_OBJECT, BUILD_LIST };

struct build *build_new(struct arena *a, enum plan_format format);

/* An object or list begins. key: its member name, absent inside a list or at the top. */
void build_open(struct build *b, struct str key, enum build_group group, int line);
void build_close(struct build *b);
/*
 * A value. VALUE_NUMBER takes the digits as text; a number that arrives as VALUE_STRING
 * (XML, quoted JSON) is understood where the key calls for one. Key and text are copied.
 */
void build_scalar(struct build *b, struct str key, enum value_kind kind, struct str text);

/*
 * A record of the scalars, for a reader that wants to tell a plan by its text the next time: for
 * each, in order, what it was read from (absent when the reader did not say) and where in the plan
 * it went. Only places that nothing else of the plan was worked out from are told, but for
 * what build_judge_again() works out anew.
 */
struct build_entry {
    struct str raw;
    double *number;   /* NULL: not kept as a number, or not as a number only */
    struct str *text; /* a condition or a statement; NULL: neither */
};
struct build_record {
    struct build_entry *entry; /* malloc'ed: the caller frees it */
    size_t count, cap;
};
/* Scalars are put down in record from now on. */
void build_keep_record(struct build *b, struct build_record *record);
/* What the next scalar is read from: its digits, or what stands between its quotes. */
void build_raw(struct build *b, struct str raw);
/* A plan's numbers were replaced: judge again what hangs on them. */
void build_judge_again(struct plan *p);

/* The same for a reader that knows the property already. */
void build_num(struct build *b, enum prop_id id, double v);
void build_text(struct build *b, enum prop_id id, struct str text);
void build_flag(struct build *b, enum prop_id id, bool v);

/* How many groups are open; how many of them are plan nodes. */
int build_depth(const struct build *b);
int build_open_nodes(const struct build *b);
/* Nodes seen in the plan being built (0 outside a plan). */
int build_node_count(const struct build *b);
/* The plan being built, for marks such as elided; NULL outside a plan. */
struct plan *build_plan(struct build *b);

/*
 * Strings met outside any plan that may hold a plan in some format themselves (JSON inside
 * a JSON string, a text plan in a driver's row): the reader hands them to read again.
 */
size_t build_embedded(const struct build *b, const struct str **out);

/* Close whatever is open (the input ended too early): the plan being built is marked truncated. */
void build_truncate(struct build *b);
/* All finished plans, in the arena, in the order read; frees the builder. */
struct plan **build_finish(struct build *b, size_t *count);
void build_abandon(struct build *b);

#endif
