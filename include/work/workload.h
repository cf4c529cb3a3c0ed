/*
 * What a log adds up to: queries by fingerprint, their plan shapes, findings, spills.
 *
 * One workload per worker thread, none of them shared; in the end workload_merge() brings them
 * together. Merging is associative and commutative, and whatever the split and the order of the
 * events, the same figures and the same examples come out: sums are whole numbers (nanoseconds,
 * blocks, hundredths of rows), quantiles come from histograms with fixed bounds, examples are
 * chosen by a total order (slowest, then file and line, then text).
 *
 * Memory is bounded by what is distinct (queries, their plan shapes, their findings), not by what
 * was logged; one packed plan is kept for each shape.
 *
 *     struct workload *w = workload_new(&options);
 *     ... of each event: workload_add_plan(w, e, plan, metrics, &findings), or
 *                        workload_add_event(w, e) where there is no plan ...
 *     workload_merge(into, w); workload_free(w);
 */
#ifndef WORK_WORKLOAD_H
#define WORK_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "rules/rule.h"
#include "work/tally.h"

struct arena;
struct err;
struct io_out;
struct log_event;
struct plan;
struct plan_metrics;

struct workload_options {
    bool no_values; /* keep no parameters and no constants, neither in texts nor in plans */
    bool explains;  /* count EXPLAIN statements that people typed, too */
};

struct workload;

/* options: NULL for the defaults. */
struct workload *workload_new(const struct workload_options *options);
void workload_free(struct workload *w);

/*
 * An event without a plan: a statement's duration, a phase of one, a temporary file, an error, or
 * any other record (which is counted). A LOG_PLAN whose body could not be read comes here too: its
 * time is counted, and that its plan is missing.
 */
void workload_add_event(struct workload *w, const struct log_event *e);
/*
 * A LOG_PLAN event with the plan read from its body, what metrics_new() says about it, and what
 * rules_run() found. All of them may be gone when this returns.
 */
void workload_add_plan(struct workload *w, const struct log_event *e, const struct plan *plan,
                       const struct plan_metrics *metrics, const struct finding_list *findings);

/* The plan with its constants replaced, names kept; in the arena. With no_values it is this that
 * metrics, rules and workload_add_plan() get to see. */
const struct plan *work_mask_plan(struct arena *a, const struct plan *plan);

/* Counters of a run that only its caller knows; those of one kind are added up. WORK_FILES is the
 * number of different files that events came from, whatever was added to it. */
enum work_count {
#define WORK_COUNT(id, name, what) WORK_##id,
#include "work/count.def"
#undef WORK_COUNT
    WORK_COUNT_COUNT
};
struct work_count_info {
    const char *name; /* in JSON */
    const char *what; /* for people, in the plural */
};
extern const struct work_count_info work_count_info[WORK_COUNT_COUNT];
void workload_count(struct workload *w, enum work_count id, uint64_t n);
uint64_t workload_counted(const struct workload *w, enum work_count id);

/* Something that could not be read. The first few by file and line are kept, all are counted (as
 * WORK_BAD). */
void workload_add_problem(struct workload *w, struct str file, size_t line, struct str message);

/* The files that its records came from: one by its name, several by their number. */
void workload_add_name(struct buf *b, const struct workload *w);

/* Add what is in `from` to `into`; `from` stays as it was. */
void workload_merge(struct workload *into, const struct workload *from);

/*
 * A workload as a file, for --partial: versioned, compact, the same bytes for the same content
 * whatever the order it came in.
 */
void workload_write(const struct workload *w, struct io_out *out);
/* Add the content of such a file to w. False with err (ERR_SYNTAX, ERR_VERSION) when it is none,
 * was cut, or was damaged; w is then as it was. */
bool workload_read(struct workload *w, struct str content, struct err *err);
/* Whether a file begins like one. */
bool workload_is_partial(struct str content);

/* ---- what is in it ---- */

/* A time that is not known; the log reader's LOG_NO_TIME. */
#define WORK_NO_TIME INT64_MIN

/* The record that an example comes from. Strings are NUL-terminated; absent where not known. */
struct work_example {
    uint64_t duration_ns;
    uint64_t digest; /* of its texts: between examples of one duration, file and line */
    int64_t time_us; /* WORK_NO_TIME: unknown */
    struct str file;
    size_t line;
    struct str time_text, user, database, app, params, context;
    struct str sql;     /* as it was sent; constants replaced with no_values */
    const char *packed; /* plan text, see work_example_body(); NULL: none */
    size_t packed_len, body_len;
};

/* Blocks and times of I/O over the executions whose plans printed them. */
struct work_io {
    uint64_t executions;                                           /* whose plans had buffers */
    uint64_t hit, read, dirtied, written, temp_read, temp_written; /* blocks */
    uint64_t read_ns, write_ns;
};

/* Spills to temporary files: executions whose plan had one. */
struct work_spill {
    uint64_t executions;
    uint64_t blocks;        /* temporary blocks written by them */
    uint64_t known;         /* of the executions: those for which need holds a figure */
    struct tally_hist need; /* work_mem in bytes that would have held each */
};

/* Temporary files as log_temp_files reports them. */
struct work_temp {
    uint64_t files, bytes, largest;
};

/* What one rule found about one thing in the plans of a query. */
struct work_finding {
    const struct rule *rule;
    struct str subject;              /* the node in PostgreSQL's words; empty: the statement */
    uint64_t executions;             /* in which it was found */
    uint64_t untimed;                /* of them, without times */
    uint64_t stake_ns;               /* sum */
    uint64_t stake_max_ns;           /* of one execution */
    uint64_t share_ppm;              /* the largest share of one execution */
    enum severity severity;          /* the worst in one execution */
    uint64_t factor_min, factor_max; /* of a misestimate, in hundredths; 0 none */
    uint64_t shape;                  /* of the plan in which it was worst */
    struct str title, remedy, sql;   /* of the worst execution */
    struct str file;
    size_t line;
};

/* One plan shape of a query: the same nodes, methods, relations and indexes. */
struct work_shape {
    uint64_t id;
    struct tally stat;         /* executor time of its executions */
    uint64_t nested;           /* of its executions */
    uint64_t unmeasured;       /* plans without ANALYZE */
    uint64_t untimed;          /* with ANALYZE, without TIMING */
    uint64_t misestimated;     /* executions in which misestimate was found */
    int64_t first_us, last_us; /* WORK_NO_TIME: unknown */
    struct tally_series series;
    struct work_example example; /* the slowest */
};

/* How a statement is to be taken. */
enum work_class { WORK_NORMAL, WORK_CURSOR, WORK_COPY, WORK_EXPLAIN, WORK_UTILITY };
extern const char *const work_class_name[];

struct work_query {
    uint64_t id; /* fingerprint */
    bool own;    /* of ours: libpg_query cannot parse it */
    enum work_class class;
    struct str text;   /* constants as $n, no comments, runs of white space as one blank */
    size_t text_len;   /* before it was cut */
    struct tally stat; /* executions: of plans, and of statements without one */
    uint64_t nested;   /* executions inside other statements; their time is their parents' too */
    uint64_t nested_ns;
    uint64_t planned; /* executions known from plans */
    uint64_t planned_ns;
    uint64_t paired;   /* executions of which the statement's whole time was logged as well */
    uint64_t whole_ns; /* that time */
    uint64_t parses, parse_ns, binds, bind_ns, fetches, fetch_ns;
    uint64_t errors;
    uint64_t rows_x100; /* returned, over the executions that `measured` counts */
    uint64_t measured;  /* executions whose plans had actual rows */
    struct work_io io;
    struct work_spill spill;
    struct work_temp temp;
    int64_t first_us, last_us;
    struct tally_series series;
    struct work_shape **shapes; /* by id */
    size_t shape_count;
    struct work_finding **findings; /* by rule and subject */
    size_t finding_count;
    const uint64_t *constants; /* see workload_fixed_sql(); ascending */
    size_t constant_count;
    bool constants_known;
    struct work_example example; /* the slowest of all records: of plans, of statements without one,
                                    and of those with parameters that had one */
};

/* All queries by id, in the arena. */
const struct work_query **workload_queries(struct arena *a, const struct workload *w,
                                           size_t *count);
const struct work_query *workload_find(const struct workload *w, uint64_t id);

/* Sums over the log. */
struct work_total {
    struct tally stat; /* top-level executions */
    uint64_t nested, nested_ns;
    uint64_t phase_ns;            /* parse, bind, further fetches */
    uint64_t unknown, unknown_ns; /* durations whose statement is not known */
    uint64_t plans, unmeasured, untimed;
    struct work_io io;
    struct work_spill spill;
    struct work_temp temp;
    int64_t first_us, last_us;
    struct tally_series series;
};
const struct work_total *workload_total(const struct workload *w);

struct work_problem {
    struct str file;
    size_t line;
    struct str message;
};
enum { WORK_PROBLEMS_KEPT = 10 };
const struct work_problem *workload_problems(const struct workload *w, size_t *count);

/* The plan text of an example, in the arena; absent when it has none. */
struct str work_example_body(struct arena *a, const struct work_example *x);
/* The plan of an example, read again; NULL when it has none. */
const struct plan *work_example_plan(struct arena *a, const struct work_example *x);
/*
 * The example's statement with every constant that varied over the executions replaced by '?': what
 * stays was the same in all of them, so that a partial index may rest on it. In the arena.
 */
struct str workload_fixed_sql(struct arena *a, const struct work_query *q, struct str sql);
/* Sixteen hexadecimal digits. */
void work_add_id(struct buf *b, uint64_t id);

#endif
