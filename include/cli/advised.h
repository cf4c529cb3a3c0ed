/* Index advice in the form that the viewer shows, with the model's answers to what-if. */
#ifndef CLI_ADVISED_H
#define CLI_ADVISED_H

#include "ui/source.h"

struct advised;

/* From the report's advice; in the arena. */
struct advised *advised_new(struct arena *a, const struct report *r);
const struct ui_index *advised_indexes(const struct advised *x, size_t *count);
/* Why there are none, or what they rest on; NULL nothing to say. */
const char *advised_note(const struct advised *x);
/* What the plan would take with some of them: none, one or all are known to the model. */
bool advised_whatif(const struct advised *x, const bool *on, struct ui_whatif *out,
                    struct err *err);

#endif
