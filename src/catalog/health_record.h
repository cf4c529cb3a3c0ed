/*
 * Records of index health on their way into a list.
 */
#ifndef CATALOG_HEALTH_RECORD_H
#define CATALOG_HEALTH_RECORD_H

#include "catalog/health.h"

struct health {
    struct arena *a;
    const struct catalog *cat;
    struct cat_health **tail;
};

/* A new last record; the caller fills in the rest. */
struct cat_health *cat_health_add(struct health *h, enum cat_health_kind kind,
                                  enum cat_health_strictness strictness, const struct cat_rel *rel);
/* A name as SQL identifier, in the arena. */
const char *cat_health_ident(struct health *h, struct str name);

/* health_fk.c */
void cat_health_foreign_keys(struct health *h, const struct cat_rel *rel);

#endif
