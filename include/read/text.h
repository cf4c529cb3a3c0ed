/* EXPLAIN (FORMAT TEXT): a grammar of its own. Takes undressed lines (see read/dress.h). */
#ifndef READ_TEXT_H
#define READ_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct err;

/*
 * Read the one text plan that text begins with into b; *used is how many bytes it took. line is the
 * number of text's first line. False with an error when there is no plan.
 */
bool read_text(struct build *b, struct str text, int line, size_t *used, struct err *err);

#endif
