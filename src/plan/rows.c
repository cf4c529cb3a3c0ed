/* Rows over all loops, misestimates per loop and per process, early stops. */
#include "base/arena.h"
#include "plan/measure.h"

/* A factor below this is no misestimate worth a word. */
static const double ESTIMATE_WORTH_SAYING = 2;

/* ---- early stops ---- */

/* Reads all its input before it returns a row, so a stop above does not reach below. */
static bool blocks(const struct node *n)
{
    if (n->type == NODE_AGGREGATE)
        return n->strategy != AGG_SORTED;
    if (n->type == NODE_SET_OP)
        return n->strategy == AGG_HASHED;
    return node_has_trait(n, TRAIT_BLOCKING);
}

/* A LIMIT that returned as many rows as were planned for it may have cut its input off. */
static bool limit_cuts(const struct node *limit)
{
    double rows = limit->num[PROP_ACTUAL_ROWS], planned = limit->num[PROP_PLAN_ROWS];
    return !(num_known(rows) && num_known(planned) && rows < planned);
}

static bool returned_nothing(const struct node *n)
{
    return n && n->num[PROP_ACTUAL_ROWS] == 0;
}

static bool join_cuts(const struct node *join, const struct node *child)
{
    bool semi = join->join == JOIN_SEMI || join->join == JOIN_ANTI || join->join == JOIN_RIGHT_SEMI;
    switch (join->type) {
    case NODE_MERGE_JOIN: /* the side that ends first ends the other */
        return true;
    case NODE_NESTED_LOOP:
        return child->rel == REL_INNER && (semi || node_flag(join, PROP_INNER_UNIQUE));
    case NODE_HASH_JOIN: /* an empty hash table ends an inner join at once */
        return child->rel == REL_OUTER && returned_nothing(node_inner(join));
    default:
        return false;
    }
}

/* Does the parent stop reading this child before its end? */
static bool parent_cuts(const struct node *child)
{
    const struct node *n = child->parent;
    if (child->rel == REL_INITPLAN) /* EXISTS stops at the first row */
        return !node_is_cte(child) && child->num[PROP_ACTUAL_ROWS] <= 1;
    if (child->rel ==
        REL_SUBPLAN) /* a hashed one is read whole, once; ANY and EXISTS stop at a match */
        return child->num[PROP_ACTUAL_ROWS] <= 1 || measure_loops(child) > 1;
    if (n->type == NODE_LIMIT)
        return limit_cuts(n);
    if (n->type == NODE_WINDOW_AGG)
        return node_value(n, PROP_RUN_CONDITION) != NULL;
    return node_has_trait(n, TRAIT_JOIN) && join_cuts(n, child);
}

static bool stopped_from_above(const struct measure *s, const struct node *n)
{
    const struct node *parent = n->parent;
    if (!parent || n->rel == REL_INITPLAN || n->rel == REL_SUBPLAN)
        return false;
    bool inner_loops = n->rel == REL_INNER && measure_loops(n) > measure_loops(parent);
    return measure_of(s, parent)->early_stop && !blocks(parent) && !inner_loops;
}

static bool all_readers_stopped(const struct measure *s, const struct debt *d)
{
    for (size_t i = 0; i < d->reader_count; i++)
        if (!measure_of(s, d->readers[i])->early_stop)
            return false;
    return d->reader_count > 0;
}

static void propagate(struct measure *s, int from, int to)
{
    for (int i = from; i < to; i++) {
        const struct node *n = s->plan->nodes[i];
        if (n->parent)
            s->m->node[i].early_stop |= parent_cuts(n) || stopped_from_above(s, n);
    }
}

static void find_early_stops(struct measure *s)
{
    propagate(s, 0, s->plan->node_count);
    for (size_t i = s->debt_count; i-- > 0;) {
        struct debt *d = &s->debts[i];
        if (!d->is_cte || !all_readers_stopped(s, d))
            continue;
        measure_of(s, d->plan)->early_stop = true;
        propagate(s, d->plan->id, s->end[d->plan->id - 1]);
    }
}

/* ---- rows ---- */

static double removed(const struct node *n, enum prop_id id, double loops)
{
    return n->num[id] * loops;
}

static void measure_removed(const struct node *n, struct node_metrics *m, double loops)
{
    m->rows_removed_filter = removed(n, PROP_ROWS_REMOVED_FILTER, loops);
    m->rows_removed_join_filter = removed(n, PROP_ROWS_REMOVED_JOIN_FILTER, loops);
    m->rows_removed_recheck = removed(n, PROP_ROWS_REMOVED_RECHECK, loops);
    m->rows_removed = num_or(m->rows_removed_filter, 0) + num_or(m->rows_removed_join_filter, 0) +
                      num_or(m->rows_removed_recheck, 0) +
                      num_or(removed(n, PROP_ROWS_REMOVED_CONFLICT, loops), 0);
}

static void count_rows(struct measure *s, const struct node *n)
{
    struct node_metrics *m = measure_of(s, n);
    double loops = measure_loops(n), rows = n->num[PROP_ACTUAL_ROWS];
    double rounding = loops <= 1 ? 0 : s->plan->fractional_rows ? 0.005 : 0.5;
    m->rows = rows * loops;
    m->rows_low = (rows > rounding ? rows - rounding : 0) * loops;
    m->rows_high = (rows + rounding) * loops;
    m->rows_planned = n->num[PROP_PLAN_ROWS] * (num_known(loops) && loops > 0 ? loops : 1);
    measure_removed(n, m, loops);
}

/* ---- estimates ---- */

/* Nodes whose rows are shared out among processes: what they return per process is a part of the
 * whole. */
static bool *find_partial(struct measure *s)
{
    bool *partial = arena_calloc(s->arena, (size_t)s->plan->node_count, sizeof *partial);
    for (int i = s->plan->node_count; i-- > 0;) {
        const struct node *n = s->plan->nodes[i];
        bool below_gather = s->gather[i] != NULL;
        partial[i] = below_gather && (partial[i] || n->parallel_aware);
        bool passes_on = n->rel == REL_OUTER || n->rel == REL_MEMBER || n->rel == REL_SUBQUERY;
        if (partial[i] && passes_on && n->parent && s->gather[n->parent->id - 1])
            partial[n->parent->id - 1] = true;
    }
    return partial;
}

/*
 * The planner divides the rows of a partial path by workers + the leader's share, which it takes
 * as 1 - 0.3 x workers, at least 0 (get_parallel_divisor in costsize.c).
 */
static double planner_divisor(const struct node *gather, double processes)
{
    double workers = num_or(gather->num[PROP_WORKERS_PLANNED], processes - 1);
    double launched = num_or(gather->num[PROP_WORKERS_LAUNCHED], workers);
    bool leader_helps = processes > launched;
    double leader = 1 - 0.3 * workers;
    return workers + (leader_helps && leader > 0 ? leader : 0);
}

static bool has_estimate(const struct node *n)
{
    if (n->never_executed || !num_known(n->num[PROP_PLAN_ROWS]) ||
        !num_known(n->num[PROP_ACTUAL_ROWS]))
        return false;
    switch (n->type) { /* these return no rows by construction */
    case NODE_BITMAP_AND:
    case NODE_BITMAP_OR:
        return false;
    case NODE_MODIFY_TABLE:
        return n->num[PROP_PLAN_ROWS] > 0 && n->num[PROP_ACTUAL_ROWS] > 0;
    default:
        return true;
    }
}

static double at_least_one(double rows)
{
    return rows > 1 ? rows : 1;
}

static void judge_estimate(struct measure *s, const struct node *n, bool partial)
{
    struct node_metrics *m = measure_of(s, n);
    m->estimate = ESTIMATE_UNKNOWN;
    m->estimate_factor = NAN;
    if (!has_estimate(n))
        return;
    double loops = measure_loops(n), planned = n->num[PROP_PLAN_ROWS], low = m->rows_low / loops,
           high = m->rows_high / loops;
    if (partial) { /* whole against whole; a member of a Parallel Append may have run in one process
                    */
        const struct node *gather = s->gather[n->id - 1];
        double ran_in = loops / measure_loops(gather);
        planned *= planner_divisor(gather, m->processes);
        low *= ran_in;
        high *= ran_in;
    }
    double actual = planned < low ? low : planned > high ? high : planned;
    planned = at_least_one(planned);
    actual = at_least_one(actual);
    if (planned > actual && m->early_stop)
        return;
    m->estimate_factor = planned > actual ? planned / actual : actual / planned;
    m->estimate = m->estimate_factor < ESTIMATE_WORTH_SAYING ? ESTIMATE_GOOD
                  : planned > actual                         ? ESTIMATE_TOO_HIGH
                                                             : ESTIMATE_TOO_LOW;
}

void measure_rows(struct measure *s)
{
    for (int i = 0; i < s->plan->node_count; i++)
        count_rows(s, s->plan->nodes[i]);
    find_early_stops(s);
    bool *partial = find_partial(s);
    for (int i = 0; i < s->plan->node_count; i++)
        judge_estimate(s, s->plan->nodes[i], partial[i]);
}
