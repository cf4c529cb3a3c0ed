/*
 * What a plan's figures add up to. The definitions of this file are the ones pgsift(7) states.
 *
 * Notation: loops(n) is Actual Loops, total(n) Actual Total Time, both as EXPLAIN prints them
 * (means per loop over all processes). Everything below is over ALL loops.
 *
 *   process time   T(n) = total(n) x loops(n): summed over the processes that ran n
 *   processes      P(n) = 1 outside a Gather; below one, loops(child of the Gather) / loops(Gather)
 *   wall time      T(n) / P(n)
 *   self time      wall time minus that of what ran inside n: its Outer, Inner, Member, Subquery
 * and SubPlan children; each InitPlan once, in the node that evaluates it; each CTE in the CTE
 * Scans that pulled its rows slack          the rounding error that self time can carry: times are
 * printed to 0.001 ms per loop own buffers    inclusive counters minus those of the same children
 * (I/O times likewise; those are summed over processes and never divided into wall time)
 *   misestimate    rows(n) against Plan Rows, per loop and per process, with one row as the least
 *
 * The proof that a report can print:
 *   sum of self times (of it BEFORE triggers) + AFTER triggers + post-plan work + unaccounted =
 * execution time. Triggers whose time fits both inside and outside are in neither figure.
 *
 * Sources: the server's instrumentation (instrument.c, explain.c); rules checked against BUFFERS
 * counters of real plans, versions 12 to 18.
 */
#ifndef PLAN_METRICS_H
#define PLAN_METRICS_H

#include "plan/plan.h"

/* What "how much" is measured in; the first of these that the plan has. */
enum metric_unit {
    UNIT_TIME,    /* ms (ANALYZE with TIMING) */
    UNIT_BUFFERS, /* blocks (ANALYZE with TIMING OFF, BUFFERS) */
    UNIT_ROWS,    /* rows x loops (ANALYZE with TIMING OFF) */
    UNIT_COST     /* planner's cost (no ANALYZE) */
};

/* Block counters and times of I/O, own (children subtracted) or inclusive. NAN: not printed. */
struct metric_io {
    double hit, read, dirtied, written; /* shared and local together, blocks */
    double temp_read, temp_written;     /* blocks */
    double read_ms, write_ms;           /* all kinds together, summed over processes */
};

enum estimate_direction { ESTIMATE_UNKNOWN, ESTIMATE_GOOD, ESTIMATE_TOO_LOW, ESTIMATE_TOO_HIGH };

struct node_metrics {
    /* Time in ms over all loops; NAN without TIMING. */
    double process_ms;      /* T(n) */
    double wall_ms;         /* T(n) / P(n), children included */
    double self_ms;         /* wall, children excluded; never below 0 */
    double self_process_ms; /* the same summed over processes */
    double slack_ms;        /* self_ms is exact to within +- this */
    double deficit_ms; /* how far below 0 self came out before it was clamped; within slack it is
                          rounding */
    double before_trigger_ms; /* of self_ms: BEFORE triggers of a ModifyTable */
    double processes;         /* P(n) */
    bool one_process;         /* below a Gather, but run by one process only */
    double startup_ms;        /* wall time until the first row, one loop */
    /* In the plan's unit (see plan_metrics.unit): what the share and the bars are made of. */
    double weight;       /* own */
    double weight_total; /* with children */
    double share;        /* own weight / the plan's whole, 0..1 */
    double share_total;
    /* Rows over all loops and processes; NAN without ANALYZE. */
    double rows;                /* rows x loops */
    double rows_low, rows_high; /* what rows can be, given the rounding of the mean */
    double rows_removed;        /* by Filter, Join Filter, Recheck and Conflict Filter together */
    double rows_removed_filter, rows_removed_join_filter, rows_removed_recheck;
    double rows_planned; /* Plan Rows x loops (without ANALYZE: x 1) */
    /* Misestimate per loop. */
    enum estimate_direction
        estimate;           /* of a factor of 2 or more; UNKNOWN when nothing can be said */
    double estimate_factor; /* >= 1; NAN unknown */
    bool early_stop; /* something above stopped reading: fewer rows than estimated prove nothing */
    /* Cost, loops not multiplied; NAN without COSTS. */
    double self_cost; /* total cost minus children's, never below 0 */
    struct metric_io io, own_io;
    bool io_late; /* printed less than its children (late worker counters): own is a lower bound */
    /* Parallel detail with VERBOSE; NAN unknown. */
    double leader_ms, leader_rows;
    double skew; /* largest process time / mean, >= 1 */
    /* Who pays. */
    const struct node *evaluator; /* of an InitPlan: the node it ran in; NULL otherwise */
    const struct node *cte;       /* of a CTE Scan: the CTE's plan; NULL otherwise */
};

/* Totals of one kind of node, one relation, one index. */
struct metric_total {
    struct str name;   /* node type as printed, "schema.relation", index name */
    struct str schema; /* of relations */
    int nodes;
    double self_ms, share; /* share of the execution (in the plan's unit) */
    double weight;
    double rows;   /* returned over all loops */
    double blocks; /* own hit + read */
};

/* When a trigger ran, as far as the plan's times tell. */
enum trigger_when {
    TRIGGER_UNCLEAR, /* either is possible: its time fits both, or was not printed */
    TRIGGER_BEFORE,  /* BEFORE or INSTEAD OF, each row: inside the ModifyTable */
    TRIGGER_AFTER    /* after the plan: constraint triggers and other AFTER triggers */
};

struct plan_metrics {
    const struct plan *plan;
    struct node_metrics *node; /* node[id - 1] */
    enum metric_unit unit;
    double whole; /* what shares are shares of: execution time (else root's), blocks, rows, cost */
    /* The proof, ms. NAN where the plan does not say. */
    double execution_ms; /* as printed; root's wall time if it is not */
    bool execution_printed;
    double root_ms;
    double self_sum_ms; /* sum of all self times that lie inside the root */
    double self_sum_slack_ms;
    double before_triggers_ms;       /* inside self_sum_ms */
    double after_triggers_ms;        /* outside the root */
    double unclear_triggers_ms;      /* in either: part of self_sum_ms or of unaccounted_ms */
    enum trigger_when *trigger_when; /* of each of the plan's triggers */
    double post_plan_ms;             /* CTEs run to completion after the root */
    double serialization_ms;
    double jit_ms;         /* summed over processes */
    double unaccounted_ms; /* what is left of the execution time */
    double
        removed_cost; /* disable_cost (1e10 a node, servers up to 17) that was taken out of costs */
    struct metric_io io; /* of the root: the whole statement without planning */
    const struct node **hottest; /* all executed nodes by own weight, largest first */
    size_t hottest_count;
};

/* Work out everything; in the arena a, which must not outlive the plan. Linear in the size of the
 * plan, but for the sort. */
struct plan_metrics *metrics_new(struct arena *a, const struct plan *p);

/* Totals per node type, per relation, per index, heaviest first. */
struct metric_totals {
    struct metric_total *types;
    size_t type_count;
    struct metric_total *relations;
    size_t relation_count;
    struct metric_total *indexes;
    size_t index_count;
};
/* Work them out; in the arena a, which must not outlive the plan. */
struct metric_totals metrics_totals(struct arena *a, const struct plan_metrics *m);

static inline const struct node_metrics *metrics_of(const struct plan_metrics *m,
                                                    const struct node *n)
{
    return &m->node[n->id - 1];
}

/* Block counters of one printed group (a node's num[], planning, serialization). */
struct metric_io metric_io_of(const double *num);

/* Bytes in one block; EXPLAIN counts in blocks of the server's block size, 8192 unless it was built
 * otherwise. */
enum { METRIC_BLOCK_BYTES = 8192 };

#endif
