/* Asking about sets: which candidates a statement's planner likes, and what is chosen of them. */
#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <time.h>
#define DBG(...) (getenv("ADVQ_DBG")?fprintf(stderr,__VA_ARGS__):0)
static double nowt(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec+t.tv_nsec/1e9;}

#include "advise/judge_private.h"
#include "base/arena.h"
#include "base/err.h"
#include "plan/plan.h"

/* How often a statement is planned without what it liked before. */
#define EXPLORE_ROUNDS (getenv("ER")?atoi(getenv("ER")):3)
/* What is left after the favourites are gone must still save this much to be looked at. */
static const double EXPLORE_LEAST = 0.02;
/* Rounds of choosing and asking; after them guesses are not believed any more. The first ones are
 * hopeful, the first most. */
#define HOPE_ROUNDS (getenv("HR")?atoi(getenv("HR")):3)
#define CHOICE_ROUNDS (getenv("CR")?atoi(getenv("CR")):7)
static const double MOST_HOPE = 0.5;
/* So many of the last rounds' choices are begun with; the last round begins with all. */
enum { STARTS = 2 };
/* What the model would have an index save, of a need and of a query, to be told that the planner
 * thinks otherwise. */
static const double REJECT_LEAST = 0.3;
/* An index must save this much of what the workload takes without it; less where the user sets the
 * room that indexes may take: it is there to be used. */
static const double LEAST_OF_REST = 0.01, LEAST_IN_BUDGET = 0.003;
/* Larger sets of one plan are not tried in one step. */
enum { BUNDLE_MAX = 4 };
/* Merged candidates for each table at most. */
enum { MERGES_MAX = 16 };

/* ---- exploring ---- */

static void mark_used(const struct judged *q, bool *liked)
{
    for (size_t k = 0; k < q->count; k++)
        for (size_t i = 0; i < q->items[k].used_count; i++)
            liked[q->items[k].used[i]] = true;
}

/* Where room is short: what the planner makes of the smallest ones only, of one column each. */
static void explore_slim(struct judge *j, size_t query, const size_t *all, size_t *set)
{
    size_t count = judge_askable(j, query, all, j->run->cands.count, set), slim = 0;
    for (size_t i = 0; i < count; i++)
        if (j->run->cands.items[set[i]]->total_count == 1)
            set[slim++] = set[i];
    if (slim)
        judge_ask(j, query, set, slim);
}

static void explore(struct judge *j, size_t query)
{
    struct judged *q = &j->queries[query];
    size_t n = j->run->cands.count;
    size_t *all = xcalloc(n, sizeof *all), *set = xcalloc(n, sizeof *set);
    bool *liked = xcalloc(n, sizeof *liked);
    for (size_t c = 0; c < n; c++)
        all[c] = c;
    for (int round = 0; round < EXPLORE_ROUNDS && q->planned && !judge_is_over(j); round++) {
        size_t count = judge_askable(j, query, all, n, set), left = 0;
        for (size_t i = 0; i < count; i++)
            if (!liked[set[i]])
                set[left++] = set[i];
        size_t heard = q->count;
        if (left)
            judge_ask(j, query, set, left);
        if (q->count == heard || q->items[heard].cost > q->base * (1 - EXPLORE_LEAST))
            break;
        mark_used(q, liked);
    }
    if (j->run->limits->budget_bytes > 0 && q->planned && !judge_is_over(j))
        explore_slim(j, query, all, set);
    free(all);
    free(set);
    free(liked);
}

/* Candidates that help only together are tried together: with all candidates there, the planner may
 * have taken another way, and one leg of an OR by itself is never used. */
static void explore_bundles(struct judge *j)
{
    const struct advise_run *r = j->run;
    size_t *set = xcalloc(r->cands.count, sizeof *set);
    for (size_t i = 0; i < r->bundle_count && !judge_is_over(j); i++) {
        const struct select_bundle *b = &r->bundles[i];
        size_t q = r->bundle_query[i];
        size_t count = j->queries[q].planned ? judge_askable(j, q, b->cands, b->count, set) : 0;
        if (count == b->count)
            judge_ask(j, q, set, count);
    }
    free(set);
}

/* ---- merging ---- */

static bool has_key(const struct ix *x, struct str canonical)
{
    for (size_t i = 0; i < x->total_count; i++)
        if (str_eq(x->keys[i].canonical, canonical))
            return true;
    return false;
}

/* a's keys, then those of b that are not among them; what both include. NULL: there is no such
 * index, or it is nothing new. */
static struct ix *merged(struct judge *j, const struct ix *a, const struct ix *b)
{
    bool alike = a->rel == b->rel && a->am == COST_BTREE && b->am == COST_BTREE &&
                 str_eq(a->predicate_key, b->predicate_key);
    if (!alike || ix_covered_by(a, b) || ix_covered_by(b, a))
        return NULL;
    struct ix *x = arena_alloc(j->run->arena, sizeof *x);
    *x = *a;
    x->keys = arena_calloc(j->run->arena, a->total_count + b->total_count, sizeof *x->keys);
    memcpy(x->keys, a->keys, a->key_count * sizeof *x->keys);
    x->total_count = x->key_count;
    for (size_t i = 0; i < b->key_count; i++)
        if (!has_key(x, b->keys[i].canonical))
            x->keys[x->total_count++] = b->keys[i];
    x->key_count = x->total_count;
    const struct ix *const both[] = {a, b};
    for (int k = 0; k < 2; k++)
        for (size_t i = both[k]->key_count; i < both[k]->total_count; i++)
            if (!has_key(x, both[k]->keys[i].canonical))
                x->keys[x->total_count++] = both[k]->keys[i];
    x->pages = x->tuples = x->size_bytes = NAN;
    x->height = -1;
    return x->key_count <= CANDIDATE_MAX_KEYS && x->total_count <= IX_MAX_KEYS ? x : NULL;
}

static bool is_there(const struct judge *j, const struct ix *x)
{
    const struct candidate_list *l = &j->run->cands;
    const struct rel_indexes *rel = run_existing(j->run, x->rel);
    for (size_t i = 0; i < l->count; i++)
        if (ix_same(x, l->items[i]))
            return true;
    for (size_t i = 0; i < rel->count; i++)
        if (ix_covered_by(x, rel->items[i]))
            return true;
    return false;
}

/* Of the candidates that some planner likes, pairs on one table that one index might stand for. */
static void add_merged(struct judge *j)
{
    size_t n = j->run->cands.count;
    bool *liked = xcalloc(n, sizeof *liked);
    size_t made = 0;
    for (size_t q = 0; q < j->run->out->query_count; q++)
        mark_used(&j->queries[q], liked);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n && liked[a] && made < MERGES_MAX * j->run->rel_count; b++) {
            struct ix *x = a != b && liked[b]
                               ? merged(j, j->run->cands.items[a], j->run->cands.items[b])
                               : NULL;
            if (!x || is_there(j, x))
                continue;
            access_size(&j->run->model, x);
            candidate_push(j->run->arena, &j->run->cands, x);
            made++;
        }
    free(liked);
    judge_grow(j);
}

void judge_explore(struct judge *j)
{
    size_t count = j->run->out->query_count;
    judge_grow(j);
    for (size_t q = 0; q < count && !judge_is_over(j); q++) {
        judge_tell(j, "trying candidates", q, count);
        explore(j, q);
    }
    DBG("%.2f explore: %zu calls, %zu cands\n", nowt(), j->planner->calls, j->run->cands.count);
    explore_bundles(j);
    DBG("%.2f bundles: %zu calls\n", nowt(), j->planner->calls);
    add_merged(j);
}

/* ---- the part of the problem that is left ---- */

/* Candidates that nobody likes are left out, so that choosing takes time for the others only. */
struct narrowed {
    struct judge *j;
    const struct select_problem *whole;
    size_t *ids; /* of the candidates that stay */
    size_t count;
    size_t *set; /* scratch */
};

static double narrowed_cost(void *ctx, size_t query, const size_t *set, size_t count)
{
    struct narrowed *n = ctx;
    for (size_t i = 0; i < count; i++)
        n->set[i] = n->ids[set[i]];
    return judge_cost(n->j, query, n->set, count);
}

static bool narrowed_touches(void *ctx, size_t query, size_t cand)
{
    const struct narrowed *n = ctx;
    const struct advise_run *r = n->j->run;
    size_t c = n->ids[cand];
    return n->j->relevant[query][c] ||
           run_fk_cost(r, query, &c, 1) < run_fk_cost(r, query, NULL, 0);
}

static bool narrowed_covered(void *ctx, size_t a, size_t b)
{
    const struct narrowed *n = ctx;
    return n->whole->covered_by(n->whole->ctx, n->ids[a], n->ids[b]);
}

static bool narrowed_cancelled(void *ctx)
{
    struct narrowed *n = ctx;
    return !n->j->cautious && judge_is_over(n->j);
}

/* Liked by a planner, a smaller version of one that is, or the model's own affair. */
static bool *find_worthy(struct judge *j)
{
    const struct candidate_list *l = &j->run->cands;
    bool *liked = xcalloc(l->count, sizeof *liked), *worthy = xcalloc(l->count, sizeof *worthy);
    for (size_t q = 0; q < j->run->out->query_count; q++)
        mark_used(&j->queries[q], liked);
    for (size_t c = 0; c < l->count; c++) {
        worthy[c] = liked[c] || run_serves_fk(j->run, c);
        for (size_t b = 0; b < l->count && !worthy[c]; b++)
            worthy[c] = liked[b] && ix_covered_by(l->items[c], l->items[b]);
        for (size_t q = 0; q < j->run->out->query_count && !worthy[c]; q++)
            worthy[c] = j->relevant[q][c] && !judge_knows(j, q, c) && !judge_is_over(j);
    }
    free(liked);
    return worthy;
}

static bool is_merged(const struct judge *j, const struct select_problem *p, size_t cand)
{
    return cand >= p->cand_count || cand >= j->run->drafted;
}

static void narrow(struct judge *j, const struct select_problem *p, struct narrowed *n)
{
    bool *worthy = find_worthy(j);
    *n = (struct narrowed){.j = j, .whole = p};
    n->ids = arena_calloc(j->run->arena, p->cand_count, sizeof *n->ids);
    n->set = arena_calloc(j->run->arena, p->cand_count, sizeof *n->set);
    for (size_t c = 0; c < p->cand_count; c++)
        if (worthy[c] || is_merged(j, p, c))
            n->ids[n->count++] = c;
    free(worthy);
}

#define PICK(type, field)                                                                          \
    do {                                                                                           \
        type *part = arena_calloc(a, n->count, sizeof *part);                                      \
        for (size_t i = 0; p->field && i < n->count; i++)                                          \
            part[i] = p->field[n->ids[i]];                                                         \
        out.field = p->field ? part : NULL;                                                        \
    } while (0)

static bool is_new_bundle(const struct select_bundle *all, size_t count, const size_t *cands,
                          size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].count == size && memcmp(all[i].cands, cands, size * sizeof *cands) == 0)
            return false;
    return true;
}

/* What one plan used together may be of little use one by one. */
static void add_bundles(const struct narrowed *n, struct select_problem *out)
{
    struct judge *j = n->j;
    struct arena *a = j->run->arena;
    size_t total = 0, *number = xcalloc(j->run->cands.count, sizeof *number);
    for (size_t q = 0; q < out->query_count; q++)
        total += j->queries[q].count;
    struct select_bundle *bundles = arena_calloc(a, total, sizeof *bundles);
    for (size_t i = 0; i < n->count; i++)
        number[n->ids[i]] = i;
    out->bundle_count = 0;
    for (size_t q = 0; q < out->query_count; q++)
        for (size_t k = 0; k < j->queries[q].count; k++) {
            const struct known *x = &j->queries[q].items[k];
            if (x->used_count < 2 || x->used_count > BUNDLE_MAX)
                continue;
            size_t *cands = arena_calloc(a, x->used_count, sizeof *cands);
            for (size_t i = 0; i < x->used_count; i++)
                cands[i] = number[x->used[i]];
            if (is_new_bundle(bundles, out->bundle_count, cands, x->used_count))
                bundles[out->bundle_count++] = (struct select_bundle){cands, x->used_count};
        }
    out->bundles = bundles;
    free(number);
}

/* Where the user sets no limit, a tenth more to store has the price of one more index. */
static const double SPACE_AS_ONE = 0.1;

/* Bytes of the tables that candidates are for. */
static double tables_bytes(const struct judge *j)
{
    const struct candidate_list *l = &j->run->cands;
    struct cost_table t;
    double pages = 0;
    for (size_t c = 0; c < l->count; c++) {
        bool seen = false;
        for (size_t b = 0; b < c && !seen; b++)
            seen = l->items[b]->rel == l->items[c]->rel;
        if (!seen && cost_table_from(&t, j->run->cat, l->items[c]->rel))
            pages += t.pages;
    }
    return pages * 8192;
}

/* The first candidate of the same relation. */
static size_t *groups_of(const struct narrowed *n)
{
    struct ix **items = n->j->run->cands.items;
    size_t *group = arena_calloc(n->j->run->arena, n->count, sizeof *group);
    for (size_t i = 0; i < n->count; i++)
        while (items[n->ids[group[i]]]->rel != items[n->ids[i]]->rel)
            group[i]++;
    return group;
}

static struct select_problem problem_of(struct narrowed *n)
{
    const struct select_problem *p = n->whole;
    struct arena *a = n->j->run->arena;
    struct select_problem out = *p;
    out.ctx = n;
    out.cand_count = n->count;
    out.cost = narrowed_cost;
    out.touches = narrowed_touches;
    out.covered_by = narrowed_covered;
    out.cancelled = narrowed_cancelled;
    out.least_of_rest = p->budget_bytes > 0 ? LEAST_IN_BUDGET : LEAST_OF_REST;
    out.bytes_as_one = p->budget_bytes > 0 ? 0 : SPACE_AS_ONE * tables_bytes(n->j);
    out.group = groups_of(n);
    add_bundles(n, &out);
    PICK(double, size_bytes);
    PICK(double, write_cost);
    PICK(size_t, rank);
    PICK(bool, due);
    return out;
}

/* ---- choosing ---- */

/* The chosen ones by their own numbers, ascending. */
static size_t *sorted_ids(const struct narrowed *n, const struct select_result *r)
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
    bool lacking;  /* the set is the chosen one without an index: its loss; else what it saves */
    const size_t *chosen;
    size_t chosen_count;
};

/* Figures of which less than this share is open are known well enough. */
static const double OPEN_SHARE = 0.05;

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
        if (sure >= in->enough || open <= OPEN_SHARE * (sure + open))
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

/* An index is worth its place for certain once it is known to save so many times its price. */
static const double CERTAIN = 3;

/* What the workload takes more without one of the set. */
static bool inquire_without(struct judge *j, const struct select_problem *p, const size_t *ids,
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
static bool confirm(struct judge *j, const struct select_problem *p, const size_t *ids,
                    size_t count, double enough)
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
        news |= inquire_without(j, p, ids, count, i, enough);
    }
    free(set);
    return news;
}

static void plan_last(struct judge *j, const size_t *ids, size_t count)
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
static void ask_alone(struct judge *j, const struct select_problem *p, const size_t *ids,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct inquiry in = {.set = &ids[i],
                             .count = 1,
                             .user = ids[i],
                             .users_only = true,
                             .enough = INFINITY};
        inquire(j, p, &in);
    }
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
        inquire_without(j, p, ids, count, i, INFINITY);
        if (loss_without(j, p, ids, count, i) > p->least_gain / 10)
            continue;
        memmove(ids + i, ids + i + 1, (count - i - 1) * sizeof *ids);
        plan_last(j, ids, --count);
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

/* ---- what the model would have had ---- */

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
    if (with >= without * (1 - EXPLORE_LEAST))
        j->rejects[j->reject_count++] = (struct judge_reject){cand, query, with, without};
}

static void find_rejects(struct judge *j)
{
    const struct advise_run *r = j->run;
    bool *liked = xcalloc(r->cands.count, sizeof *liked);
    for (size_t q = 0; q < r->out->query_count; q++)
        mark_used(&j->queries[q], liked);
    j->rejects = arena_calloc(r->arena, r->needs.count, sizeof *j->rejects);
    for (size_t i = 0; i < r->needs.count && !judge_is_over(j); i++) {
        size_t cand, q = r->needs.items[i].query;
        bool matters = r->worth[i] > REJECT_LEAST * run_model_cost(r, q, NULL, 0);
        if (matters && model_favourite(j, i, &cand) && !liked[cand])
            reject(j, q, cand);
    }
    free(liked);
}

void judge_select(struct judge *j, const struct select_problem *p, struct select_result *out)
{
    struct select_result result;
    struct narrowed n;
    size_t *ids = NULL;
    narrow(j, p, &n);
    struct select_problem part = problem_of(&n);
    struct select_bundle tried[32];
    int cr=CHOICE_ROUNDS, caut=getenv("CAUT")?atoi(getenv("CAUT")):0;
    for (int round = 0;; round++) {
        j->cautious = round >= cr || judge_is_over(j);
        j->hope = fmax(MOST_HOPE * (HOPE_ROUNDS - round) / HOPE_ROUNDS, 0);
        bool last = round >= cr+caut || judge_is_over(j);
        part.quick = j->hope > 0;
        part.start_count = j->cautious ? (size_t)round : j->hope > 0 ? (size_t)0 : (size_t)(round < STARTS ? round : STARTS);
        part.starts = tried + round - part.start_count;
        select_indexes(j->run->arena, &part, &result);
        free(ids);
        ids = sorted_ids(&n, &result);
        if (last)
            break;
        bool news = confirm(j, p, ids, result.count, CERTAIN * part.least_of_rest * result.cost_after);
        if (getenv("ADVQ_DBG")) { bool c=j->cautious; j->cautious=true; double sum=0; for (size_t q=0;q<p->query_count;q++) sum+=p->weight[q]*judge_cost(j,q,ids,result.count); j->cautious=c;
        DBG("%.2f round %d: %zu calls, %zu cands, %zu bundles, chosen %zu est %.0f -> %.0f, real %.0f, cost_calls %zu news %d\n", nowt(), round, j->planner->calls, n.count, part.bundle_count, result.count, result.cost_before, result.cost_after, sum, result.cost_calls, news);}
        tried[round] = (struct select_bundle){result.chosen, result.count};
        if (!news && !(j->hope > 0))
            break;
    }
    size_t count = result.count, kept = 0;
    DBG("%.2f end: %zu calls\n", nowt(), j->planner->calls);
    plan_last(j, ids, count);
    DBG("%.2f last: %zu calls\n", nowt(), j->planner->calls);
    for (size_t i = 0; i < count; i++)
        if (j->ended || !is_unused(j, ids[i]))
            ids[kept++] = ids[i];
    if (kept < count)
        plan_last(j, ids, kept);
    j->cautious = true;
    kept = prune(j, p, ids, kept);
    DBG("%.2f prune: %zu calls\n", nowt(), j->planner->calls);
    ask_alone(j, p, ids, kept);
    DBG("%.2f alone: %zu calls\n", nowt(), j->planner->calls);
    fill_result(j, p, ids, kept, out);
    find_rejects(j);
    DBG("%.2f rejects: %zu calls\n", nowt(), j->planner->calls);
    free(ids);
}
