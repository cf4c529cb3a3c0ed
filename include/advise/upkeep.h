/* What to do about indexes that are there and should not be, or are missing behind a foreign key:
 * what catalog/health.h finds, with the statements up and down. */
#ifndef ADVISE_UPKEEP_H
#define ADVISE_UPKEEP_H

#include <stddef.h>

#include "catalog/health.h"

struct advice;
struct arena;

struct upkeep {
    const struct cat_health *found;
    const char *title; /* "unused index activity_kind_idx (12.3MB)": one line */
    const char *up; /* statements, each ended by ';' and a newline; none in a transaction block */
    const char *down;
};

/* One word per kind: "invalid" "duplicate" "redundant" "unused" "foreign_key_without_index". */
extern const char *const upkeep_kind_name[];

/*
 * All of a catalog, in the order of its relations; array of *count in the arena. What the advice
 * (NULL: none) does already is left out: a foreign key that a proposed index serves, an index that
 * one replaces.
 */
struct upkeep *upkeep_new(struct arena *a, const struct catalog *cat, const struct advice *adv,
                          size_t *count);

#endif
