/* Scans, and the like scans of a partitioned table taken together (see survey.h). */
#ifndef RULES_FAMILY_H
#define RULES_FAMILY_H

#include "rules/survey.h"

/* Fill survey->scans and survey->scan_of. */
void family_find(struct rule_run *run);
/* An alias without the number that EXPLAIN gave it: "event_12" -> "event". */
struct str family_alias(const struct node *n);

#endif
