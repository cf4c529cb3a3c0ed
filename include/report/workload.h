/*
 * Reports over a log. The same writers as for plans by name: text, md, json, ndjson, html.
 *
 * Text of the log (statements, names, parameters) is raw in the summary: each writer escapes for
 * its own medium.
 */
#ifndef REPORT_WORKLOAD_H
#define REPORT_WORKLOAD_H

#include "report/report.h"
#include "work/summary.h"

struct arena;
struct catalog;
struct io_out;
struct thresholds;

/* What a writer needs besides the summary. */
struct workload_view {
    const struct summary *summary;
    const char *name; /* of the log: file name, or "3 files" */
    const struct report_style *style;
    size_t limit; /* queries told in full; 0: as many as the writer finds fit */
    /* For the findings of example plans, as when the log was read. */
    const struct thresholds *thresholds;
    const struct str *disabled;
    size_t disabled_count;
    const struct catalog *catalog; /* NULL: none */
};

struct workload_writer {
    const char *name; /* as --format has it */
    void (*write)(struct io_out *out, const struct workload_view *v);
};
extern const struct workload_writer workload_writers[];
extern const size_t workload_writer_count;
const struct workload_writer *workload_writer_find(struct str name);

/* The report of a shape's example plan, with the log's advice for it; NULL when it has no plan. In
 * the arena. number: of the plan in the run. */
struct report *workload_plan_report(struct arena *a, const struct workload_view *v, size_t query,
                                    size_t shape, size_t number);

/* ---- in words, the same in every medium; raw text ---- */

/* "13m49s in 20,212 executions of 512 queries" */
void workload_add_total(struct buf *b, const struct workload_view *v);
/* "2026-11-22 06:00:00 to 10:11:12"; nothing when the log has no times. */
void workload_add_span(struct buf *b, const struct workload_view *v);
/* What limits the figures, and what was left out: the i-th remark; false past the last one. */
bool workload_add_note(struct buf *b, const struct workload_view *v, size_t i);
/* What to set on the server when the log has no plans; nothing when it has. */
void workload_add_hint(struct buf *b, const struct workload_view *v);
/* "5min" */
void workload_add_bucket(struct buf *b, const struct summary *s);
/* "2023-11-14 22:13:20" */
void workload_add_time(struct buf *b, int64_t time_us);
/* A statement on one line. */
void workload_add_sql(struct buf *b, struct str sql);

/* A query: "12,345 calls, mean 1.2s, ...", rows, phases, blocks, spills: the i-th line; false past
 * the last. */
bool workload_add_figures(struct buf *b, const struct summary_query *q, size_t i);
/* "A 91 % of 100 plans, mean 10ms; B 9 %, mean 480ms"; nothing with one shape. */
void workload_add_shapes(struct buf *b, const struct summary_query *q, size_t limit);
/* "B replaced A at ...: 1,234 x (480ms - 10ms) = 9m40s more" */
void workload_add_flip(struct buf *b, const struct summary_query *q, const struct summary_flip *f);
/* "3m21s at stake in 12,000 of 12,345 executions, up to 1.2s in one" */
void workload_add_stake(struct buf *b, const struct summary_query *q, const struct work_finding *f);
/* "12.3s at 2023-11-14 22:13:20 UTC, a.log:1234, user@db, app" */
void workload_add_example(struct buf *b, const struct work_example *x);
/* "412 executions spilled, 9.4GB in all; work_mem = '64MB' would have held 95 % of them" */
void workload_add_spill(struct buf *b, const struct work_spill *spill);
/* "off by x12 to x340 in 812 of 900 executions" */
void workload_add_misestimate(struct buf *b, const struct summary_query *q,
                              const struct work_finding *f);
/* "saves 3m21s, 24 % of the log; serves 12 queries: #1 #3 #7" */
void workload_add_saving(struct buf *b, const struct summary *s, const struct summary_index *x);
/* A bar for each bucket: eighths of blocks, or ASCII. */
void workload_add_spark(struct buf *b, const double *series, size_t count, bool ascii);
/* What share of the whole that severity starts from makes of it. */
enum severity workload_severity(const struct workload_view *v, double share);

#endif
