/* The queries of a log in the viewer, with drill-down to their example plans. */
#ifndef CLI_LOG_VIEW_H
#define CLI_LOG_VIEW_H

#include "cli/cli.h"
#include "report/workload.h"

/* Show the log's queries; seconds: that reading took. The exit status. */
int log_view_run(struct cli *c, const struct workload_view *v, double seconds, bool partial);

#endif
