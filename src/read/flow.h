/*
 * Where the flow collections ([...] and {...}) of a YAML text nest too deep for libyaml, whose
 * scanner walks all open ones at every token: time then grows with the square of the depth.
 * The reader cuts such a collection out, lets one parser read around it and another one
 * read it, so that none is ever deeper than a fixed number of levels. Private to read.
 */
#ifndef READ_FLOW_H
#define READ_FLOW_H

#include <stddef.h>

#include "base/str.h"

/* A collection to cut out: text[start, end), brackets included. Cuts stand in the order of
 * their starts; those inside this one follow it, up to the one numbered `next`. */
struct flow_cut {
    size_t start, end;
    size_t next;
};

struct flow_cuts {
    struct flow_cut *cut;
    size_t count, cap;
};

/*
 * Find every collection whose depth is a multiple of `levels`. A text of fewer than that many
 * brackets (any that EXPLAIN prints) costs a look at each byte.
 */
void flow_find_cuts(struct str text, size_t levels, struct flow_cuts *out);
void flow_release_cuts(struct flow_cuts *cuts);

#endif
