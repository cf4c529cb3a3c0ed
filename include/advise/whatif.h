/*
 * What a real planner says of indexes that do not exist yet: the interface between the advisor and
 * a server. Offline there is none, and the model judges.
 */
#ifndef ADVISE_WHATIF_H
#define ADVISE_WHATIF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;
struct plan;
struct pred;

/* An index as the server is to take it hypothetically. */
struct whatif_index {
    /* CREATE INDEX statements without a name and without CONCURRENTLY; of a partitioned table one
     * for each leaf. */
    const struct str *statements;
    size_t count;
    const char *label; /* its name in plans; NULL: the server's own */
    bool partial;
    bool compares; /* its predicate compares by order (<, >=, BETWEEN) */
};

struct whatif_query {
    struct str sql;
    /* It is known to read nothing but tables: no view, no function that could hide one. Else no
     * partial index is there while it is planned (see db/hypo.h). */
    bool plain_tables;
};

struct whatif_answer {
    struct plan *plan;  /* in the arena given */
    bool *uses;         /* per index: whether the plan reads it */
    const char *values; /* of parameters it was planned with; NULL: there are none */
};

struct whatif {
    void *ctx;
    /* Plan a statement with exactly these indexes. False: err says why; ERR_CANCELLED when the user
     * stopped it. */
    bool (*plan)(void *ctx, struct arena *a, const struct whatif_query *q,
                 const struct whatif_index *const *indexes, size_t count, struct whatif_answer *out,
                 struct err *err);
    /* Why the server cannot take the index (HypoPG refuses GIN, GiST, some expressions), in the
     * arena; NULL: it can. */
    const char *(*refuses)(void *ctx, struct arena *a, const struct whatif_index *x);
    /* Whether the user wants it to end; NULL: never. */
    bool (*is_stopped)(void *ctx);
    /* How far it has got, for whoever waits: "planning", 3 of 20 (0: nobody knows); NULL: nobody
     * does. */
    void (*tell)(void *ctx, const char *what, size_t done, size_t total);
    size_t calls; /* EXPLAINs made so far */
};

struct catalog;
struct query;

/*
 * Whether an analysed statement (NULL: it could not be) reads nothing but tables, materialized
 * views included, of the catalog: no view, no row level security, no function in FROM.
 */
bool whatif_reads_plain_tables(const struct catalog *cat, const struct query *q);

/*
 * The CREATE INDEX statements of a text (others are passed over, and those ON ONLY a partitioned
 * table, which are nothing without its partitions) as one hypothetical index; in the arena. NULL
 * with ERR_USAGE when there is none.
 */
struct whatif_index *whatif_index_of_ddl(struct arena *a, struct str ddl, struct err *err);

#endif
