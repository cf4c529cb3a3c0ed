/*
 * Plans with indexes that do not exist, by way of the server's HypoPG extension.
 *
 * Everything happens inside one read-only transaction, from hypo_begin to hypo_end. Hypothetical
 * indexes belong to the server's session and survive a rollback, so hypo_end takes them all away
 * inside the same transaction, also after an error or an interrupt; a session that a pooler hands
 * on is left as it was. Nothing is created in the database, the extension least of all.
 *
 * HypoPG estimates how many rows a partial index holds by planning with a made-up query that has
 * one table; since PostgreSQL 16 a comparison by order (<, >=, BETWEEN) there looks the real
 * query's tables up in it and may crash the server (HypoPG issue 116, seen where a view stands
 * between). So a partial index whose predicate is such a comparison is never sent, and no partial
 * index at all is there while a statement is planned that may read anything but plain tables.
 */
#ifndef DB_HYPO_H
#define DB_HYPO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "db/explain.h"

struct arena;
struct conn;
struct err;

struct hypo;

/*
 * Look for the extension. NULL with ERR_SQL when the database does not have it, or the role may not
 * use it: message and hint then say how to get it. Also the errors of conn_run.
 */
struct hypo *hypo_open(struct conn *c, struct err *err);
/* NULL is allowed; ends the transaction. */
void hypo_close(struct hypo *h);
/* "HypoPG 1.3.1". */
const char *hypo_version(const struct hypo *h);

/* timeout_ms: of each statement; 0 none. Nothing happens when the transaction is open already. */
bool hypo_begin(struct hypo *h, double timeout_ms, struct err *err);
void hypo_end(struct hypo *h);

/* One index, as CREATE INDEX statements: of a partitioned table one for each leaf. */
struct hypo_index {
    const struct str *statements;
    size_t count;
    bool partial;
    bool compares; /* its predicate compares by order */
};

/*
 * Whether the server takes the index; it is there and gone again. size_bytes: of all its
 * statements, as HypoPG estimates it (without deduplication). When it does not, *why is the reason,
 * in the arena. False with err only when the connection or the time is lost.
 */
bool hypo_try(struct hypo *h, struct arena *a, const struct hypo_index *x, double *size_bytes,
              const char **why, struct err *err);

struct hypo_request {
    const struct explain_options *explain;
    struct explain_statement statement;
    bool plain_tables; /* it is known to read nothing but tables */
    const struct hypo_index *const *indexes;
    size_t index_count;
};

struct hypo_answer {
    struct str json; /* what EXPLAIN (FORMAT JSON) said */
    /* Names by which the plan calls the hypothetical indexes: those of indexes[i] are
     * names[first[i]] .. names[first[i + 1] - 1]. One that was held back has none. */
    struct str *names;
    size_t *first;
};

/*
 * Explain a statement with exactly these hypothetical indexes. Everything in *out lives in the
 * arena. Errors are those of conn_run; the transaction stays usable after a refused statement.
 */
bool hypo_explain(struct hypo *h, struct arena *a, const struct hypo_request *r,
                  struct hypo_answer *out, struct err *err);

/* EXPLAINs made so far. */
size_t hypo_calls(const struct hypo *h);

#endif
