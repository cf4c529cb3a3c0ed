/*
 * Choosing by shares, where the costs are a planner's. What is made as small as can be:
 *
 *     ln(what the workload takes) + b * (sum over the queries of ln(what one takes)) + l * indexes
 *
 * so that an index has to save the share l of what the workload still takes, or to halve one query,
 * or some of both. Every step lowers it, so that none is ever taken back for nothing. Greedy
 * additions, by the gain and by the gain for each byte, are followed by additions, exchanges and
 * removals for as long as they help; where room is short, also by removals with a new greedy
 * filling.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "advise/select_private.h"
#include "base/arena.h"

/* An index that makes more of the chosen ones superfluous at once is not thought of. */
enum { STEP_MAX = 8 };

struct step {
    size_t adds[STEP_MAX], drops[STEP_MAX];
    size_t add_count, drop_count;
};

struct gain {
    double value; /* by which the sum above falls */
    double bytes; /* more */
    double most;  /* of what it saves in one execution of a query */
};

struct share_search {
    struct search *s;
    double price;  /* l */
    double each;   /* b */
    double floor;  /* costs of less than this differ little */
    double writes; /* of what is chosen */
    double power;  /* of the bytes that a gain is divided by */
    size_t *seen;  /* per query: the number of the step that it was last weighed for */
    size_t step_number;
    double *worth; /* see consider_one */
};

/* Of two searches, a fall of less than this is none. */
static const double LEAST_FALL = 1e-6;
/* Where room is short the sum decides, and single queries count for less. */
static const double EACH_IF_SHORT = 0.25;
/* Gains that differ by less are one: rank decides, then size. */
static const double ALIKE = 0.01;

/* ---- steps ---- */

static bool covers(const struct search *s, size_t b, size_t a)
{
    return s->p->covered_by && s->p->covered_by(s->p->ctx, a, b);
}

/* Add a candidate, and drop what it makes superfluous. False: another makes it so, or there is no
 * room for the step. */
static bool step_add(const struct search *s, struct step *t, size_t cand)
{
    if (s->chosen[cand] || t->add_count == STEP_MAX)
        return false;
    for (size_t i = 0; i < t->add_count; i++)
        if (t->adds[i] == cand || covers(s, t->adds[i], cand) || covers(s, cand, t->adds[i]))
            return false;
    for (size_t i = 0; i < s->chosen_count; i++) {
        size_t c = s->picked[i];
        bool dropped = false;
        for (size_t k = 0; k < t->drop_count; k++)
            dropped |= t->drops[k] == c;
        if (dropped)
            continue;
        if (covers(s, c, cand))
            return false;
        if (!covers(s, cand, c))
            continue;
        if (t->drop_count == STEP_MAX)
            return false;
        t->drops[t->drop_count++] = c;
    }
    t->adds[t->add_count++] = cand;
    return true;
}

static bool step_bundle(const struct search *s, struct step *t, const struct select_bundle *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!s->chosen[b->cands[i]] && !step_add(s, t, b->cands[i]))
            return false;
    return t->add_count > 1;
}

static double sum_of(const struct step *t, const double *v)
{
    double sum = 0;
    for (size_t i = 0; v && i < t->add_count; i++)
        sum += v[t->adds[i]];
    for (size_t i = 0; v && i < t->drop_count; i++)
        sum -= v[t->drops[i]];
    return sum;
}

static void flip(struct search *s, const struct step *t, bool forward)
{
    for (size_t i = 0; i < t->drop_count; i++)
        (forward ? select_unpick : select_pick)(s, t->drops[i]);
    for (size_t i = 0; i < t->add_count; i++)
        (forward ? select_pick : select_unpick)(s, t->adds[i]);
}

static bool fits(const struct search *s, const struct step *t)
{
    const struct select_problem *p = s->p;
    double size = s->size + sum_of(t, p->size_bytes);
    size_t count = s->chosen_count + t->add_count - t->drop_count;
    return (!(p->budget_bytes > 0) || size <= p->budget_bytes) &&
           (p->max_chosen == 0 || count <= p->max_chosen);
}

/* ---- weighing ---- */

static bool is_due(const struct search *s, size_t cand)
{
    return s->p->due && s->p->due[cand];
}

/* Of how many indexes a candidate has the price, its bytes counted; one that is due is free. */
static double priced(const struct search *s, size_t cand)
{
    const struct select_problem *p = s->p;
    double bytes = p->bytes_as_one > 0 ? p->size_bytes[cand] / p->bytes_as_one : 0;
    return is_due(s, cand) ? 0 : 1 + bytes;
}

static double step_price(const struct share_search *x, const struct step *t)
{
    double n = 0;
    for (size_t i = 0; i < t->add_count; i++)
        n += priced(x->s, t->adds[i]);
    for (size_t i = 0; i < t->drop_count; i++)
        n -= priced(x->s, t->drops[i]);
    return x->price * n;
}

static double level(const struct share_search *x, double cost)
{
    return log(fmax(cost, 0) + x->floor);
}

struct change {
    double total, levels, most;
};

static void weigh_queries(struct share_search *x, size_t cand, struct change *out)
{
    struct search *s = x->s;
    for (size_t i = 0; i < s->query_counts[cand]; i++) {
        size_t q = s->queries[cand][i];
        if (x->seen[q] == x->step_number)
            continue;
        x->seen[q] = x->step_number;
        double before = s->query_cost[q], after = select_ask(s, q);
        if (before == after)
            continue;
        out->total += s->p->weight[q] * (before - after);
        out->levels += level(x, before) - level(x, after);
        out->most = fmax(out->most, before - after);
    }
}

static struct gain weigh(struct share_search *x, const struct step *t)
{
    struct search *s = x->s;
    struct change c = {0};
    double now = s->now + x->writes;
    x->step_number++;
    flip(s, t, true);
    for (size_t i = 0; i < t->add_count; i++)
        weigh_queries(x, t->adds[i], &c);
    for (size_t i = 0; i < t->drop_count; i++)
        weigh_queries(x, t->drops[i], &c);
    flip(s, t, false);
    double then = now - c.total + sum_of(t, s->p->write_cost);
    double fall = log(fmax(now, x->floor)) - log(fmax(then, x->floor));
    return (struct gain){fall + x->each * c.levels - step_price(x, t), sum_of(t, s->p->size_bytes),
                         c.most};
}

static void take(struct share_search *x, const struct step *t)
{
    struct search *s = x->s;
    x->step_number++;
    flip(s, t, true);
    s->size += sum_of(t, s->p->size_bytes);
    x->writes += sum_of(t, s->p->write_cost);
    for (size_t i = 0; i < t->add_count + t->drop_count; i++) {
        size_t c = i < t->add_count ? t->adds[i] : t->drops[i - t->add_count];
        for (size_t k = 0; k < s->query_counts[c]; k++)
            s->query_cost[s->queries[c][k]] = select_ask(s, s->queries[c][k]);
    }
    s->now = select_total(s);
}

/* ---- the best of many steps ---- */

struct best {
    struct step step;
    struct gain gain;
    double merit;
    bool found;
};

static double merit(const struct share_search *x, const struct gain *g)
{
    static const double page = 8192;
    return g->value / pow(fmax(g->bytes, page), x->power);
}

static size_t rank_of(const struct search *s, const struct step *t)
{
    return t->add_count == 1 && s->p->rank ? s->p->rank[t->adds[0]] : 0;
}

static bool is_better(const struct search *s, const struct best *a, const struct best *b)
{
    if (fabs(a->merit - b->merit) > ALIKE * fmax(a->merit, b->merit))
        return a->merit > b->merit;
    size_t ra = rank_of(s, &a->step), rb = rank_of(s, &b->step);
    return ra != rb ? ra > rb : a->gain.bytes < b->gain.bytes;
}

static void consider(struct share_search *x, const struct step *t, struct best *best)
{
    struct search *s = x->s;
    struct best b = {.step = *t, .found = true};
    if (!fits(s, t))
        return;
    b.gain = weigh(x, t);
    bool told = t->add_count == 0 || b.gain.bytes < 0 || b.gain.most >= s->p->least_gain;
    if (!told || b.gain.value < LEAST_FALL)
        return;
    b.merit = merit(x, &b.gain);
    if (!best->found || is_better(s, &b, best))
        *best = b;
}

/* What a candidate's addition (or, after them, a bundle's) was worth when it was last weighed. What
 * others gain already it gains no more, so it is seldom worth more later: those that were worth
 * less than the best so far are not weighed again. */
static void consider_one(struct share_search *x, size_t number, struct best *best)
{
    struct search *s = x->s;
    struct step t = {0};
    size_t cands = s->p->cand_count;
    double *worth = &x->worth[number];
    bool can = number < cands ? step_add(s, &t, number)
                              : step_bundle(s, &t, &s->p->bundles[number - cands]);
    if (!can || !fits(s, &t) || (best->found && *worth < best->merit * (1 - ALIKE)))
        return;
    struct best one = {0};
    consider(x, &t, &one);
    *worth = one.found ? one.merit : 0;
    if (one.found && (!best->found || is_better(s, &one, best)))
        *best = one;
}

static void fill(struct share_search *x)
{
    struct search *s = x->s;
    size_t count = s->p->cand_count + s->p->bundle_count;
    for (size_t i = 0; i < count; i++)
        x->worth[i] = INFINITY;
    while (!select_stopped(s)) {
        struct best best = {0};
        size_t first = 0;
        for (size_t i = 1; i < count; i++)
            if (x->worth[i] > x->worth[first])
                first = i;
        for (size_t i = 0; i < count; i++)
            consider_one(x, (first + i) % count, &best);
        if (!best.found)
            return;
        take(x, &best.step);
    }
}

/* ---- improving ---- */

static void consider_exchanges(struct share_search *x, size_t cand, struct best *best)
{
    const struct select_problem *p = x->s->p;
    struct step without = {.drops = {cand}, .drop_count = 1};
    consider(x, &without, best);
    for (size_t c = 0; c < p->cand_count; c++) {
        struct step t = without;
        if ((!p->group || p->group[c] == p->group[cand]) && step_add(x->s, &t, c))
            consider(x, &t, best);
    }
}

/* Each chosen one for another, or for nothing. Whether anything changed. */
static bool exchange(struct share_search *x)
{
    struct search *s = x->s;
    bool any = false;
    for (size_t i = 0; i < s->chosen_count && !select_stopped(s); i++) {
        struct best best = {0};
        consider_exchanges(x, s->picked[i], &best);
        if (!best.found)
            continue;
        take(x, &best.step);
        any = true;
    }
    return any;
}

/* Rounds of improvement; each lowers the sum, so that it ends by itself in a few. */
enum { ROUNDS_MAX = 50 };

static void improve(struct share_search *x)
{
    double power = x->power;
    for (int i = 0; i < ROUNDS_MAX; i++) {
        x->power = power;
        fill(x);
        x->power = 0;
        if (!exchange(x))
            break;
    }
    x->power = power;
}

/* ---- states ---- */

struct state {
    size_t *picked;
    size_t count;
    double value;
};

static double value_of(const struct share_search *x)
{
    const struct search *s = x->s;
    double sum = log(fmax(s->now + x->writes, x->floor));
    for (size_t q = 0; q < s->p->query_count; q++)
        sum += x->each * level(x, s->query_cost[q]);
    for (size_t i = 0; i < s->chosen_count; i++)
        sum += x->price * priced(s, s->picked[i]);
    return sum;
}

static void state_save(const struct share_search *x, struct state *out)
{
    out->count = x->s->chosen_count;
    out->value = value_of(x);
    memcpy(out->picked, x->s->picked, out->count * sizeof *out->picked);
}

static void clear(struct share_search *x)
{
    select_restart(x->s);
    x->writes = 0;
}

static void state_load(struct share_search *x, const struct state *in)
{
    clear(x);
    for (size_t i = 0; i < in->count; i++) {
        struct step t = {.adds = {in->picked[i]}, .add_count = 1};
        take(x, &t);
    }
}

/* Without one of the chosen, what else would be taken? */
static bool refill_without(struct share_search *x, size_t cand, double power, struct state *best)
{
    struct step without = {.drops = {cand}, .drop_count = 1};
    take(x, &without);
    x->power = power;
    fill(x);
    if (value_of(x) < best->value - LEAST_FALL) {
        state_save(x, best);
        return true;
    }
    state_load(x, best);
    return false;
}

static void shake(struct share_search *x, struct state *best)
{
    static const double powers[] = {1, 0};
    size_t since = 0;
    for (size_t i = 0; since < best->count && !select_stopped(x->s); i = (i + 1) % best->count) {
        since++;
        for (size_t k = 0; k < 2 && i < best->count; k++)
            if (refill_without(x, best->picked[i], powers[k], best))
                since = 0;
        if (best->count == 0)
            break;
    }
}

/* Begin with a set, if there is room for it, and improve it. */
static void begin_with(struct share_search *x, const struct select_bundle *start,
                       struct state *best)
{
    clear(x);
    for (size_t i = 0; i < start->count; i++) {
        struct step t = {.adds = {start->cands[i]}, .add_count = 1};
        if (fits(x->s, &t))
            take(x, &t);
    }
    improve(x);
    if (value_of(x) < best->value - LEAST_FALL)
        state_save(x, best);
}

void select_by_shares(struct search *s)
{
    static const double powers[] = {1, 0, 0.5};
    struct share_search x = {.s = s, .price = s->p->least_of_rest};
    struct state best = {.value = INFINITY};
    bool short_of_room = s->p->budget_bytes > 0;
    x.each = x.price / log(2) * (short_of_room ? EACH_IF_SHORT : 1);
    x.floor = fmax(s->p->least_gain, 1e-9);
    x.seen = xcalloc(s->p->query_count, sizeof *x.seen);
    x.worth = xcalloc(s->p->cand_count + s->p->bundle_count, sizeof *x.worth);
    best.picked = xcalloc(s->p->cand_count, sizeof *best.picked);
    for (size_t i = 0; i < (short_of_room && !s->p->quick ? 3 : 1); i++) {
        x.power = short_of_room ? powers[i] : 0;
        begin_with(&x, &(struct select_bundle){NULL, 0}, &best);
    }
    x.power = 0;
    for (size_t i = 0; i < s->p->start_count; i++)
        begin_with(&x, &s->p->starts[i], &best);
    state_load(&x, &best);
    if (short_of_room && !s->p->quick)
        shake(&x, &best);
    free(best.picked);
    free(x.seen);
    free(x.worth);
}
