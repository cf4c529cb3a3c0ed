/* SARIF 2.1.0, for services that show findings beside the code. */
#ifndef REPORT_SARIF_H
#define REPORT_SARIF_H

#include "report/report.h"

void sarif_begin(struct report_stream *s);
void sarif_plan(struct report_stream *s, const struct report *r);
void sarif_end(struct report_stream *s, const struct report_run *run);

#endif
