/*
 * Index health: what is wrong with the indexes that are there, from the catalog alone.
 *
 * Records are in the order of the relations, within one by kind and then by index. Names in
 * the reasons are quoted as SQL identifiers. An index that stands for a partition's share of a
 * partitioned one is never reported on its own: it cannot be dropped alone.
 */
#ifndef CATALOG_HEALTH_H
#define CATALOG_HEALTH_H

#include "base/str.h"
#include "catalog/catalog.h"

enum cat_health_kind {
    CAT_HEALTH_INVALID,    /* no query uses it, every write pays for it */
    CAT_HEALTH_DUPLICATE,  /* another one has the same definition */
    CAT_HEALTH_REDUNDANT,  /* another one does all that it does: its columns lead there */
    CAT_HEALTH_UNUSED,     /* not scanned since the counters started */
    CAT_HEALTH_FOREIGN_KEY /* a foreign key whose referencing side has no index */
};

enum cat_health_strictness {
    CAT_HEALTH_STRICT, /* follows from the definitions */
    CAT_HEALTH_REVIEW  /* depends on how the database is used: somebody has to decide */
};

struct cat_health {
    enum cat_health_kind kind;
    enum cat_health_strictness strictness;
    const struct cat_rel *rel;
    const struct cat_index *index; /* to drop; NULL for a foreign key */
    const struct cat_index *by;    /* duplicate, redundant: what does its work; else NULL */
    const struct cat_fk *fk;       /* foreign key; else NULL */
    double size_bytes;             /* of the index, with those of its partitions; NAN unknown */
    struct str reason;             /* one or two sentences, plain English */
    struct cat_health *next;
};

/* Every record for the whole catalog, in the arena; NULL when there are none. */
struct cat_health *cat_health(struct arena *a, const struct catalog *cat);
/* Those of one relation. */
struct cat_health *cat_health_of(struct arena *a, const struct catalog *cat,
                                 const struct cat_rel *rel);

/*
 * Whether `wide` answers every query that `narrow` answers as well: same access method, the
 * key columns of narrow lead in wide with the same operator classes, collations and directions
 * (or all of them mirrored), same predicate, and its INCLUDE columns are in wide too. Says
 * nothing about uniqueness. Equal definitions count.
 */
bool cat_index_covers(const struct cat_index *wide, const struct cat_index *narrow);
/*
 * The index that look-ups of a foreign key can use on the referencing side; NULL if there is
 * none. Its columns must lead, in any order; a partial index counts only if all it asks for is
 * that the columns are not null. For a partitioned table the index of one of its partitions,
 * if all of them have one.
 */
const struct cat_index *cat_fk_index(const struct catalog *cat, const struct cat_fk *fk);

#endif
