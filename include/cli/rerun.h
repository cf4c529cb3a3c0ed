/* A statement that is explained again and again while its plan is on the screen. */
#ifndef CLI_RERUN_H
#define CLI_RERUN_H

#include <stdatomic.h>

#include "cli/live.h"

struct rerun_plan;

/* {0} is valid. */
struct rerun {
    _Atomic(struct rerun_plan *) fresh; /* made by the background thread, not yet taken */
    struct rerun_plan *shown, *before;  /* the last two taken: what is drawn may point into them */
    double *ms;                         /* of all executions, in order of time */
    size_t count, cap;
};

/* Explain item i of a live run again; analyze: execute it. From one background thread at a time. */
bool rerun_do(struct rerun *r, const struct live *l, size_t i, bool analyze, struct err *err);
/* The plan made last, and an arena that lives as long as it does; NULL when there is none since
 * the last call. Plans taken before the last one are gone then. */
const struct live_item *rerun_take(struct rerun *r, struct arena **a);
void rerun_release(struct rerun *r);

#endif
