/*
 * Values of expressions that hold no columns but are not literals either: now() - interval
 * '7 days', CURRENT_DATE + 1, date_trunc('month', now()), 24 * 60.
 *
 * The planner evaluates such expressions when it estimates; so do we, given the time.
 */
#ifndef ADVISE_STABLE_H
#define ADVISE_STABLE_H

#include <stdbool.h>

#include "advise/value.h"
#include "base/str.h"

/* The value as text that value_number reads, and its class. */
struct stable_value {
    char text[64];
    enum value_class cls; /* CLASS_DATE, CLASS_TIMESTAMP, CLASS_TIMESTAMPTZ, CLASS_NUMBER */
};

/*
 * Evaluate. now_us is the current time in microseconds since 2000-01-01 UTC (NAN: not known,
 * then only expressions without it have a value); zone_us the session's time zone, east.
 * False when the expression is of another kind.
 */
bool stable_value(struct str expr, double now_us, double zone_us, struct stable_value *out);

#endif
