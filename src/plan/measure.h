/* Shared by the files that work out a plan's metrics. Private to plan. */
#ifndef PLAN_MEASURE_H
#define PLAN_MEASURE_H

#include "plan/metrics.h"

struct arena;

/* What one InitPlan or CTE costs, and who pays. */
struct debt {
    const struct node *plan;  /* the InitPlan's or CTE's root */
    const struct node *owner; /* the node it is printed under */
    bool is_cte;
    struct str name;             /* of a CTE */
    const struct node **readers; /* CTE: its scans; InitPlan: the nodes that mention its value */
    size_t reader_count, reader_cap;
};

struct measure {
    struct arena *arena;
    const struct plan *plan;
    struct plan_metrics *m;
    int *end;                   /* end[id - 1]: id of the last node in the subtree of id */
    double *raw_self_ms;        /* self time before it is clamped */
    const struct node **gather; /* the Gather above each node, NULL none */
    struct debt *debts;
    size_t debt_count;
};

static inline struct node_metrics *measure_of(const struct measure *s, const struct node *n)
{
    return &s->m->node[n->id - 1];
}
static inline bool measure_within(const struct measure *s, const struct node *n,
                                  const struct node *top)
{
    return n->id >= top->id && n->id <= s->end[top->id - 1];
}
/* Children whose time and buffers are inside their parent's in any case. */
static inline bool measure_is_inside(const struct node *child)
{
    return child->rel != REL_INITPLAN;
}
/* Actual Loops; 1 where a person left it out of a plan that has figures. */
double measure_loops(const struct node *n);

/* Subtree ends, Gathers above, process counts. */
void measure_shape(struct measure *s);
/* Find every InitPlan and CTE and the nodes that read them. */
void measure_debts(struct measure *s);
/* Times, self times, the proof. Settles the debts: sets evaluator and cte. */
void measure_time(struct measure *s);
/* When triggers ran, and their part of the times. Only measure_time calls it. */
void measure_triggers(struct measure *s);
void measure_blocks(struct measure *s);
void measure_rows(struct measure *s);
void measure_cost(struct measure *s);

#endif
