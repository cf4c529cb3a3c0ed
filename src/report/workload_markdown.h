/* The report over a log for GitHub and its like: tables, and details that fold. */
#ifndef REPORT_WORKLOAD_MARKDOWN_H
#define REPORT_WORKLOAD_MARKDOWN_H

#include "report/workload.h"

void workload_markdown(struct io_out *out, const struct workload_view *v);

#endif
