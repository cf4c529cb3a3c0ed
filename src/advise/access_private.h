/* Shared by the files that cost a need. Private to advise. */
#ifndef ADVISE_ACCESS_PRIVATE_H
#define ADVISE_ACCESS_PRIVATE_H

#include "advise/access.h"

/* One index tried on one need. */
struct way {
    const struct access_model *m;
    const struct need *n;
    const struct ix *x;
    bool probing;       /* join columns are known: inner side of a nested loop */
    bool joins;         /* some condition on join columns is taken */
    struct str partner; /* of the first that was taken: all come from one relation */
    double probes;      /* how often */
    struct cost_index cix;
    struct cost_key keys[IX_MAX_KEYS];
    bool taken[NEED_MAX_CONDS]; /* conditions that the index or its predicate takes care of */
    size_t matched;
};

/* The table as the cost functions want it. */
struct cost_table access_table(const struct need *n);
void access_cost_index(const struct ix *x, struct cost_index *out);
/* Bytes of a row that is sorted. */
double access_width(const struct need *n);
/* Distinct groups of a need that groups. */
double access_groups(const struct need *n);
/* How many entries of a GIN index a condition looks up. */
double access_search_entries(const struct need_cond *c);
/* Whether the conditions prove one conjunct of a partial index's predicate. */
bool access_implied(const struct access_model *m, const struct need *n,
                    const struct pred *const *conds, size_t count, const struct pred *goal);

#endif
