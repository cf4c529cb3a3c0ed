/* Partitions read in vain, and foreign rows fetched in vain. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/probe.h"
#include "rules/scan_words.h"
#include "rules/survey.h"

/* ---- partitions-unpruned ---- */

static void say_partition_key(struct rule_run *run, struct finding *f, const struct scan *s)
{
    const struct cat_rel *rel = conditions_rel(run, s->node);
    if (!rel || !rel->parent)
        return;
    finding_fact(run, f, "table", rel->parent->name);
    finding_fact(run, f, "partition key", rel->parent->partition_key);
}

static void report_unpruned(struct rule_run *run, const struct scan *s)
{
    struct finding *f = finding_add(run, s->append, 0);
    finding_stake(run, f, s->empty_weight);
    f->sure = SURE_LIKELY;
    f->related = s->node;
    finding_title(run, f, "%zu of %zu partitions like %s were read and hold no matching row",
                  s->empty, s->members, say_relation(run, s->node));
    finding_figure(run, f, "partitions read", (double)s->members, "partitions", NULL);
    finding_figure(run, f, "without a matching row", (double)s->empty, "partitions", NULL);
    finding_figure(run, f, "never executed", s->idle ? (double)s->idle : NAN, "partitions", NULL);
    finding_figure(run, f, "pruned when the query started", s->append->num[PROP_SUBPLANS_REMOVED],
                   "partitions", NULL);
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time in these partitions", s->empty_weight, "ms", NULL);
    finding_fact(run, f, "index condition", node_text(s->node, PROP_INDEX_COND));
    finding_fact(run, f, "filter", node_text(s->node, PROP_FILTER));
    say_partition_key(run, f, s);
}

void check_partitions_unpruned(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        if (s->append && s->members >= 2 && s->empty * 2 >= s->members &&
            survey_worth(run, s->empty_weight))
            report_unpruned(run, s);
}

/* ---- foreign-local-filter ---- */

/* A file is read whole in any case. */
static bool is_file(const struct node *n)
{
    return node_value(n, PROP_FOREIGN_FILE) != NULL;
}

static void report_foreign(struct rule_run *run, const struct scan *s)
{
    double fetched = s->rows + s->removed;
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, s->weight * s->removed / fetched);
    finding_title(run, f, "%s on %s fetches %s to keep %s", say_type(run, s->node),
                  survey_target(run, s), say_counted(run, fetched, "row"), say_count(run, s->rows));
    scan_evidence(run, f, s);
    finding_fact(run, f, "remote SQL", node_text(s->node, PROP_REMOTE_SQL));
}

static void judge_foreign_join(struct rule_run *run, const struct node *join)
{
    const struct node *outer = node_outer(join), *inner = node_inner(join);
    struct feed left = outer ? probe_feed(run, outer) : (struct feed){0};
    struct feed right = inner ? probe_feed(run, inner) : (struct feed){0};
    if (!left.scan || !right.scan || left.scan->node->type != NODE_FOREIGN_SCAN ||
        right.scan->node->type != NODE_FOREIGN_SCAN || is_file(left.scan->node) ||
        is_file(right.scan->node))
        return;
    double fetched = left.scan->rows + right.scan->rows,
           kept = metrics_of(run->metrics, join)->rows;
    double stake = (left.scan->weight + right.scan->weight) * (1 - kept / fetched);
    if (!(fetched > 2 * kept) || !survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, join, stake);
    f->sure = SURE_GUESS;
    f->related = left.scan->node;
    finding_title(run, f, "Foreign tables joined here: %s fetched to keep %s",
                  say_counted(run, fetched, "row"), say_count(run, kept));
    finding_figure(run, f, "rows fetched", fetched, "rows", NULL);
    finding_figure(run, f, "rows of the join", kept, "rows", NULL);
    finding_remedy(run, f,
                   "If both are on one server, let it join them: same server and user mapping, "
                   "join condition of shippable operators, use_remote_estimate; else bring the "
                   "smaller table here.");
}

void check_foreign_local_filter(struct rule_run *run)
{
    static const enum node_type joins[] = {NODE_NESTED_LOOP, NODE_HASH_JOIN, NODE_MERGE_JOIN};
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        if (s->node->type == NODE_FOREIGN_SCAN && s->removed > s->rows && !is_file(s->node))
            report_foreign(run, s);
    for (size_t t = 0; t < sizeof joins / sizeof joins[0]; t++) {
        struct node_span span = survey_nodes(run, joins[t]);
        for (size_t i = 0; i < span.count; i++)
            judge_foreign_join(run, span.node[i]);
    }
}
