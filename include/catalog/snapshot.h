/*
 * The second door to a catalog: a snapshot, one JSON document with everything that an advisor
 * uses, so that advice can be worked out later, elsewhere, and again with the same result.
 *
 * The format is what the statement in src/db/snapshot.sql yields, described by
 * fixtures/schema/snapshot.schema.json; "pgsift_snapshot" is its version. Members that are
 * not known are passed over, members that are missing leave their facts unknown.
 */
#ifndef CATALOG_SNAPSHOT_H
#define CATALOG_SNAPSHOT_H

#include <stdbool.h>

#include "base/str.h"

struct catalog;
struct err;

enum { CAT_SNAPSHOT_VERSION = 1 };

/*
 * Read a snapshot. NULL and err when it is no JSON (ERR_SYNTAX, with its place), no snapshot
 * (ERR_CATALOG), or of a later version (ERR_VERSION). Entries that refer to something that is
 * not there are problems of the catalog. The caller frees the catalog.
 */
struct catalog *cat_from_snapshot(struct str text, const char *file_name, struct err *err);

/*
 * Append the catalog as a snapshot: read again, it gives the same answers to every question
 * about the catalog. values false leaves values of columns out (most common ones, histogram
 * bounds, array elements).
 */
void cat_to_snapshot(const struct catalog *cat, bool values, struct buf *out);

/* A snapshot or a DDL file, whichever the text is (a snapshot starts with a brace). */
struct catalog *cat_open(struct str text, const char *file_name, struct err *err);

#endif
