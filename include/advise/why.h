/*
 * Why a plan did not use an index that exists: for every scan of its table, what stood in the way,
 * or what the planner took for cheaper.
 */
#ifndef ADVISE_WHY_H
#define ADVISE_WHY_H

#include <stddef.h>

#include "base/str.h"

struct arena;
struct cat_index;
struct catalog;
struct node;
struct plan;
struct plan_metrics;

enum why_verdict {
    WHY_USED,        /* it was used */
    WHY_NOT_READ,    /* the plan does not read its table */
    WHY_CANNOT,      /* it cannot serve this scan */
    WHY_DEARER,      /* it could, and something else is cheaper */
    WHY_MISESTIMATE, /* something else looked cheaper because rows were guessed wrong */
    WHY_SHOULD       /* by its costs the planner should use it */
};
/* "used" "not read" "cannot serve" "dearer" "misestimate" "should be used" */
extern const char *const why_verdict_name[];

enum { WHY_ALSO_MAX = 4 };

struct why_answer {
    const struct node *node; /* the scan; NULL: WHY_NOT_READ */
    enum why_verdict verdict;
    const char *text;    /* one or two sentences, no full stop at the end */
    const char *instead; /* what to do; NULL nothing */
    /* By the cost model, in planner units: the scan (and the sort above it) with the index, and the
     * cheapest way without. NAN: not worked out. */
    double cost_with, cost_without;
    const char *also[WHY_ALSO_MAX]; /* what adds to it */
    size_t also_count;
};

/* Answers in the order of the nodes, at least one; in the arena. sql: the query's text, absent
 * unknown (a plan's own is taken). */
const struct why_answer *why_index(struct arena *a, const struct catalog *cat, const struct plan *p,
                                   const struct plan_metrics *m, const struct cat_index *index,
                                   size_t *count);

#endif
