/* Needs out of SQL. Private to advise. */
#ifndef ADVISE_NEED_SQL_H
#define ADVISE_NEED_SQL_H

#include "advise/access.h"
#include "advise/need.h"
#include "sql/query.h"

/*
 * Needs of all relations that a statement reads. cat may be NULL. rows: how many rows the
 * statement is said to give; NAN or 0 unknown.
 */
void need_from_sql(struct arena *a, const struct catalog *cat, const struct query *q, double rows,
                   size_t query, struct need_list *out);
/* What the text of a plan's query tells beyond the plan: which values are literals, which columns
 * are read. */
void need_add_sql(struct arena *a, const struct catalog *cat, const struct query *q,
                  struct need *needs, size_t count);

/*
 * How often each of a statement's relations would be probed by its join columns, and how many
 * rows the joins make. The needs have been prepared (access_prepare).
 */
void need_join_rows(const struct query *q, struct need *needs, size_t count);

#endif
