/* Nodes and figures in the few words that fit a row; see report/ for most of them. All text is as
 * in the plan: not escaped. */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "plan/metrics.h"

/* The node's short label, "Parallel " as one sign: "∥Hash Join" (ascii: "/Hash Join"). */
void words_add_compact(struct buf *b, const struct node *n, bool ascii);
/* "cost 32,695 -> 14,699 (-55%)", "time 376.3ms -> 98.3ms (-74%)"; nothing when not known. */
void words_add_effect(struct buf *b, double before, double after, bool in_ms);
/* "cost" or "time". */
const char *words_measure(bool in_ms);
/* SQL on one line: white space of any kind becomes one blank; cut after `most` bytes. */
void words_add_one_line(struct buf *b, struct str s, size_t most);

#endif
