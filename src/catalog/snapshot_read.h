/*
 * A snapshot on its way into a catalog: what its readers share.
 */
#ifndef CATALOG_SNAPSHOT_READ_H
#define CATALOG_SNAPSHOT_READ_H

#include "base/json.h"
#include "catalog/build.h"

struct snapshot_oid {
    double oid;
    void *value;
};

struct snapshot {
    struct catalog *cat;
    struct arena *scratch; /* the document, and maps over it */
    struct str file;
    struct snapshot_oid *rels; /* struct cat_rel by oid, sorted */
    size_t rel_count;
};

/* A copy that lives as long as the catalog; absent stays absent. */
struct str cat_snapshot_keep(struct snapshot *s, struct str text);
/* "column x" of a relation that the document does not have. */
void cat_snapshot_problem(struct snapshot *s, const char *what, double oid);
struct cat_rel *cat_snapshot_rel(const struct snapshot *s, double oid);
/* Name of a column by its number; absent if there is none. */
struct str cat_snapshot_column(const struct cat_rel *rel, double attnum);
/* The same for an expression or statement: white space outside quotes becomes single blanks. */
struct str cat_snapshot_sql(struct snapshot *s, struct str text);
/* The number of a storage parameter, NAN if reloptions do not have it. */
double cat_snapshot_option(const struct json *options, const char *name);

/* snapshot_columns.c */
const struct str *cat_snapshot_texts(struct snapshot *s, const struct json *list, size_t *count);
void cat_snapshot_columns(struct snapshot *s, const struct json *columns);
void cat_snapshot_stats(struct snapshot *s, struct cat_stats *out, const struct json *v);

/* snapshot_indexes.c */
void cat_snapshot_indexes(struct snapshot *s, const struct json *indexes,
                          const struct json *expr_stats);

/* snapshot_constraints.c */
void cat_snapshot_constraints(struct snapshot *s, const struct json *constraints);
void cat_snapshot_ext_stats(struct snapshot *s, const struct json *ext_stats);

#endif
