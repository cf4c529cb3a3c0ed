/*
 * What it costs to get the rows of one need, given a set of indexes: the cheapest of the ways
 * that PostgreSQL's planner would consider.
 */
#ifndef ADVISE_ACCESS_H
#define ADVISE_ACCESS_H

#include "advise/cost.h"
#include "advise/ix.h"
#include "advise/need.h"

struct arena;

struct access_model {
    struct arena *arena;
    const struct catalog *cat;
    struct cost_params params;
};

void access_model_init(struct access_model *m, struct arena *a, const struct catalog *cat);

/*
 * Fill in the share of rows that each of the need's conditions keeps: from statistics, then scaled
 * so that together they keep as many as the plan measured. Sizes that nobody knows get a nominal
 * value (a table of 100,000 rows), so that shapes can still be compared.
 */
void access_prepare(const struct access_model *m, struct need *n);

/* Rows of a table whose size the catalog does not know: from the tables that foreign keys tie it
 * to, else a nominal figure. */
double access_nominal_rows(const struct catalog *cat, const struct cat_rel *rel);

/* Fill in an index's pages, tuples, size and height where they are not known: from advise/size.h.
 */
void access_size(const struct access_model *m, struct ix *x);

/* How the rows would be got. */
enum access_way { WAY_SEQ, WAY_INDEX, WAY_INDEX_ONLY, WAY_BITMAP, WAY_BITMAP_AND, WAY_BITMAP_OR };

enum { ACCESS_MAX_LEGS = 16 };
struct access {
    double cost; /* planner units, all loops, the sort and the LIMIT above included */
    enum access_way way;
    const struct ix *ix;  /* the index (the first of several); NULL: sequential scan */
    const struct ix *ix2; /* the second of an AND; NULL */
    const struct ix *legs[ACCESS_MAX_LEGS]; /* of an OR */
    size_t leg_count;
    bool ordered;   /* the index delivers the order that is asked for */
    bool orderly;   /* it could, if it were not cheaper to sort */
    bool probed;    /* as the inner side of a nested loop, by the join columns */
    size_t matched; /* leading keys that conditions narrow the scan by */
};

/* The cheapest way with these indexes (of the need's relation; others are passed over). */
struct access access_best(const struct access_model *m, const struct need *n,
                          const struct ix *const *set, size_t count);

/*
 * How well an index is made for a need, to decide between two that cost alike: one for the order
 * (or the groups) that is asked for, one for each condition that narrows what is read, as long as
 * there is something to narrow.
 */
size_t access_rank(const struct access_model *m, const struct need *n, const struct ix *x);

/* Whether a partial index's predicate holds for all rows that the need asks for. */
bool access_predicate_holds(const struct access_model *m, const struct need *n, const struct ix *x);

#endif
