/*
 * Plans read before, told by the text around their numbers.
 *
 * A log holds the same few plans over and over: what differs are times, rows, blocks, and the
 * constants of statements and conditions. A plan that was read once is kept, with the places that
 * its numbers and conditions went to; a body that is the same but for these is not read again:
 * they are put in their places. The texts between them stand in a tree by their beginnings, so
 * finding the plan is one walk over the body.
 *
 *     const struct plan *p = recall_find(r, body);
 *     if (!p) p = recall_learn(r, FORMAT_JSON, body);
 *
 * The plan is the one that reading the body would give. It belongs to the recall and holds until
 * the next call of recall_find() or recall_learn(). Not for several threads at once.
 */
#ifndef READ_RECALL_H
#define READ_RECALL_H

#include "plan/plan.h"

struct recall;

struct recall *recall_new(void);
void recall_free(struct recall *r);

/* The plan of a body that is like one learned before; NULL when there is none. */
const struct plan *recall_find(struct recall *r, struct str body);
/* Read a body in JSON or text, all of it one plan; NULL when it is not. Memory is bounded: when it
 * is full, all is forgotten. */
const struct plan *recall_learn(struct recall *r, enum plan_format format, struct str body);

#endif
