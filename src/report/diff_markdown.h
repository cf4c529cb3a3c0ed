/* A comparison of two plans for GitHub and the like. */
#ifndef REPORT_DIFF_MARKDOWN_H
#define REPORT_DIFF_MARKDOWN_H

#include "report/diff.h"

void diff_markdown(struct report_stream *s, const struct diff_report *d);

#endif
