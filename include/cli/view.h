/* The viewer as a command runs it. */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include "cli/cli.h"
#include "ui/app.h"

/* Whether the options and the terminal call for the viewer. */
bool view_is_wanted(const struct cli *c);
/* Read the inputs and show them; diff: two of them compared. The exit status. */
int view_run(struct cli *c, bool diff);
/* The viewer over something else, with the same options. The exit status. */
int view_source(struct cli *c, struct ui_source *source, enum app_start start);

#endif
