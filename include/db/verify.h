/*
 * Indexes built for real, measured, and rolled back: on a database that the user names for it.
 *
 * CREATE INDEX takes a SHARE lock on its table until the rollback: readers go on, writers wait. So
 * it is refused on a standby, where a table is larger than a limit, and where other sessions write
 * to a table or wait for it; and both the lock and every statement have time-outs.
 */
#ifndef DB_VERIFY_H
#define DB_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct conn;
struct err;

struct verify_options {
    double timeout_ms;      /* of each statement, the building of an index too */
    double lock_timeout_ms; /* how long a lock is waited for */
    double most_bytes;      /* a larger table is not touched; 0: no limit */
    int repeat;             /* executions of each query; the median counts */
};
/* Thirty seconds, one for a lock, a gigabyte, five executions. */
void verify_options_init(struct verify_options *o);

/* A query that only reads. */
struct verify_query {
    struct str sql;
    bool skip;                  /* it is not to be executed */
    double ms_before, ms_after; /* median; NAN: not measured */
    struct str plan;            /* EXPLAIN's document of one execution with the indexes */
    const char *problem;        /* why it was not measured; NULL */
};

struct verify_job {
    const struct str *tables; /* as SQL writes them */
    size_t table_count;
    const struct str *statements; /* CREATE INDEX, not CONCURRENTLY; ANALYZE */
    size_t statement_count;
    struct verify_query *queries;
    size_t query_count;
};

/*
 * Measure, build, measure again, roll back. False when nothing could be measured: ERR_SQL with the
 * reason when it was refused, else the errors of conn_run.
 */
bool verify_run(struct conn *c, struct arena *a, const struct verify_options *o,
                struct verify_job *job, struct err *err);

#endif
