/* A comparison of two plans for a terminal. */
#ifndef REPORT_DIFF_TEXT_H
#define REPORT_DIFF_TEXT_H

#include "report/diff.h"

void diff_text(struct report_stream *s, const struct diff_report *d);

#endif
