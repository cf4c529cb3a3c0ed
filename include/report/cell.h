/* The figures of a node as a table shows them; shared by text, Markdown, HTML and the screen. */
#ifndef REPORT_CELL_H
#define REPORT_CELL_H

#include "report/report.h"

/* Heading of the column of own figures: "SELFms", "BLOCKS" ... by the plan's unit. */
const char *cell_self_heading(const struct report *r);
/* Heading of the column of rows: "ROWS", or "EST.ROWS" without ANALYZE. */
const char *cell_rows_heading(const struct report *r);

/* Own time (ms, as many places as the whole needs), blocks, rows or cost; "never" if never
 * executed. */
void cell_add_self(struct buf *b, const struct report *r, const struct node *n);
/* An amount in the plan's unit. */
void cell_add_amount(struct buf *b, const struct report *r, double amount);
/* A share as whole per cents: "44%"; nothing when unknown. */
void cell_add_share(struct buf *b, double share);
/* Rows over all loops, or the estimate without ANALYZE. */
void cell_add_rows(struct buf *b, const struct report *r, const struct node *n);
/* How far off the estimate is, in words: "x12 lo" (the planner guessed too low), "x5 hi";
 * "(x5 hi)" where an early stop above makes it prove nothing. Nothing below a factor of 2. */
void cell_add_estimate(struct buf *b, const struct report *r, const struct node *n);
/* "-55%", "+3%", "-0.4%" for a change given as a fraction; "?" for NAN. */
void cell_add_change(struct buf *b, double change);
/* Own blocks touched, as a count. */
void cell_add_buffers(struct buf *b, const struct report *r, const struct node *n);
/* Mark of the worst finding: "!1" high, "~2" medium, ".3" lower, with "+" when an index is
 * proposed.
 */
void cell_add_mark(struct buf *b, const struct report_mark *m);
char cell_severity_sign(enum severity s);
/* A bar of `columns` cells for a share: eighths of blocks, or '#' and '=' in ASCII. Returns the
 * columns it takes. */
int cell_add_bar(struct buf *b, double share, int columns, bool ascii);

#endif
