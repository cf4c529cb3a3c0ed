/* Sequential scans: what they read for nothing. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/scan_words.h"
#include "rules/stake.h"

/* ---- seq-scan-filter ---- */

static const unsigned SERVED = 1u << COND_PLAIN | 1u << COND_PREFIX | 1u << COND_SPECIAL |
                               1u << COND_EITHER | 1u << COND_WRAPPED | 1u << COND_PATTERN |
                               1u << COND_CAST | 1u << COND_OR;

static bool any_use(const struct condition_list *list, unsigned uses)
{
    for (size_t i = 0; i < COND_USE_COUNT; i++)
        if ((uses & 1u << i) && list->uses[i])
            return true;
    return false;
}

/* An index whose first column the filter compares with a value, and which was not used. */
static const struct cat_index *unused_index(struct rule_run *run, const struct node *n,
                                            const struct condition_list *list)
{
    struct str columns[8];
    size_t count = conditions_columns(list, 1u << COND_PLAIN, columns, 8);
    for (size_t i = 0; i < count; i++) {
        const struct cat_index *ix = conditions_index_on(conditions_rel(run, n), columns[i]);
        if (ix)
            return ix;
    }
    return NULL;
}

static void say_existing_index(struct rule_run *run, struct finding *f, const struct scan *s,
                               const struct cat_index *ix)
{
    const struct node_metrics *m = metrics_of(run->metrics, s->node);
    finding_fact(run, f, "index not used", ix->name);
    if (m->estimate == ESTIMATE_TOO_HIGH &&
        m->estimate_factor >= threshold(run, THRESHOLD_MISESTIMATE)) {
        finding_blame(f, s->node);
        finding_why(run, f,
                    "The planner expected %s, %s of what there were, and held the whole table to "
                    "be cheaper than index %.*s.",
                    say_counted(run, s->planned, "row"), say_factor(run, m->estimate_factor),
                    STR_ARG(ix->name));
    } else {
        finding_why(run, f,
                    "Index %.*s leads with a column of the filter, but by itself it finds too many "
                    "rows to be worth it.",
                    STR_ARG(ix->name));
    }
}

/* What to do, by what an index could serve of the filter. */
static void advise_filter(struct rule_run *run, struct finding *f, const struct scan *s,
                          const struct condition_list *list)
{
    const struct cat_index *ix = unused_index(run, s->node, list);
    if (any_use(list, SERVED)) {
        finding_index(f, s->node);
        if (ix)
            say_existing_index(run, f, s, ix);
    } else if (list->uses[COND_NEGATIVE]) {
        finding_index(f, s->node);
        finding_remedy(
            run, f,
            "No index searches for <>, NOT IN or NOT LIKE, but a partial index can leave "
            "out what the condition excludes: ... WHERE %.*s, on a column that other "
            "conditions or the order use.",
            STR_ARG(conditions_first(list, COND_NEGATIVE)->pred->text));
    } else {
        f->sure = SURE_LIKELY;
        finding_remedy(run, f,
                       "No index can serve this condition as it is written (it compares columns of "
                       "the same row, is volatile, or was not understood).");
    }
}

static bool filter_is_subplan_only(const struct condition_list *list)
{
    return list->count > 0 && list->uses[COND_SUBPLAN] == list->count;
}

static void clear_filter(struct rule_run *run, const struct scan *s)
{
    double read = s->rows + s->removed;
    if (survey_share(run, s->weight) * 100 < threshold(run, THRESHOLD_LOW) || !(read > 0))
        return;
    const char *target = survey_target(run, s);
    if (s->rows >= s->removed)
        finding_clear(run, s->node,
                      arena_printf(run->arena, "Seq Scan on %s keeps %s of its rows", target,
                                   say_share(run, s->rows / read)),
                      "most of what it reads is wanted: no index reads it faster");
    else
        finding_clear(
            run, s->node,
            arena_printf(run->arena, "Seq Scan on %s reads %s", target,
                         say_counted(run, read, "row")),
            "the table is small, or what is kept is spread over all of its pages: an index "
            "would save nothing");
}

static void judge_filter(struct rule_run *run, const struct scan *s)
{
    const struct condition_list *list = conditions_of(run, s->node, PROP_FILTER);
    double saves = s->removed > s->rows ? stake_index_saves(run, s, s->rows) : 0;
    if (filter_is_subplan_only(list))
        return;
    if (!(saves > 0)) {
        clear_filter(run, s);
        return;
    }
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, saves * s->weight);
    finding_title(run, f, "Seq Scan on %s keeps %s of %s rows", survey_target(run, s),
                  (s->guessed ? say_about : say_count)(run, s->rows),
                  (s->guessed ? say_about : say_count)(run, s->rows + s->removed));
    scan_evidence(run, f, s);
    advise_filter(run, f, s, list);
}

void check_seq_scan_filter(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        if (s->node->type == NODE_SEQ_SCAN && s->passes < 2 && s->removed > 0)
            judge_filter(run, s);
}

/* ---- seq-scan-repeated ---- */

/* A condition of the scan names a column of another relation: the look-up that an index serves. */
static bool is_parameterised(struct rule_run *run, const struct node *n)
{
    const struct condition_list *list = conditions_of(run, n, PROP_FILTER);
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].use <= COND_CAST && list->item[i].pred->right.column_count)
            return true;
    return false;
}

static const struct node *loop_above(const struct node *n)
{
    while (n->parent && n->rel != REL_SUBPLAN &&
           !(n->rel == REL_INNER && n->parent->type == NODE_NESTED_LOOP))
        n = n->parent;
    return n->parent;
}

static void report_repeated(struct rule_run *run, const struct scan *s)
{
    /* All but the first pass, less the look-ups that stay. */
    double stake = s->weight * (1 - 1 / s->passes) - stake_hash_pass(run, s->loops, 0);
    if (!(stake > 0))
        return;
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, stake);
    f->related = loop_above(s->node);
    finding_title(run, f, "Seq Scan on %s runs %s times, %s in all", survey_target(run, s),
                  say_count(run, s->loops), say_counted(run, s->rows + s->removed, "row"));
    finding_figure(run, f, "loops", s->loops, "loops", NULL);
    finding_figure(run, f, "rows per loop", (s->rows + s->removed) / s->loops, "rows", NULL);
    scan_evidence(run, f, s);
    if (is_parameterised(run, s->node) &&
        stake_lookup_pays(run, (s->rows + s->removed) / s->loops)) {
        finding_index(f, s->node);
    } else {
        finding_remedy(
            run, f,
            "Nothing in the scan depends on the other side, so the rows could be kept: an "
            "equality between the two sides lets the join be hashed.");
    }
}

void check_seq_scan_repeated(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        if (s->node->type == NODE_SEQ_SCAN && s->passes >= 2)
            report_repeated(run, s);
}
