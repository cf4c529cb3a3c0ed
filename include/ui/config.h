/*
 * Configuration and state in files.
 *
 * $XDG_CONFIG_HOME/pgsift/config (else ~/.config, then $XDG_CONFIG_DIRS): "key = value", "bind
 * context action keys", "color role number [bold] [underline]", '#' comments. A bad line is a
 * warning, never an error. $XDG_STATE_HOME/pgsift/state keeps what the user did last: theme,
 * bars, columns, histories of prompts; never plans, SQL statements or passwords.
 */
#ifndef UI_CONFIG_H
#define UI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/app.h"

enum { CONFIG_SETTINGS_MAX = 32 };

struct config {
    struct arena *arena;
    const char *origin[CONFIG_SETTINGS_MAX]; /* of app_setting_names[i]: "file:line", NULL: default */
    const char *theme; /* as configured; NULL: not */
    struct buf warnings; /* lines "file:line: message" */
};

void config_init(struct config *c);
void config_release(struct config *c);
/* Read the files there are, the system's first, into settings. */
void config_load(struct config *c, struct app_settings *s);
/* One file's text; path for messages. */
void config_read(struct config *c, struct app_settings *s, const char *path, struct str text);
/* Say that an option set it. */
void config_set_origin(struct config *c, const char *key, const char *origin);
/* All values that are in force, and where each comes from: what --print-config prints. */
void config_print(struct buf *out, const struct config *c, const struct app_settings *s);

/* State; nothing is said when it cannot be read or written. */
void state_load(struct app_settings *s);
void state_save(const struct app_settings *before, const struct app_settings *now);
/* The same as text. */
void state_read(struct app_settings *s, struct str text);
void state_add(struct buf *out, const struct app_settings *before, const struct app_settings *now);

/* $NAME/pgsift/FILE by the XDG rules, else $HOME/fallback/pgsift/FILE; absent when neither is an
 * absolute path. */
bool config_path(struct buf *out, const char *variable, const char *fallback, const char *file);

#endif
