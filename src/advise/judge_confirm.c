/* Checking what was chosen: which plans are asked for, and how much has to be known. */
#include <math.h>
#include <stdlib.h>

#include "advise/judge_private.h"
#include "base/arena.h"

/* A sum over the statements that is known to lie between two ends, and what is open of each. */
struct stake {
    size_t query;
    double open;
};

struct inquiry {
    const size_t *set; /* with which the statements are planned */
    size_t count;
    size_t user; /* only those whose last plan uses it */
    bool users_only;
    double enough; /* that the sum is at least this is all that matters */
    double slight; /* so much may stay open anyway */
    bool lacking;  /* the set is the chosen one without an index: its loss; else what it saves */
    const size_t *chosen;
    size_t chosen_count;
};

/* Figures of which less than this share is open are known well enough. */
static const double OPEN_SHARE = 0.05;
/* Nor is it told, of what an index saves alone, when it is less of the workload than this. */
static const double SLIGHT_SHARE = 0.001;

static int by_stake(const void *a, const void *b)
{
    const struct stake *x = a, *y = b;
    if (x->open != y->open)
        return x->open < y->open ? 1 : -1;
    return (x->query > y->query) - (x->query < y->query);
}

static double sure_of(struct judge *j, const struct inquiry *in, size_t q, size_t *heard,
                      double *open)
{
    double least, most, from, to;
    size_t n = judge_askable(j, q, in->set, in->count, heard);
    judge_bounds(j, q, heard, n, &least, &most);
    *open = most - least;
    if (!in->lacking)
        return j->queries[q].base - most;
    n = judge_askable(j, q, in->chosen, in->chosen_count, heard);
    judge_bounds(j, q, heard, n, &from, &to);
    return fmax(least - to, 0);
}

/* The statements that matter most are planned first, and no more than it takes. Whether any guess
 * was wrong. */
static bool inquire(struct judge *j, const struct select_problem *p, const struct inquiry *in)
{
    struct stake *stakes = xcalloc(p->query_count, sizeof *stakes);
    size_t *heard = xcalloc(in->count + in->chosen_count, sizeof *heard), count = 0;
    double sure = 0, open = 0, part;
    bool news = false;
    for (size_t q = 0; q < p->query_count; q++) {
        if (!j->queries[q].planned || (in->users_only && !judge_uses(j, q, in->user)) ||
            (!j->cautious && judge_is_asked_out(j, q)))
            continue;
        sure += p->weight[q] * sure_of(j, in, q, heard, &part);
        if (part > 0)
            stakes[count++] = (struct stake){q, p->weight[q] * part};
        open += p->weight[q] * part;
    }
    qsort(stakes, count, sizeof *stakes, by_stake);
    for (size_t i = 0; i < count && !judge_is_over(j); i++) {
        size_t q = stakes[i].query;
        if (sure >= in->enough || open <= fmax(OPEN_SHARE * (sure + open), in->slight))
            break;
        sure -= p->weight[q] * sure_of(j, in, q, heard, &part);
        news |= judge_ask(j, q, heard, judge_askable(j, q, in->set, in->count, heard));
        sure += p->weight[q] * sure_of(j, in, q, heard, &part);
        open -= stakes[i].open;
    }
    free(stakes);
    free(heard);
    return news;
}

bool judge_inquire_without(struct judge *j, const struct select_problem *p, const size_t *ids,
                           size_t count, size_t at, double enough)
{
    size_t *rest = xcalloc(count, sizeof *rest);
    memcpy(rest, ids, at * sizeof *rest);
    memcpy(rest + at, ids + at + 1, (count - at - 1) * sizeof *rest);
    struct inquiry in = {.set = rest,
                         .count = count - 1,
                         .enough = enough,
                         .lacking = true,
                         .chosen = ids,
                         .chosen_count = count};
    bool news = inquire(j, p, &in);
    free(rest);
    return news;
}

/* Ask for all plans with the set, and, once hope is gone, for what shows that each of it is worth
 * its place: whether any guess was wrong. */
bool judge_confirm(struct judge *j, const struct select_problem *p, const size_t *ids, size_t count,
                   double enough)
{
    size_t *set = xcalloc(count, sizeof *set);
    bool news = false;
    for (size_t q = 0; q < p->query_count && !judge_is_over(j); q++) {
        if (!j->queries[q].planned || (!j->cautious && judge_is_asked_out(j, q)))
            continue;
        judge_tell(j, "checking the choice", q, p->query_count);
        size_t n = judge_askable(j, q, ids, count, set);
        if (n)
            news |= (j->hope > 0 ? judge_ask : judge_ask_keeping)(j, q, set, n);
    }
    for (size_t i = 0; i < count && !(j->hope > 0) && !j->cautious && !judge_is_over(j); i++) {
        judge_tell(j, "checking the choice", i, count);
        news |= judge_inquire_without(j, p, ids, count, i, enough);
    }
    free(set);
    return news;
}

void judge_plan_last(struct judge *j, const size_t *ids, size_t count)
{
    size_t *set = xcalloc(count, sizeof *set);
    for (size_t q = 0; q < j->run->out->query_count; q++) {
        size_t n = j->queries[q].planned ? judge_askable(j, q, ids, count, set) : 0;
        if (n)
            judge_ask_last(j, q, set, n);
        else
            judge_forget_last(j, q);
    }
    free(set);
}

/* What each does alone, to the statements that use it. */
void judge_ask_alone(struct judge *j, const struct select_problem *p, const size_t *ids,
                     size_t count)
{
    double today = 0;
    for (size_t q = 0; q < p->query_count; q++)
        today += p->weight[q] * judge_cost(j, q, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        struct inquiry in = {.set = &ids[i],
                             .count = 1,
                             .user = ids[i],
                             .users_only = true,
                             .slight = SLIGHT_SHARE * today,
                             .enough = INFINITY};
        inquire(j, p, &in);
    }
}
