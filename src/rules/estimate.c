/* Wrong estimates: where they begin, and what was chosen because of them. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/cure.h"
#include "rules/finding.h"
#include "rules/merge.h"
#include "rules/origin.h"
#include "rules/survey.h"

/* Wrong estimates that begin at one node, with what they spoiled. */
struct group {
    const struct node *origin;
    struct finding *finding;
    struct group *next;
};

struct judge {
    struct rule_run *run;
    const struct node **origin;
    struct group *groups;
};

static const char *expected_and_met(struct rule_run *run, const struct node *n)
{
    return arena_printf(run->arena, "%s returned %s, %s expected%s", say_node(run, n),
                        say_counted(run, n->num[PROP_ACTUAL_ROWS], "row"),
                        say_count(run, n->num[PROP_PLAN_ROWS]),
                        num_or(n->num[PROP_ACTUAL_LOOPS], 1) > 1 ? " (per loop)" : "");
}

static const char *direction(const struct node_metrics *m)
{
    return m->estimate == ESTIMATE_TOO_LOW ? "too low" : "too high";
}

static struct finding *add_origin(struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    struct finding *f = finding_add(run, n, 0);
    finding_title(run, f, "%s", expected_and_met(run, n));
    finding_figure(run, f, "rows expected", n->num[PROP_PLAN_ROWS], "rows", NULL);
    finding_figure(run, f, "rows returned", n->num[PROP_ACTUAL_ROWS], "rows", NULL);
    finding_figure(
        run, f, "factor", m->estimate_factor, "x",
        arena_printf(run->arena, "%s %s", say_factor(run, m->estimate_factor), direction(m)));
    finding_figure(run, f, "loops", n->num[PROP_ACTUAL_LOOPS], "loops", NULL);
    finding_fact(run, f, "index condition", node_text(n, PROP_INDEX_COND));
    finding_fact(run, f, "recheck condition", node_text(n, PROP_RECHECK_COND));
    finding_fact(run, f, "filter", node_text(n, PROP_FILTER));
    cure_advise(run, f, n);
    return f;
}

static struct group *group_of(struct judge *j, const struct node *origin)
{
    struct group **link = &j->groups;
    for (; *link; link = &(*link)->next)
        if ((*link)->origin == origin)
            return *link;
    *link = arena_alloc(j->run->arena, sizeof **link);
    **link = (struct group){.origin = origin, .finding = add_origin(j->run, origin)};
    return *link;
}

static bool is_within(const struct node *n, const struct node *top)
{
    while (n && n->depth > top->depth)
        n = n->parent;
    return n == top;
}

/* Something else that the same estimate spoiled contains this one's time already. */
static bool is_counted(struct finding *const *all, size_t count, const struct finding *f)
{
    for (size_t i = 0; i < count; i++) {
        const struct node *region = draft_of(all[i])->region;
        if (region && all[i] != f && f->node && is_within(f->node, region))
            return true;
    }
    return false;
}

static bool is_blaming(const struct judge *j, struct finding *f)
{
    const struct node *blamed = draft_of(f)->blamed;
    const struct node *origin = blamed ? j->origin[blamed->id - 1] : NULL;
    return origin && !draft_of(f)->teller && draft_of(f)->most > SEVERITY_CLEARED &&
           metrics_of(j->run->metrics, blamed)->estimate_factor >=
               threshold(j->run, THRESHOLD_MISESTIMATE);
}

/* Tell everything that one origin spoiled inside its finding; the stake is the sum of theirs, less
 * what lies inside another's. */
static void settle(struct judge *j, struct group *g, struct finding **all, size_t count)
{
    double stake = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_counted(all, count, all[i]))
            stake += all[i]->stake;
    for (size_t i = 0; i < count; i++)
        merge_tell(j->run, g->finding, all[i]);
    finding_stake(j->run, g->finding, stake);
}

static void tell_consequences(struct judge *j)
{
    struct rule_run *run = j->run;
    size_t count = 0, room = 0;
    for (struct finding *f = run->findings; f; f = f->next)
        room += is_blaming(j, f);
    struct finding **all = arena_calloc(run->arena, room + 1, sizeof *all);
    struct finding **blaming = arena_calloc(run->arena, room + 1, sizeof *blaming);
    for (struct finding *f = run->findings; f; f = f->next)
        if (is_blaming(j, f))
            blaming[count++] = f;
    for (size_t i = 0; i < count; i++)
        group_of(j, j->origin[draft_of(blaming[i])->blamed->id - 1]);
    for (struct group *g = j->groups; g; g = g->next) {
        size_t mine = 0;
        for (size_t i = 0; i < count; i++)
            if (j->origin[draft_of(blaming[i])->blamed->id - 1] == g->origin)
                all[mine++] = blaming[i];
        settle(j, g, all, mine);
    }
}

/* ---- estimates that spoiled nothing that we can see ---- */

struct rest {
    const struct node *worst; /* origin of the worst one */
    double factor;
    size_t origins;
    size_t harmless; /* origins that nothing was chosen by */
    size_t stopped;  /* nodes that returned fewer rows because something above stopped reading */
};

static bool has_group(const struct judge *j, const struct node *origin)
{
    for (const struct group *g = j->groups; g; g = g->next)
        if (g->origin == origin)
            return true;
    return false;
}

/*
 * Was anything chosen by this estimate? The order and kind of joins above; the way to read a table,
 * whole or by an index.
 */
static bool was_chosen_by(const struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    bool low = m->estimate == ESTIMATE_TOO_LOW;
    bool by_index = n->type == NODE_INDEX_SCAN || n->type == NODE_INDEX_ONLY_SCAN ||
                    n->type == NODE_BITMAP_HEAP_SCAN;
    bool whole = n->type == NODE_SEQ_SCAN && m->rows_removed_filter > 0;
    return (low ? by_index : whole) || run->survey->joined[n->id - 1];
}

/* Bitmaps are parts of their heap scan. */
static bool is_bitmap(const struct node *n)
{
    return n->type == NODE_BITMAP_INDEX_SCAN || n->type == NODE_BITMAP_AND ||
           n->type == NODE_BITMAP_OR;
}

static void look_at_rest(struct judge *j, struct rest *r, const struct node *n)
{
    const struct node_metrics *m = metrics_of(j->run->metrics, n);
    double factor = threshold(j->run, THRESHOLD_MISESTIMATE);
    if (m->early_stop && n->num[PROP_PLAN_ROWS] >= factor * fmax(1, n->num[PROP_ACTUAL_ROWS]))
        r->stopped++;
    if (is_bitmap(n) || !(m->estimate_factor >= factor) || j->origin[n->id - 1] != n ||
        has_group(j, n))
        return;
    if (!was_chosen_by(j->run, n)) {
        r->harmless++;
        return;
    }
    r->origins++;
    if (m->estimate_factor > r->factor) {
        r->factor = m->estimate_factor;
        r->worst = n;
    }
}

static void tell_rest(struct judge *j)
{
    struct rule_run *run = j->run;
    struct rest r = {0};
    for (int t = 0; t < NODE_TYPE_COUNT; t++) {
        struct node_span span = survey_nodes(run, (enum node_type)t);
        for (size_t i = 0; i < span.count; i++)
            look_at_rest(j, &r, span.node[i]);
    }
    if (r.worst) {
        struct finding *f = add_origin(run, r.worst);
        draft_of(f)->most = SEVERITY_INFO;
        finding_why(run, f,
                    "%s Nothing in this plan shows that it did harm, but what is above was chosen "
                    "with it in mind.",
                    f->why);
        if (r.origins > 1)
            finding_consequence(
                run, f,
                arena_printf(run->arena, "%zu more estimates are off by %s or more.", r.origins - 1,
                             say_factor(run, threshold(run, THRESHOLD_MISESTIMATE))));
    }
    if (r.harmless)
        finding_clear(run, NULL,
                      arena_printf(run->arena, "%s off by %s or more",
                                   say_counted(run, (double)r.harmless, "estimate"),
                                   say_factor(run, threshold(run, THRESHOLD_MISESTIMATE))),
                      "nothing in the plan was chosen by them");
    if (r.stopped)
        finding_clear(
            run, NULL,
            arena_printf(run->arena, "%s returned far fewer rows than estimated",
                         say_counted(run, (double)r.stopped, "node")),
            "something above stopped reading early (LIMIT, semi join, end of a merge): that proves "
            "nothing against the estimate");
    if (run->survey->never_executed)
        finding_clear(run, NULL,
                      arena_printf(run->arena, "%s never executed",
                                   say_counted(run, (double)run->survey->never_executed, "node")),
                      "their estimates were not put to the test");
}

void check_misestimate(struct rule_run *run)
{
    struct judge j = {.run = run, .origin = origin_find(run)};
    tell_consequences(&j);
    tell_rest(&j);
}
