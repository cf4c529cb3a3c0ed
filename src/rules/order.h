/* Sort keys, and the scan that could deliver their order. */
#ifndef RULES_ORDER_H
#define RULES_ORDER_H

#include "rules/survey.h"

/* A scan below a node that an index could read in the order of the keys. */
struct order {
    const struct node *scan; /* NULL: no single relation holds all keys, or it is not reached */
    double path;             /* weight of the nodes from the child of the node down to the scan */
    bool joins;              /* joins lie between: they would have to be nested loops */
};
/* keys: PROP_SORT_KEY or PROP_GROUP_KEY of n. */
struct order order_source(struct rule_run *run, const struct node *n, enum prop_id keys);
/* The keys as text: "priority DESC, created_at DESC". */
const char *order_text(struct rule_run *run, const struct node *n, enum prop_id keys);

#endif
