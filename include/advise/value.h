/*
 * Values of column types, from their text, as far as estimating needs them: equality,
 * order, and the position of a value between two others.
 *
 * Texts are those of pg_stats and of literals. Types are put into classes whose members
 * compare with each other the way PostgreSQL's cross-type operators do.
 */
#ifndef ADVISE_VALUE_H
#define ADVISE_VALUE_H

#include <stdbool.h>

#include "base/str.h"

enum value_class {
    CLASS_UNKNOWN, /* equality of texts only */
    CLASS_NUMBER,  /* integers, numeric, floats, oid */
    CLASS_BOOL,
    CLASS_TEXT,
    CLASS_BPCHAR, /* trailing blanks do not count */
    CLASS_BYTES,
    CLASS_DATE,
    CLASS_TIMESTAMP,
    CLASS_TIMESTAMPTZ,
    CLASS_TIME,
    CLASS_INTERVAL,
    CLASS_NET,  /* inet, cidr */
    CLASS_UUID, /* ordered, but the planner cannot interpolate */
    CLASS_MONEY,
    CLASS_ENUM, /* the order is not known from the labels */
    CLASS_ARRAY,
    CLASS_JSONB,
    CLASS_TSVECTOR,
    CLASS_RANGE,
    CLASS_GEOMETRY
};

/* How to read and compare the texts of one column. */
struct value_type {
    enum value_class cls;
    bool linguistic;  /* text sorts by language, not by bytes */
    double offset_us; /* time zone (microseconds east) of timestamps written without one */
};

/* Class of a type by its name as format_type gives it without modifier ("character varying");
 * category is pg_type.typcategory or 0. */
enum value_class value_class_of(struct str base_type, char category);

/* Types whose values are points or spans in time or numbers, i.e. value_number works. */
bool value_is_scalar(enum value_class cls);

/*
 * An order-preserving number: the number itself; microseconds since 2000-01-01 UTC for dates
 * and timestamps; microseconds for times and intervals; the leading address bytes for inet.
 * False when the text is not understood or the class has no such number.
 */
bool value_number(const struct value_type *t, struct str text, double *out);

/* Time zone offset in microseconds that a timestamp's text carries; false: it has none. */
bool value_zone(struct str text, double *offset_us);

bool value_equal(const struct value_type *t, struct str a, struct str b);

/* *order is <0, 0, >0; false when the order of the two cannot be told. */
bool value_compare(const struct value_type *t, struct str a, struct str b, int *order);

/*
 * Where v lies between low and high (0 .. 1), as the planner interpolates inside a histogram
 * bin; 0.5 when the class cannot be interpolated (as in PostgreSQL).
 */
double value_fraction(const struct value_type *t, struct str low, struct str v, struct str high);

/* Whether network a lies within b (<<=); -1 when one of them is not understood. */
int value_net_within(struct str a, struct str b);

/* An interval's parts, as PostgreSQL stores them. */
struct value_interval {
    double months, days, us;
};
/* "1 mon 2 days 03:04:05", "7 days", "-1 week", "P1Y2M3DT4H", "90 minutes". */
bool value_interval(struct str text, struct value_interval *out);

/* Days since 2000-01-01 of a civil date, and back. */
double value_days(int year, int month, int day);
void value_civil(double days, int *year, int *month, int *day);

#endif
