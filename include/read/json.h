/*
 * EXPLAIN (FORMAT JSON): a strict tokeniser that feeds the plan builder; nesting is limited by
 * memory only. Lenient in two things: raw control characters in strings (but NUL) are taken, and
 * half a surrogate pair or \u0000 becomes U+FFFD.
 */
#ifndef READ_JSON_H
#define READ_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct buf;
struct err;

/*
 * Read the one JSON document that text begins with (white space before it is skipped) into b;
 * *used is how many bytes it took, so that a caller can go on with the next one. line is the
 * number of text's first line, for the lines of plans and nodes; line and column of an error
 * count from the beginning of text. False with ERR_SYNTAX when it is not well formed; groups
 * that were open then stay open in b, so the caller can salvage with build_truncate.
 */
bool read_json(struct build *b, struct str text, int line, size_t *used, struct err *err);

/*
 * What a JSON string means, raw being the bytes between its quotes, which stand before and after it
 * in memory: a slice of raw, or of scratch when there are escapes. False when it is not well formed.
 */
bool read_json_string(struct str raw, struct buf *scratch, struct str *out);
/* How many bytes of a JSON string stand as they are: up to a quote, a backslash, a line end or a
 * NUL. */
size_t read_json_plain(const char *p, const char *end);

#endif
