#include "rules/origin.h"

#include <math.h>

#include "base/arena.h"

static bool is_off(const struct node_metrics *m)
{
    return m->estimate == ESTIMATE_TOO_LOW || m->estimate == ESTIMATE_TOO_HIGH;
}

/* Children whose rows become the node's rows. */
static bool feeds(const struct node *child)
{
    return child->rel == REL_OUTER || child->rel == REL_INNER || child->rel == REL_MEMBER ||
           child->rel == REL_SUBQUERY;
}

struct search {
    const struct plan_metrics *metrics;
    const struct node *n, *best;
};

static void consider(struct search *s, const struct node *child)
{
    const struct node_metrics *m = metrics_of(s->metrics, s->n), *c = metrics_of(s->metrics, child);
    if (c->estimate != m->estimate || c->estimate_factor < sqrt(m->estimate_factor))
        return;
    if (!s->best || c->estimate_factor > metrics_of(s->metrics, s->best)->estimate_factor)
        s->best = child;
}

static const struct node *culprit(const struct plan_metrics *metrics, const struct node *n)
{
    struct search s = {.metrics = metrics, .n = n};
    /* The index scan below has its estimate from the same statistics; the relation is here. */
    if (n->type == NODE_BITMAP_HEAP_SCAN)
        return NULL;
    for (const struct node *c = n->child; c; c = c->next)
        if (feeds(c))
            consider(&s, c);
    if (metrics_of(metrics, n)->cte)
        consider(&s, metrics_of(metrics, n)->cte);
    return s.best;
}

const struct node **origin_find(struct rule_run *run)
{
    const struct plan *p = run->plan;
    const struct node **origin = arena_calloc(run->arena, (size_t)p->node_count, sizeof *origin);
    /* Children come after their parents in the plan's order, CTEs before the scans that read them.
     */
    for (int pass = 0; pass < 2; pass++)
        for (int i = p->node_count; i-- > 0;) {
            const struct node *n = p->nodes[i];
            if (!is_off(metrics_of(run->metrics, n)))
                continue;
            const struct node *below = culprit(run->metrics, n);
            origin[i] = !below ? n : origin[below->id - 1] ? origin[below->id - 1] : below;
        }
    return origin;
}
