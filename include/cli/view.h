/* The viewer as a command runs it. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "cli/cli.h"

/* Whether the options and the terminal call for the viewer. */
bool view_is_wanted(const struct cli *c);
/* Read the inputs and show them; diff: two of them compared. The exit status. */
int view_run(struct cli *c, bool diff);

#endif
