/*
 * What an expression holds: columns, parameters, subplans, functions of which kind.
 */
#ifndef SQL_SCAN_H
#define SQL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "sql/pred.h"

struct scan {
    struct pred_column *columns; /* names point into the tree */
    size_t count, room;
    bool has_param;
    bool has_subplan; /* SubPlan, InitPlan or a subquery */
    bool is_volatile;
    bool is_stable;
    bool zoned; /* of what is visited now: see pred_column */
};

/* Go over an expression; what a subquery holds (but its test expression) is not looked at. */
void scan_expr(struct scan *s, const struct json *node);

#endif
