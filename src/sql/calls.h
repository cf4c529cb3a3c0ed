/*
 * What calls an expression makes that change how its query is run.
 */
#ifndef SQL_CALLS_H
#define SQL_CALLS_H

#include <stdbool.h>

#include "base/json.h"

struct calls {
    bool aggregate;     /* over groups, no window function */
    bool set_returning; /* of those that PostgreSQL brings along */
    bool is_volatile;
    bool subquery;
};

/* Add what an expression (or a list of them) calls; subqueries are not entered. */
void calls_find(struct calls *c, const struct json *expr);

#endif
