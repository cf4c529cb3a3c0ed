/* One self-contained page: no network, no script needed to read it, dark and light, printable. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/report.h"

void html_begin(struct report_stream *s);
void html_plan(struct report_stream *s, const struct report *r);
void html_end(struct report_stream *s, const struct report_run *run);

/* A plan's tree and findings, without title and totals: a part of a larger page. */
void html_plan_parts(struct report_stream *s, const struct report *r);
/* A block to copy; nothing when there is nothing in it. */
void html_put_code(struct io_out *out, struct str text);

/* Append raw text for the content of an element or a quoted attribute. */
void html_add_text(struct buf *b, struct str s);

#endif
