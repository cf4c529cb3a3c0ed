/*
 * Greedy steps in both directions. Each step takes the move that gains most: add a candidate (or
 * a bundle of them), exchange a chosen one for another. With a budget the gain per byte
 * decides first and the gain itself second, and the better of the two answers is kept. At the end
 * whatever the others make superfluous is dropped.
 */
#include "advise/select.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

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
    size_t **cands; /* per query: the candidates that touch it */
    size_t *cand_counts;
    double now; /* weighted sum of query_cost */
    size_t calls;
};

/* ---- asking for costs, once for each query and each set that matters to it ---- */

static uint64_t hash_set(size_t query, const size_t *set, size_t count)
{
    uint64_t h = 1469598103934665603u ^ query;
    for (size_t i = 0; i < count; i++)
        h = (h * 1099511628211u) ^ (set[i] + 0x9E3779B97F4A7C15u);
    /* The table's size is a power of two: all bits must tell in the lowest ones. */
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    return h ? h : 1;
}

static struct memo *find_memo(struct search *s, uint64_t h, size_t query, size_t count)
{
    size_t i = h % s->memo_cap;
    for (; s->memo[i].used; i = (i + 1) % s->memo_cap)
        if (s->memo[i].hash == h && s->memo[i].query == query && s->memo[i].count == count &&
            memcmp(s->memo[i].set, s->set, count * sizeof *s->set) == 0)
            return &s->memo[i];
    return &s->memo[i];
}

static void grow_memo(struct search *s)
{
    struct memo *old = s->memo;
    size_t old_cap = s->memo_cap;
    s->memo_cap = old_cap ? old_cap * 2 : 1024;
    s->memo = xcalloc(s->memo_cap, sizeof *s->memo);
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i].used)
            continue;
        size_t at = old[i].hash % s->memo_cap;
        while (s->memo[at].used)
            at = (at + 1) % s->memo_cap;
        s->memo[at] = old[i];
    }
    free(old);
}

static double ask(struct search *s, size_t query)
{
    size_t count = 0;
    for (size_t i = 0; i < s->cand_counts[query]; i++)
        if (s->chosen[s->cands[query][i]])
            s->set[count++] = s->cands[query][i];
    if (s->memo_count * 2 >= s->memo_cap)
        grow_memo(s);
    uint64_t h = hash_set(query, s->set, count);
    struct memo *m = find_memo(s, h, query, count);
    if (!m->used) {
        *m = (struct memo){.hash = h, .query = query, .count = count, .used = true};
        m->set = xmalloc(count * sizeof *m->set);
        memcpy(m->set, s->set, count * sizeof *m->set);
        m->cost = s->p->cost(s->p->ctx, query, s->set, count);
        s->memo_count++;
        s->calls++;
    }
    return m->cost;
}

/* ---- moves ---- */

struct move {
    int add, drop;                      /* -1: none */
    const struct select_bundle *bundle; /* added besides; NULL */
    double gain;                        /* of the objective: read cost saved less write cost */
    double size;                        /* bytes more */
    double share; /* most of one query's cost, with no index, that it gains or loses */
    double step;  /* most of what it gains or loses in one execution of a query */
    double left;  /* weighted cost of the queries that it changes, afterwards */
};

static void flip(struct search *s, const struct move *m, bool forward)
{
    if (m->add >= 0)
        s->chosen[m->add] = forward;
    if (m->drop >= 0)
        s->chosen[m->drop] = !forward;
    for (size_t i = 0; m->bundle && i < m->bundle->count; i++)
        s->chosen[m->bundle->cands[i]] = forward;
}

static bool concerns(const struct search *s, const struct move *m, size_t query)
{
    const bool *touched = s->touched + query * s->p->cand_count;
    bool concerned = (m->add >= 0 && touched[m->add]) || (m->drop >= 0 && touched[m->drop]);
    for (size_t i = 0; m->bundle && i < m->bundle->count; i++)
        concerned |= touched[m->bundle->cands[i]];
    return concerned;
}

static double per_cand(const double *v, int cand)
{
    return cand >= 0 && v ? v[cand] : 0;
}

static double move_sum(const struct move *m, const double *v)
{
    double sum = per_cand(v, m->add) - per_cand(v, m->drop);
    for (size_t i = 0; m->bundle && v && i < m->bundle->count; i++)
        sum += v[m->bundle->cands[i]];
    return sum;
}

static int move_count(const struct move *m)
{
    return (m->add >= 0) - (m->drop >= 0) + (m->bundle ? (int)m->bundle->count : 0);
}

static void weigh_query(struct search *s, struct move *m, size_t q)
{
    double after = ask(s, q), gain = s->query_cost[q] - after, weight = s->p->weight[q];
    if (gain == 0)
        return;
    m->gain += weight * gain;
    m->left += weight * after;
    m->step = fmax(m->step, fabs(gain));
    if (s->query_base[q] > 0)
        m->share = fmax(m->share, fabs(gain) / s->query_base[q]);
}

/* The candidates of a move, by number. */
static size_t move_cands(const struct move *m)
{
    return (m->add >= 0) + (m->drop >= 0) + (m->bundle ? m->bundle->count : 0);
}

static size_t move_cand(const struct move *m, size_t k)
{
    if (m->add >= 0 && k-- == 0)
        return (size_t)m->add;
    if (m->drop >= 0 && k-- == 0)
        return (size_t)m->drop;
    return m->bundle->cands[k];
}

/* One of the candidates before the k-th has had its turn with the query. */
static bool touched_before(const struct search *s, const struct move *m, size_t k, size_t query)
{
    for (size_t i = 0; i < k; i++)
        if (s->touched[query * s->p->cand_count + move_cand(m, i)])
            return true;
    return false;
}

/* Try a move and take it back; fills in what it would gain. */
static void weigh(struct search *s, struct move *m)
{
    flip(s, m, true);
    m->gain = -move_sum(m, s->p->write_cost);
    m->size = move_sum(m, s->p->size_bytes);
    m->share = m->step = m->left = 0;
    for (size_t k = 0; k < move_cands(m); k++) {
        size_t c = move_cand(m, k);
        for (size_t i = 0; i < s->query_counts[c]; i++)
            if (!touched_before(s, m, k, s->queries[c][i]))
                weigh_query(s, m, s->queries[c][i]);
    }
    flip(s, m, false);
}

static double total(const struct search *s)
{
    double sum = 0;
    for (size_t q = 0; q < s->p->query_count; q++)
        sum += s->p->weight[q] * s->query_cost[q];
    return sum;
}

static void take(struct search *s, const struct move *m)
{
    flip(s, m, true);
    s->size += move_sum(m, s->p->size_bytes);
    s->chosen_count = (size_t)((int)s->chosen_count + move_count(m));
    for (size_t q = 0; q < s->p->query_count; q++)
        if (concerns(s, m, q))
            s->query_cost[q] = ask(s, q);
    s->now = total(s);
}

static bool fits(const struct search *s, const struct move *m)
{
    size_t count = (size_t)((int)s->chosen_count + move_count(m));
    double size = s->size + move_sum(m, s->p->size_bytes);
    bool room = !(s->p->budget_bytes > 0) || size <= s->p->budget_bytes;
    return room && (s->p->max_chosen == 0 || count <= s->p->max_chosen);
}

/* Gains that differ by less are one to a model if what is left differs by little, too: rank decides
 * then, and after it the size. */
static const double TIE_SHARE = 0.01, TIE_LEFT = 0.1;

static bool alike(double a, double b, double share)
{
    return fabs(a - b) <= share * fmax(fabs(a), fabs(b));
}

static size_t rank_of(const struct search *s, int cand)
{
    return cand >= 0 && s->p->rank ? s->p->rank[cand] : 0;
}

/* Gain per byte, or the gain itself; ties go to what is smaller, then to the lower id. */
static bool better(const struct search *s, const struct move *a, const struct move *b,
                   bool per_byte)
{
    double va = a->gain, vb = b->gain;
    if (per_byte) {
        va /= a->size > 8192 ? a->size : 8192;
        vb /= b->size > 8192 ? b->size : 8192;
        if (!alike(va, vb, 1e-9))
            return va > vb;
    } else if (!alike(va, vb, TIE_SHARE) ||
               (!alike(a->left, b->left, TIE_LEFT) && fabs(a->step - b->step) > s->p->tie_step)) {
        return va > vb;
    }
    if (!per_byte && rank_of(s, a->add) != rank_of(s, b->add))
        return rank_of(s, a->add) > rank_of(s, b->add);
    return a->size != b->size ? a->size < b->size : a->add < b->add;
}

static bool stopped(const struct search *s)
{
    return s->p->cancelled && s->p->cancelled(s->p->ctx);
}

/* However little is left over, a gain of less than this part of the least one is none. */
static const double LEAST_PART = 0.1;

static double least_gain(const struct search *s)
{
    double least = s->p->least_share * s->base;
    double rest = s->p->least_of_rest > 0 ? s->p->least_of_rest * s->now : least;
    return fmin(least, fmax(rest, LEAST_PART * least));
}

static bool is_due(const struct search *s, int cand)
{
    return cand >= 0 && s->p->due && s->p->due[cand];
}

/* An index that halves one of the queries is worth having, however rare the query is. */
static const double WORTHWHILE_SHARE = 0.5;

static bool is_worthwhile(const struct search *s, const struct move *m)
{
    bool told = m->step >= s->p->least_gain;
    return m->gain > 0 && (is_due(s, m->add) ||
                           (told && (m->gain > least_gain(s) || m->share >= WORTHWHILE_SHARE)));
}

/* To drop an index outright is worth it when next to nothing is lost. */
static bool is_dispensable(const struct search *s, const struct move *m)
{
    bool matters = m->share >= WORTHWHILE_SHARE / 2 || is_due(s, m->drop);
    return m->gain > (matters ? 1e-6 * s->base : -least_gain(s) * 0.5);
}

/* Keep the move if it is allowed, worthwhile, and better than the best so far. */
static void consider(struct search *s, struct move m, bool per_byte, struct move *best, bool *found)
{
    if (!fits(s, &m))
        return;
    weigh(s, &m);
    if (is_worthwhile(s, &m) && (!*found || better(s, &m, best, per_byte))) {
        *best = m;
        *found = true;
    }
}

static bool is_free(const struct search *s, const struct select_bundle *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (s->chosen[b->cands[i]])
            return false;
    return true;
}

static bool best_addition(struct search *s, bool per_byte, struct move *best)
{
    bool found = false;
    for (int c = 0; c < (int)s->p->cand_count && !stopped(s); c++)
        if (!s->chosen[c])
            consider(s, (struct move){.add = c, .drop = -1}, per_byte, best, &found);
    for (size_t b = 0; b < s->p->bundle_count && !stopped(s); b++)
        if (is_free(s, &s->p->bundles[b]))
            consider(s, (struct move){.add = -1, .drop = -1, .bundle = &s->p->bundles[b]}, per_byte,
                     best, &found);
    return found;
}

/* Two candidates of which no query cares for both: to exchange them is to add one and to drop the
 * other, unless there is room for so many only. */
static bool are_apart(const struct search *s, int a, int b)
{
    const struct select_problem *p = s->p;
    if (p->budget_bytes > 0 || p->max_chosen > 0)
        return false;
    for (size_t i = 0; i < s->query_counts[a]; i++)
        if (s->touched[s->queries[a][i] * p->cand_count + (size_t)b])
            return false;
    return true;
}

/* One chosen candidate for another, or for nothing. */
static void exchange(struct search *s, int drop, struct move *best, bool *found)
{
    struct move without = {.add = -1, .drop = drop};
    weigh(s, &without);
    double bar = fmax(1e-6 * s->base, -TIE_SHARE * without.gain);
    for (int c = -1; c < (int)s->p->cand_count; c++) {
        struct move m = {.add = c, .drop = drop};
        if ((c >= 0 && (s->chosen[c] || are_apart(s, c, drop))) || !fits(s, &m))
            continue;
        weigh(s, &m);
        bool good = c < 0 ? is_dispensable(s, &m) : m.gain > bar;
        if (good && (!*found || better(s, &m, best, false))) {
            *best = m;
            *found = true;
        }
    }
}

static bool best_exchange(struct search *s, struct move *best)
{
    bool found = false;
    for (int d = 0; d < (int)s->p->cand_count && !stopped(s); d++)
        if (s->chosen[d])
            exchange(s, d, best, &found);
    return found;
}

static void climb(struct search *s, bool per_byte)
{
    struct move m;
    while (best_addition(s, per_byte, &m))
        take(s, &m);
    /* Each exchange lowers the objective or the number of indexes; the bound is for rounding's
     * sake. */
    for (size_t i = 0; i < 4 * s->p->cand_count && best_exchange(s, &m); i++) {
        take(s, &m);
        while (best_addition(s, per_byte, &m))
            take(s, &m);
    }
}

static void drop_covered(struct search *s)
{
    const struct select_problem *p = s->p;
    for (size_t a = 0; p->covered_by && a < p->cand_count; a++)
        for (size_t b = 0; b < p->cand_count && s->chosen[a]; b++) {
            struct move m = {.add = -1, .drop = (int)a};
            if (a == b || !s->chosen[b] || !p->covered_by(p->ctx, a, b))
                continue;
            weigh(s, &m);
            take(s, &m);
        }
}

/* ---- the whole ---- */

static double objective(const struct search *s)
{
    double sum = total(s);
    for (size_t c = 0; c < s->p->cand_count; c++)
        sum += s->chosen[c] ? per_cand(s->p->write_cost, (int)c) : 0;
    return sum;
}

static void restart(struct search *s)
{
    memset(s->chosen, 0, s->p->cand_count * sizeof *s->chosen);
    s->chosen_count = 0;
    s->size = 0;
    for (size_t q = 0; q < s->p->query_count; q++)
        s->query_base[q] = s->query_cost[q] = ask(s, q);
    s->base = s->now = total(s);
}

static void run(struct search *s, bool per_byte)
{
    restart(s);
    climb(s, per_byte);
    drop_covered(s);
}

/* Both sides of `touched` as lists: of few queries and few candidates each, mostly. */
static void make_lists(struct search *s)
{
    const struct select_problem *p = s->p;
    s->queries = xcalloc(p->cand_count, sizeof *s->queries);
    s->query_counts = xcalloc(p->cand_count, sizeof *s->query_counts);
    s->cands = xcalloc(p->query_count, sizeof *s->cands);
    s->cand_counts = xcalloc(p->query_count, sizeof *s->cand_counts);
    for (size_t i = 0; i < p->query_count * p->cand_count; i++) {
        s->query_counts[i % p->cand_count] += s->touched[i];
        s->cand_counts[i / p->cand_count] += s->touched[i];
    }
    for (size_t c = 0; c < p->cand_count; c++)
        s->queries[c] = xcalloc(s->query_counts[c], sizeof **s->queries);
    for (size_t q = 0; q < p->query_count; q++)
        s->cands[q] = xcalloc(s->cand_counts[q], sizeof **s->cands);
    memset(s->query_counts, 0, p->cand_count * sizeof *s->query_counts);
    memset(s->cand_counts, 0, p->query_count * sizeof *s->cand_counts);
    for (size_t q = 0; q < p->query_count; q++)
        for (size_t c = 0; c < p->cand_count; c++)
            if (s->touched[q * p->cand_count + c]) {
                s->queries[c][s->query_counts[c]++] = q;
                s->cands[q][s->cand_counts[q]++] = c;
            }
}

static void init(struct search *s, const struct select_problem *p)
{
    *s = (struct search){.p = p};
    s->chosen = xcalloc(p->cand_count, sizeof *s->chosen);
    s->query_cost = xcalloc(p->query_count, sizeof *s->query_cost);
    s->query_base = xcalloc(p->query_count, sizeof *s->query_base);
    s->set = xcalloc(p->cand_count, sizeof *s->set);
    s->touched = xcalloc(p->query_count * p->cand_count, sizeof *s->touched);
    for (size_t q = 0; q < p->query_count; q++)
        for (size_t c = 0; c < p->cand_count; c++)
            s->touched[q * p->cand_count + c] = p->touches(p->ctx, q, c);
    make_lists(s);
    grow_memo(s);
}

static void release(struct search *s)
{
    for (size_t i = 0; i < s->memo_cap; i++)
        free(s->memo[i].set);
    free(s->memo);
    free(s->chosen);
    free(s->query_cost);
    free(s->query_base);
    free(s->set);
    free(s->touched);
    for (size_t c = 0; c < s->p->cand_count; c++)
        free(s->queries[c]);
    for (size_t q = 0; q < s->p->query_count; q++)
        free(s->cands[q]);
    free(s->queries);
    free(s->query_counts);
    free(s->cands);
    free(s->cand_counts);
}

static void sort_by_margin(struct select_result *r)
{
    for (size_t i = 1; i < r->count; i++)
        for (size_t j = i; j > 0 && r->marginal[j] > r->marginal[j - 1]; j--) {
            size_t c = r->chosen[j];
            double m = r->marginal[j];
            r->chosen[j] = r->chosen[j - 1];
            r->marginal[j] = r->marginal[j - 1];
            r->chosen[j - 1] = c;
            r->marginal[j - 1] = m;
        }
}

static void report(struct arena *a, struct search *s, struct select_result *r)
{
    r->chosen = arena_calloc(a, s->chosen_count, sizeof *r->chosen);
    r->marginal = arena_calloc(a, s->chosen_count, sizeof *r->marginal);
    r->count = 0;
    for (size_t c = 0; c < s->p->cand_count; c++) {
        struct move m = {.add = -1, .drop = (int)c};
        if (!s->chosen[c])
            continue;
        weigh(s, &m);
        r->chosen[r->count] = c;
        r->marginal[r->count++] = per_cand(s->p->write_cost, (int)c) - m.gain;
    }
    sort_by_margin(r);
    r->cost_before = s->base;
    r->cost_after = total(s);
    r->cost_calls = s->calls;
}

void select_indexes(struct arena *a, const struct select_problem *p, struct select_result *out)
{
    struct search s;
    init(&s, p);
    run(&s, false);
    if (p->budget_bytes > 0) {
        double plain = objective(&s);
        run(&s, true);
        if (objective(&s) > plain)
            run(&s, false);
    }
    report(a, &s, out);
    release(&s);
}
