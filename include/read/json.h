/* EXPLAIN (FORMAT JSON): a strict tokeniser that feeds the plan builder; nesting is limited by
 * memory only. */
#ifndef READ_JSON_H
#define READ_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct err;

/*
 * Read the one JSON document that text begins with (white space before it is skipped) into b;
 * *used is how many bytes it took, so that a caller can go on with the next one. line is the
 * number of text's first line. False with ERR_SYNTAX when it is not well formed; groups that
 * were open then stay open in b, so the caller can salvage with build_truncate.
 */
bool read_json(struct build *b, struct str text, int line, size_t *used, struct err *err);

#endif
