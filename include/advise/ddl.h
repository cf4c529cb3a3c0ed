/* SQL that makes and unmakes an index without stopping a live table. */
#ifndef ADVISE_DDL_H
#define ADVISE_DDL_H

#include "advise/ix.h"

struct arena;

/*
 * A name as PostgreSQL would choose it (table_columns_idx; a function's name for a call, "expr"
 * for other expressions), at most 63 bytes, that neither the catalog nor taken[0..taken_count)
 * has in that schema. cat may be NULL.
 */
const char *ddl_index_name(struct arena *a, const struct catalog *cat, const struct ix *x,
                           const char *const *taken, size_t taken_count);

/* CREATE INDEX with nothing around it: not CONCURRENTLY, for HypoPG and for tests. */
const char *ddl_plain(struct arena *a, const struct ix *x, const char *name);

/*
 * CREATE INDEX without a name, for a server that is to imagine it: of a partitioned table one for each
 * leaf that the catalog knows. Array of *count in the arena.
 */
const struct str *ddl_hypothetical(struct arena *a, const struct catalog *cat, const struct ix *x,
                                   size_t *count);

/*
 * The migration up: the extension it needs, CREATE INDEX CONCURRENTLY (on a partitioned table: ON
 * ONLY the parent, CONCURRENTLY on each leaf, ATTACH), ANALYZE where an expression needs
 * statistics, DROP of the indexes that it replaces. Each statement ends in ";\n"; none may run in
 * a transaction block.
 */
const char *ddl_up(struct arena *a, const struct catalog *cat, const struct ix *x, const char *name,
                   const struct cat_index *const *replaces, size_t replace_count);
/* And down again: what was replaced is made first, then the index goes. */
const char *ddl_down(struct arena *a, const struct ix *x, const char *name,
                     const struct cat_index *const *replaces, size_t replace_count);

/* An existing index goes (with its constraint, where it stands for one), and comes back. */
const char *ddl_drop(struct arena *a, const struct cat_index *index);
const char *ddl_restore(struct arena *a, const struct cat_index *index);

#endif
