/*
 * Dates, times and intervals as numbers. Private to the advise layer.
 */
#ifndef ADVISE_VALUE_TIME_H
#define ADVISE_VALUE_TIME_H

#include "advise/value.h"

/* Microseconds since 2000-01-01 of a date or timestamp (UTC, where there is a time zone). */
bool value_time_number(const struct value_type *t, struct str text, double *out);
/* Microseconds of a time of day or an interval. */
bool value_span_number(enum value_class cls, struct str text, double *out);

#endif
