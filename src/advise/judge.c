#include "advise/judge_private.h"

#include <math.h>
#include <stdlib.h>

#include "advise/ddl.h"
#include "base/arena.h"
#include "base/err.h"
#include "plan/metrics.h"

struct judge *judge_new(struct advise_run *r, struct whatif *planner)
{
    struct judge *j = arena_alloc(r->arena, sizeof *j);
    j->run = r;
    j->planner = planner;
    j->queries = arena_calloc(r->arena, r->out->query_count, sizeof *j->queries);
    j->relevant = arena_calloc(r->arena, r->out->query_count, sizeof *j->relevant);
    j->scratch = arena_new(0);
    return j;
}

void judge_free(struct judge *j)
{
    if (j)
        arena_free(j->scratch);
}

bool judge_is_over(struct judge *j)
{
    if (!j->ended && j->planner->is_stopped && j->planner->is_stopped(j->planner->ctx))
        j->ended = true;
    return j->ended;
}

void judge_tell(const struct judge *j, const char *what, size_t done, size_t total)
{
    if (j->planner->tell)
        j->planner->tell(j->planner->ctx, what, done, total);
}

/* ---- statements ---- */

/* An error of the statement is its own; one of the connection ends everything. */
static void take_error(struct judge *j, const struct err *err)
{
    if (err->code == ERR_CANCELLED || err->code == ERR_CONNECT)
        j->ended = true;
}

const struct plan *judge_baseline(struct judge *j, size_t query, struct str sql,
                                  const struct query *text)
{
    struct judged *q = &j->queries[query];
    struct whatif_answer answer;
    struct err err = {0};
    q->base = NAN;
    q->query = (struct whatif_query){sql, whatif_reads_plain_tables(j->run->cat, text)};
    if (!sql.len || (text && text->kind == QUERY_UTILITY) || judge_is_over(j))
        return NULL;
    judge_tell(j, "planning", query, j->run->out->query_count);
    if (!j->planner->plan(j->planner->ctx, j->run->arena, &q->query, NULL, 0, &answer, &err)) {
        take_error(j, &err);
        return NULL;
    }
    q->base = answer.plan->root->num[PROP_TOTAL_COST];
    q->planned = num_known(q->base);
    q->before = answer.plan;
    j->run->out->queries[query].planned_with = answer.values;
    return answer.plan;
}

/* ---- candidates ---- */

/* A table of a few pages is read through in no time, whatever the planner makes of it. */
static const double LEAST_PAGES = 10;

static bool is_tiny(const struct judge *j, const struct cat_rel *rel)
{
    struct cost_table t;
    return cost_table_from(&t, j->run->cat, rel) && t.pages < LEAST_PAGES;
}

void judge_grow(struct judge *j)
{
    struct arena *a = j->run->arena;
    size_t old = j->cand_cap, cap = j->run->cands.count;
    if (cap <= old)
        return;
    struct whatif_index **indexes = arena_calloc(a, cap, sizeof *indexes);
    enum acceptance *acceptance = arena_calloc(a, cap, sizeof *acceptance);
    const char **refusals = arena_calloc(a, cap, sizeof *refusals);
    if (old) {
        memcpy(indexes, j->indexes, old * sizeof *indexes);
        memcpy(acceptance, j->acceptance, old * sizeof *acceptance);
        memcpy(refusals, j->refusals, old * sizeof *refusals);
    }
    j->indexes = indexes;
    j->acceptance = acceptance;
    j->refusals = refusals;
    for (size_t q = 0; q < j->run->out->query_count; q++) {
        bool *relevant = arena_calloc(a, cap, sizeof *relevant);
        for (size_t c = 0; c < cap; c++)
            relevant[c] =
                c < old ? j->relevant[q][c]
                        : !is_tiny(j, j->run->cands.items[c]->rel) && run_is_relevant(j->run, q, c);
        j->relevant[q] = relevant;
    }
    j->alone = arena_calloc(a, j->run->needs.count, sizeof *j->alone);
    for (size_t i = 0; i < j->run->needs.count; i++) {
        j->alone[i] = arena_calloc(a, cap, sizeof **j->alone);
        for (size_t c = 0; c < cap; c++)
            j->alone[i][c] = NAN;
    }
    j->cand_cap = cap;
}

const char judge_label[] = "candidate ";

static struct whatif_index *index_of(struct judge *j, size_t cand)
{
    if (!j->indexes[cand]) {
        struct arena *a = j->run->arena;
        const struct ix *x = j->run->cands.items[cand];
        struct whatif_index *w = arena_alloc(a, sizeof *w);
        w->statements = ddl_hypothetical(a, j->run->cat, x, &w->count);
        w->partial = x->predicate_text.len > 0;
        w->label = arena_printf(a, "%s%zu", judge_label, cand);
        w->compares = judge_compares(x->predicate, x->predicate_count);
        j->indexes[cand] = w;
    }
    return j->indexes[cand];
}

static bool is_taken(struct judge *j, size_t cand)
{
    if (j->acceptance[cand] == ACCEPT_UNTRIED && !judge_is_over(j)) {
        const struct whatif_index *x = index_of(j, cand);
        const char *why =
            x->count ? j->planner->refuses(j->planner->ctx, j->run->arena, x) : "it has no table";
        j->refusals[cand] = why;
        j->acceptance[cand] = why ? ACCEPT_REFUSED : ACCEPT_TAKEN;
    }
    return j->acceptance[cand] == ACCEPT_TAKEN;
}

const char *judge_refusal(const struct judge *j, size_t cand)
{
    return j->refusals[cand];
}

static bool is_askable(struct judge *j, size_t query, size_t cand)
{
    const struct judged *q = &j->queries[query];
    return q->planned && is_taken(j, cand) &&
           (q->query.plain_tables || !index_of(j, cand)->partial);
}

bool judge_knows(const struct judge *j, size_t query, size_t cand)
{
    const struct judged *q = &j->queries[query];
    return q->planned && j->acceptance[cand] == ACCEPT_TAKEN &&
           (q->query.plain_tables || !j->indexes[cand]->partial);
}

size_t judge_askable(struct judge *j, size_t query, const size_t *set, size_t count, size_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!j->relevant[query][set[i]] || !is_askable(j, query, set[i]))
            continue;
        size_t at = n++;
        for (; at > 0 && out[at - 1] > set[i]; at--)
            out[at] = out[at - 1];
        out[at] = set[i];
    }
    return n;
}

/* ---- what is known ---- */

/* Both ascending. */
static bool is_subset(const size_t *a, size_t na, const size_t *b, size_t nb)
{
    size_t k = 0;
    for (size_t i = 0; i < na; i++) {
        while (k < nb && b[k] < a[i])
            k++;
        if (k == nb || b[k] != a[i])
            return false;
    }
    return true;
}

/* The cheapest plan heard of that uses nothing but these. */
static struct known *best_known(struct judged *q, const size_t *set, size_t count)
{
    struct known *best = NULL;
    for (size_t i = 0; i < q->count; i++) {
        struct known *k = &q->items[i];
        if (k->cost < (best ? best->cost : q->base) &&
            is_subset(k->used, k->used_count, set, count))
            best = k;
    }
    return best;
}

/* A longer index of the set does what the candidate does, in nearly the same time. */
static bool is_stood_in_for(const struct judge *j, size_t cand, const size_t *set, size_t count)
{
    const struct candidate_list *l = &j->run->cands;
    for (size_t i = 0; i < count; i++)
        if (set[i] == cand || (l->items[set[i]]->rel == l->items[cand]->rel &&
                               ix_covered_by(l->items[cand], l->items[set[i]])))
            return true;
    return false;
}

/* The same, where longer indexes may stand in for those that the plan uses. */
static struct known *best_alike(const struct judge *j, struct judged *q, const size_t *set,
                                size_t count)
{
    struct known *best = NULL;
    for (size_t i = 0; i < q->count; i++) {
        struct known *k = &q->items[i];
        bool alike = k->cost < (best ? best->cost : q->base);
        for (size_t u = 0; alike && u < k->used_count; u++)
            alike = is_stood_in_for(j, k->used[u], set, count);
        if (alike)
            best = k;
    }
    return best;
}

double judge_model(struct judge *j, size_t query, const size_t *set, size_t count)
{
    const struct advise_run *r = j->run;
    double sum = r->rest[query];
    for (size_t n = r->need_from[query]; n < r->need_from[query + 1]; n++) {
        double least = r->worth[n];
        for (size_t i = 0; i < count; i++) {
            double *alone = &j->alone[n][set[i]];
            if (r->cands.items[set[i]]->rel != r->needs.items[n].rel)
                continue;
            if (isnan(*alone))
                *alone = run_need_cost(r, n, &set[i], 1, NULL);
            least = fmin(least, *alone);
        }
        sum += least;
    }
    return sum;
}

/* The model's word on how much the set makes of what is known with a part of it. */
static double scaled(struct judge *j, size_t query, struct known *best, double cost,
                     const size_t *set, size_t count)
{
    double before = best ? best->model : judge_model(j, query, NULL, 0);
    if (best && isnan(before))
        before = best->model = judge_model(j, query, best->used, best->used_count);
    return before > 0 ? cost * judge_model(j, query, set, count) / before : cost;
}

/* Planning takes the longer the more relations are joined: such a statement is asked about less,
 * and then only what was heard of it counts. Not a matter of time: the answer is to be the same
 * on every machine. */
enum { LEAST_ASKED = 12, MOST_ASKED = 200 };

bool judge_is_asked_out(const struct judge *j, size_t query)
{
    const struct advise_run *r = j->run;
    size_t scans = r->need_from[query + 1] - r->need_from[query];
    size_t allowed = MOST_ASKED / (scans ? scans : 1);
    return j->queries[query].count >= (allowed > LEAST_ASKED ? allowed : LEAST_ASKED);
}

void judge_bounds(struct judge *j, size_t query, const size_t *set, size_t count, double *least,
                  double *most)
{
    struct judged *q = &j->queries[query];
    struct known *best = best_known(q, set, count);
    *least = count ? 0 : q->base;
    *most = best ? best->cost : q->base;
    for (size_t i = 0; i < q->count; i++) {
        const struct known *k = &q->items[i];
        if (k->cost > *least && is_subset(set, count, k->set, k->set_count))
            *least = k->cost;
    }
    if (*most <= *least * (1 + 1e-9))
        *least = *most;
}

double judge_guess(struct judge *j, size_t query, const size_t *set, size_t count, bool *exact)
{
    struct judged *q = &j->queries[query];
    double least, most;
    judge_bounds(j, query, set, count, &least, &most);
    if (exact)
        *exact = least == most;
    if (least == most || j->cautious || judge_is_asked_out(j, query))
        return most;
    struct known *alike = best_alike(j, q, set, count);
    double cost = fmin(most, alike ? alike->cost : q->base);
    double guess = fmax(least, fmin(cost, scaled(j, query, alike, cost, set, count)));
    return least > 0 ? guess * pow(least / guess, j->hope) : guess;
}

static const size_t *copy_set(struct arena *a, const size_t *set, size_t count)
{
    size_t *copy = arena_calloc(a, count, sizeof *copy);
    if (count)
        memcpy(copy, set, count * sizeof *copy);
    return copy;
}

static struct known *add_known(struct judge *j, struct judged *q, const size_t *set, size_t count,
                               const struct whatif_answer *answer)
{
    struct arena *a = j->run->arena;
    if (q->count == q->cap) {
        struct known *more = arena_calloc(a, q->cap * 2 + 4, sizeof *more);
        if (q->count)
            memcpy(more, q->items, q->count * sizeof *more);
        q->items = more;
        q->cap = q->cap * 2 + 4;
    }
    struct known *k = &q->items[q->count++];
    size_t *used = arena_calloc(a, count, sizeof *used), n = 0;
    for (size_t i = 0; i < count; i++)
        if (answer->uses[i])
            used[n++] = set[i];
    *k = (struct known){.set = copy_set(a, set, count),
                        .set_count = count,
                        .used = used,
                        .used_count = n,
                        .cost = answer->plan->root->num[PROP_TOTAL_COST],
                        .model = NAN};
    return k;
}

static struct known *ask(struct judge *j, struct arena *a, size_t query, const size_t *set,
                         size_t count, struct plan **plan)
{
    struct judged *q = &j->queries[query];
    const struct whatif_index **indexes = arena_calloc(j->scratch, count, sizeof *indexes);
    struct whatif_answer answer;
    struct err err = {0};
    for (size_t i = 0; i < count; i++)
        indexes[i] = index_of(j, set[i]);
    if (judge_is_over(j))
        return NULL;
    if (!j->planner->plan(j->planner->ctx, a, &q->query, indexes, count, &answer, &err)) {
        take_error(j, &err);
        q->planned &= j->ended; /* it did before: the model judges what is left */
        return NULL;
    }
    *plan = answer.plan;
    return add_known(j, q, set, count, &answer);
}

/* A guess that is off by less does no harm. */
static const double GOOD_GUESS = 0.01;

static bool is_news(const struct known *k, double guess)
{
    return !k || fabs(k->cost - guess) > GOOD_GUESS * fmax(k->cost, guess);
}

bool judge_ask(struct judge *j, size_t query, const size_t *set, size_t count)
{
    bool exact;
    struct plan *plan;
    double guess = judge_guess(j, query, set, count, &exact);
    if (exact)
        return false;
    arena_clear(j->scratch);
    return is_news(ask(j, j->scratch, query, set, count, &plan), guess);
}

/* The plan that is kept is the one with this set, too: it uses nothing else, and had the choice. */
static bool is_kept(const struct judged *q, const size_t *set, size_t count)
{
    return q->has_last && q->after && is_subset(q->last.used, q->last.used_count, set, count) &&
           is_subset(set, count, q->last.set, q->last.set_count);
}

bool judge_ask_keeping(struct judge *j, size_t query, const size_t *set, size_t count)
{
    struct judged *q = &j->queries[query];
    struct plan *plan;
    bool exact;
    double guess = judge_guess(j, query, set, count, &exact);
    if (exact)
        return false;
    arena_clear(j->scratch);
    const struct known *k = ask(j, j->run->arena, query, set, count, &plan);
    if (k) {
        q->after = plan;
        q->last = *k;
        q->has_last = true;
    }
    return is_news(k, guess);
}

void judge_ask_last(struct judge *j, size_t query, const size_t *set, size_t count)
{
    struct judged *q = &j->queries[query];
    struct plan *plan;
    if (is_kept(q, set, count))
        return;
    arena_clear(j->scratch);
    const struct known *k = ask(j, j->run->arena, query, set, count, &plan);
    q->after = k ? plan : NULL;
    if (!k)
        k = best_known(q, set, count);
    q->has_last = k != NULL;
    if (k)
        q->last = *k;
}

void judge_forget_last(struct judge *j, size_t query)
{
    j->queries[query].has_last = false;
    j->queries[query].after = NULL;
}

/* ---- answers ---- */

bool judge_is_heard(const struct judge *j)
{
    for (size_t q = 0; q < j->run->out->query_count; q++)
        if (j->queries[q].planned)
            return true;
    return false;
}

size_t judge_calls(const struct judge *j)
{
    return j->planner->calls;
}

static bool contains(const size_t *set, size_t count, size_t cand)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == cand)
            return true;
    return false;
}

bool judge_uses(const struct judge *j, size_t query, size_t cand)
{
    const struct judged *q = &j->queries[query];
    return q->has_last && contains(q->last.used, q->last.used_count, cand);
}

double judge_cost(struct judge *j, size_t query, const size_t *set, size_t count)
{
    struct judged *q = &j->queries[query];
    double checks = run_fk_cost(j->run, query, set, count);
    if (!q->planned)
        return judge_model(j, query, set, count) + checks;
    size_t *heard = xcalloc(count, sizeof *heard);
    size_t n = judge_askable(j, query, set, count, heard);
    double cost = judge_guess(j, query, heard, n, NULL);
    bool model_only = false;
    for (size_t i = 0; i < count; i++)
        model_only |= j->relevant[query][set[i]] && !contains(heard, n, set[i]);
    if (model_only) {
        double part = judge_model(j, query, heard, n);
        cost *= part > 0 ? judge_model(j, query, set, count) / part : 1;
    }
    free(heard);
    return cost + checks;
}

const struct plan *judge_before(const struct judge *j, size_t query)
{
    return j->queries[query].before;
}

struct plan *judge_after(const struct judge *j, size_t query)
{
    return j->queries[query].after;
}

const struct judge_reject *judge_rejects(const struct judge *j, size_t *count)
{
    *count = j->reject_count;
    return j->rejects;
}
