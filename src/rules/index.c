/* Index scans that fetch more than is wanted. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/scan_words.h"
#include "rules/survey.h"

static bool is_index_scan(const struct node *n)
{
    return n->type == NODE_INDEX_SCAN || n->type == NODE_INDEX_ONLY_SCAN;
}

/* ---- index-scan-filter ---- */

static const unsigned EXTENDS = 1u << COND_PLAIN | 1u << COND_PREFIX | 1u << COND_WRAPPED |
                                1u << COND_CAST | 1u << COND_EITHER | 1u << COND_OR |
                                1u << COND_SPECIAL | 1u << COND_PATTERN | 1u << COND_NEGATIVE;

static bool could_extend(const struct condition_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (EXTENDS & 1u << list->item[i].use)
            return true;
    return false;
}

static void report_filter(struct rule_run *run, const struct scan *s,
                          const struct condition_list *list)
{
    double fetched = s->rows + s->removed;
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, s->weight * s->removed / fetched);
    finding_title(run, f, "%s on %s fetches %s to keep %s", say_type(run, s->node),
                  survey_target(run, s), say_counted(run, fetched, "row"), say_count(run, s->rows));
    finding_fact(run, f, "index", node_text(s->node, PROP_INDEX_NAME));
    scan_evidence(run, f, s);
    finding_fact(run, f, "recheck condition", node_text(s->node, PROP_RECHECK_COND));
    if (could_extend(list))
        finding_index(f, s->node);
    else
        finding_remedy(
            run, f,
            "No index can hold this condition (it compares columns of the same row, is "
            "volatile, or was not understood): a narrower index condition is what helps.");
}

void check_index_scan_filter(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        bool indexed = is_index_scan(s->node) || s->node->type == NODE_BITMAP_HEAP_SCAN;
        if (!indexed || !(s->removed > s->rows))
            continue;
        const struct condition_list *list = conditions_of(run, s->node, PROP_FILTER);
        if (list->count > list->uses[COND_SUBPLAN])
            report_filter(run, s, list);
    }
}

/* ---- index-order-limit ---- */

/* Some condition of the scan pins the start of the index down: then it is not only the order that
 * the index was chosen for. */
static bool has_equality(struct rule_run *run, const struct node *n)
{
    const struct condition_list *list = conditions_of(run, n, PROP_INDEX_COND);
    for (size_t i = 0; i < list->count; i++) {
        const struct pred *p = list->item[i].pred;
        if (p->kind == PRED_TEST && (p->op == PRED_EQ || p->op == PRED_IN))
            return true;
    }
    return false;
}

/* What reached the Limit; rows before its OFFSET are no waste of the scan's. */
static double rows_wanted(const struct rule_run *run, const struct node *limit)
{
    return metrics_of(run->metrics, node_outer(limit) ? node_outer(limit) : limit)->rows;
}

/* Between the scan and the Limit rows are only joined and filtered, not put together (grouping). */
static bool only_discards(const struct node *scan, const struct node *limit)
{
    for (const struct node *n = scan->parent; n && n != limit; n = n->parent)
        switch (n->type) {
        case NODE_NESTED_LOOP:
        case NODE_HASH_JOIN:
        case NODE_MERGE_JOIN:
        case NODE_APPEND:
        case NODE_MERGE_APPEND:
        case NODE_GATHER:
        case NODE_GATHER_MERGE:
        case NODE_RESULT:
        case NODE_SUBQUERY_SCAN:
        case NODE_LOCK_ROWS:
            break;
        default:
            return false;
        }
    return true;
}

static void report_order_limit(struct rule_run *run, const struct scan *s, const struct node *limit)
{
    double wanted = rows_wanted(run, limit), fetched = s->rows + s->removed;
    bool by_filter = s->removed >= s->rows;
    double discarded = by_filter ? s->removed : s->rows - wanted;
    double weight = by_filter ? s->weight : survey_total(run, node_outer(limit));
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, weight * discarded / (by_filter ? fetched : s->rows));
    f->related = limit;
    finding_title(run, f, "%s using %.*s on %s discards %s to return %s", say_type(run, s->node),
                  STR_ARG(node_text(s->node, PROP_INDEX_NAME)), survey_target(run, s),
                  say_counted(run, discarded, "row"), say_count(run, wanted));
    finding_figure(run, f, "rows that the Limit took", wanted, "rows", NULL);
    finding_figure(run, f, "rows discarded", discarded, "rows", NULL);
    scan_evidence(run, f, s);
    finding_index(f, s->node);
}

void check_index_order_limit(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        const struct node *limit = survey_limit(run, s->node);
        if (!limit || !is_index_scan(s->node) || s->passes >= 2 || has_equality(run, s->node))
            continue;
        bool by_joins = s->rows > 2 * rows_wanted(run, limit) + s->removed;
        if (s->removed > s->rows || (by_joins && only_discards(s->node, limit)))
            report_order_limit(run, s, limit);
    }
}

/* ---- index-full-scan ---- */

/* What a look-up reads on its way down, and how many entries a leaf page holds at least. */
static const double DESCENT_BLOCKS = 4, LEAF_ENTRIES = 100;

/* Values that the condition lists: each one is a search of its own. */
static double listed_values(const struct condition_list *list)
{
    double values = 1;
    for (size_t i = 0; i < list->count; i++) {
        const struct pred *p = list->item[i].pred;
        if (p->kind == PRED_TEST && p->op == PRED_IN)
            values *= p->right.value_count ? (double)p->right.value_count : NAN;
    }
    return values;
}

static bool only_plain(const struct condition_list *list)
{
    return list->count > 0 && list->uses[COND_PLAIN] == list->count;
}

/* The catalog says that the index's first column is compared for equality. */
static bool leads_with_condition(struct rule_run *run, const struct node *n,
                                 const struct condition_list *list)
{
    const struct cat_index *ix =
        run->catalog
            ? cat_find_index(run->catalog, node_text(n, PROP_SCHEMA), node_text(n, PROP_INDEX_NAME))
            : NULL;
    for (size_t i = 0; ix && ix->key_count && i < list->count; i++) {
        const struct pred *p = list->item[i].pred;
        if (p->kind == PRED_TEST && p->left.kind == SIDE_COLUMN &&
            str_eq(p->left.column, ix->keys[0].column))
            return true;
    }
    return false;
}

static void report_full(struct rule_run *run, const struct node *n, double rows, double blocks,
                        double expected)
{
    double weight = survey_weight(run, n);
    const struct node *scan = n->type == NODE_BITMAP_INDEX_SCAN ? n->parent : n;
    while (scan && !node_text(scan, PROP_RELATION_NAME).len)
        scan = scan->parent;
    struct finding *f = finding_add(run, n, weight * (blocks - expected) / blocks);
    finding_title(run, f, "%s %s %.*s reads %s for %s", say_type(run, n),
                  n->type == NODE_BITMAP_INDEX_SCAN ? "on" : "using",
                  STR_ARG(node_text(n, PROP_INDEX_NAME)), say_counted(run, blocks, "block"),
                  say_counted(run, rows, "row"));
    finding_figure(run, f, "blocks read", blocks, "blocks", NULL);
    finding_figure(run, f, "blocks that look-ups would take", expected, "blocks", NULL);
    finding_figure(run, f, "rows found", rows, "rows", NULL);
    finding_figure(run, f, "index searches", n->num[PROP_INDEX_SEARCHES], "searches", NULL);
    finding_fact(run, f, "index condition", node_text(n, PROP_INDEX_COND));
    if (run->metrics->unit == UNIT_TIME)
        finding_figure(run, f, "time", weight, "ms", NULL);
    f->sure = run->catalog ? SURE_PLAN : SURE_LIKELY;
    if (!run->catalog)
        finding_why(run, f,
                    "%s If its first column is bound, the index is bloated or full of dead "
                    "entries instead.",
                    run->rule->why);
    finding_index(f, scan);
}

static void judge_full(struct rule_run *run, const struct node *n)
{
    const struct node_metrics *m = metrics_of(run->metrics, n);
    double blocks = m->own_io.hit + m->own_io.read, loops = n->num[PROP_ACTUAL_LOOPS];
    double rows = m->rows + m->rows_removed;
    double visits = n->type == NODE_INDEX_SCAN        ? rows
                    : n->type == NODE_INDEX_ONLY_SCAN ? num_or(n->num[PROP_HEAP_FETCHES], 0)
                                                      : 0;
    double reads = rows / LEAF_ENTRIES + visits;
    if (!(blocks > 2 * (loops * DESCENT_BLOCKS + reads))) /* with one value: the least */
        return;
    const struct condition_list *list = conditions_of(run, n, PROP_INDEX_COND);
    double expected = loops * listed_values(list) * DESCENT_BLOCKS + reads;
    if (!only_plain(list) || !(blocks > 2 * expected) || leads_with_condition(run, n, list))
        return;
    report_full(run, n, rows, blocks, expected);
}

void check_index_full_scan(struct rule_run *run)
{
    static const enum node_type types[] = {NODE_INDEX_SCAN, NODE_INDEX_ONLY_SCAN,
                                           NODE_BITMAP_INDEX_SCAN};
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        struct node_span span = survey_nodes(run, types[t]);
        for (size_t i = 0; i < span.count; i++)
            if (survey_worth(run, survey_weight(run, span.node[i])))
                judge_full(run, span.node[i]);
    }
}
