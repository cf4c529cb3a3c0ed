/*
 * What a report says, apart from how it is written.
 *
 * report_new() puts a plan, its metrics and its findings together once: findings get
 * their rank, nodes their marks, the verdict its facts. Every writer (text, plain,
 * Markdown, JSON, HTML, SARIF) and the screen read the same struct report. It lives in
 * the run's arena and points into plan, metrics and findings.
 *
 * Text handed out here is raw, as it was in the plan: each writer escapes for its own medium.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "advise/advise.h"
#include "plan/metrics.h"
#include "rules/rule.h"

struct arena;
struct err;
struct io_out;
struct report_style;

/* What a node's row says about findings: the worst one. */
struct report_mark {
    const struct finding *finding; /* NULL: none */
    size_t rank;                   /* 1-based */
    bool index;                    /* an index is proposed for it */
};

enum { REPORT_HOT = 3 };

struct report {
    const struct plan *plan;
    const struct plan_metrics *metrics;
    const char *source;              /* file name; "-" standard input */
    size_t number;                   /* of this plan in the run, 1-based */
    size_t count;                    /* plans in the run; 0: not known yet */
    const struct finding **findings; /* ranked; [i] has rank i + 1 */
    size_t finding_count;
    const struct finding **cleared; /* looked bad and is fine */
    size_t cleared_count;
    size_t by_severity[SEVERITY_HIGH + 1];
    const struct advice *advice; /* NULL: none was worked out */
    struct report_mark *marks;   /* of node id: marks[id - 1] */
    double calls, total_ms;      /* of the statement on the server, so far; NAN: not known */
    const char *run; /* how it was come by, one line: "median of 5 runs ..."; NULL: not known */
};

struct report *report_new(struct arena *a, const struct plan *p, const struct plan_metrics *m,
                          const struct finding_list *findings, const struct advice *advice,
                          const char *source, size_t number, size_t count);

/* The proposed index that serves a node, NULL when there is none. */
const struct advice_index *report_index_of(const struct report *r, const struct node *n);

static inline const struct report_mark *report_mark_of(const struct report *r, const struct node *n)
{
    return &r->marks[n->id - 1];
}

/* The query whose plans before and after the proposed indexes are shown; NULL: they are not known,
 * or there are many plans in the run and details are not wanted. */
const struct advice_query *report_replanned(const struct report *r, const struct report_style *s);

/* The plan's unit in words: "ms", "blocks", "rows", "cost". */
extern const char *const report_unit_name[];

/*
 * A node in one line: "Parallel Seq Scan orders o  (status = 'paid')", PostgreSQL's name,
 * what it works on, and what tells most about it.
 */
void report_add_label(struct buf *b, const struct node *n);
/* The same without the last part: "Parallel Seq Scan orders o". */
void report_add_short_label(struct buf *b, const struct node *n);
/* The condition or key that tells most about a node; nothing when there is none. */
void report_add_telling(struct buf *b, const struct node *n);
/* The same for a row: "never executed" and pruned partitions too, brackets around each operand of
 * AND left out. */
void report_add_detail(struct buf *b, const struct node *n);
/* The end of expr's first operand of AND at the top level; expr.len when there is no AND. */
size_t report_and_end(struct str expr);
/* An expression as PostgreSQL prints it without its outermost parentheses. */
struct str report_strip_parens(struct str expr);

/* The verdict, a line each: how much in all, where, and what is worst with its remedy. */
void report_add_total(struct buf *b, const struct report *r);
void report_add_hot(struct buf *b, const struct report *r);
void report_add_worst(struct buf *b, const struct report *r);
/* The title: source, number, and how the query begins. */
void report_add_title(struct buf *b, const struct report *r);

/* Time outside the nodes: AFTER triggers, work after the plan, serialization, the unaccounted rest.
 */
struct report_rest {
    const char *name;
    double ms, share;
};
enum { REPORT_REST_MAX = 4 };
/* Those that are there, in the order of the proof; the number of them. */
size_t report_rest(const struct report *r, struct report_rest out[REPORT_REST_MAX]);

/* The proof that the figures add up, one line each; nothing without TIMING. */
void report_add_proof(struct buf *b, const struct report *r);

/* How wide, how much, in what characters. */
struct report_style {
    int width;
    bool ascii;
    bool color;
    bool proof;
    bool verbose;
    bool quiet;
};

/* Something in the input that could not be read; see read/read.h. */
struct report_problem {
    const char *source;
    size_t line, column;
    const char *message, *hint;
    bool is_warning;
};

/* Totals of a run, for the end of a report. */
struct report_run {
    const struct report_problem *problems;
    size_t problem_count;
    size_t plan_count;
    size_t by_severity[SEVERITY_HIGH + 1];
};

/* A report being written. */
struct report_stream {
    struct io_out *out;
    const struct report_style *style;
    struct json_writer json; /* of the writers that write JSON */
    size_t plans;            /* written so far */
};

/*
 * A writer: begin, one plan after the other, end. All append to the stream's output and let
 * it pass on what is pending, so that a report never has to fit in memory.
 */
struct report_writer {
    const char *name; /* as --format has it */
    void (*begin)(struct report_stream *s);
    void (*plan)(struct report_stream *s, const struct report *r);
    void (*end)(struct report_stream *s, const struct report_run *run);
};
extern const struct report_writer report_writers[];
extern const size_t report_writer_count;
const struct report_writer *report_writer_find(struct str name);

#endif
