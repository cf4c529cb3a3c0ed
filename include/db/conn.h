/*
 * A connection to a PostgreSQL server, through libpq: the only part of the program that knows it.
 *
 * Statements go through the extended protocol, which takes one statement at a time: no second
 * one can ride along in a text. While a statement runs the connection looks at a flag that a
 * signal handler or another thread may set; then the statement is cancelled on the server, and
 * the call fails with ERR_CANCELLED. Results are copied into the caller's arena.
 *
 * Built with WITHOUT_LIBPQ=1, conn_open always fails and says so.
 */
#ifndef DB_CONN_H
#define DB_CONN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;

struct conn;

struct conn_options {
    /* As psql's -h -p -U -d; NULL: what PG* variables, the service or libpq itself say. dbname may
     * be a URI or a conninfo string, which then wins over the others. */
    const char *host, *port, *user, *dbname;
    bool never_ask;  /* -w: no password is asked for */
    bool always_ask; /* -W: one is, before the first try */
    /* Ask for a password; false: there is nobody to ask. NULL: the same. */
    bool (*password)(void *ctx, const char *user, struct buf *out);
    void *ctx;
    atomic_bool *stop; /* set: cancel what runs; NULL: never */
};

/* The version of the library, "15.4"; NULL when the program was built without it. */
const char *conn_library(void);

/*
 * Connect. NULL with ERR_CONNECT, and a hint where one is of use. Text is UTF-8 whatever the
 * server's encoding. Without a connect_timeout of the user's own it gives up after ten seconds.
 * ERR_CANCELLED when the stop flag is set meanwhile.
 */
struct conn *conn_open(const struct conn_options *o, struct err *err);
/* NULL is allowed. */
void conn_close(struct conn *c);

/* server_version_num: 150004. */
int conn_version(const struct conn *c);
/* "shop@localhost:5432", "shop@/tmp". In memory of the connection. */
const char *conn_name(const struct conn *c);
/* One "name: value" line per fact: server, database, user, host, SSL. */
void conn_describe(const struct conn *c, struct buf *out);
/* False once the server, or the network between, is gone: nothing more can be sent. */
bool conn_is_alive(const struct conn *c);

/*
 * The longest that a statement may take by the client's own clock, in milliseconds (0: any time).
 * The server's time-outs do that as a rule; this one is for a server that does not answer, and
 * for a pooler that keeps settings to itself.
 */
void conn_set_patience(struct conn *c, double ms);

struct conn_result {
    size_t row_count, column_count;
    struct str *cells; /* row by row; NULL is {NULL, 0} */
};
/* Cell of a row; absent when it is NULL or there is no such cell. */
struct str conn_cell(const struct conn_result *r, size_t row, size_t column);

/* Where the user's own statement lies in the text that is sent, for errors that have a position. */
struct conn_place {
    size_t prefix;       /* bytes in front of it */
    struct str original; /* as the user wrote it: what line, column and caret are of */
    /* The offset in the original for one in the statement sent; NULL: they are the same. */
    size_t (*back)(const void *map, size_t offset);
    const void *map;
};

struct conn_request {
    struct str sql;
    const struct str *params; /* $1 ...; absent: NULL */
    size_t param_count;
    const struct conn_place *place; /* NULL: a statement of the program's own */
    /* Through the simple protocol, once the server has found that it is one statement: for
     * EXPLAIN (GENERIC_PLAN), which has parameters and no values. */
    bool simple;
    /* Also when the stop flag is set: for what has to be cleaned up. */
    bool always;
};

/*
 * Run one statement. out may be NULL. False with
 *   ERR_SQL        the server refused it; with line, column and the line itself where the server
 *                  gave a position in the user's statement
 *   ERR_TIMEOUT    a statement or lock time-out ran out
 *   ERR_CANCELLED  the stop flag was set
 *   ERR_CONNECT    the connection is lost
 */
bool conn_run(struct conn *c, struct arena *a, const struct conn_request *r,
              struct conn_result *out, struct err *err);
/* The same for a plain statement without parameters and without a result. */
bool conn_do(struct conn *c, const char *sql, struct err *err);
/*
 * The types that the server gives to the parameters of a statement: their OIDs as text, in the
 * arena. Nothing is executed. Only sql and place of the request count. Errors as conn_run's.
 */
bool conn_param_types(struct conn *c, struct arena *a, const struct conn_request *r,
                      struct str **oids, size_t *count, struct err *err);
/* SQLSTATE of the last statement that failed; "" when it had none. */
const char *conn_sqlstate(const struct conn *c);
/* Warnings and notices of the server since the last call, a line each; emptied. */
void conn_take_notices(struct conn *c, struct buf *out);

#endif
