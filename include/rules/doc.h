/*
 * Documentation of rules and thresholds, written from their tables: for --help=findings, and as
 * roff for the manual page.
 */
#ifndef RULES_DOC_H
#define RULES_DOC_H

#include "base/str.h"

struct rule;

/* One rule: id, title, when it fires, what it needs, why, remedy; wrapped to `columns`. */
void doc_add_rule(struct buf *b, const struct rule *r, int columns);
/* All rules, and how severity follows from the stake. */
void doc_add_rules(struct buf *b, int columns);
void doc_add_thresholds(struct buf *b, int columns);

/* The same as .TP lists of a manual page. */
void doc_add_rules_roff(struct buf *b);
void doc_add_thresholds_roff(struct buf *b);

#endif
