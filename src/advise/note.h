/* Why no index helps, and why one that exists cannot serve. Private to advise. */
#ifndef ADVISE_NOTE_H
#define ADVISE_NOTE_H

#include "advise/access.h"
#include "advise/advise.h"

struct note_input {
    struct arena *arena;
    const struct catalog *cat;
    const struct need *need;
    const struct ix *const *existing; /* of the need's relation */
    size_t existing_count;
    struct access before;  /* the best way with the existing indexes */
    const struct ix *best; /* the best candidate that was not chosen; NULL: there was none */
    double best_cost;
    const struct ix *chosen; /* the index that was chosen for this need; NULL */
};

/* Fill in the note that says most about the need; false when there is nothing to say. */
bool note_for(const struct note_input *in, struct advice_note *out);

#endif
