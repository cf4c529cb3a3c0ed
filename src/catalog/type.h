/*
 * The types of PostgreSQL 12 to 18 and of extensions that people use, as in pg_type.
 */
#ifndef CATALOG_TYPE_H
#define CATALOG_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct cat_type {
    struct str name; /* pg_type.typname: "varchar"; user's types: raw name */
    struct str sql;  /* format_type without modifier: "character varying" */
    uint32_t oid;    /* 0: no fixed one */
    char category;
    int len; /* -1 varlena */
    char align;
    bool collatable;
};

/* A type of the server by its pg_type name, by its SQL name, by its oid; NULL if there is none. */
const struct cat_type *cat_type_named(struct str typname);
const struct cat_type *cat_type_spelled(struct str sql_name);
const struct cat_type *cat_type_of_oid(uint32_t oid);
/* A type that a known extension brings ("citext"). */
const struct cat_type *cat_extension_type(struct str typname);

/*
 * The type in format_type's spelling without its modifier: "numeric(10,2)" -> "numeric",
 * "timestamp(3) with time zone[]" -> "timestamp with time zone[]". Written into the arena.
 */
struct arena;
struct str cat_type_without_modifier(struct arena *a, struct str sql_name);
/* The number of the modifier's first part ("numeric(10,2)": 10), -1 if there is none. */
int cat_type_modifier(struct str sql_name);

#endif
