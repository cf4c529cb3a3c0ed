/* The parameters of a statement, as the server types them. */
#ifndef DB_PARAMS_H
#define DB_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "db/conn.h"

struct arena;
struct err;

struct param_type {
    struct str name;      /* format_type without modifier: "character varying" */
    struct str base_name; /* what a domain rests on; else name */
    char category;        /* pg_type.typcategory */
    struct str element;   /* base name of an array's elements; absent: no array */
    struct str label;     /* the first label of an enum; absent: no enum */
};

/* Types of $1 ... of a statement; it is parsed on the server in a read-only transaction and not
 * executed. In the arena. Errors as conn_run's. */
bool params_read_types(struct conn *c, struct arena *a, struct str sql,
                       const struct conn_place *place, struct param_type **types, size_t *count,
                       struct err *err);

#endif
