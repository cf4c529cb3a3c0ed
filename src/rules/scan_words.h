/* Evidence that all findings about scans share. */
#ifndef RULES_SCAN_WORDS_H
#define RULES_SCAN_WORDS_H

#include "rules/finding.h"
#include "rules/survey.h"

/* Rows read, kept and removed, pages, own time, partitions, conditions. */
void scan_evidence(struct rule_run *run, struct finding *f, const struct scan *s);

#endif
