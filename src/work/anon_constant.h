/* Constants replaced within their type. */
#ifndef WORK_ANON_CONSTANT_H
#define WORK_ANON_CONSTANT_H

#include "base/str.h"

struct anon;

/* How a string constant is used, as far as the tokens around it say. */
enum anon_use { ANON_PLAIN, ANON_LIKE, ANON_REGEX };

/*
 * Append the replacement of the string constant whose content (quotes undone) is `value`.
 * type: its type as written after "::" ("integer[]"), absent when not said: its shape decides then.
 */
void anon_add_constant(struct anon *n, struct buf *out, struct str value, struct str type,
                       enum anon_use use);
/* Append the replacement of a number; 0 and 1 stay. */
void anon_add_number(struct anon *n, struct buf *out, struct str digits);

#endif
