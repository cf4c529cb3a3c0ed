/* The report for a terminal or a plain text file. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/report.h"

void text_plan(struct report_stream *s, const struct report *r);

#endif
