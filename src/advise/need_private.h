/* Shared by the files that find needs. Private to advise. */
#ifndef ADVISE_NEED_PRIVATE_H
#define ADVISE_NEED_PRIVATE_H

#include "advise/need.h"

/* What a condition is looked at for: one relation of one query. */
struct need_maker {
    struct arena *arena;
    const struct catalog *cat;
    struct need *need;
    struct str sql;     /* the query's text; absent unknown */
    bool bare_is_other; /* an unqualified name need not be a column of this relation */
    size_t cond_cap, or_cap, sort_cap, column_cap;
};

struct need *need_add(struct arena *a, struct need_list *list);
/* A stand-in for a relation that no catalog describes; columns are added as conditions name them.
 */
struct cat_rel *need_stand_in(struct arena *a, struct str schema, struct str name);
/* The topmost partitioned parent, or the relation itself. */
struct cat_rel *need_partition_root(struct cat_rel *rel);

/* Classify a conjunct and add it to the need, if it speaks of the need's relation. */
void need_add_pred(struct need_maker *k, const struct pred *p);
/* Add an order key; false (and counted in sort_missing) when it is not this relation's. */
bool need_add_sort(struct need_maker *k, const struct sort_key *key);
/* The column is read by the query. "*" reads them all. */
void need_add_column(struct need_maker *k, struct str qualifier, struct str column);

#endif
