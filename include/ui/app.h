/*
 * The viewer without a terminal: keys go in, a grid comes out.
 *
 * app_key and app_draw are the only entries while it runs; both are quick at any size of plan.
 * What reaches beyond the screen (clipboard, editor, suspending, the clock) is asked of the
 * host, so that the same program runs in a terminal, replays a script and is fuzzed.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/bind.h"
#include "ui/grid.h"
#include "ui/key.h"
#include "ui/prompt.h"
#include "ui/source.h"

struct app;

struct ui_host {
    void *self;
    /* Milliseconds of any steady clock. */
    uint64_t (*now_ms)(void *self);
    /* Put text on the clipboard; *how gets "copied 74 bytes (tmux buffer)" or why not. */
    void (*copy)(void *self, struct str text, struct buf *how);
    /* Show text in $VISUAL / $EDITOR; suffix ".sql", ".json". False with *err. */
    bool (*edit)(void *self, struct str text, const char *suffix, struct err *err);
    void (*suspend)(void *self);
    void (*redraw)(void *self);
    void (*set_mouse)(void *self, bool on);
    /* The theme to draw with from now on: an index into theme_name. */
    void (*set_theme)(void *self, int theme);
    /* Write a file; never over one that is there. */
    bool (*save)(void *self, const char *path, struct str text, struct err *err);
    /* Wake the main loop: called from a background thread. NULL: blocking calls are made at
     * once, in the foreground. */
    void (*wake)(void *self);
};

enum { COLUMN_SETS = 3 }; /* compact, normal, wide */

/* What the user can set; kept from one run to the next where app_save_state says so. */
struct app_settings {
    bool ascii, plain, mouse, no_animate, hide_tips, full_indent, no_icicle;
    bool preset; /* the keys of less(1) */
    int theme;               /* enum theme; -1: by the terminal */
    int metric;              /* bars: enum metric */
    unsigned columns[COLUMN_SETS]; /* bits of enum tree_column; 0: the default set */
    struct history history[PROMPT_KIND_COUNT];
    struct bindings bindings;
};
void app_settings_init(struct app_settings *s);
void app_settings_release(struct app_settings *s);
/* One "key = value" of the configuration or of :set. */
bool app_settings_set(struct app_settings *s, struct str key, struct str value, struct err *err);
/* Names of all keys, NULL at the end; the value of one as text. */
extern const char *const app_setting_names[];
void app_settings_add_value(struct buf *out, const struct app_settings *s, const char *key);

enum app_start { APP_START_PLAN, APP_START_DIFF, APP_START_LOG };

/* settings, source and host must outlive the app. */
struct app *app_new(struct app_settings *settings, struct ui_source *source,
                    const struct ui_host *host, enum app_start start);
void app_free(struct app *app);

void app_key(struct app *app, const struct key *key);
/* Draw all of g, whatever its size. */
void app_draw(struct app *app, struct grid *g);

/* Milliseconds until app_key wants a KEY_TICK; -1: no need. */
int app_tick_ms(const struct app *app);
bool app_done(const struct app *app);
/* Once done: the exit status, and what P asked to be printed (may be empty). */
int app_exit_status(const struct app *app);
struct str app_printed(const struct app *app);
/* A line for the message log and the status line. */
void app_say(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
