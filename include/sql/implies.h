/*
 * Whether a query's conditions prove the predicate of a partial index, the way PostgreSQL's
 * planner proves it (predtest.c, predicate_implied_by).
 *
 * The planner's proof is by form, not by meaning: the same clause, a tighter comparison with a
 * constant, a strict clause for IS NOT NULL, arms of AND and OR. What it cannot prove is not
 * proved here either; where types are not known, the answer is the careful one (no).
 */
#ifndef SQL_IMPLIES_H
#define SQL_IMPLIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "sql/pred.h"

struct arena;

/* What the catalog knows of a column of the indexed relation. */
struct implies_column {
    struct str type;     /* without modifier, domains resolved: "character varying" */
    char category;       /* pg_type.typcategory; 0: unknown */
    bool sorts_by_bytes; /* text with collation C or POSIX */
};

struct implies_names {
    void *ctx;
    /* False when the column is not known. NULL: nothing is known of any column. */
    bool (*column)(void *ctx, struct str column, struct implies_column *out);
    /*
     * Alias of the indexed relation in the query. A column with another qualifier is of another
     * relation; one without a qualifier is the relation's own. Absent: all columns are.
     */
    struct str alias;
};

/*
 * Whether the conditions, all of which hold, prove the predicate. count conditions as
 * pred_conjuncts gives them; names may be NULL. The arena is for work space.
 */
bool pred_implies(struct arena *a, const struct pred *const *conds, size_t count,
                  const struct pred *predicate, const struct implies_names *names);

#endif
