/*
 * EXPLAIN (FORMAT YAML): libyaml's events turned into the plan builder's.
 *
 * Nesting is limited by memory only, and time grows with the text: collections in flow style
 * deeper than libyaml's scanner bears are cut out and read by parsers of their own. A value that
 * is missing ("Triggers: ") is the empty list or object that EXPLAIN keeps under that key.
 * Characters that YAML forbids and EXPLAIN prints inside quotes come out as they went in; bytes
 * that are not UTF-8 become U+FFFD. Aliases and complex keys are errors.
 */
#ifndef READ_YAML_H
#define READ_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct build;
struct err;

/*
 * As read_json (read/json.h): one document into b, *used bytes of it; line and column of an error
 * count from the beginning of text. A document ends at its end mark, at the next one's mark,
 * or, once a plan was met, before a line at the root's indentation that is no YAML (a log line,
 * psql's row count) unless the plan goes on behind that line.
 */
bool read_yaml(struct build *b, struct str text, int line, size_t *used, struct err *err);

#endif
