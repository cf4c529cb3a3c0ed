/*
 * A table of names: text to any number of values, kept in the order they were put in.
 *
 * Everything lives in the arena that cat_names_new was given; names are not copied.
 */
#ifndef CATALOG_NAMES_H
#define CATALOG_NAMES_H

#include <stddef.h>

#include "base/str.h"

struct arena;
struct cat_names;

struct cat_name_entry {
    struct str name;
    void *value;
    struct cat_name_entry *same; /* next entry of the same name */
    struct cat_name_entry *next; /* next name of the same bucket */
};

struct cat_names *cat_names_new(struct arena *a);
void cat_names_put(struct cat_names *n, struct str name, void *value);
/* The first entry of that name (follow `same` for the others); NULL if there is none. */
const struct cat_name_entry *cat_names_find(const struct cat_names *n, struct str name);
/* Take out one entry; nothing happens if it is not there. */
void cat_names_remove(struct cat_names *n, struct str name, const void *value);

#endif
