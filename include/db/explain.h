/*
 * EXPLAIN of a statement that somebody else wrote, so that nothing comes of it.
 *
 * The statement is never sent alone, always behind EXPLAIN (or PREPARE, for a generic plan) and
 * through the extended protocol, which takes one statement: nothing can ride along with it.
 * It runs in a transaction that is READ ONLY unless writing was allowed, under time-outs, and
 * that is rolled back in any case.
 */
#ifndef DB_EXPLAIN_H
#define DB_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "db/conn.h"

struct arena;
struct err;

enum explain_option {
#define EXPLAIN_OPTION(id, name, since, alone, when, values) EXPLAIN_##id,
#include "db/explain_option.def"
#undef EXPLAIN_OPTION
    EXPLAIN_OPTION_COUNT
};

struct explain_options {
    bool analyze;           /* execute it */
    bool write;             /* it may change data, which is then rolled back */
    bool generic;           /* a plan for any values of the parameters */
    double timeout_ms;      /* of the statement; 0: none */
    double lock_timeout_ms; /* 0: none */
    int repeat;             /* with analyze: how often */
    /* "on", "off", "text" ...; NULL: the default. */
    const char *values[EXPLAIN_OPTION_COUNT];
};

/* Nothing executed, thirty seconds, five for a lock. */
void explain_options_init(struct explain_options *o);
/*
 * Options by name, as in "wal,timing=off,serialize=binary"; names in any case. The values are
 * kept in the arena. False with ERR_USAGE.
 */
bool explain_options_set(struct arena *a, struct explain_options *o, struct str list,
                         struct err *err);
/* Append the names of all options and what each takes: "wal, serialize=text|binary|none". */
void explain_options_list(struct buf *out);

struct explain_statement {
    struct str sql;
    struct conn_place place;  /* prefix is filled in here */
    const struct str *params; /* $1 ...; absent: NULL. Of a generic plan they count only when it is
                                 executed */
    size_t param_count;
};

struct explain_result {
    struct str json;          /* what EXPLAIN (FORMAT JSON) said; of several runs the median one */
    int runs;                 /* executions that went well; 0: it was not executed */
    double min_ms, median_ms; /* execution time over the runs; NAN: not measured */
    /* Options that were asked for and that this server does not have, or not without ANALYZE,
     * each with the reason, a line each; NULL: none. */
    const char *left_out;
};

/*
 * Explain a statement. Everything in *out lives in the arena. False with the errors of conn_run,
 * or ERR_SQL when the server is a standby and writing was allowed. When it fails after some of
 * several runs, *out holds those (runs > 0).
 */
bool explain_statement(struct conn *c, struct arena *a, const struct explain_options *o,
                       const struct explain_statement *s, struct explain_result *out,
                       struct err *err);

/* The same, once, in a transaction that is open already; an error leaves it aborted. */
bool explain_in_transaction(struct conn *c, struct arena *a, const struct explain_options *o,
                            const struct explain_statement *s, struct str *json, struct err *err);

#endif
