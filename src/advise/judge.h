/*
 * The real planner as the judge of candidates. Private to advise.
 *
 * Planning a statement takes long, so little is asked and everything that is heard counts twice: a
 * plan with a set of indexes tells what the statement costs with any other set that holds the ones
 * it used (no more than that) and with any part of the set (no less). In between the model guesses,
 * and selection goes by the guesses; then what it chose is asked for, and it chooses again, until
 * nothing that it rests on is a guess.
 */
#ifndef ADVISE_JUDGE_H
#define ADVISE_JUDGE_H

#include "advise/advise_private.h"
#include "advise/whatif.h"

struct judge;

/* In the run's arena, but for what judge_free frees. */
struct judge *judge_new(struct advise_run *r, struct whatif *planner);
void judge_free(struct judge *j);

/*
 * The statement's plan as it is today, in the run's arena; NULL when there is no text, or the
 * server does not plan it (the model judges it then). To be called once for each query, in their
 * order.
 */
const struct plan *judge_baseline(struct judge *j, size_t query, struct str sql,
                                  const struct query *text);

/* Find out, for each statement, which candidates its planner likes, and add what can be merged of
 * them. */
void judge_explore(struct judge *j);

/* The same problem with the planner's costs: the set that is chosen is one that it uses. */
void judge_select(struct judge *j, const struct select_problem *p, struct select_result *out);

/* ---- afterwards ---- */

/* Whether the server planned any statement at all. */
bool judge_is_heard(const struct judge *j);
/* Whether the user stopped it, or the connection was lost. */
bool judge_is_over(struct judge *j);
size_t judge_calls(const struct judge *j);

/* Whether the planner has a say in the candidate at all, for this query. */
bool judge_knows(const struct judge *j, size_t query, size_t cand);
/* Whether the query's plan with all that was chosen reads the candidate. */
bool judge_uses(const struct judge *j, size_t query, size_t cand);
/* What the query takes with these candidates, foreign key checks included. */
double judge_cost(struct judge *j, size_t query, const size_t *set, size_t count);
/* Plans with nothing and with all that was chosen; NULL: not known. */
const struct plan *judge_before(const struct judge *j, size_t query);
struct plan *judge_after(const struct judge *j, size_t query);
/* How plans call candidates: this and the number. */
extern const char judge_label[];
/* Why the server does not take a candidate hypothetically; NULL: it does. */
const char *judge_refusal(const struct judge *j, size_t cand);
/* Candidates that the model would have chosen and the planner does not want, and why not. */
struct judge_reject {
    size_t cand;
    size_t query;         /* for which it was meant */
    double with, without; /* planner's cost of the query */
};
const struct judge_reject *judge_rejects(const struct judge *j, size_t *count);

#endif
