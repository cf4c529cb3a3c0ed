/*
 * A workload put in order for a report: what costs most, what is wrong with it, which plans
 * changed, and which one set of indexes would help. Built once; every writer and the screen read
 * it. It lives in an arena and points into the workload.
 *
 * The log's time is the sum over top-level executions, phases that were logged apart (parse, bind,
 * further fetches) and durations without a statement. A query's time is that of its executions,
 * those inside other statements too, and of its phases; so shares of queries that run inside others
 * come on top of their parents'.
 */
#ifndef WORK_SUMMARY_H
#define WORK_SUMMARY_H

#include "advise/advise.h"
#include "work/workload.h"

struct arena;
struct catalog;
struct plan_metrics;
struct thresholds;

/* A plan shape's share of its query. */
struct summary_shape {
    const struct work_shape *shape;
    char name[8]; /* "A", "B" ... by time; "#27" after Z */
    double share; /* of the executions of the query that have a plan, 0..1 */
    double mean_ms;
};

/* One plan gave way to another, or another one came beside it. */
struct summary_flip {
    size_t from, to;       /* shapes; the time of `to` is what is judged */
    int64_t at_us;         /* when `to` was first seen */
    bool replaced;         /* `from` was not seen again */
    double calls;          /* executions of `to` */
    double from_ms, to_ms; /* means */
    double cost_ms;        /* calls x (to - from); below 0: saved */
};

struct summary_query {
    const struct work_query *query;
    size_t rank;                                       /* by time, from 1 */
    double time_ms;                                    /* executions and phases */
    double share;                                      /* of the log's time */
    double mean_ms, stddev_ms, p50_ms, p95_ms, p99_ms; /* of executions; NAN without any */
    double rows;                                       /* per execution; NAN unknown */
    const double *series;                              /* ms per bucket, [summary.bucket_count] */
    struct summary_shape *shapes;                      /* by time */
    size_t shape_count;
    struct summary_flip *flips; /* by what they cost, dearest first */
    size_t flip_count;
    const struct work_finding **findings; /* by stake over all executions */
    size_t finding_count;
    enum severity severity;     /* the worst of them, in one execution */
    double stake_ms;            /* of the largest finding over all executions */
    const char *const *indexes; /* ids of the advice that serves it */
    size_t index_count;
    double saved_ms; /* by all of them; 0 none */
};

/* One rule over the whole log. */
struct summary_rule {
    const struct rule *rule;
    double stake_ms; /* over all executions */
    double share;    /* of the log's time */
    uint64_t executions, untimed;
    size_t query_count;
    struct summary_case {
        size_t query; /* index of summary.queries */
        const struct work_finding *finding;
    } * cases; /* worst first */
    size_t case_count;
};

/* A plan that the advice looked at. */
struct summary_plan {
    size_t query; /* index of summary.queries */
    const struct work_shape *shape;
    const struct plan *plan;
    const struct plan_metrics *metrics;
};

/* What the advice saves. */
struct summary_index {
    const struct advice_index *index;
    double saved_ms; /* with the other ones in place */
    double share;    /* of the log's time */
    size_t *queries; /* indexes of summary.queries that it serves, the most saved first */
    size_t query_count;
};

struct summary {
    const struct workload *workload;
    const struct work_total *total;
    double log_ms;
    struct summary_query *queries; /* by time; those that were executed */
    size_t query_count;
    size_t failed_count;        /* queries known from errors, temporary files or phases only */
    size_t *by_max;             /* indexes of queries: slowest single execution first */
    size_t *by_calls;           /* most executions first */
    struct summary_rule *rules; /* by stake */
    size_t rule_count;
    const struct summary_case *misestimates; /* found in two executions or more; by stake */
    size_t misestimate_count;
    double work_mem_bytes; /* would have held 95 % of the spills; NAN unknown */
    int64_t bucket_s;      /* width of a bucket */
    int64_t first_bucket;  /* its number: time / width */
    size_t bucket_count;   /* 0: no times */
    const double *series;  /* of the log, ms */
    /* Advice; NULL: not asked for. */
    const struct advice *advice;
    struct summary_index *indexes;
    size_t index_count;
    struct summary_plan *plans; /* [i] is the advice's query i */
    size_t plan_count;
    double advised_share; /* of the log's time, what the advice looked at */
    double saved_ms, saved_share;
};

struct summary_options {
    bool advise;
    const struct catalog *catalog; /* NULL: none */
    struct advice_limits limits;
};
void summary_options_init(struct summary_options *o);

/* The workload must not change while the summary is in use. */
struct summary *summary_new(struct arena *a, const struct workload *w,
                            const struct summary_options *options);

/* The part of the advice that is about one plan: indexes with their effects on it, notes. NULL when
 * the advice did not look at it. In the arena. */
const struct advice *summary_advice_for(struct arena *a, const struct summary *s, size_t query,
                                        const struct work_shape *shape,
                                        const struct summary_plan **plan);

#endif
