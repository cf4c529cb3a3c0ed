/* Times: over all loops, per process, self; who pays for InitPlans and CTEs; the proof. */
#include <stdlib.h>

#include "base/arena.h"
#include "plan/measure.h"

/* EXPLAIN prints milliseconds with three decimals: a mean over loops is off by at most half of the
 * last. */
static const double TIME_ROUNDING_MS = 0.0005;

static void measure_node_time(struct measure *s, const struct node *n)
{
    struct node_metrics *m = measure_of(s, n);
    double loops = measure_loops(n);
    m->process_ms = n->num[PROP_ACTUAL_TOTAL_TIME] * loops;
    if (n->never_executed && s->plan->has_timing)
        m->process_ms = 0;
    m->wall_ms = m->process_ms / m->processes;
    m->startup_ms = n->num[PROP_ACTUAL_STARTUP_TIME];
    m->slack_ms = TIME_ROUNDING_MS * num_or(loops, 0) / m->processes;
    m->self_process_ms = m->process_ms;
    s->raw_self_ms[n->id - 1] = m->wall_ms;
}

/* Take from n what ran inside it; the child's rounding comes with it. */
static void subtract(struct measure *s, const struct node *n, double wall_ms, double process_ms,
                     double slack_ms)
{
    struct node_metrics *m = measure_of(s, n);
    s->raw_self_ms[n->id - 1] -= num_or(wall_ms, 0);
    m->self_process_ms -= num_or(process_ms, 0);
    m->slack_ms += slack_ms;
}

static double rounding_of(const struct node *n, const struct node_metrics *m)
{
    return TIME_ROUNDING_MS * num_or(measure_loops(n), 0) / m->processes;
}

static void subtract_children(struct measure *s)
{
    for (int i = 1; i < s->plan->node_count; i++) {
        const struct node *n = s->plan->nodes[i];
        if (!n->parent || !measure_is_inside(n))
            continue;
        const struct node_metrics *m = measure_of(s, n);
        bool gather = node_has_trait(n->parent, TRAIT_GATHER);
        subtract(s, n->parent, m->wall_ms, gather ? m->wall_ms : m->process_ms, rounding_of(n, m));
    }
}

/* ---- InitPlans ---- */

/* Below a Gather nobody evaluates an InitPlan: the leader does it in the Gather, before it starts
 * workers. */
static const struct node *where_it_runs(const struct measure *s, const struct debt *d,
                                        const struct node *reader)
{
    for (const struct node *g; (g = s->gather[reader->id - 1]) && measure_within(s, g, d->owner);)
        reader = g;
    return reader;
}

static bool can_pay(const struct measure *s, const struct debt *d, const struct node *n)
{
    const struct node_metrics *m = measure_of(s, d->plan);
    double slack = rounding_of(d->plan, m) + measure_of(s, n)->slack_ms;
    return s->raw_self_ms[n->id - 1] + slack >= num_or(m->wall_ms, 0);
}

/* Of the nodes that mention the value, the one with the most time of its own. */
static const struct node *likely_reader(const struct measure *s, const struct debt *d)
{
    const struct node *best = NULL;
    for (size_t i = 0; i < d->reader_count; i++) {
        const struct node *n = where_it_runs(s, d, d->readers[i]);
        if (!best || s->raw_self_ms[n->id - 1] > s->raw_self_ms[best->id - 1])
            best = n;
    }
    return best;
}

/*
 * Where the InitPlan ran: in the node that mentions its value, if that has the time to have paid
 * for it. An Append asks for its members' sake when it prunes them at run time, so next come the
 * nodes above. Target lists are not shown without VERBOSE: if nobody mentions the value, it is the
 * owner, or else whoever in its subtree has the most time.
 */
static const struct node *payer(const struct measure *s, const struct debt *d)
{
    const struct node *best = likely_reader(s, d);
    for (const struct node *n = best; n && n != d->owner->parent; n = n->parent)
        if (can_pay(s, d, n))
            return n;
    if (can_pay(s, d, d->owner))
        return d->owner;
    if (!best)
        best = d->owner;
    for (int i = d->owner->id; i < s->end[d->owner->id - 1]; i++) {
        const struct node *n = s->plan->nodes[i];
        if (!measure_within(s, n, d->plan) && s->raw_self_ms[i] > s->raw_self_ms[best->id - 1])
            best = n;
    }
    return where_it_runs(s, d, best);
}

static void settle_init_plan(struct measure *s, const struct debt *d)
{
    struct node_metrics *m = measure_of(s, d->plan);
    m->evaluator = payer(s, d);
    subtract(s, m->evaluator, m->wall_ms, m->process_ms, rounding_of(d->plan, m));
}

/* ---- CTEs ---- */

static int by_self(const void *a, const void *b, void *arg)
{
    const struct measure *s = arg;
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    double tx = s->raw_self_ms[x->id - 1], ty = s->raw_self_ms[y->id - 1];
    return tx != ty ? (tx < ty ? 1 : -1) : x->id - y->id;
}

/*
 * The scan that comes first pays for the rows it pulls, later ones read the stored copy.
 * Which was first is not printed; it is the one with the time to have paid.
 */
static void settle_cte(struct measure *s, const struct debt *d)
{
    const struct node_metrics *m = measure_of(s, d->plan);
    double left = num_or(m->wall_ms, 0), slack = rounding_of(d->plan, m);
    if (d->reader_count > 1)
        qsort_r(d->readers, d->reader_count, sizeof *d->readers, by_self, s);
    for (size_t i = 0; i < d->reader_count && left > 0; i++) {
        double can = s->raw_self_ms[d->readers[i]->id - 1];
        double pays = can < left ? can : left;
        slack += measure_of(s, d->readers[i])->slack_ms;
        if (pays > 0) {
            subtract(s, d->readers[i], pays, pays, rounding_of(d->plan, m));
            left -= pays;
        }
    }
    /* A data-modifying CTE that was not read to its end is run to it after the main plan. */
    if (left > slack)
        s->m->post_plan_ms += left;
}

static void settle_debts(struct measure *s)
{
    for (size_t i = 0; i < s->debt_count; i++) {
        struct debt *d = &s->debts[i];
        if (d->plan->never_executed || !num_known(measure_of(s, d->plan)->wall_ms))
            continue;
        if (d->is_cte)
            settle_cte(s, d);
        else
            settle_init_plan(s, d);
    }
}

/* ---- parallel detail ---- */

static double of_worker(const struct worker *w, enum prop_id id)
{
    return w->num[id] * num_or(w->num[PROP_ACTUAL_LOOPS], 1);
}

static void measure_skew(struct measure *s, const struct node *n)
{
    struct node_metrics *m = measure_of(s, n);
    double workers_ms = 0, workers_rows = 0, most = 0;
    m->leader_ms = m->leader_rows = m->skew = NAN;
    if (m->processes <= 1 || n->worker_count == 0 || !num_known(m->process_ms))
        return;
    for (size_t i = 0; i < n->worker_count; i++) {
        double ms = of_worker(&n->workers[i], PROP_ACTUAL_TOTAL_TIME);
        if (!num_known(ms))
            return;
        workers_ms += ms;
        workers_rows += num_or(of_worker(&n->workers[i], PROP_ACTUAL_ROWS), 0);
        most = ms > most ? ms : most;
    }
    double rows = n->num[PROP_ACTUAL_ROWS] * measure_loops(n);
    m->leader_ms = m->process_ms > workers_ms ? m->process_ms - workers_ms : 0;
    m->leader_rows = rows > workers_rows ? rows - workers_rows : 0;
    most = m->leader_ms > most ? m->leader_ms : most;
    m->skew = m->process_ms > 0 ? most / (m->process_ms / m->processes) : NAN;
}

/* ---- the proof ---- */

static void clamp_self(struct measure *s, int i)
{
    struct node_metrics *m = &s->m->node[i];
    m->self_ms = s->raw_self_ms[i];
    m->deficit_ms = m->self_ms < 0 ? -m->self_ms : 0;
    if (m->self_ms < 0)
        m->self_ms = 0;
    if (m->self_process_ms < 0)
        m->self_process_ms = 0;
}

static void prove(struct measure *s)
{
    struct plan_metrics *m = s->m;
    for (int i = 0; i < s->plan->node_count; i++) {
        clamp_self(s, i);
        m->self_sum_ms += num_or(m->node[i].self_ms, 0);
        m->self_sum_slack_ms += m->node[i].slack_ms;
    }
    m->self_sum_ms -= m->post_plan_ms;
    m->unaccounted_ms = m->execution_printed
                            ? m->execution_ms - m->self_sum_ms - m->after_triggers_ms -
                                  m->post_plan_ms - num_or(m->serialization_ms, 0)
                            : NAN;
}

void measure_time(struct measure *s)
{
    const struct plan *p = s->plan;
    struct plan_metrics *m = s->m;
    for (int i = 0; i < p->node_count; i++)
        measure_node_time(s, p->nodes[i]);
    m->root_ms = m->node[0].wall_ms;
    m->execution_printed = num_known(p->execution_ms);
    m->execution_ms = m->execution_printed ? p->execution_ms : m->root_ms;
    m->serialization_ms = p->serialization ? p->serialization[PROP_TIME] : NAN;
    m->jit_ms = p->jit ? p->jit->total_ms : NAN;
    subtract_children(s);
    settle_debts(s);
    measure_triggers(s);
    prove(s);
    for (int i = 0; i < p->node_count; i++)
        measure_skew(s, p->nodes[i]);
}
