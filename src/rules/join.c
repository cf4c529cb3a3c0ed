/* Joins that make pairs only to throw them away. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/probe.h"
#include "rules/stake.h"
#include "rules/survey.h"

static double rows_of(const struct rule_run *run, const struct node *n)
{
    return num_or(metrics_of(run->metrics, n)->rows, 0);
}

/* A comparison of the join filter with a column of the scan on the inner side: an index on it could
 * find partners. */
static const struct node *comparable_scan(struct rule_run *run, const struct node *join)
{
    const struct node *inner = node_inner(join);
    struct feed feed = inner ? probe_feed(run, inner) : (struct feed){0};
    const struct condition_list *list = conditions_of(run, join, PROP_JOIN_FILTER);
    if (!feed.scan || !stake_lookup_pays(run, feed.scan->rows / feed.scan->loops))
        return NULL;
    struct str alias = node_text(feed.scan->node, PROP_ALIAS);
    for (size_t i = 0; i < list->count; i++) {
        const struct pred *p = list->item[i].pred;
        bool compares =
            p->kind == PRED_TEST && (p->op == PRED_EQ || (p->op >= PRED_LT && p->op <= PRED_GE));
        bool left = p->left.kind == SIDE_COLUMN && str_eq(p->left.qualifier, alias);
        bool right = p->right.kind == SIDE_COLUMN && str_eq(p->right.qualifier, alias);
        if (compares && left != right)
            return feed.scan->node;
    }
    return NULL;
}

static bool has_equality(const struct condition_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].pred->kind == PRED_TEST && list->item[i].pred->op == PRED_EQ &&
            list->item[i].pred->right.column_count)
            return true;
    return false;
}

static void advise_filter(struct rule_run *run, struct finding *f, const struct node *join)
{
    const struct node *scan = comparable_scan(run, join);
    if (scan)
        finding_index(f, scan);
    if (join->type != NODE_NESTED_LOOP) {
        finding_why(run, f,
                    "The equality of the join finds many partners for each row, and most of them "
                    "fail the rest of the condition.");
        finding_remedy(run, f,
                       "Bring the rest of the condition into the equality (another column that "
                       "both sides have), or filter one side before the join.");
    } else if (has_equality(conditions_of(run, join, PROP_JOIN_FILTER))) {
        finding_why(run, f,
                    "The condition is an equality, but the planner expected so few rows that it "
                    "chose to compare all pairs.");
        finding_remedy(run, f,
                       "Mend the estimate of the outer side (ANALYZE), or have an index on the "
                       "inner side's column.");
        const struct node *outer = node_outer(join);
        if (outer && metrics_of(run->metrics, outer)->estimate == ESTIMATE_TOO_LOW)
            finding_blame(f, outer);
    }
}

static void judge_filter(struct rule_run *run, const struct node *join)
{
    const struct node_metrics *m = metrics_of(run->metrics, join);
    double removed = num_or(m->rows_removed_join_filter, 0), pairs = removed + m->rows;
    const struct node *inner = node_inner(join);
    if (!(removed > m->rows) || !inner)
        return;
    double weight = survey_weight(run, join);
    if (join->type == NODE_NESTED_LOOP)
        weight += survey_weight(run, inner);
    if (!survey_worth(run, weight * removed / pairs))
        return;
    struct finding *f = finding_add(run, join, weight * removed / pairs);
    finding_title(run, f, "%s makes %s pairs to keep %s", say_type(run, join),
                  say_count(run, pairs), say_count(run, m->rows));
    finding_figure(run, f, "pairs made", pairs, "pairs", NULL);
    finding_part(run, f, "pairs removed", removed, pairs, "pairs");
    finding_figure(run, f, "outer rows", rows_of(run, node_outer(join)), "rows", NULL);
    finding_fact(run, f, "join filter", node_text(join, PROP_JOIN_FILTER));
    finding_fact(run, f, "hash condition", node_text(join, PROP_HASH_COND));
    finding_fact(run, f, "merge condition", node_text(join, PROP_MERGE_COND));
    advise_filter(run, f, join);
}

/* ---- Cartesian products ---- */

/* What the inner side returns does not depend on the outer row. */
static bool is_independent(struct rule_run *run, const struct node *inner)
{
    static const enum prop_id conditions[] = {PROP_FILTER, PROP_INDEX_COND, PROP_RECHECK_COND};
    if (inner->type == NODE_MATERIALIZE)
        return true;
    if (!node_has_trait(inner, TRAIT_RELATION))
        return false;
    for (size_t k = 0; k < sizeof conditions / sizeof conditions[0]; k++) {
        const struct condition_list *list = conditions_of(run, inner, conditions[k]);
        for (size_t i = 0; i < list->count; i++)
            if (list->item[i].pred->kind != PRED_TEST || list->item[i].pred->right.column_count ||
                list->item[i].pred->right.kind == SIDE_PARAM)
                return false;
    }
    return true;
}

static void judge_product(struct rule_run *run, const struct node *join)
{
    const struct node *outer = node_outer(join), *inner = node_inner(join);
    bool plain = join->join <= JOIN_INNER && !node_text(join, PROP_JOIN_FILTER).len;
    if (!plain || !outer || !inner || !(num_or(inner->num[PROP_ACTUAL_LOOPS], 0) > 1))
        return;
    double left = rows_of(run, outer), right = rows_of(run, inner) / inner->num[PROP_ACTUAL_LOOPS];
    double pairs = rows_of(run, join),
           weight = survey_weight(run, join) + survey_weight(run, inner);
    double joined = fmax(left, right);
    if (!(left > 1) || !(right > 1) || !(pairs > 2 * joined) || !is_independent(run, inner))
        return;
    double stake = weight * (1 - joined / pairs);
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, join, stake);
    f->sure = SURE_GUESS;
    finding_title(run, f, "Nested Loop pairs each of %s rows with all of %s", say_count(run, left),
                  say_count(run, right));
    finding_figure(run, f, "outer rows", left, "rows", NULL);
    finding_figure(run, f, "inner rows", right, "rows", NULL);
    finding_figure(run, f, "pairs made", pairs, "pairs", NULL);
    finding_why(run, f, "There is no condition between the two sides.");
    finding_remedy(run, f,
                   "If every combination is wanted, this is what it takes. Otherwise a join "
                   "condition is missing.");
}

void check_join_filter(struct rule_run *run)
{
    static const enum node_type types[] = {NODE_NESTED_LOOP, NODE_HASH_JOIN, NODE_MERGE_JOIN};
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        struct node_span span = survey_nodes(run, types[t]);
        for (size_t i = 0; i < span.count; i++) {
            judge_filter(run, span.node[i]);
            if (types[t] == NODE_NESTED_LOOP)
                judge_product(run, span.node[i]);
        }
    }
}
