/*
 * Two plans of one query, matched node by node.
 *
 * Scans are matched by relation and alias, joins by the set of relations under them, everything
 * else by kind and what it stands over; so nodes find each other though joins were swapped,
 * methods changed, and nodes came or went. The pairs form one tree: B's, with the nodes that only
 * A has hung in where they were.
 */
#ifndef WORK_DIFF_H
#define WORK_DIFF_H

#include "plan/metrics.h"

struct arena;

enum pair_kind {
    PAIR_SAME,    /* the same node, method, index and conditions */
    PAIR_CHANGED, /* the same role, another way */
    PAIR_ONLY_A,
    PAIR_ONLY_B
};

struct diff_pair {
    const struct node *a, *b; /* one of them NULL in ONLY_ pairs */
    enum pair_kind kind;
    bool moved; /* its parents are no pair */
    int parent; /* index of the pair it hangs under, -1: the top */
    int end;    /* index of the last pair under it, its own when there is none */
    bool last;  /* of its siblings */
    bool only;  /* has no siblings */
};

struct plan_diff {
    const struct plan_metrics *a, *b;
    struct diff_pair *pairs; /* parents before children, in the order of the drawing */
    size_t count;
    int *pair_of_a, *pair_of_b; /* [id - 1]: index of the node's pair */
    size_t same, changed, only_a, only_b, moved;
};

/* In the arena, which must not outlive the plans. Linear in their sizes but for sorting. */
struct plan_diff *plan_diff_new(struct arena *arena, const struct plan_metrics *a,
                                const struct plan_metrics *b);

/* Index of the next pair in which something changed, searching from `from` on (inclusive), -1. */
int plan_diff_next(const struct plan_diff *d, int from, int step);

#endif
