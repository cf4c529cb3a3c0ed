/* One cause, one finding (see cause.def), and many small ones of a kind as one. */
#ifndef RULES_MERGE_H
#define RULES_MERGE_H

#include "rules/finding.h"

/* Tell effect inside cause: a consequence line there; the cause takes over the larger stake, and
 * the index that the effect wants. */
void merge_tell(struct rule_run *run, struct finding *cause, struct finding *effect);
/* Apply cause.def to all findings of the run; marks those told inside another. */
void merge_causes(struct rule_run *run);
/* Findings of one rule that all are of severity info become one, with the rest as its lines. */
void merge_small(struct rule_run *run);

#endif
