/*
 * Values on their way through the deparser: text with as much of a type as the server's
 * printed form depends on (which casts it shows).
 */
#ifndef CATALOG_DDL_VALUE_H
#define CATALOG_DDL_VALUE_H

#include <stdbool.h>

#include "base/str.h"

struct arena;

struct ddl_value {
    struct str text;      /* as printed; of a literal: as it would be printed as text */
    struct str type;      /* without modifier; absent: unknown */
    struct str collation; /* that is not the default; absent: default */
    struct str raw;       /* of a literal: its characters */
    bool literal;         /* 'x' or NULL without a type: takes the one that its place has */
    bool is_null;
};

/* The value where a type is wanted: with the cast that the server puts in and prints. */
struct str cat_ddl_coerce(struct arena *a, const struct ddl_value *v, struct str type);
/* A constant of a type as printed: 5, '-5'::integer, 'x'::text, true. */
struct str cat_ddl_constant(struct arena *a, struct str raw, struct str type);
/* Types that an operator's sides are brought to, and the type of its result (absent: unknown). */
struct str cat_ddl_operator(struct str op, const struct ddl_value *left,
                            const struct ddl_value *right, struct str sides[2]);
/* The one type that several values are brought to (COALESCE, CASE, ARRAY, IN). */
struct str cat_ddl_common_type(const struct ddl_value *values, size_t count);
bool cat_ddl_is_array(struct str type);
struct str cat_ddl_element_type(struct str array_type);
struct str cat_ddl_array_type(struct arena *a, struct str element_type);

/* What is known of a function: result and parameters by type; "" any, "@1" that of argument 1. */
struct ddl_function {
    const char *name, *result;
    const char *params[4];
};
/* Where the arguments begin that go into one array ("VARIADIC text"), and the array's elements. */
bool cat_ddl_variadic(const struct ddl_function *f, size_t *first, struct str *element);
const struct ddl_function *cat_ddl_function(struct str name, size_t arg_count,
                                            const struct ddl_value *args);

#endif
