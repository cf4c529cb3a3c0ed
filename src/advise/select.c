/*
 * Greedy steps in both directions. Each step takes the move that gains most: add a candidate (or
 * a bundle of them), exchange a chosen one for another. With a budget the gain per byte
 * decides first and the gain itself second, and the better of the two answers is kept. At the end
 * whatever the others make superfluous is dropped.
 */
#include "advise/select.h"

#include <math.h>

#include "advise/select_private.h"
#include "base/arena.h"

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

/* Make the move, or take it back. What is chosen already is not part of a move that adds it. */
static void flip(struct search *s, const struct move *m, bool forward)
{
    void (*const in)(struct search *, size_t) = forward ? select_pick : select_unpick;
    if (m->drop >= 0)
        (forward ? select_unpick : select_pick)(s, (size_t)m->drop);
    if (m->add >= 0)
        in(s, (size_t)m->add);
    for (size_t i = 0; m->bundle && i < m->bundle->count; i++)
        in(s, m->bundle->cands[i]);
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
    double after = select_ask(s, q), gain = s->query_cost[q] - after, weight = s->p->weight[q];
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

static void take(struct search *s, const struct move *m)
{
    flip(s, m, true);
    s->size += move_sum(m, s->p->size_bytes);
    for (size_t q = 0; q < s->p->query_count; q++)
        if (concerns(s, m, q))
            s->query_cost[q] = select_ask(s, q);
    s->now = select_total(s);
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

static double least_gain(const struct search *s)
{
    return s->p->least_share * s->base;
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
    for (int c = 0; c < (int)s->p->cand_count && !select_stopped(s); c++)
        if (!s->chosen[c])
            consider(s, (struct move){.add = c, .drop = -1}, per_byte, best, &found);
    for (size_t b = 0; b < s->p->bundle_count && !select_stopped(s); b++)
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
    for (int d = 0; d < (int)s->p->cand_count && !select_stopped(s); d++)
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
    double sum = select_total(s);
    for (size_t c = 0; c < s->p->cand_count; c++)
        sum += s->chosen[c] ? per_cand(s->p->write_cost, (int)c) : 0;
    return sum;
}

static void run(struct search *s, bool per_byte)
{
    select_restart(s);
    climb(s, per_byte);
    drop_covered(s);
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
    r->cost_after = select_total(s);
    r->cost_calls = s->calls;
}

void select_indexes(struct arena *a, const struct select_problem *p, struct select_result *out)
{
    struct search s;
    select_init(&s, p);
    if (p->least_of_rest > 0)
        select_by_shares(&s);
    else
        run(&s, false);
    if (p->budget_bytes > 0 && !(p->least_of_rest > 0)) {
        double plain = objective(&s);
        run(&s, true);
        if (objective(&s) > plain)
            run(&s, false);
    }
    report(a, &s, out);
    select_release(&s);
}
