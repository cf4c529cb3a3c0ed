/* The viewer in a terminal. */
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/app.h"
#include "ui/term.h"

struct ui_options {
    enum term_color color;
    int theme; /* enum theme, for this run only; -1: by settings and terminal */
    bool keep_state;
    const char *clipboard; /* a command; NULL: by the surroundings */
    enum app_start start;
};

/*
 * Run until the user quits; what P asked for is printed on standard output afterwards. Returns
 * the exit status, or -1 with *err when the terminal could not be opened.
 */
int ui_run(struct ui_source *source, struct app_settings *settings, const struct ui_options *o,
           struct err *err);

/* Read a plan that the user pastes, up to Ctrl-D: any length, in one line or many. False when
 * nothing came, with ERR_CANCELLED on Ctrl-C. */
bool ui_read_paste(struct buf *out, struct err *err);

#endif
