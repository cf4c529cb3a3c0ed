/*
 * Shared by the files of pred_implies: atoms and when two of them prove each other.
 */
#ifndef SQL_IMPLIES_PRIVATE_H
#define SQL_IMPLIES_PRIVATE_H

#include "sql/constant.h"
#include "sql/implies.h"

struct key_cache;

struct proof {
    struct arena *a;
    const struct implies_names *names;
    struct key_cache *keys;
    unsigned steps; /* comparisons of clauses so far */
};

/* A clause or a part of one: a whole predicate, or one element of its list. */
struct item {
    const struct pred *pred;
    bool element;
    size_t index;
};

/* Whether the clause proves the goal; both are neither AND nor OR nor a list to be gone through. */
bool implies_atom(struct proof *p, struct item clause, struct item goal);

/*
 * An operand as text that is the same for the same value: names of the relation's own columns
 * without qualifier, text casts that PostgreSQL sees through left out.
 */
struct str implies_key(struct proof *p, const struct pred_side *side);
/* Whether the side is a bare column of the relation. */
bool implies_own_column(const struct proof *p, const struct pred_side *side);

#endif
