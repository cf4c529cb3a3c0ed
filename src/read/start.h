/* Where in a text a plan begins, and in which format. Private to read. */
#ifndef READ_START_H
#define READ_START_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "plan/plan.h"

struct start {
    enum plan_format format;
    size_t skip; /* bytes before it: "const plan = [{..." */
    bool bare;   /* a node without what EXPLAIN puts around it */
};

/* Does a plan begin in the first line of text (JSON of any kind counts)? sure: see text_begins. */
bool start_find(struct str text, bool sure, struct start *out);
/* How many bytes of text, which begins with a document of that format, can be its. */
size_t start_extent(enum plan_format format, struct str text);
/* Was the broken document that text begins with meant to be a plan? */
bool start_looks_meant(struct str text);
/* Is this line a piece out of the middle of a plan in JSON, YAML or XML? */
bool start_is_piece(struct str line);

#endif
