/* What the parts of the judge share. Private to advise. */
#ifndef ADVISE_JUDGE_PRIVATE_H
#define ADVISE_JUDGE_PRIVATE_H

#include "advise/judge.h"

/* What was heard of one statement: its cost with a set of candidates, and which of them it used.
 * Both ascending. */
struct known {
    const size_t *set, *used;
    size_t set_count, used_count;
    double cost;
    double model; /* the model's cost with the used ones; NAN not worked out */
};

struct judged {
    struct whatif_query query;
    bool planned; /* the server plans it */
    struct known *items;
    size_t count, cap;
    double base; /* without any candidate */
    const struct plan *before;
    struct plan *after; /* NULL: as before */
    struct known last;  /* with all that was chosen */
    bool has_last;
};

enum acceptance { ACCEPT_UNTRIED, ACCEPT_TAKEN, ACCEPT_REFUSED };

struct judge {
    struct advise_run *run;
    struct whatif *planner;
    struct judged *queries;
    struct whatif_index **indexes; /* per candidate, made when first needed */
    enum acceptance *acceptance;
    const char **refusals;
    bool **relevant; /* per query, per candidate */
    double **alone;  /* per need, per candidate: the model's cost of the need; NAN not worked out */
    size_t cand_cap; /* of the per-candidate arrays */
    struct arena *scratch;
    /* How far a guess leans to the least that is possible (0: not at all): what looks better than
     * it is gets asked for and is found out, what looks worse never is. */
    double hope;
    bool cautious; /* guesses are not believed any more: only what was heard counts */
    bool ended;    /* the user stopped it, or the connection is gone */
    struct judge_reject *rejects;
    size_t reject_count;
};

/* The candidates that matter to the query and that its planner is asked about, of a set,
 * ascending. */
size_t judge_askable(struct judge *j, size_t query, const size_t *set, size_t count, size_t *out);
/* What the statement takes with these (all askable), as far as is known; *exact: it was heard. */
double judge_guess(struct judge *j, size_t query, const size_t *set, size_t count, bool *exact);
/* Between what and what the statement's cost with these lies, by what was heard; equal: it was
 * heard. */
void judge_bounds(struct judge *j, size_t query, const size_t *set, size_t count, double *least,
                  double *most);
/* The model's cost of a query, each need by the candidate of the set that serves it best. */
double judge_model(struct judge *j, size_t query, const size_t *set, size_t count);
/* Enough was asked about the statement. */
bool judge_is_asked_out(const struct judge *j, size_t query);
/* Ask, unless it is known. Whether what was heard differs from what was guessed. */
bool judge_ask(struct judge *j, size_t query, const size_t *set, size_t count);
/* The same, and the plan is kept for when the set should be the last. */
bool judge_ask_keeping(struct judge *j, size_t query, const size_t *set, size_t count);
/* The plan with all that was chosen: the kept one if it is that, else it is asked for. */
void judge_ask_last(struct judge *j, size_t query, const size_t *set, size_t count);
/* Nothing of what was chosen concerns the statement. */
void judge_forget_last(struct judge *j, size_t query);
/* Whether a predicate is more than tests for equality and NULL: see db/hypo.h. */
bool judge_compares(const struct pred *const *conjuncts, size_t count);
/* Candidates were added: make room. */
void judge_grow(struct judge *j);
void judge_tell(const struct judge *j, const char *what, size_t done, size_t total);

/* Candidates that nobody likes are left out, so that choosing takes time for the others only. */
struct judge_part {
    struct judge *j;
    const struct select_problem *whole;
    size_t *ids; /* of the candidates that stay */
    size_t count;
    size_t *set; /* scratch */
};

void judge_narrow(struct judge *j, const struct select_problem *p, struct judge_part *n);
/* The problem of the part, with the planner's costs; it refers to the part. */
struct select_problem judge_problem(struct judge_part *n);
/* The candidates that some plan of the statement's reads, of all that were heard. */
void judge_mark_used(const struct judged *q, bool *liked);
/*
 * Ask for all plans with the set, and, once hope is gone, for what shows that each of it is worth
 * its place: that it saves `enough` of the workload's cost. Whether any guess was wrong.
 */
bool judge_confirm(struct judge *j, const struct select_problem *p, const size_t *ids, size_t count,
                   double enough);
/* Ask for what the workload takes more without one of the set, until it is known to be enough, or
 * nearly all of it is known. Whether any guess was wrong. */
bool judge_inquire_without(struct judge *j, const struct select_problem *p, const size_t *ids,
                           size_t count, size_t at, double enough);
/* The set is the last: all statements' plans with it. */
void judge_plan_last(struct judge *j, const size_t *ids, size_t count);
/* What each does alone, to the statements that use it. */
void judge_ask_alone(struct judge *j, const struct select_problem *p, const size_t *ids,
                     size_t count);
void judge_find_rejects(struct judge *j);

#endif
