/* EXPLAIN (FORMAT TEXT): a grammar of its own. Takes undressed lines (see read/dress.h). */
#ifndef READ_TEXT_H
#define READ_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct err;

/* Does a text plan begin at the first line of text? sure: there is reason to think so, a node's
   name without figures is enough then; else something must follow that belongs to it. */
bool text_begins(struct str text, bool sure);
/* Does that plan begin below its root: is its first node one that has a parent? */
bool text_begins_below_root(struct str text);

/*
 * Read the one text plan that text begins with into b; *used is how many bytes it took. line is the
 * number of text's first line. False with an error when there is no plan. A plan that begins
 * below its root, or whose last line or last branch is not complete, is marked truncated.
 */
bool read_text(struct build *b, struct str text, int line, size_t *used, struct err *err);

#endif
