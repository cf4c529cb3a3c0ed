/*
 * How the doors put a catalog together; nothing here is for those who only read one.
 */
#ifndef CATALOG_BUILD_H
#define CATALOG_BUILD_H

#include "catalog/catalog.h"

/* An empty catalog in an arena of its own; numbers unknown, search_path "public". */
struct catalog *cat_new(enum cat_door door);

/* A relation, an index, a foreign key with every number unknown; not yet in the catalog. */
struct cat_rel *cat_new_rel(struct catalog *cat, struct str schema, struct str name);
struct cat_index *cat_new_index(struct catalog *cat, struct cat_rel *rel, struct str name);
void cat_unknown_stats(struct cat_stats *s);

/* Put at the end, under its name. The index goes to index->rel. */
void cat_put_rel(struct catalog *cat, struct cat_rel *rel);
void cat_put_index(struct catalog *cat, struct cat_index *ix);
void cat_put_fk(struct catalog *cat, struct cat_fk *fk);
/* Take out again. A relation takes its indexes and its foreign keys along; those that refer to it
 * are dropped too. */
void cat_drop_rel(struct catalog *cat, struct cat_rel *rel);
void cat_drop_index(struct catalog *cat, struct cat_index *ix);
void cat_drop_fk(struct catalog *cat, struct cat_fk *fk);
void cat_rename_rel(struct catalog *cat, struct cat_rel *rel, struct str schema, struct str name);
void cat_rename_index(struct catalog *cat, struct cat_index *ix, struct str schema,
                      struct str name);

/* Storage parameters of an index, "name=value" each; its fillfactor is one of them. */
void cat_set_options(struct cat_index *ix, const struct str *options, size_t count);

/* Count a problem, and keep it if there are not too many. */
void cat_add_problem(struct catalog *cat, struct cat_problem p);
void cat_set_setting(struct catalog *cat, struct str name, struct str value, struct str unit);
/* The same for a value as written in a file, "64MB"; settings that no advisor uses are left out. */
void cat_set_setting_written(struct catalog *cat, struct str name, struct str value);
/* Split a search_path setting into raw names, "$user" left out. Array of *count in the arena. */
const struct str *cat_parse_search_path(struct arena *a, struct str setting, size_t *count);
/*
 * Split at a separator that stands outside brackets and quotes; the pieces are trimmed.
 * Array of *count in the arena (no pieces for a text of blanks).
 */
const struct str *cat_split(struct arena *a, struct str text, char separator, size_t *count);
/* Whether this operator class is what its access method takes for a type by default. */
bool cat_is_default_opclass(struct str am, struct str opclass);
/* Links everything that goes by name: foreign keys to the relations they refer to. */
void cat_finish(struct catalog *cat);

#endif
