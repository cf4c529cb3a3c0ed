/*
 * Parameters of drivers and frameworks as PostgreSQL's $n.
 *
 * Read: $1, ?, :name, :1, :'name' (psql), %s, %(name)s, @name, $name, #{name}, ${name}. Work is
 * done on tokens, so strings, quoted names and comments stay as they are. A question mark between
 * two operands is jsonb's operator; ?? is its escape (JDBC), %% is the escape of %.
 */
#ifndef SQL_PARAMS_H
#define SQL_PARAMS_H

#include <stddef.h>

#include "base/str.h"
#include "sql/parse.h"

struct arena;

struct sql_params {
    struct str text;    /* with $n only; the text given, when there was nothing to change */
    struct sql_map map; /* how it lies over the original */
    size_t count;       /* highest n; 0: the statement has no parameters */
};

/* Number the parameters of a statement; those of one name get one number. */
void sql_params_number(struct arena *a, struct str sql, struct sql_params *out);

#endif
