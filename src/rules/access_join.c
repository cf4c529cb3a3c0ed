/* Tables read whole so that a join keeps little of them. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/probe.h"
#include "rules/scan_words.h"
#include "rules/stake.h"

struct side {
    const struct node *join, *child, *other;
    struct feed feed;
    double matched; /* rows of the scan that have a partner, at most */
    double probes;  /* rows of the other side */
};

static struct str alias_column(struct rule_run *run, const struct side *side)
{
    return probe_column(run, side->join, side->feed.scan->node);
}

static void say_existing(struct rule_run *run, struct finding *f, const struct side *side)
{
    const struct cat_index *ix =
        conditions_index_on(conditions_rel(run, side->feed.scan->node), alias_column(run, side));
    const struct node_metrics *other = metrics_of(run->metrics, side->other);
    bool overestimated = other->estimate == ESTIMATE_TOO_HIGH &&
                         other->estimate_factor >= threshold(run, THRESHOLD_MISESTIMATE);
    if (overestimated)
        finding_figure(run, f, "other side expected", side->other->num[PROP_PLAN_ROWS], "rows",
                       NULL);
    if (!ix)
        return;
    finding_fact(run, f, "index not used", ix->name);
    f->wants_index = false;
    f->index_node = NULL;
    if (overestimated)
        finding_blame(f, side->other);
    finding_why(run, f,
                "Index %.*s could look the rows up, but the planner held reading all of them to be "
                "cheaper%s.",
                STR_ARG(ix->name),
                overestimated ? ": it expected more rows on the other side" : "");
    finding_remedy(run, f,
                   "Check the estimate of the other side, and whether random_page_cost and "
                   "effective_cache_size fit the machine.");
}

static void report_join(struct rule_run *run, const struct side *side, double saves)
{
    const struct scan *s = side->feed.scan;
    double weight = s->weight + side->feed.passing;
    if (side->child->rel == REL_OUTER && s->rows > 0)
        weight += survey_weight(run, side->join) * (1 - side->matched / s->rows);
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, saves * weight);
    f->related = side->join;
    finding_title(run, f, "%s on %s reads %s, of which %s %s the join", say_type(run, s->node),
                  survey_target(run, s), say_counted(run, s->rows + s->removed, "row"),
                  say_count(run, side->matched), side->matched == 1 ? "survives" : "survive");
    finding_figure(run, f, "rows of the other side", side->probes, "rows", NULL);
    scan_evidence(run, f, s);
    finding_part(run, f, "rows that survive", side->matched, s->rows, "rows");
    finding_fact(run, f, "join condition", node_text(side->join, PROP_HASH_COND));
    finding_fact(run, f, "join condition", node_text(side->join, PROP_MERGE_COND));
    finding_index(f, s->node);
    say_existing(run, f, side);
}

/* An anti join returns the rows that found no partner. */
static double rows_matched(const struct rule_run *run, const struct side *side)
{
    const struct node_metrics *m = metrics_of(run->metrics, side->join);
    double returned = m->rows + num_or(m->rows_removed_filter, 0);
    bool anti = side->join->join == JOIN_ANTI || side->join->join == JOIN_RIGHT_ANTI;
    if (!anti)
        return returned;
    return side->probes > returned ? side->probes - returned : 0;
}

static void judge_side(struct rule_run *run, const struct node *join, enum relationship rel)
{
    struct side side = {.join = join,
                        .child = node_child(join, rel),
                        .other = node_child(join, rel == REL_OUTER ? REL_INNER : REL_OUTER)};
    if (!side.child || !side.other || probe_keeps_unmatched(join, rel))
        return;
    side.feed = probe_feed(run, side.child);
    const struct scan *s = side.feed.scan;
    if (!s || s->node->type != NODE_SEQ_SCAN || s->passes >= 2 || s->guessed)
        return;
    side.probes = metrics_of(run->metrics, side.other)->rows;
    side.matched = rows_matched(run, &side);
    if (!(side.matched * 2 < s->rows) || !alias_column(run, &side).len)
        return;
    double saves = stake_probes_save(run, s, side.probes, side.matched);
    if (saves > 0 && survey_worth(run, saves * s->weight))
        report_join(run, &side, saves);
}

void check_seq_scan_join(struct rule_run *run)
{
    static const enum node_type joins[] = {NODE_HASH_JOIN, NODE_MERGE_JOIN};
    for (size_t t = 0; t < sizeof joins / sizeof joins[0]; t++) {
        struct node_span span = survey_nodes(run, joins[t]);
        for (size_t i = 0; i < span.count; i++) {
            judge_side(run, span.node[i], REL_OUTER);
            judge_side(run, span.node[i], REL_INNER);
        }
    }
}
