/* Blocks: where they came from, what reading them took, and what they hold. */
#include "base/arena.h"
#include "rules/checks.h"
#include "rules/finding.h"
#include "rules/stake.h"
#include "rules/survey.h"

/* ---- io-bound ---- */

/* Stake: I/O time of the statement, shared out among the processes that waited at the same time. */
void check_io_bound(struct rule_run *run)
{
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        const struct node_metrics *m = metrics_of(run->metrics, n);
        double ms = m->own_io.read_ms / m->processes;
        if (!(ms > 0) || !survey_worth(run, stake_from_ms(run, ms)) || ms < 0.2 * m->self_ms)
            continue;
        struct finding *f = finding_add(run, n, stake_from_ms(run, ms));
        finding_title(run, f, "%s waited %s for the disk", say_node(run, n), say_ms(run, ms));
        finding_figure(run, f, "blocks read", m->own_io.read, "blocks", NULL);
        finding_figure(run, f, "time per block", m->own_io.read_ms / m->own_io.read, "ms", NULL);
    }
}

/* ---- cache-miss ---- */

/* Stake: the node's weight, in the proportion of blocks read to blocks touched; half of it, since
 * the operating system may have had them. */
void check_cache_miss(struct rule_run *run)
{
    if (num_known(run->metrics->io.read_ms) && run->metrics->io.read_ms > 0)
        return;
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        const struct node_metrics *m = metrics_of(run->metrics, n);
        double all = m->own_io.hit + m->own_io.read, stake = m->weight * 0.5 * m->own_io.read / all;
        if (!(m->own_io.read * 2 > all) || !survey_worth(run, stake))
            continue;
        struct finding *f = finding_add(run, n, stake);
        finding_title(run, f, "%s found few of its blocks in shared buffers", say_node(run, n));
        finding_part(run, f, "blocks read", m->own_io.read, all, "blocks");
        f->sure = SURE_GUESS;
    }
}

/* ---- bloat-suspect ---- */

/*
 * Pages that the rows read would fill: width + 28 bytes each (tuple header, line pointer), 8168
 * bytes a page, five times that allowed for. Width counts the columns that are read only, so the
 * factor is generous. Stake: the pages beyond it, as a part of the scan.
 */
void check_bloat_suspect(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        double width = s->node->num[PROP_PLAN_WIDTH], rows = (s->rows + s->removed) / s->passes;
        double needed = rows * (fmax(width, 100) + 28) / 8168 + 1, pages = s->pages / s->passes;
        if (s->node->type != NODE_SEQ_SCAN || survey_limit(run, s->node) || !(pages > 5 * needed))
            continue;
        struct finding *f = finding_add(run, s->node, s->weight * (1 - 5 * needed / pages));
        finding_title(run, f, "%s has %s pages for %s", say_relation(run, s->node),
                      say_count(run, pages), say_counted(run, rows, "row"));
        finding_figure(run, f, "pages", pages, "blocks", NULL);
        finding_figure(run, f, "pages that the rows need, roughly", needed, "blocks", NULL);
        finding_sql(run, f, "VACUUM (VERBOSE) %s;", say_sql_relation(run, s->node));
        f->sure = SURE_GUESS;
    }
}

/* ---- dirtied-by-read ---- */

static bool changes_data(const struct plan *p)
{
    for (int i = 0; i < p->node_count; i++)
        if (p->nodes[i]->type == NODE_MODIFY_TABLE || p->nodes[i]->type == NODE_LOCK_ROWS)
            return true;
    return false;
}

/* Stake: the scan's weight in the proportion of dirtied to touched blocks. */
void check_dirtied_by_read(struct rule_run *run)
{
    if (changes_data(run->plan))
        return;
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        const struct metric_io *io = &metrics_of(run->metrics, s->node)->own_io;
        double stake = s->weight * io->dirtied / (io->hit + io->read);
        if (!(io->dirtied > 0) || !survey_worth(run, stake))
            continue;
        struct finding *f = finding_add(run, s->node, stake);
        finding_title(run, f, "Reading %s dirtied %s", say_relation(run, s->node),
                      say_counted(run, io->dirtied, "page"));
        finding_part(run, f, "blocks dirtied", io->dirtied, io->hit + io->read, "blocks");
        finding_sql(run, f, "VACUUM %s;", say_sql_relation(run, s->node));
    }
}

/* ---- wal-heavy ---- */

/* Stake: half of the node's weight, in the proportion of full-page images (8 kB each) to all WAL.
 */
void check_wal_heavy(struct rule_run *run)
{
    struct node_span nodes = survey_nodes(run, NODE_MODIFY_TABLE);
    for (size_t i = 0; i < nodes.count; i++) {
        const struct node *n = nodes.node[i];
        double images = n->num[PROP_WAL_FPI] * METRIC_BLOCK_BYTES, bytes = n->num[PROP_WAL_BYTES];
        double part = fmin(images / bytes, 1);
        if (!num_known(images) || !(bytes > 0) || !(part > 0.5))
            continue;
        struct finding *f = finding_add(run, n, 0.5 * part * survey_weight(run, n));
        finding_title(run, f, "%s wrote %s of WAL, most of it whole pages", say_node(run, n),
                      say_bytes(run, bytes));
        finding_figure(run, f, "full-page images", n->num[PROP_WAL_FPI], "images", NULL);
        finding_figure(run, f, "WAL records", n->num[PROP_WAL_RECORDS], "records", NULL);
        f->sure = SURE_LIKELY;
    }
}
