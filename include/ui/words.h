/* Nodes and figures in the few words that fit a row. All text is as in the plan: not escaped. */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "plan/metrics.h"
#include "rules/rule.h"

/* "InitPlan 1 (returns $0)", "CTE recent", "SubPlan 2"; absent for ordinary children. */
struct str words_label(const struct node *n);
/* "Parallel Seq Scan orders o", "Index Scan tasks t using tasks_pkey". */
void words_add_node(struct buf *b, const struct node *n);
/* The node's name alone, shortened: "∥Hash Join" (ascii: "/Hash Join"). */
void words_add_short(struct buf *b, const struct node *n, bool ascii);
/* What it does there: condition, keys, workers, memory. May be nothing. */
void words_add_detail(struct buf *b, const struct node *n);
/* Label, node and detail: what a search looks at. */
void words_add_all(struct buf *b, const struct node *n);

/* An expression without the brackets that enclose all of it. */
struct str words_unwrap(struct str expr);
/* The end of its first operand of AND at the top level; expr.len when there is no AND. */
size_t words_and_end(struct str expr);

/* "x12 lo" (the planner guessed too low), "x3.3 hi"; nothing below 2x or when nothing can be said. */
void words_add_estimate(struct buf *b, const struct node_metrics *m);
/* "-55%", "+3%", "-0.4%" for a change given as a fraction; "?" for NAN. */
void words_add_change(struct buf *b, double change);
/* "44%", "<1%" is said as "0%". */
void words_add_share(struct buf *b, double share);

/* '!' '~' '.' by severity; ' ' for cleared. */
char severity_mark(enum severity s);

#endif
