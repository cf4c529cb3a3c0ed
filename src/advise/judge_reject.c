/* Candidates that the model would have chosen, and the planner does not want. */
#include <math.h>
#include <stdlib.h>

#include "advise/judge_private.h"
#include "base/arena.h"

/* What the model would have an index save, of a need and of a query, to be told that the planner
 * thinks otherwise; and what the planner must not see it save. */
static const double REJECT_LEAST = 0.3, REJECT_MOST = 0.02;

/* The candidate that the model likes best for a need, alone. */
static bool model_favourite(const struct judge *j, size_t need, size_t *cand)
{
    const struct advise_run *r = j->run;
    double least = r->worth[need] * (1 - REJECT_LEAST);
    bool found = false;
    for (size_t c = 0; c < r->drafted; c++) {
        struct access way;
        if (r->cands.items[c]->rel != r->needs.items[need].rel)
            continue;
        double takes = run_need_cost(r, need, &c, 1, &way);
        if (way.ix == r->cands.items[c] && takes < least) {
            least = takes;
            *cand = c;
            found = true;
        }
    }
    return found;
}

/* It was there when the query was planned, and no plan of any query used it. */
static void reject(struct judge *j, size_t query, size_t cand)
{
    if (!j->relevant[query][cand] || !judge_knows(j, query, cand))
        return;
    for (size_t i = 0; i < j->reject_count; i++)
        if (j->rejects[i].cand == cand)
            return;
    judge_ask(j, query, &cand, 1);
    double with = judge_guess(j, query, &cand, 1, NULL), without = j->queries[query].base;
    if (with >= without * (1 - REJECT_MOST))
        j->rejects[j->reject_count++] = (struct judge_reject){cand, query, with, without};
}

void judge_find_rejects(struct judge *j)
{
    const struct advise_run *r = j->run;
    bool *liked = xcalloc(r->cands.count, sizeof *liked);
    for (size_t q = 0; q < r->out->query_count; q++)
        judge_mark_used(&j->queries[q], liked);
    j->rejects = arena_calloc(r->arena, r->needs.count, sizeof *j->rejects);
    for (size_t i = 0; i < r->needs.count && !judge_is_over(j); i++) {
        size_t cand, q = r->needs.items[i].query;
        bool matters = r->worth[i] > REJECT_LEAST * run_model_cost(r, q, NULL, 0);
        if (matters && model_favourite(j, i, &cand) && !liked[cand])
            reject(j, q, cand);
    }
    free(liked);
}
