/* EXPLAIN (FORMAT YAML): libyaml's events turned into the plan builder's. */
#ifndef READ_YAML_H
#define READ_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct err;

/* As read_json (read/json.h): one document into b, *used bytes of it; errors carry line and column.
 */
bool read_yaml(struct build *b, struct str text, int line, size_t *used, struct err *err);

#endif
