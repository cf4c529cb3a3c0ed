/*
 * What the screens show, and what they can ask for. cli fills it from files, a log or a server;
 * tests fill it from a description. The screens know nothing else.
 *
 * Everything handed out lives as long as the source. Calls that may take time (whatif, execute,
 * edit) are made from one background thread at a time, never from two; cancel may be called
 * from another thread while they run. All others are called from the screens' thread.
 * A call that is NULL says that the source cannot do it: unavailable tells the user why.
 */
#ifndef UI_SOURCE_H
#define UI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "report/report.h"

/* An index that would help. Text is NUL-terminated; NULL where there is nothing to say. */
struct ui_index {
    const char *id;         /* "I1" */
    const char *target;     /* "orders (status, created_at)" */
    const char *ddl;        /* CREATE INDEX CONCURRENTLY ... ; */
    const char *down;       /* DROP INDEX CONCURRENTLY ... ; */
    const char *why;        /* plain sentences: columns, order, what it serves and replaces */
    const char *remark;     /* two or three words: "low gain" */
    const char *sure;       /* "from plan", "model", "planner-verified", "measured" */
    double size_bytes;      /* NAN unknown */
    bool size_is_bound;     /* at most size_bytes */
    double alone;           /* change of the plan with this index only: -0.11; NAN unknown */
    double before, after;   /* cost or time of the plan without and with it; NAN unknown */
    bool in_ms;             /* they are times, not costs */
    double queries;         /* that it serves */
    const int *nodes;       /* ids of the plan's nodes that it serves */
    size_t node_count;
    bool on; /* ticked at first */
};

/* One plan and what was worked out about it. */
struct ui_plan {
    const char *name;            /* "plan1.json", "stdin" */
    const struct report *report; /* plan, metrics, ranked findings, marks; NULL: not readable */
    const struct err *error;     /* why it was not, or what was left out of it; NULL */
    struct str sql;              /* the query; absent: the plan's own query_text */
    const struct ui_index *indexes; /* ranked */
    size_t index_count;
    const char *advice_note; /* why there is no index advice, or what it rests on; NULL */
    const char *runs;        /* "median of 5: 376ms, min 371ms"; NULL: one run */
};

/* The plan as it would be with some of the indexes. */
struct ui_whatif {
    const struct report *report; /* NULL: only costs are known */
    double before, after; /* cost or time of the plan */
    bool in_ms;
    double took_ms;       /* for the answer; NAN: not worth telling */
    const double *rest; /* [index_count]: the marginal change of each, given the other ones; NAN */
    const char *basis;  /* "both plans from one transaction, hypopg 1.3.1", "model" */
};

/* One query of a log or workload. */
struct ui_query {
    struct str id;   /* fingerprint */
    struct str sql;
    double calls, total_ms, share; /* share of all time, 0..1 */
    double mean_ms, p95_ms, max_ms, rows; /* NAN unknown */
    int findings;
    enum severity severity; /* the worst */
    int indexes;            /* candidates that would help */
    size_t plans;           /* distinct plan shapes seen */
    const char *shapes;     /* "plan A 91% B 9%"; NULL */
    const double *series;   /* total ms per time bucket */
    size_t series_count;
    const char *bucket;     /* "per 25min"; NULL */
    const char *advice;     /* "I2 order_items(order_id): helps 3 of 512 queries ..."; NULL */
};

/* How far reading has come. */
struct ui_load {
    bool loading;  /* more will come */
    bool partial;  /* stopped before the end */
    bool failed;   /* it is over, and there is nothing to show */
    const char *name; /* of what is read now; NULL */
    double bytes_done, bytes_total; /* total NAN: unknown */
    double seconds; /* spent so far */
};

struct ui_log {
    struct str name;
    double entries, errors;
    const struct ui_query *queries;
    size_t query_count;
    const char *span; /* "06:00-10:11"; NULL unknown */
    uint64_t version; /* changes whenever anything above does */
};

enum ui_can { UI_CAN_WHATIF, UI_CAN_EXECUTE, UI_CAN_ANALYZE, UI_CAN_EDIT, UI_CAN_CONNECT };

struct ui_source_ops {
    /* Plan i (0-based); worked out when it is first asked for. */
    const struct ui_plan *(*plan)(void *self, size_t i);
    /* The input that plan i was read from, all of it; absent when it is not kept. NULL: never. */
    struct str (*text)(void *self, size_t i);
    /* Plan i with the indexes on[0..index_count). Blocks. */
    bool (*whatif)(void *self, size_t plan, const bool *on, struct ui_whatif *out, struct err *err);
    /* The indexes of plan i with entry `index` replaced by what `ddl` says (index == index_count:
     * one more). Blocks; afterwards plan() answers with the new list. */
    bool (*edit)(void *self, size_t plan, size_t index, struct str ddl, struct err *err);
    /* Explain (analyze: execute) the query of plan i again. Blocks; afterwards plan() answers
     * with the new plan. */
    bool (*execute)(void *self, size_t plan, bool analyze, struct err *err);
    /* Stop the blocking call that runs now. */
    void (*cancel)(void *self);
    /* Why something cannot be done, one line with what to do about it. */
    const char *(*unavailable)(void *self, enum ui_can can);
    /* One "name: value" line per fact about the connection. */
    void (*connection)(void *self, struct buf *out);
    bool (*connect)(void *self, struct str service, struct err *err);
    /* Take in what came since: plan_count may grow, the log change. NULL: all is there. */
    void (*load)(void *self, struct ui_load *out);
    /* Read no more; what is there stays. */
    void (*load_stop)(void *self);
    /* The log as it is now; NULL ops: no log. */
    void (*log)(void *self, struct ui_log *out);
    /* The plans seen of query i become the plans of the source; false when there are none. */
    bool (*log_open)(void *self, size_t query, struct err *err);
    /* The plans of the source become one that stands for the log, with the indexes for all of it;
     * false when there are none. NULL: nobody advises on the log. */
    bool (*log_indexes)(void *self, struct err *err);
    bool (*log_range)(void *self, struct str range, struct err *err);
    /* Read another file: its plans replace those there are. */
    bool (*open)(void *self, struct str path, struct err *err);
};

struct ui_source {
    void *self;
    const struct ui_source_ops *ops;
    size_t plan_count;
    const char *server; /* "shop@localhost"; NULL: not connected */
    bool read_only;
};

#endif
