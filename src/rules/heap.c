/* What index scans do in the table: visits for visibility, visits for a few columns. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/scan_words.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- heap-fetches ---- */

/* Index entries on a leaf page, and blocks on the way down to it. */
static const double ENTRIES_PER_LEAF = 100, DESCENT_BLOCKS = 3;

/* Blocks of the table among those that a scan touched; never more than rows that were fetched. */
static double heap_blocks(const struct scan *s, double fetched)
{
    double entries = s->rows + s->removed + s->rechecked;
    double heap = s->pages - s->loops * DESCENT_BLOCKS - entries / ENTRIES_PER_LEAF;
    return fmax(0, fmin(heap, fetched));
}

/*
 * The table's part of an index-only scan, in planner's units: pages visited and cpu_tuple_cost a
 * row, against the index's own pages and rows.
 */
static double heap_share(const struct rule_run *run, const struct scan *s)
{
    double tuple = stake_setting(run, "cpu_tuple_cost", 0.01);
    double entry = stake_setting(run, "cpu_index_tuple_cost", 0.005) + tuple;
    double blocks = num_or(s->pages, s->heap_fetches);
    double visited = num_known(s->pages) ? heap_blocks(s, s->heap_fetches) : s->heap_fetches;
    double heap = visited + s->heap_fetches * tuple;
    double rest = blocks - visited + (s->rows + s->removed) * entry;
    return heap / (heap + rest);
}

static void say_autovacuum(struct rule_run *run, struct finding *f, const struct scan *s)
{
    const struct cat_rel *rel = conditions_rel(run, s->node);
    if (rel && rel->pages > 0 && num_known(rel->all_visible_pages))
        finding_part(run, f, "pages all-visible (catalog)", rel->all_visible_pages, rel->pages,
                     "blocks");
    finding_remedy(
        run, f,
        "VACUUM %s now. If it comes back, have autovacuum look at this table earlier: ALTER "
        "TABLE %s SET (autovacuum_vacuum_scale_factor = 0.02, "
        "autovacuum_vacuum_insert_scale_factor = 0.02).",
        say_relation(run, s->node), say_sql_relation(run, s->node));
    finding_sql(run, f, "VACUUM %s;", say_sql_relation(run, s->node));
}

static void report_fetches(struct rule_run *run, const struct scan *s)
{
    double rows = s->rows + s->removed + s->rechecked;
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, s->weight * heap_share(run, s));
    finding_title(run, f, "%s using %.*s on %s visits the table %s", say_type(run, s->node),
                  STR_ARG(node_text(s->node, PROP_INDEX_NAME)), survey_target(run, s),
                  say_counted(run, s->heap_fetches, "time"));
    finding_part(run, f, "heap fetches", s->heap_fetches, fmax(rows, s->heap_fetches), "rows");
    scan_evidence(run, f, s);
    say_autovacuum(run, f, s);
}

void check_heap_fetches(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        if (s->node->type == NODE_INDEX_ONLY_SCAN && s->heap_fetches > 0 &&
            survey_worth(run, s->weight * heap_share(run, s)))
            report_fetches(run, s);
}

/* ---- covering-possible ---- */

/* The rows are locked or changed: then the table has to be visited. */
static bool needs_rows(const struct node *n)
{
    for (const struct node *up = n->parent; up; up = up->parent)
        if (up->type == NODE_LOCK_ROWS || up->type == NODE_MODIFY_TABLE)
            return true;
    return false;
}

/* Nearly all of the row is wanted: an index would be a second table. */
static bool is_most_of_row(const struct rule_run *run, const struct node *n)
{
    const struct cat_rel *rel = conditions_rel(run, n);
    return rel && n->num[PROP_PLAN_WIDTH] * 1.5 >= cat_row_width(rel);
}

/* Bytes that an index may carry along. */
static const double NARROW_BYTES = 64;

static void report_covering(struct rule_run *run, const struct scan *s, double heap)
{
    double row = stake_setting(run, "cpu_tuple_cost", 0.01) +
                 stake_setting(run, "cpu_index_tuple_cost", 0.005);
    const struct value *output = node_value(s->node, PROP_OUTPUT);
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, s->weight * heap / (s->pages + s->rows * row));
    finding_title(run, f, "%s using %.*s on %s reads %s of the table for %s of each row",
                  say_type(run, s->node), STR_ARG(node_text(s->node, PROP_INDEX_NAME)),
                  survey_target(run, s), say_counted(run, heap, "block"),
                  say_counted(run, s->node->num[PROP_PLAN_WIDTH], "byte"));
    finding_part(run, f, "blocks of the table", heap, s->pages, "blocks");
    finding_figure(run, f, "width", s->node->num[PROP_PLAN_WIDTH], "bytes", NULL);
    scan_evidence(run, f, s);
    f->sure = output && output->kind == VALUE_LIST && output->count <= 4 ? SURE_LIKELY : SURE_GUESS;
    finding_index(f, s->node);
}

void check_covering_possible(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        const struct node *n = s->node;
        if (n->type != NODE_INDEX_SCAN || !(n->num[PROP_PLAN_WIDTH] <= NARROW_BYTES) ||
            !(s->pages > 0) || s->removed > s->rows || !node_text(n, PROP_INDEX_COND).len)
            continue;
        double heap = heap_blocks(s, s->rows + s->removed + s->rechecked);
        /* Rows that lie together cost few pages; then there is little to win. */
        if (heap * 2 > s->pages && heap * 2 > s->rows && !needs_rows(n) && !is_most_of_row(run, n))
            report_covering(run, s, heap);
    }
}
