/* The report for a terminal or a plain text file. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/report.h"

void text_begin(struct io_out *out, const struct report_style *s);
void text_plan(struct io_out *out, const struct report *r, const struct report_style *s);
void text_end(struct io_out *out, const struct report_run *run, const struct report_style *s);

#endif
