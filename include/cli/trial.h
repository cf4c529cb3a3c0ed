/* What the viewer asks of a server's planner: a plan with some of the proposed indexes, or with
 * ones that the user wrote. */
#ifndef CLI_TRIAL_H
#define CLI_TRIAL_H

#include "cli/analysis.h"
#include "cli/planner.h"
#include "ui/source.h"

struct trial;

/* One plan's. p and an must outlive it; indexes are those the viewer begins with. */
struct trial *trial_new(struct planner *p, const struct analysis *an, const struct report *r,
                        struct str sql, const struct ui_index *indexes, size_t count);
/* NULL is allowed. */
void trial_free(struct trial *t);

/* These two are called from one background thread at a time; what they hand out lives as long as
 * the trial. Both plans of an answer are of one transaction, which is over when they return. */
bool trial_run(struct trial *t, const bool *on, struct ui_whatif *out, struct err *err);
bool trial_edit(struct trial *t, size_t index, struct str ddl, struct err *err);

/* The list as the last edit made it; NULL: nothing was edited since the last call. */
const struct ui_index *trial_take(struct trial *t, size_t *count);

#endif
