/* From EXPLAIN's words to the typed fields of plans, nodes, triggers and JIT summaries. Private to
 * plan. */
#ifndef PLAN_CONVERT_H
#define PLAN_CONVERT_H

#include "plan/plan.h"

/* The kind in which a property is kept: XML and quoted JSON hand everything over as strings. */
enum value_kind convert_kind(enum prop_id id, enum value_kind kind, struct str text);
/* Set the typed field of the node that a property stands for, if there is one. */
void convert_node_prop(struct node *n, const struct prop *p);
/* Where a member of a statement went. */
struct convert_place {
    double *number;
    struct str *text;
};
/* Take a member of a statement; false when it is none of the known ones. */
bool convert_query_prop(struct plan *p, struct str key, struct str text,
                        struct convert_place *place);
/* A text that holds constants of the statement, and that nothing else of the node comes from. */
bool convert_is_condition(enum prop_id id);
void convert_add_trigger(struct plan *p);
/* A member of the last trigger added. Where its number went; NULL when it is no number. */
double *convert_trigger_prop(struct plan *p, struct str key, struct str text);
struct jit *convert_new_jit(struct arena *a);
/* A member of a JIT summary; group: "", "Options", "Timing" or "Generation". Where its number
 * went; NULL when it is no number. */
double *convert_jit_prop(struct jit *jit, struct str group, struct str key, struct str text);
/* Add a worker's entry to a node; one that does not say its number (-1) gets that of its place. */
void convert_add_worker(struct arena *a, struct node *n, const struct worker *w);
/* Bring the workers in order; those with several entries (12 prints two lists) become one each.
 * False when there was nothing to do. */
bool convert_merge_workers(struct arena *a, struct node *n);
/* Work out the has_ flags of a finished plan. */
void convert_judge_options(struct plan *p);

#endif
