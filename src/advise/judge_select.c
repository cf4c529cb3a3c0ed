/* Choosing in rounds: by guesses first, by what the planner said of the choice afterwards. */
#include <math.h>
#include <stdlib.h>

#include "advise/judge_private.h"
#include "base/arena.h"

/* Rounds of choosing and asking; after them guesses are not believed any more. The first ones are
 * hopeful, the first most. */
enum { HOPE_ROUNDS = 6, CHOICE_ROUNDS = 10 };
static const double MOST_HOPE = 0.5;
/* So many of the last rounds' choices are begun with; the last round begins with all. */
enum { STARTS = 2 };
/* An index is worth its place for certain once it is known to save so many times its price. */
static const double CERTAIN = 3, CERTAIN_IN_BUDGET = 20;

/* The chosen ones by their own numbers, ascending. */
static size_t *sorted_ids(const struct judge_part *n, const struct select_result *r)
{
    size_t *ids = xcalloc(r->count, sizeof *ids);
    for (size_t i = 0; i < r->count; i++) {
        size_t at = i;
        for (; at > 0 && ids[at - 1] > n->ids[r->chosen[i]]; at--)
            ids[at] = ids[at - 1];
        ids[at] = n->ids[r->chosen[i]];
    }
    return ids;
}

/* No plan reads it, no statement is the model's to judge, no foreign key check needs it. */
static bool is_unused(struct judge *j, size_t cand)
{
    if (run_serves_fk(j->run, cand))
        return false;
    for (size_t q = 0; q < j->run->out->query_count; q++)
        if (judge_uses(j, q, cand) ||
            (j->relevant[q][cand] && !judge_knows(j, q, cand) && run_model_uses(j->run, q, cand)))
            return false;
    return true;
}

/* What the workload takes more without one of the set, as far as it is known. */
static double loss_without(struct judge *j, const struct select_problem *p, const size_t *ids,
                           size_t count, size_t at)
{
    size_t *rest = xcalloc(count, sizeof *rest);
    double loss = 0;
    memcpy(rest, ids, at * sizeof *rest);
    memcpy(rest + at, ids + at + 1, (count - at - 1) * sizeof *rest);
    for (size_t q = 0; q < p->query_count && !judge_is_over(j); q++)
        loss += p->weight[q] * (judge_cost(j, q, rest, count - 1) - judge_cost(j, q, ids, count));
    free(rest);
    return loss;
}

/* What is left out last is what the others stand in for without any loss: which of two alike the
 * planner takes depends on which was created first. */
static size_t prune(struct judge *j, const struct select_problem *p, size_t *ids, size_t count)
{
    for (size_t i = count; i-- > 0 && !judge_is_over(j);) {
        if (run_serves_fk(j->run, ids[i]))
            continue;
        judge_inquire_without(j, p, ids, count, i, INFINITY);
        if (loss_without(j, p, ids, count, i) > p->least_gain / 10)
            continue;
        memmove(ids + i, ids + i + 1, (count - i - 1) * sizeof *ids);
        judge_plan_last(j, ids, --count);
    }
    return count;
}

static void fill_result(struct judge *j, const struct select_problem *p, const size_t *ids,
                        size_t count, struct select_result *out)
{
    struct arena *a = j->run->arena;
    size_t *rest = xcalloc(count, sizeof *rest);
    out->chosen = arena_calloc(a, count, sizeof *out->chosen);
    out->marginal = arena_calloc(a, count, sizeof *out->marginal);
    out->count = count;
    out->cost_before = out->cost_after = 0;
    for (size_t q = 0; q < p->query_count; q++) {
        out->cost_before += p->weight[q] * judge_cost(j, q, NULL, 0);
        out->cost_after += p->weight[q] * judge_cost(j, q, ids, count);
    }
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        memcpy(rest, ids, i * sizeof *rest);
        memcpy(rest + i, ids + i + 1, (count - i - 1) * sizeof *rest);
        for (size_t q = 0; q < p->query_count; q++)
            sum += p->weight[q] * judge_cost(j, q, rest, count - 1);
        size_t at = i;
        double marginal = sum - out->cost_after;
        for (; at > 0 && out->marginal[at - 1] < marginal; at--) {
            out->marginal[at] = out->marginal[at - 1];
            out->chosen[at] = out->chosen[at - 1];
        }
        out->marginal[at] = marginal;
        out->chosen[at] = ids[i];
    }
    out->cost_calls = j->planner->calls;
    free(rest);
}

/* ---- the whole ---- */

static size_t start_count(int round, bool last, bool hopeful)
{
    if (last)
        return (size_t)round;
    return hopeful ? 0 : (size_t)(round < STARTS ? round : STARTS);
}

void judge_select(struct judge *j, const struct select_problem *p, struct select_result *out)
{
    struct select_result result;
    struct judge_part n;
    size_t *ids = NULL;
    judge_narrow(j, p, &n);
    struct select_problem part = judge_problem(&n);
    struct select_bundle tried[CHOICE_ROUNDS];
    for (int round = 0;; round++) {
        j->cautious = round == CHOICE_ROUNDS || judge_is_over(j);
        j->hope = fmax(MOST_HOPE * (HOPE_ROUNDS - round) / HOPE_ROUNDS, 0);
        bool last = j->cautious;
        part.quick = j->hope > 0;
        part.start_count = start_count(round, last, j->hope > 0);
        part.starts = tried + round - part.start_count;
        select_indexes(j->run->arena, &part, &result);
        free(ids);
        ids = sorted_ids(&n, &result);
        double enough = (p->budget_bytes > 0 ? CERTAIN_IN_BUDGET : CERTAIN) * part.least_of_rest *
                        result.cost_after;
        if (last || (!judge_confirm(j, p, ids, result.count, enough) && !(j->hope > 0) &&
                     !judge_is_over(j)))
            break;
        tried[round] = (struct select_bundle){result.chosen, result.count};
    }
    size_t count = result.count, kept = 0;
    judge_plan_last(j, ids, count);
    for (size_t i = 0; i < count; i++)
        if (j->ended || !is_unused(j, ids[i]))
            ids[kept++] = ids[i];
    if (kept < count)
        judge_plan_last(j, ids, kept);
    j->cautious = true;
    kept = prune(j, p, ids, kept);
    judge_ask_alone(j, p, ids, kept);
    fill_result(j, p, ids, kept, out);
    judge_find_rejects(j);
    free(ids);
}
