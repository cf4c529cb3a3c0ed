/*
 * Costs: self cost of a node, and for plans that were not executed the share of the whole that
 * each node stands for.
 */
#include "base/arena.h"
#include "plan/measure.h"

/* Servers up to 17 add this to the cost of a node of a kind that was switched off (disable_cost).
 */
static const double DISABLE_COST = 1e10;

static double clean_cost(struct measure *s, const struct node *n)
{
    double cost = n->num[PROP_TOTAL_COST];
    if (!(cost >= DISABLE_COST) || cost >= 1e15) /* beyond that the real cost is lost in rounding */
        return cost;
    double real = fmod(cost, DISABLE_COST);
    if (!n->parent)
        s->m->removed_cost = cost - real;
    return real;
}

/* Rows that the other side hands to the inner side of a nested loop: so often is it planned to run.
 */
static double planned_runs(const struct node *n)
{
    if (n->rel == REL_SUBPLAN) {
        const struct node *feeding = node_outer(n->parent);
        return num_or((feeding ? feeding : n->parent)->num[PROP_PLAN_ROWS], 1);
    }
    bool rescanned = n->rel == REL_INNER && n->parent->type == NODE_NESTED_LOOP &&
                     n->type != NODE_MATERIALIZE && n->type != NODE_MEMOIZE;
    const struct node *outer = rescanned ? node_outer(n->parent) : NULL;
    return outer ? num_or(outer->num[PROP_PLAN_ROWS], 1) : 1;
}

/*
 * Shares of the root's cost. A child's planned cost is for running it to its end, once; its
 * parent's may be less (LIMIT) or contain it many times (nested loop). Where the children claim
 * more than their parent has, what it has is divided among them in proportion.
 */
static void share_out(struct measure *s, const double *cost)
{
    const struct plan *p = s->plan;
    double *claims = arena_calloc(s->arena, (size_t)p->node_count, sizeof *claims);
    for (int i = 1; i < p->node_count; i++)
        if (p->nodes[i]->parent && num_known(cost[i]))
            claims[p->nodes[i]->parent->id - 1] += cost[i] * planned_runs(p->nodes[i]);
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        struct node_metrics *m = &s->m->node[i];
        if (!n->parent) {
            m->weight_total = num_or(cost[i], 0);
        } else {
            int up = n->parent->id - 1;
            double all = s->m->node[up].weight_total, claim = num_or(cost[i], 0) * planned_runs(n);
            /* The parent's own weight, in units of its planned cost, may have been scaled already.
             */
            double scale = num_or(cost[up], 0) > 0 ? all / cost[up] : 0;
            double fits = claims[up] > cost[up] && claims[up] > 0 ? cost[up] / claims[up] : 1;
            m->weight_total = claim * fits * scale;
        }
        double inside = claims[i] < num_or(cost[i], 0) ? claims[i] : num_or(cost[i], 0);
        double whole = num_or(cost[i], 0);
        m->weight = whole > 0 ? m->weight_total * (whole - inside) / whole : 0;
    }
}

void measure_cost(struct measure *s)
{
    const struct plan *p = s->plan;
    double *cost = arena_calloc(s->arena, (size_t)p->node_count, sizeof *cost);
    for (int i = 0; i < p->node_count; i++) {
        cost[i] = clean_cost(s, p->nodes[i]);
        s->m->node[i].self_cost = cost[i];
    }
    for (int i = 1; i < p->node_count; i++)
        if (p->nodes[i]->parent)
            measure_of(s, p->nodes[i]->parent)->self_cost -= num_or(cost[i], 0);
    for (int i = 0; i < p->node_count; i++)
        if (s->m->node[i].self_cost < 0)
            s->m->node[i].self_cost = 0;
    if (s->m->unit == UNIT_COST)
        share_out(s, cost);
}
