/*
 * What two plans of a query differ in, worked out once for every writer: the figures of the whole,
 * the nodes that changed in order of weight with what changed about them, settings, and the
 * findings that came or went.
 */
#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H

#include "report/pairs.h"
#include "report/report.h"

enum diff_figure_kind { DIFF_MS, DIFF_BLOCKS, DIFF_COUNT, DIFF_COST };

/* One figure of the whole statement; NAN where a plan does not say. */
struct diff_figure {
    const char *name; /* "execution"; in JSON with the unit: "execution_ms" */
    const char *key;
    enum diff_figure_kind kind;
    double a, b;
};
enum { DIFF_FIGURES_MAX = 12 };

/* A setting that EXPLAIN (SETTINGS) printed; absent: at its default, or not printed. */
struct diff_setting {
    struct str name, a, b;
};

enum { DIFF_WHY_MAX = 16 };

/* A row that changed. */
struct diff_change {
    const struct pair_row *row;
    double a, b;                   /* what is compared; NAN: no such node */
    double delta;                  /* b - a, a missing node counting as 0 */
    double share;                  /* delta as a share of the larger whole, -1..1 */
    const char *why[DIFF_WHY_MAX]; /* what is different about it, short phrases */
    size_t why_count;
};

struct diff_report {
    const struct report *a, *b;
    size_t number, count; /* of this comparison in the run, 1-based */
    const struct plan_diff *diff;
    struct pairs pairs;
    const char *compared;    /* "time", "buffers", "rows" or "cost" */
    double whole_a, whole_b; /* of that, of the statements */
    double change;           /* whole_b / whole_a - 1; NAN when it cannot be told */
    bool unlike_units;       /* the plans were measured unlike, so costs are compared */
    bool strangers;          /* no node of one has a counterpart in the other */
    struct diff_figure figures[DIFF_FIGURES_MAX]; /* those that at least one plan has */
    size_t figure_count;
    struct diff_setting *settings; /* those that differ */
    size_t setting_count;
    struct diff_change *changes; /* by |delta|, largest first */
    size_t change_count;
    const struct finding **came, **went; /* findings of B that A has not, of A that B has not */
    size_t came_count, went_count;
};

/* In the arena, which must not outlive the reports; release frees what is not in it. */
struct diff_report *diff_report_new(struct arena *arena, const struct report *a,
                                    const struct report *b, size_t number, size_t count);
void diff_report_release(struct diff_report *d);

/* The phrases of a change, in the arena; for diff_report_new. */
void diff_find_why(struct arena *a, const struct plan_diff *d, struct diff_change *c);

/* "time 376.3ms -> 98.3ms (-74%)" */
void diff_add_verdict(struct buf *b, const struct diff_report *d);
/* A figure in its unit; nothing when it is not known. */
void diff_add_figure(struct buf *b, enum diff_figure_kind kind, double v);

/* A writer of comparisons: begin, one after the other, end. */
struct diff_writer {
    const char *name; /* as --format has it */
    void (*begin)(struct report_stream *s);
    void (*diff)(struct report_stream *s, const struct diff_report *d);
    void (*end)(struct report_stream *s, const struct report_run *run);
};
/* NULL when comparisons are not written so. */
const struct diff_writer *diff_writer_find(struct str name);

#endif
