/* How roles look: ui/theme.def, and what the user changed. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>

#include "ui/grid.h"

enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME_COUNT };
extern const char *const theme_name[THEME_COUNT];
/* False when there is no such theme. */
bool theme_find(struct str name, int *theme);

struct look {
    int color; /* -1: the terminal's own */
    unsigned attrs;
};
/* A role in a theme on a terminal with so many colours (0: none). */
struct look theme_look(enum theme theme, enum role role, int colors);

struct err;
/* "role colour [bold] [underline]", a `color` line of the configuration; holds for all themes but
 * mono. */
bool theme_set_line(struct str line, struct err *err);

#endif
