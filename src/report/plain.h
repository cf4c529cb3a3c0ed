/* One labelled line per node, no drawing: for screen readers and for grep. */
#ifndef REPORT_PLAIN_H
#define REPORT_PLAIN_H

#include "report/report.h"

void plain_plan(struct report_stream *s, const struct report *r);

#endif
