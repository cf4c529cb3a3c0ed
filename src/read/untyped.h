/*
 * What EXPLAIN's keys and bare values stand for in the formats that do not say so: XML does
 * not tell numbers from strings nor lists from objects, YAML not an empty list from an empty
 * object. Private to read.
 */
#ifndef READ_UNTYPED_H
#define READ_UNTYPED_H

#include "base/str.h"
#include "plan/plan.h"

enum untyped_group { UNTYPED_SCALAR, UNTYPED_LIST, UNTYPED_OBJECT };

/* What EXPLAIN keeps under a key, by explain.c; UNTYPED_SCALAR also for keys it does not know. */
enum untyped_group untyped_group(struct str key);
/* Number or boolean where the text is one as JSON writes it, else a string. */
enum value_kind untyped_kind(struct str text);

#endif
