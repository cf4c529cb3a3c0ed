/* What was replaced by what. */
#ifndef WORK_ANON_MAP_H
#define WORK_ANON_MAP_H

#include <stdbool.h>

#include "base/str.h"

struct arena;

/*
 * Kinds of things. Those of one space share their names: a schema, a table, its alias and a CTE
 * that are called alike stay alike; a column may be called like a table without being one.
 */
enum anon_kind {
    ANON_SCHEMA,
    ANON_TABLE,
    ANON_COLUMN,
    ANON_ALIAS,
    ANON_INDEX,
    ANON_FUNCTION,
    ANON_TYPE,
    ANON_CTE,
    ANON_TRIGGER,
    ANON_CONSTRAINT,
    ANON_NAME, /* anything else that has a name */
    ANON_CONSTANTS,
    ANON_TEXT = ANON_CONSTANTS,
    ANON_RUN, /* letters between the wildcards of a pattern */
    ANON_NUMBER,
    ANON_DATE,
    ANON_TIMESTAMP,
    ANON_TIME,
    ANON_INTERVAL,
    ANON_UUID,
    ANON_ADDRESS,
    ANON_BYTES,
    ANON_KIND_COUNT
};

struct anon;

/* The replacement of a name or constant; made at first sight, in the map's arena. */
struct str anon_replace(struct anon *n, enum anon_kind kind, struct str original);
/* Whether this name was replaced before, as something of that kind's space. */
bool anon_knows(const struct anon *n, enum anon_kind kind, struct str original);
/* The same in any space of names. */
bool anon_knows_name(const struct anon *n, struct str original);

#endif
