/* The queries of a log in the viewer, with drill-down to their example plans. */
#ifndef CLI_LOG_VIEW_H
#define CLI_LOG_VIEW_H

#include "cli/cli.h"

struct log_reader;
struct log_picture;

/* Show the log that the reader reads, picture for picture; scripted: all of it has been read.
 * *last: the last picture, the caller's; NULL when the viewer was left before. *status gets the
 * exit status of the viewer. False: the log is read, and there was nothing to show. */
bool log_view_run(struct cli *c, struct log_reader *r, struct log_picture **last, int *status);

#endif
