#include "plan/metrics.h"

#include <stdlib.h>

#include "base/arena.h"
#include "plan/measure.h"

double measure_loops(const struct node *n)
{
    double loops = n->num[PROP_ACTUAL_LOOPS];
    bool has_figures =
        num_known(n->num[PROP_ACTUAL_ROWS]) || num_known(n->num[PROP_ACTUAL_TOTAL_TIME]);
    return num_known(loops) ? loops : has_figures ? 1 : NAN;
}

void measure_shape(struct measure *s)
{
    const struct plan *p = s->plan;
    for (int i = p->node_count; i-- > 0;) {
        const struct node *n = p->nodes[i];
        s->end[i] = s->end[i] > n->id ? s->end[i] : n->id;
        if (n->parent && s->end[n->parent->id - 1] < s->end[i])
            s->end[n->parent->id - 1] = s->end[i];
    }
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        struct node_metrics *m = &s->m->node[i];
        m->processes = 1;
        if (!n->parent || n->rel == REL_INITPLAN) /* InitPlans and CTEs run in the leader */
            continue;
        if (node_has_trait(n->parent, TRAIT_GATHER)) {
            double ratio = measure_loops(n) / measure_loops(n->parent);
            s->gather[i] = n->parent;
            m->processes = ratio >= 1 && isfinite(ratio) ? ratio : 1;
        } else {
            s->gather[i] = s->gather[n->parent->id - 1];
            m->processes = measure_of(s, n->parent)->processes;
        }
        m->one_process = m->processes > 1 && measure_loops(n) <= measure_loops(s->gather[i]);
    }
}

static enum metric_unit choose_unit(const struct plan *p)
{
    return p->has_timing                     ? UNIT_TIME
           : p->has_actual && p->has_buffers ? UNIT_BUFFERS
           : p->has_actual                   ? UNIT_ROWS
                                             : UNIT_COST;
}

static double touched(const struct metric_io *io)
{
    return num_or(io->hit, 0) + num_or(io->read, 0) + num_or(io->temp_read, 0) +
           num_or(io->temp_written, 0);
}

/* Costs have their weights already: measure_cost distributes them. */
static void weigh_node(enum metric_unit unit, struct node_metrics *m)
{
    switch (unit) {
    case UNIT_TIME:
        m->weight = num_or(m->self_ms, 0);
        m->weight_total = num_or(m->wall_ms, 0);
        break;
    case UNIT_BUFFERS:
        m->weight = touched(&m->own_io);
        m->weight_total = touched(&m->io);
        break;
    case UNIT_ROWS:
        m->weight = num_or(m->rows, 0) + num_or(m->rows_removed, 0);
        break;
    case UNIT_COST:
        break;
    }
}

static double whole_of(const struct measure *s)
{
    const struct plan_metrics *m = s->m;
    const struct node_metrics *root = &m->node[0];
    double inside;
    switch (m->unit) {
    case UNIT_TIME:
        inside = m->root_ms + num_or(m->post_plan_ms, 0);
        return num_or(m->execution_ms, 0) > inside ? m->execution_ms : inside;
    case UNIT_BUFFERS:
    case UNIT_COST:
        return root->weight_total;
    case UNIT_ROWS:
        return root->weight_total;
    }
    return 0;
}

/* Rows have no inclusive figure of their own: the rows handled in the subtree stand for it. */
static void add_up_rows(struct measure *s)
{
    for (int i = s->plan->node_count; i-- > 0;) {
        struct node_metrics *m = &s->m->node[i];
        m->weight_total += m->weight;
        if (s->plan->nodes[i]->parent)
            measure_of(s, s->plan->nodes[i]->parent)->weight_total += m->weight_total;
    }
}

static void weigh(struct measure *s)
{
    struct plan_metrics *m = s->m;
    for (int i = 0; i < s->plan->node_count; i++)
        weigh_node(m->unit, &m->node[i]);
    if (m->unit == UNIT_ROWS)
        add_up_rows(s);
    m->whole = whole_of(s);
    for (int i = 0; i < s->plan->node_count; i++) {
        struct node_metrics *n = &m->node[i];
        n->share = m->whole > 0 ? n->weight / m->whole : 0;
        n->share_total = m->whole > 0 ? n->weight_total / m->whole : 0;
    }
}

static int by_weight(const void *a, const void *b, void *arg)
{
    const struct plan_metrics *m = arg;
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    double wx = metrics_of(m, x)->weight, wy = metrics_of(m, y)->weight;
    return wx != wy ? (wx < wy ? 1 : -1) : x->id - y->id;
}

static void rank(struct measure *s)
{
    struct plan_metrics *m = s->m;
    m->hottest = arena_calloc(s->arena, (size_t)s->plan->node_count, sizeof *m->hottest);
    for (int i = 0; i < s->plan->node_count; i++)
        if (!s->plan->nodes[i]->never_executed)
            m->hottest[m->hottest_count++] = s->plan->nodes[i];
    qsort_r(m->hottest, m->hottest_count, sizeof *m->hottest, by_weight, m);
}

struct plan_metrics *metrics_new(struct arena *a, const struct plan *p)
{
    size_t n = (size_t)p->node_count;
    struct measure s = {.arena = a, .plan = p, .m = arena_alloc(a, sizeof *s.m)};
    s.m->plan = p;
    s.m->unit = choose_unit(p);
    s.m->node = arena_calloc(a, n, sizeof *s.m->node);
    s.end = xcalloc(n, sizeof *s.end);
    s.raw_self_ms = xcalloc(n, sizeof *s.raw_self_ms);
    s.gather = xcalloc(n, sizeof *s.gather);
    measure_shape(&s);
    measure_debts(&s);
    measure_time(&s);
    measure_blocks(&s);
    measure_rows(&s);
    measure_cost(&s);
    weigh(&s);
    rank(&s);
    for (size_t i = 0; i < s.debt_count; i++)
        free(s.debts[i].readers);
    free(s.debts);
    free(s.end);
    free(s.raw_self_ms);
    free(s.gather);
    return s.m;
}
