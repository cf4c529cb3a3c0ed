/* The report for an issue or a pull request (GitHub's Markdown). */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "report/report.h"

void markdown_plan(struct report_stream *s, const struct report *r);

/* Append raw text so that Markdown shows it as it is, on one line and inside a table cell too. */
void markdown_add_text(struct buf *b, struct str s);
/* A fenced block of lines, each escaped; nothing in it can end the fence. */
void markdown_add_block(struct buf *b, const char *language, struct str text);

/* A fenced block of lines, each escaped; nothing in it can end the fence. */
void markdown_add_block(struct buf *b, const char *language, struct str text);

/* A fenced block of lines, each escaped; nothing in it can end the fence. */
void markdown_add_block(struct buf *b, const char *language, struct str text);

#endif
