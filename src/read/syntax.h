/* The wording of syntax errors, the same for every format. Private to read. */
#ifndef READ_SYNTAX_H
#define READ_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct err;

/*
 * ERR_SYNTAX "expected WHAT, found ..." at byte `offset` of text, where "found" names the
 * character there, a byte that is none, or the end of the input. Always false.
 */
bool syntax_expected(struct err *err, struct str text, size_t offset, const char *what);

#endif
