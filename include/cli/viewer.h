/* The viewer as the commands run it: options, configuration, the terminal or a script of keys. */
#ifndef CLI_VIEWER_H
#define CLI_VIEWER_H

#include "cli/cli.h"
#include "ui/config.h"
#include "ui/ui.h"

struct viewer {
    const struct cli *cli;
    struct app_settings settings;
    struct config config;
    struct ui_options options;
};

/* Configuration and options; false with ERR_USAGE. Release it in any case. */
bool viewer_init(struct viewer *w, const struct cli *c, enum app_start start, struct err *err);
void viewer_release(struct viewer *w);
/* Whether a script of keys takes the place of the terminal: then nothing is done beside. */
bool viewer_is_scripted(const struct viewer *w);
/* --print-config. The exit status. */
int viewer_print_config(const struct viewer *w);
/* What is wrong in the configuration, on standard error. */
void viewer_warn(const struct viewer *w);
/* In the terminal, or as --dump-screen has it. The exit status. */
int viewer_run(struct viewer *w, struct ui_source *source);

#endif
