/*
 * Choosing a set of indexes for a workload: given what each query costs with any set, which
 * set is worth having. Knows nothing of SQL; the model and the real planner are both asked
 * through the same function.
 */
#ifndef ADVISE_SELECT_H
#define ADVISE_SELECT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Candidates that can be added in one step (the legs of an OR). */
struct select_bundle {
    const size_t *cands;
    size_t count;
};

struct select_problem {
    void *ctx;
    size_t query_count, cand_count;
    const double *weight; /* per query */
    /* Cost of one execution of a query with exactly these candidates in place (ids ascending). */
    double (*cost)(void *ctx, size_t query, const size_t *set, size_t count);
    /* Whether a candidate can change the cost of a query at all. */
    bool (*touches)(void *ctx, size_t query, size_t cand);
    /* Whether all that a can do, b can do as well. */
    bool (*covered_by)(void *ctx, size_t a, size_t b);
    const double *size_bytes; /* per candidate */
    const double *write_cost; /* per candidate, in the unit of cost x weight: what it takes from the
                                 workload's writes */
    const struct select_bundle *bundles; /* candidates that are of use together only */
    size_t bundle_count;
    double budget_bytes; /* 0: none */
    size_t max_chosen;   /* 0: no limit */
    /* A gain of less than this share of the workload's cost is not worth an index, unless it is
     * half of what one of the queries takes, or the candidate is due; nor is one that is less than
     * least_gain in every execution of a query. */
    double least_share, least_gain;
    double tie_step; /* what two gains of one execution may differ by and still be alike */
    const size_t
        *rank;       /* per candidate: of those that gain alike, the higher is taken; NULL: all 0 */
    const bool *due; /* per candidate: worth having if it gains anything; NULL: none is */
    /* Where the costs are a planner's: an index is worth having if it saves this share of what the
     * workload still takes (the tenth is to be judged by what the first nine left over), or halves
     * a query, or some of both; least_share does not count then. 0: as above. */
    double least_of_rest;
    const size_t *group; /* per candidate: its relation; where shares count, one is exchanged for
                            another of its own relation only */
    bool quick;          /* less is tried: the costs are not final */
    double bytes_as_one; /* so many bytes of indexes have the price of one more, where shares count;
                            0: they have none */
    const struct select_bundle *starts; /* sets to begin with besides none, where shares count */
    size_t start_count;
    bool (*cancelled)(
        void *ctx); /* NULL: never; when it answers true the best set so far is the answer */
};

struct select_result {
    size_t *chosen; /* candidate ids, in the order of their gain when they were added */
    size_t count;
    double *marginal;               /* per chosen: what the workload would cost more without it */
    double cost_before, cost_after; /* weighted sum over all queries, write cost not included */
    size_t cost_calls;              /* questions that the cache could not answer */
};

/* Deterministic: ties go to the smaller index, then to the lower id. Memory from the arena. */
void select_indexes(struct arena *a, const struct select_problem *p, struct select_result *out);

#endif
