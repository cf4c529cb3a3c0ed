/*
 * The report over a log as one page: no network, readable without script, on paper and phone, dark
 * and light. Plans are written until the page has grown to what a mail takes.
 */
#ifndef REPORT_WORKLOAD_HTML_H
#define REPORT_WORKLOAD_HTML_H

#include "report/workload.h"

void workload_html(struct io_out *out, const struct workload_view *v);

#endif
