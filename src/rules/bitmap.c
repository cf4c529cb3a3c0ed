/* Bitmap scans: lossy bitmaps, intersections. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/scan_words.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- bitmap-lossy ---- */

/* An entry of the bitmap takes 64 bytes of work_mem (tbm_calculate_entries). */
static const double BYTES_PER_PAGE = 64;

/* Blocks of all processes: the node's own line is the leader's, workers have theirs (18 and later);
 * before that each process is taken to have read as many. */
static double blocks_of(const struct rule_run *run, const struct node *n, enum prop_id id)
{
    double sum = num_or(n->num[id], 0);
    bool by_worker = false;
    for (size_t i = 0; i < n->worker_count; i++)
        if (num_known(n->workers[i].num[id])) {
            sum += n->workers[i].num[id];
            by_worker = true;
        }
    return by_worker || !n->parallel_aware ? sum : sum * metrics_of(run->metrics, n)->processes;
}

static void advise_memory(struct rule_run *run, struct finding *f, double exact, double lossy)
{
    double need = (exact + lossy) * BYTES_PER_PAGE * 1.2;
    const char *setting = say_setting(run, need);
    finding_figure(run, f, "work_mem", stake_memory_setting(run, "work_mem"), "bytes", NULL);
    finding_remedy(
        run, f,
        "work_mem = '%s' holds the bitmap (64 bytes for each of %s pages, and a fifth to "
        "spare); or an index that finds fewer rows.",
        setting, say_count(run, exact + lossy));
    finding_sql(run, f, "SET LOCAL work_mem = '%s';", setting);
}

static void report_lossy(struct rule_run *run, const struct scan *s)
{
    const struct node *n = s->node;
    double exact = blocks_of(run, n, PROP_EXACT_HEAP_BLOCKS);
    double lossy = blocks_of(run, n, PROP_LOSSY_HEAP_BLOCKS);
    double tested = s->rows + s->removed + s->rechecked;
    if (!(s->rechecked > 0) || (lossy == 0 && s->rechecked <= s->rows))
        return;
    struct finding *f = finding_add(run, n, 0);
    finding_stake(run, f, s->weight * s->rechecked / tested);
    finding_title(run, f, "%s on %s rechecks and drops %s of %s rows", say_type(run, n),
                  survey_target(run, s), say_count(run, s->rechecked), say_count(run, tested));
    finding_figure(run, f, "exact blocks", exact, "blocks", NULL);
    finding_figure(run, f, "lossy blocks", lossy, "blocks", NULL);
    finding_part(run, f, "rows removed by recheck", s->rechecked, tested, "rows");
    scan_evidence(run, f, s);
    finding_fact(run, f, "recheck condition", node_text(n, PROP_RECHECK_COND));
    /* BRIN finds ranges of pages, never rows: then there is no exact block at all. */
    if (lossy > 0 && exact > 0) {
        advise_memory(run, f, exact, lossy);
        return;
    }
    finding_index(f, n);
    finding_why(run, f,
                "The index finds candidates only (as GiST, GIN with trigrams and BRIN do): "
                "each one is fetched and tested again.");
    finding_remedy(run, f,
                   "An index or a condition that is more exact (longer patterns, smaller "
                   "pages_per_range, a B-tree on another condition).");
}

void check_bitmap_lossy(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next)
        if (s->node->type == NODE_BITMAP_HEAP_SCAN)
            report_lossy(run, s);
}

/* ---- bitmap-and ---- */

static const struct node *heap_scan_of(const struct node *n)
{
    while (n && n->type != NODE_BITMAP_HEAP_SCAN)
        n = n->parent;
    return n;
}

/* Entries that the legs found, and what the legs weigh beyond the entries that are kept. */
static double judge_legs(const struct rule_run *run, const struct node *n, double kept,
                         double *found)
{
    double stake = survey_weight(run, n);
    for (const struct node *leg = n->child; leg; leg = leg->next) {
        double rows = num_or(metrics_of(run->metrics, leg)->rows, 0);
        *found += rows;
        if (rows > kept)
            stake += survey_total(run, leg) * (1 - kept / rows);
    }
    return stake;
}

static void judge_and(struct rule_run *run, const struct node *n)
{
    const struct node *heap = heap_scan_of(n);
    const struct node_metrics *m = heap ? metrics_of(run->metrics, heap) : NULL;
    if (!m || n->parent != heap) /* a leg of a BitmapOr: its own result is not known */
        return;
    double kept = m->rows + m->rows_removed, found = 0;
    double stake = judge_legs(run, n, kept, &found);
    if (!(found > 2 * kept) || !survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, n, stake);
    f->related = heap;
    finding_title(run, f, "BitmapAnd for %s reads %s to keep %s", say_relation(run, heap),
                  arena_printf(run->arena, "%s index entries", say_count(run, found)),
                  say_counted(run, kept, "row"));
    for (const struct node *leg = n->child; leg; leg = leg->next) {
        struct str index = node_text(leg, PROP_INDEX_NAME);
        finding_figure(run, f, index.len ? arena_strndup(run->arena, index.p, index.len) : "leg",
                       metrics_of(run->metrics, leg)->rows, "rows", NULL);
        finding_fact(run, f, "condition", node_text(leg, PROP_INDEX_COND));
    }
    finding_figure(run, f, "rows of both", kept, "rows", NULL);
    finding_index(f, heap);
}

void check_bitmap_and(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_BITMAP_AND);
    for (size_t i = 0; i < span.count; i++)
        judge_and(run, span.node[i]);
}
