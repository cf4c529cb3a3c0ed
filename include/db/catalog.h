/*
 * The catalog of a server: one statement, one document, one catalog.
 *
 * The document is a snapshot (catalog/snapshot.h), the same as the psql script snapshot.sql
 * makes: the statement is the one in that script.
 */
#ifndef DB_CATALOG_H
#define DB_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct catalog;
struct conn;
struct err;

/* Raw names; schema absent: found through the search path, else wherever there is one. */
struct dbcat_name {
    struct str schema, name;
};

struct dbcat_request {
    const struct str *schemas; /* NULL: all but the system's */
    size_t schema_count;
    /* These relations instead, with their partitions and parents. NULL: whole schemas. */
    const struct dbcat_name *relations;
    size_t relation_count;
    bool no_values;    /* leave values of columns out */
    double timeout_ms; /* 0: ten minutes */
};

/*
 * Fetch the document: in one read-only transaction, as of one moment. It lives in the arena.
 * Errors are those of conn_run.
 */
bool dbcat_fetch(struct conn *c, struct arena *a, const struct dbcat_request *r, struct str *out,
                 struct err *err);

/* Fetch and read it; the caller frees the catalog. NULL on errors. */
struct catalog *dbcat_open(struct conn *c, const struct dbcat_request *r, struct err *err);

/* What a document lacks because the role may not see it. */
struct dbcat_gaps {
    size_t relations;      /* tables and materialized views in the document */
    size_t unreadable;     /* of them, those whose rows the role may not read, so no statistics */
    size_t row_security;   /* those whose statistics are hidden by row security */
    size_t never_analyzed; /* those that have rows and were never analyzed */
    struct str role;
    struct str example; /* an unreadable one, as SQL writes it; absent: none */
    size_t not_found;   /* relations asked for by name */
    struct str missing; /* the first of them */
};
/* Look for gaps; what is found lives in the arena. False and err when it is no document. */
bool dbcat_find_gaps(struct arena *a, struct str document, struct dbcat_gaps *out, struct err *err);

#endif
