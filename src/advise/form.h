/*
 * Conditions in the form that an index's WHERE clause has them in. Private to advise.
 *
 * A query says t.status <> 'done', a plan (status <> 'done'::text), an existing index
 * (status <> 'done'::text): to an index they are one.
 */
#ifndef ADVISE_FORM_H
#define ADVISE_FORM_H

#include "sql/pred.h"

struct arena;
struct buf;

/*
 * A test of a bare column against literals as an index's predicate would say it, without
 * qualifiers and casts: "status <> 'done'", "NOT active", "kind IN ('a', 'b')". Absent for any
 * other predicate. In the arena.
 */
struct str form_of(struct arena *a, const struct pred *p);

/* The same for any predicate, for comparing only. */
struct str form_key(struct arena *a, const struct pred *p);

/* The conjuncts' keys, sorted: equal for predicates that say the same in another order. */
struct str form_key_of_all(struct arena *a, const struct pred *const *preds, size_t count);

#endif
