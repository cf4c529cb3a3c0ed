/* One run of the advisor. Private to advise. */
#ifndef ADVISE_ADVISE_PRIVATE_H
#define ADVISE_ADVISE_PRIVATE_H

#include "advise/access.h"
#include "advise/advise.h"
#include "advise/candidate.h"
#include "advise/need.h"
#include "advise/select.h"
#include "sql/query.h"

/* The existing indexes of one relation. */
struct rel_indexes {
    const struct cat_rel *rel;
    const struct ix **items;
    size_t count;
};

/* A foreign key check that finds its rows without an index. No plan's cost shows it. */
struct fk_need {
    size_t query;
    const struct cat_fk *fk;
    size_t cand;                   /* the candidate that cures it */
    double worth;                  /* what the checks take today, in the run's unit */
    double cured;                  /* and with the index */
    const struct trigger *trigger; /* NULL: from the catalog alone */
};

struct judge;

/* What a need takes with some candidates of its relation: the last few answers. */
enum { NEED_MEMO = 4, NEED_MEMO_SET = 6 };
struct need_answer {
    bool known;
    size_t set[NEED_MEMO_SET], count;
    double cost;
};
struct need_memo {
    struct need_answer entries[NEED_MEMO];
    size_t next;
};

struct advise_run {
    struct arena *arena;
    const struct catalog *cat;
    const struct advice_limits *limits;
    struct access_model model;
    struct advice *out;
    struct query_names names;      /* the catalog, as the analysis of SQL asks it */
    const struct query **analysed; /* per query; NULL: no text, or none that parses */
    double *said_rows;             /* per query: what it is said to give; 0 nothing was said */
    struct need_list needs;
    size_t *need_from;     /* per query, and one past the last: its needs */
    struct judge *judge;   /* the real planner; NULL offline */
    struct need_list more; /* out of the text of statements that have a plan: they may show a way
                              that today's plan does not take. For candidates only */
    size_t *more_from;     /* per query, and one past the last */
    size_t drafted;        /* candidates without those that were merged of others */
    struct rel_indexes *rels;
    size_t rel_count, rel_cap;
    struct candidate_list cands;
    struct select_bundle *bundles; /* legs of ORs */
    size_t *bundle_query;          /* of each, the query that has it */
    size_t bundle_count;
    struct fk_need *fks;
    size_t fk_count, fk_cap;
    size_t *fk_from; /* per query, and one past the last */
    bool in_ms;      /* all inputs are timed: the unit is ms, else planner cost */
    struct need_memo *memo;
    double *now;        /* per need: model cost with the existing indexes */
    double *worth;      /* per need: what it takes today, in the unit */
    double *rest;       /* per query: what no index changes */
    double *write_cost; /* per candidate */
};

const struct rel_indexes *run_existing(struct advise_run *r, const struct cat_rel *rel);
/* Foreign keys that the plans' triggers, data-changing statements or the catalog show to be checked
 * without an index. */
void run_find_fks(struct advise_run *r);
/* The candidates that the legs of each OR need together. */
void run_find_bundles(struct advise_run *r);
/* What a need takes with these candidates, in the unit. */
double run_need_cost(const struct advise_run *r, size_t need, const size_t *set, size_t count,
                     struct access *way);
/* The model's cost of a query with these candidates; foreign key checks, which no plan's cost
 * shows, apart. */
double run_model_cost(const struct advise_run *r, size_t query, const size_t *set, size_t count);
double run_fk_cost(const struct advise_run *r, size_t query, const size_t *set, size_t count);
/* Whether a candidate may change the query's plan. */
bool run_is_relevant(const struct advise_run *r, size_t query, size_t cand);
/* Whether the candidate spares a foreign key check its scan. */
bool run_serves_fk(const struct advise_run *r, size_t cand);
/* Whether the query gets cheaper with the candidate alone, by the model. */
bool run_model_uses(const struct advise_run *r, size_t query, size_t cand);
/* Write cost of an index, and whether it ends HOT updates. */
void run_write_cost(struct advise_run *r, const struct ix *x, struct advice_index *out);
/* Per candidate: what the workload's writes pay for it, in the unit. */
double *run_write_costs(struct advise_run *r);
/* Each query's verdict and answer, from indexes and notes. */
void run_answer(struct advise_run *r);
/* Turn the chosen candidates into advice: names, DDL, reasons, effects. */
void run_report(struct advise_run *r, const struct select_result *chosen);

#endif
