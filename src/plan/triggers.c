/*
 * When triggers ran. EXPLAIN prints their times, not whether they are part of the ModifyTable's
 * (BEFORE and INSTEAD OF, each row) or come after the plan (AFTER). Constraint triggers are the
 * latter; of any other only this is known: its time is no more than that of the place where it ran.
 */
#include "base/arena.h"
#include "plan/measure.h"

/*
 * More of an execution than starting and ending the executor takes, and more than it costs to queue
 * and fetch what the triggers that are known to come after it ran for: so it has a cause.
 */
#define NOTABLE_MS 1.0
#define NOTABLE_PART 0.1
/* The share of it that triggers must explain to be that cause. */
#define EXPLAINED 0.9
/* Times are printed to 0.001 ms: those of the execution, the root and the trigger. */
#define ROUNDING_MS 0.0015

struct trigger_work {
    struct measure *s;
    double outside_ms; /* not accounted for so far; INFINITY: no execution time was printed */
};

static const struct node *modify_table_of(const struct plan *p, const struct trigger *t)
{
    const struct node *found = NULL;
    for (int i = 0; i < p->node_count; i++) {
        const struct node *n = p->nodes[i];
        if (n->type != NODE_MODIFY_TABLE)
            continue;
        if (!found || str_eq(node_text(n, PROP_RELATION_NAME), t->relation))
            found = n;
    }
    return found;
}

static bool fits_inside(const struct measure *s, const struct trigger *t)
{
    const struct node *n = modify_table_of(s->plan, t);
    if (t->constraint.p || !n)
        return false;
    const struct node_metrics *m = measure_of(s, n);
    return t->time_ms <= s->raw_self_ms[n->id - 1] - m->before_trigger_ms + m->slack_ms;
}

static void settle(struct trigger_work *w, size_t i, enum trigger_when when)
{
    struct plan_metrics *m = w->s->m;
    const struct trigger *t = &w->s->plan->triggers[i];
    m->trigger_when[i] = when;
    if (when == TRIGGER_BEFORE) {
        measure_of(w->s, modify_table_of(w->s->plan, t))->before_trigger_ms += t->time_ms;
        m->before_triggers_ms += t->time_ms;
    } else {
        m->after_triggers_ms += t->time_ms;
        w->outside_ms -= t->time_ms;
    }
}

/* What can have run in one place only takes of the room there, which may settle others. */
static bool settle_one(struct trigger_work *w)
{
    const struct plan *p = w->s->plan;
    for (size_t i = 0; i < p->trigger_count; i++) {
        const struct trigger *t = &p->triggers[i];
        if (!num_known(t->time_ms) || w->s->m->trigger_when[i] != TRIGGER_UNCLEAR)
            continue;
        bool inside = fits_inside(w->s, t), outside = t->time_ms <= w->outside_ms + ROUNDING_MS;
        if (inside && outside)
            continue;
        settle(w, i, inside ? TRIGGER_BEFORE : TRIGGER_AFTER);
        return true;
    }
    return false;
}

/* Whether the time outside that is left went into triggers of that time. */
static bool explains(const struct trigger_work *w, double ms)
{
    double room = w->outside_ms;
    return room >= NOTABLE_MS && room >= w->s->m->after_triggers_ms * NOTABLE_PART &&
           ms <= room + ROUNDING_MS && ms >= room * EXPLAINED;
}

/* Triggers that may have run in either place; a bit of a set is one of them. */
enum { CANDIDATES_MAX = 10 };
struct candidates {
    size_t count, trigger[CANDIDATES_MAX];
    double ms[CANDIDATES_MAX], room_ms[CANDIDATES_MAX]; /* room: inside its ModifyTable */
    const struct node *node[CANDIDATES_MAX];
};

static void find_candidates(const struct measure *s, struct candidates *c)
{
    c->count = 0;
    for (size_t i = 0; i < s->plan->trigger_count && c->count < CANDIDATES_MAX; i++) {
        const struct trigger *t = &s->plan->triggers[i];
        if (!num_known(t->time_ms) || s->m->trigger_when[i] != TRIGGER_UNCLEAR)
            continue;
        const struct node *n = modify_table_of(s->plan, t);
        const struct node_metrics *m = measure_of(s, n);
        c->trigger[c->count] = i;
        c->ms[c->count] = t->time_ms;
        c->room_ms[c->count] = s->raw_self_ms[n->id - 1] - m->before_trigger_ms + m->slack_ms;
        c->node[c->count++] = n;
    }
}

/* Time of those in the set; of those of one node, if one is given. */
static double time_of(const struct candidates *c, unsigned set, const struct node *n)
{
    double ms = 0;
    for (size_t i = 0; i < c->count; i++)
        if (set >> i & 1 && (!n || c->node[i] == n))
            ms += c->ms[i];
    return ms;
}

static bool set_fits_inside(const struct candidates *c, unsigned set)
{
    for (size_t i = 0; i < c->count; i++)
        if (set >> i & 1 && time_of(c, set, c->node[i]) > c->room_ms[i])
            return false;
    return true;
}

/* Those that every explanation of the time outside needs ran there. False when there are none. */
static bool settle_explanation(struct trigger_work *w)
{
    struct candidates c;
    find_candidates(w->s, &c);
    unsigned all = (1u << c.count) - 1, common = all;
    bool found = false;
    for (unsigned set = 1; set <= all; set++)
        if (explains(w, time_of(&c, set, NULL)) && set_fits_inside(&c, all & ~set)) {
            common &= set;
            found = true;
        }
    for (size_t i = 0; found && i < c.count; i++)
        if (common >> i & 1)
            settle(w, c.trigger[i], TRIGGER_AFTER);
    return found && common;
}

static double unclear_ms(const struct measure *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->plan->trigger_count; i++)
        if (s->m->trigger_when[i] == TRIGGER_UNCLEAR)
            sum += num_or(s->plan->triggers[i].time_ms, 0);
    return sum;
}

void measure_triggers(struct measure *s)
{
    struct plan_metrics *m = s->m;
    size_t count = s->plan->trigger_count;
    struct trigger_work w = {.s = s, .outside_ms = INFINITY};
    if (m->execution_printed)
        w.outside_ms =
            m->execution_ms - m->root_ms - m->post_plan_ms - num_or(m->serialization_ms, 0);
    m->trigger_when = arena_calloc(s->arena, count, sizeof *m->trigger_when);
    while (settle_one(&w) || settle_explanation(&w))
        ;
    m->unclear_triggers_ms = unclear_ms(s);
}
