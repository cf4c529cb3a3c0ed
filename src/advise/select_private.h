/* What the ways of choosing share: a set, and what each query costs with it. Private to advise. */
#ifndef ADVISE_SELECT_PRIVATE_H
#define ADVISE_SELECT_PRIVATE_H

#include <stdint.h>

#include "advise/select.h"

struct memo {
    uint64_t hash;
    size_t query;
    double cost;
    size_t *set;
    size_t count;
    bool used;
};

struct search {
    const struct select_problem *p;
    bool *chosen;
    size_t *picked; /* the chosen ones, ascending: few of many */
    size_t chosen_count;
    double *query_cost; /* with the chosen set */
    double *query_base; /* with none */
    double size, base;
    struct memo *memo;
    size_t memo_count, memo_cap;
    size_t *set;      /* scratch */
    bool *touched;    /* touches(query, cand), query-major */
    size_t **queries; /* per candidate: the queries that it touches */
    size_t *query_counts;
    double now; /* weighted sum of query_cost */
    size_t calls;
};

void select_init(struct search *s, const struct select_problem *p);
void select_release(struct search *s);
/* Nothing chosen. */
void select_restart(struct search *s);
void select_pick(struct search *s, size_t cand);
void select_unpick(struct search *s, size_t cand);
/* What a query costs with what is chosen now, asked for once for each set that matters to it. */
double select_ask(struct search *s, size_t query);
/* The weighted sum of query_cost. */
double select_total(const struct search *s);
bool select_stopped(const struct search *s);

/* Choose by shares: see select_share.c. Leaves the choice in the search. */
void select_by_shares(struct search *s);

#endif
