/*
 * What a real planner says of indexes that do not exist yet: the interface that db/hypo
 * implements with HypoPG. Offline there is none, and the model judges.
 */
#ifndef ADVISE_WHATIF_H
#define ADVISE_WHATIF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;
struct plan;

struct whatif {
    void *ctx;
    /*
     * Plan one statement with exactly these hypothetical indexes (CREATE INDEX statements without
     * CONCURRENTLY, in any order); *plan is EXPLAIN's answer, in the arena. Hypothetical index i
     * appears in it under names[i], which the callee sets (in the arena).
     */
    bool (*plan)(void *ctx, struct arena *a, struct str sql, const struct str *indexes,
                 size_t count, struct str *names, struct plan **plan, struct err *err);
    /* Whether the server can take this index hypothetically (HypoPG refuses GIN, GiST, some
     * expressions). */
    bool (*accepts)(void *ctx, struct str index);
    size_t calls; /* EXPLAINs made so far */
};

#endif
