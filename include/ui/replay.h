/*
 * The viewer without a terminal: a script of keys at a given size, deterministic (a clock that
 * only the script moves, calls made in the foreground, no state kept).
 *
 * A script is text: every character is a key. In angle brackets:
 *     <Enter> <Esc> <PgDn> <Ctrl-C> ...   keys by name; <lt> is '<'
 *     <resize ROWSxCOLUMNS>               a new size
 *     <wait MS>                           time goes by
 *     <click ROW COLUMN> <double ROW COLUMN> <wheel-up ROW COLUMN> <wheel-down ROW COLUMN>, 1-based
 *     <paste TEXT>                        pasted text
 *     <dump>                              the screen as it is now
 *     <clipboard>                         what was copied last
 * Line ends are not keys; a line that begins with '#' is a comment.
 */
#ifndef UI_REPLAY_H
#define UI_REPLAY_H

#include "ui/app.h"

struct replay {
    uint64_t now_ms;
    struct buf copied;
    struct ui_host host; /* give it to app_new */
};

/* In place: the host points into r. */
void replay_init(struct replay *r);
void replay_release(struct replay *r);
/*
 * Run the script; *out gets the dumps it asks for, each after a line of dashes, and at the end the
 * last screen. False with ERR_SYNTAX (line and column) when the script is not well formed.
 */
bool replay_run(struct replay *r, struct app *app, struct str script, int rows, int columns,
                bool ascii, struct buf *out, struct err *err);
/* "24x80" as rows and columns, 1..1000 each. */
bool replay_size(struct str text, int *rows, int *columns);

#endif
