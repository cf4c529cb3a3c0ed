/* What libyaml's complaints mean for a text that holds EXPLAIN's YAML. Private to read. */
#ifndef READ_YAML_PROBLEM_H
#define READ_YAML_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct yaml_problem {
    const char *problem;  /* libyaml's words */
    const char *expected; /* what ours say was expected */
    bool of_line;         /* a line that is no YAML at all brings it; one inside quotes does not */
    bool late;            /* noticed later: the place to show is where the context began */
};

/* NULL for a problem that has no entry. */
const struct yaml_problem *yaml_problem_find(const char *problem);

/*
 * The text may go on with something else than YAML: a text plan, a log line, "(2 rows)". When the
 * line that holds the offset `trouble` is indented no deeper than the root (root_column,
 * 0-based) and nothing of a plan follows it, the document ends before it: the offset at
 * which that line begins, or 0.
 */
size_t yaml_problem_early_end(struct str text, size_t root_column, size_t trouble);

#endif
