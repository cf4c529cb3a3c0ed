/*
 * How many entries of a GIN index a condition looks up: what the planner's GIN cost needs.
 */
#ifndef ADVISE_GIN_H
#define ADVISE_GIN_H

#include <stdbool.h>

#include "base/str.h"
#include "sql/pred.h"

struct gin_search {
    double exact;    /* entries looked up */
    double prefixes; /* searches for all entries with a prefix */
    bool full;       /* the whole index is read */
};

/*
 * By operator class: array_ops, jsonb_ops, jsonb_path_ops, tsvector_ops, gin_trgm_ops. False when
 * the operator class does not serve the condition, or its constant is not known.
 */
bool gin_search_of(const struct pred *p, struct str opclass, struct gin_search *out);

#endif
