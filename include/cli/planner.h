/* The server's planner as the judge of index advice: HypoPG behind advise/whatif.h. */
#ifndef CLI_PLANNER_H
#define CLI_PLANNER_H

#include <time.h>

#include "advise/whatif.h"
#include "cli/cli.h"
#include "db/hypo.h"

struct conn;
struct live;
struct planner_binding;

struct planner {
    struct whatif whatif; /* what advise() is given */
    struct hypo *hypo;
    struct conn *conn;
    struct explain_options explain;
    const struct live *live; /* what is said of parameters' values */
    struct arena *arena;
    struct planner_binding *bindings; /* of statements with parameters, so far */
    size_t binding_count, binding_cap;
    const char *basis; /* "HypoPG 1.3.1"; NULL: not open */
    bool quiet;        /* no progress */
    struct timespec began, told;
    bool telling; /* a line of progress stands on the terminal */
};

/*
 * Find HypoPG on a live run's connection. Statements are planned with the values of parameters that
 * they were explained with: given, sampled, or any. False with the errors of hypo_open: the planner
 * cannot be asked then.
 */
bool planner_open(struct planner *p, const struct live *l, bool quiet, struct err *err);
/* Between two questions of a user who thinks: no transaction is left open, no hypothetical index.
 * The next question begins anew. */
void planner_rest(struct planner *p);
/* HypoPG's estimate of an index's size, at most that; false with ERR_SQL when the server does not
 * take the index. */
bool planner_size(struct planner *p, struct arena *a, const struct whatif_index *x,
                  double *size_bytes, struct err *err);
/* Takes all hypothetical indexes away. A planner that was never opened is allowed. */
void planner_close(struct planner *p);

#endif
