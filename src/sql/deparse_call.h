/*
 * Calls: functions, aggregates, and what has a function's look in SQL. A part of deparse.c
 * that has a file of its own for its size.
 */
#ifndef SQL_DEPARSE_CALL_H
#define SQL_DEPARSE_CALL_H

#include "sql/deparse.h"

/* Each writes the body of the node type it is named after. */
void deparse_function(struct deparse *d, const struct json *body);
void deparse_coalesce(struct deparse *d, const struct json *body);
void deparse_min_max(struct deparse *d, const struct json *body);
void deparse_value_function(struct deparse *d, const struct json *body);
void deparse_sublink(struct deparse *d, const struct json *body);
void deparse_named_arg(struct deparse *d, const struct json *body);
void deparse_grouping(struct deparse *d, const struct json *body);
void deparse_xml(struct deparse *d, const struct json *body);

/* Expressions with a separator between them. */
void deparse_join(struct deparse *d, const struct json *items, const char *separator);

#endif
