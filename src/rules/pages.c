/* Pages that hold little, and WAL that says much. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/scan_words.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- bloat-suspect ---- */

/* Bytes of a row on its page: 24 of header and 4 of line pointer on top of the columns. */
static const double ROW_OVERHEAD = 28, PAGE_ROOM = METRIC_BLOCK_BYTES - 24;

/*
 * Pages that the rows read need. With the catalog: by the widths of all columns and the fill
 * factor. Without: rows of more than 2 kB go to TOAST, so four rows fit on a page at least.
 */
static double pages_needed(const struct cat_rel *rel, double rows)
{
    if (!rel)
        return fmax(1, rows / 4);
    double fill = num_or(rel->fillfactor, 100) / 100;
    return fmax(1, rows * (cat_row_width(rel) + ROW_OVERHEAD) / (PAGE_ROOM * fill));
}

/* A factor of three where the widths are known; else not even one row a page. */
static double pages_allowed(const struct cat_rel *rel, double needed, double rows)
{
    return rel ? 3 * needed : fmax(1, rows);
}

static void report_bloat(struct rule_run *run, const struct scan *s, double pages, double needed)
{
    const struct cat_rel *rel = conditions_rel(run, s->node);
    struct finding *f = finding_add(run, s->node, 0);
    finding_stake(run, f, s->weight * (1 - needed / pages));
    f->sure = rel ? SURE_LIKELY : SURE_GUESS;
    finding_title(run, f, "%s on %s reads %s for %s", say_type(run, s->node), survey_target(run, s),
                  say_counted(run, pages, "page"),
                  say_counted(run, (s->rows + s->removed) / s->passes, "row"));
    finding_figure(run, f, "pages", pages, "blocks", NULL);
    finding_figure(run, f, rel ? "pages that the rows need" : "pages that the rows need at most",
                   needed, "blocks", NULL);
    scan_evidence(run, f, s);
    finding_sql(run, f, "VACUUM (VERBOSE, ANALYZE) %s;", say_sql_relation(run, s->node));
}

void check_bloat_suspect(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        double rows = (s->rows + s->removed) / s->passes, pages = s->pages / s->passes;
        if (s->node->type != NODE_SEQ_SCAN || s->guessed || survey_limit(run, s->node))
            continue;
        const struct cat_rel *rel = conditions_rel(run, s->node);
        double needed = pages_needed(rel, rows);
        if (pages > pages_allowed(rel, needed, rows) &&
            survey_worth(run, s->weight * (1 - needed / pages)))
            report_bloat(run, s, pages, needed);
    }
}

/* ---- wal-heavy ---- */

/* A row that is changed takes a record, and one more for each index entry; up to three are taken
 * for granted. Writing WAL is about half of what changing a row takes. */
static const double RECORDS_PER_ROW = 3, WAL_PART = 0.5;

struct wal {
    double bytes, records, images, rows;
    double of_images, of_records; /* parts that are out of proportion, 0..1 */
};

static struct wal wal_of(const struct rule_run *run, const struct node *n)
{
    const struct node *input = node_outer(n) ? node_outer(n) : n->child;
    struct wal w = {.bytes = survey_own(n, PROP_WAL_BYTES),
                    .records = survey_own(n, PROP_WAL_RECORDS),
                    .images = survey_own(n, PROP_WAL_FPI),
                    .rows = input ? num_or(metrics_of(run->metrics, input)->rows, 0) : 0};
    double image_bytes = num_or(survey_own(n, PROP_WAL_FPI_BYTES), w.images * METRIC_BLOCK_BYTES);
    w.of_images = w.bytes > 0 ? fmin(1, image_bytes / w.bytes) : 0;
    if (w.records > RECORDS_PER_ROW * w.rows && w.rows > 0)
        w.of_records = 1 - RECORDS_PER_ROW * w.rows / w.records;
    return w;
}

static void advise_wal(struct rule_run *run, struct finding *f, const struct wal *w)
{
    if (w->of_images > 0.5)
        finding_remedy(run, f,
                       "Full-page images are %s of it: they come with the first change of a page "
                       "after a checkpoint. Fewer checkpoints (max_wal_size, checkpoint_timeout), "
                       "wal_compression.",
                       say_share(run, w->of_images));
    else
        finding_remedy(run, f,
                       "Each index that is touched writes records of its own: drop unneeded "
                       "indexes, and leave room for HOT updates (fillfactor).");
}

static void judge_wal(struct rule_run *run, const struct node *n)
{
    struct wal w = wal_of(run, n);
    double part = w.of_images > 0.5 ? w.of_images : w.of_records > 0.5 ? w.of_records : 0;
    double stake = survey_weight(run, n) * WAL_PART * part;
    if (!survey_worth(run, stake))
        return;
    struct finding *f = finding_add(run, n, stake);
    f->sure = SURE_LIKELY;
    finding_title(run, f, "%s wrote %s of WAL for %s", say_node(run, n), say_bytes(run, w.bytes),
                  say_counted(run, w.rows, "row"));
    finding_figure(run, f, "WAL", w.bytes, "bytes", NULL);
    finding_figure(run, f, "records", w.records, "records", NULL);
    finding_figure(run, f, "full-page images", w.images, "images", NULL);
    finding_figure(run, f, "records per row", w.rows > 0 ? w.records / w.rows : NAN, "records",
                   NULL);
    advise_wal(run, f, &w);
}

void check_wal_heavy(struct rule_run *run)
{
    struct node_span span = survey_nodes(run, NODE_MODIFY_TABLE);
    for (size_t i = 0; i < span.count; i++)
        judge_wal(run, span.node[i]);
}
