/* Scans that feed a join, and the column of theirs that it compares. */
#ifndef RULES_PROBE_H
#define RULES_PROBE_H

#include "rules/survey.h"

/* One side of a join that comes from one scan through nodes that only pass rows on. */
struct feed {
    const struct scan *scan; /* NULL: something else feeds the side */
    double passing;          /* weight of the nodes in between (Hash, Sort, Materialize, Append) */
};
struct feed probe_feed(const struct rule_run *run, const struct node *side);
/* Does the join return rows of that side without a partner? */
bool probe_keeps_unmatched(const struct node *join, enum relationship side);
/* The scan's plain column that an equality of the join's condition compares with the other side;
 * absent when there is none. */
struct str probe_column(struct rule_run *run, const struct node *join, const struct node *scan);

#endif
