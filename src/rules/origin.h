/* Where a wrong estimate begins. */
#ifndef RULES_ORIGIN_H
#define RULES_ORIGIN_H

#include "rules/rule.h"

/*
 * For each node with a wrong estimate (factor 2 or more), the lowest node below it that accounts
 * for it: from a node the trace goes down to the child that is off in the same direction by at
 * least the square root of its factor (so half of the error, as factors multiply), and on. [id -
 * 1]; NULL for nodes whose estimate is right or unknown. Linear in the size of the plan.
 */
const struct node **origin_find(struct rule_run *run);

#endif
