/* What a server has been busy with: pg_stat_statements. */
#ifndef DB_STATEMENTS_H
#define DB_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct conn;
struct err;

/* A statement, its constants replaced by $n, over all roles that ran it. */
struct statement_stat {
    struct str sql;
    struct str query_id; /* digits */
    double calls, total_ms, rows;
    double share; /* of the time of all statements of the database, 0..1; NAN unknown */
};

struct statement_stats {
    struct statement_stat *items; /* heaviest first */
    size_t count;
    size_t hidden; /* of other roles, whose text the role may not see */
    struct str since; /* when counting began, as the server writes it; absent: not known (12, 13) */
};

/*
 * The `most` statements of the connection's database that took the longest in all, of those that
 * EXPLAIN can explain, without pgsift's own. In the arena. ERR_SQL with a hint when the extension
 * is not there; else the errors of conn_run.
 */
bool statements_fetch(struct conn *c, struct arena *a, size_t most, struct statement_stats *out,
                      struct err *err);

#endif
