/* Why no index helps, and why one that exists cannot serve. Private to advise. */
#ifndef ADVISE_NOTE_H
#define ADVISE_NOTE_H

#include "advise/access.h"
#include "advise/advise.h"

struct note_input {
    struct arena *arena;
    const struct access_model *model;
    const struct need *need;
    const struct ix *const *existing; /* of the need's relation */
    size_t existing_count;
    struct access before;    /* the best way with the existing indexes */
    const struct ix *best;   /* the best candidate that was not chosen; NULL: there was none */
    double saves;            /* by that one: share of its query's cost or time */
    double saved, paid;      /* what it saves the workload, and what writes would pay for it */
    bool limited;            /* size or number of indexes are limited */
    const struct ix *chosen; /* the index that was chosen for this need; NULL */
};

/* Fill in the note that says most about the need; false when there is nothing to say. */
bool note_for(const struct note_input *in, struct advice_note *out);
/* What hinders one of the existing indexes; false when nothing does. */
bool note_hindrance(const struct note_input *in, struct advice_note *out);
/* A number with its thousands set apart, in the arena. */
const char *note_grouped(struct arena *a, double v);

#endif
