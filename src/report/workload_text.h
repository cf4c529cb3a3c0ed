/* The report over a log for a terminal or a plain text file. */
#ifndef REPORT_WORKLOAD_TEXT_H
#define REPORT_WORKLOAD_TEXT_H

#include "report/workload.h"

void workload_text(struct io_out *out, const struct workload_view *v);

#endif
