/*
 * The terminal: the one place that knows curses, escape sequences, signals and tty modes.
 *
 * At most one is open at a time. Whatever ends the process (exit, a signal, a crash), the
 * terminal is put back as it was found.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>

#include "ui/grid.h"
#include "ui/key.h"

struct err;
struct term;

enum term_color { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };

struct term_options {
    enum term_color color;
    int theme; /* enum theme; -1: by the terminal's background */
    bool mouse;
};

/* Whether there is a terminal that a screen can be drawn on: standard output is one, its type is
 * known and can move the cursor, and there is one to read keys from. *why: the reason if not. */
bool term_is_usable(const char **why);

/* NULL with ERR_IO. */
struct term *term_open(const struct term_options *o, struct err *err);
/* Back to how it was. */
void term_close(struct term *t);

void term_size(const struct term *t, int *rows, int *columns);
int term_theme(const struct term *t);
/* Show g; only what changed is sent. */
void term_draw(struct term *t, const struct grid *g);

enum term_event { TERM_KEY, TERM_TIMEOUT, TERM_WOKEN, TERM_HANGUP };
/* The next key, or what else ends the waiting; timeout_ms -1: none. Text of KEY_PASTED is valid
 * until the next call. */
enum term_event term_wait(struct term *t, int timeout_ms, struct key *key);
/* End term_wait from any thread. */
void term_wake(struct term *t);

void term_set_mouse(struct term *t, bool on);
void term_set_theme(struct term *t, int theme);
/* Draw all of it again at the next term_draw. */
void term_redraw(struct term *t);
/* Stop the process as Ctrl-Z does; returns when it goes on. */
void term_suspend(struct term *t);
/* Hand the terminal to another program, and take it back. */
void term_leave(struct term *t);
void term_return(struct term *t);
/* Send an escape sequence that moves nothing on the screen (OSC 52). */
void term_send(struct term *t, struct str bytes);

#endif
