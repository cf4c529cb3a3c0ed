/*
 * How large an index will be, how high, how long it takes to build, and what it adds to every
 * write, from the catalog's statistics.
 *
 * B-tree sizes follow the layout that CREATE INDEX makes (nbtsort.c), deduplication included:
 * mean error under 2 % on 138 measured indexes, 8 % at most but where the sampled number of
 * distinct values is off. GIN, GiST, hash and BRIN are estimates: GIN 12 % off on average, 35 % at
 * most (vocabularies of many rare words), GiST 5 %, hash 12 % (tests/unit/size.c). A table that is
 * written to afterwards splits pages, and its indexes grow.
 */
#ifndef ADVISE_SIZE_H
#define ADVISE_SIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "advise/cost.h"
#include "catalog/catalog.h"

/* One column of an index: a table column, or an expression with what is known of it. */
struct size_key {
    struct str base_type;          /* "text"; absent: unknown, then avg_width counts */
    int typlen;                    /* bytes; -1 varlena; 0 unknown */
    char align;                    /* c s i d; 0 unknown */
    char category;                 /* pg_type.typcategory; 0 unknown */
    const struct cat_stats *stats; /* NULL: none */
    double distinct;               /* distinct values among all rows of the table; NAN unknown */
    struct str opclass;            /* absent: the type's default */
    bool word_text;                /* GIN: text to be split into words (to_tsvector of a column) */
};

struct size_in {
    enum cost_am am;
    const struct size_key *keys;
    size_t key_count;   /* without INCLUDE columns */
    size_t total_count; /* with them */
    double rows;        /* of the table */
    double pages;       /* of the table */
    double kept;        /* share of the rows that a partial index holds; 1 for all */
    double
        joint_distinct; /* distinct combinations of the keys (size_joint_distinct); NAN unknown */
    bool unique;
    double fillfactor;      /* per cent; NAN default */
    double pages_per_range; /* BRIN; NAN default */
    int version_num;
};

struct size_out {
    double pages, bytes;
    int height;    /* B-tree: levels above the leaves */
    double tuples; /* rows that the index holds */
    /* GIN: as its metapage will have them */
    double entries, entry_pages, data_pages;
};

/* A key for a column of the catalog. rows: of its table. */
struct size_key size_key_of(const struct cat_column *col, double rows);
/* A key for an expression: text of unknown statistics unless stats are given. */
struct size_key size_key_of_expr(const struct cat_stats *stats, double rows);

void size_estimate(const struct size_in *in, struct size_out *out);

/*
 * Distinct combinations of the columns among `rows` rows of the table, where something tells: a
 * unique index on some of them, or CREATE STATISTICS on just these. NAN: nothing does.
 */
double size_joint_distinct(const struct cat_rel *rel, const struct str *columns, size_t count,
                           double rows);

/* An index of the catalog as a size_in: keys gets total_count elements, which the caller provides.
 * kept is left at 1. */
void size_in_of_index(const struct catalog *cat, const struct cat_index *ix, struct size_key *keys,
                      struct size_in *out);

/* Height of a B-tree by its size, where nobody measured it: entry bytes of the keys, 0 unknown. */
int size_btree_height(double pages, double entry_bytes);

/* Whether equal keys of this type share space (13+, not in unique or covering indexes). */
bool size_deduplicates(const struct size_key *key);

/*
 * Seconds that CREATE INDEX takes on a middling machine with the table in memory; twice that when
 * CONCURRENTLY. A guess, good for "seconds, minutes or hours".
 */
double size_build_seconds(const struct size_in *in, const struct size_out *out);

/* What one index adds to writing. */
struct size_write {
    double wal_bytes; /* per row that is inserted, or updated when not HOT */
    double us;        /* processor time */
};
/*
 * kept: share of written rows that the index holds (partial). Measured constants: a plain row of a
 * middling table takes 436 bytes of WAL and 5 us by itself.
 */
struct size_write size_write_cost(const struct size_in *in, const struct size_out *out);
#define SIZE_ROW_WAL_BYTES 436.0
#define SIZE_ROW_US 5.0

/*
 * What losing HOT costs: an update that was HOT now writes one entry in every index of the table.
 * hot_share: share of the updates that are HOT now (n_tup_hot_upd / n_tup_upd), and of those the
 * share that touches a column of the new index; indexes: what the table has already.
 */
struct size_write size_hot_loss(double hot_share, double touched_share, size_t indexes);

#endif
