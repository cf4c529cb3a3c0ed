/*
 * The screen as cells. Everything of ui draws into a grid; only ui/term turns one into a
 * terminal's picture, and grid_dump turns one into text for tests.
 *
 * Text is escaped on its way in (base/text.h), so a cell never holds anything but one shown
 * character with its combining marks. Writing is clipped to the rectangle of the pen: nothing
 * reaches a neighbour, and a rectangle of no size swallows everything.
 */
#ifndef UI_GRID_H
#define UI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* What a piece of text is, not how it looks: ui/theme.def says that. */
enum role {
#define ROLE(id, name, dark, light, ansi, attrs) ROLE_##id,
#include "ui/theme.def"
#undef ROLE
    ROLE_COUNT
};
/* Style = role | attributes. */
enum { STYLE_BOLD = 0x100, STYLE_REVERSE = 0x200, STYLE_UNDERLINE = 0x400 };
#define STYLE_ROLE(style) ((enum role)((style) & 0xFF))

enum { CELL_TEXT = 12 };

/* One column of one row. The right half of a double-width character has width 0 and no text. */
struct cell {
    char text[CELL_TEXT]; /* UTF-8, not terminated */
    uint8_t len;
    uint8_t width;
    uint16_t style;
};

struct rect {
    int row, column, rows, columns;
};

struct grid {
    int rows, columns;
    bool ascii; /* nothing above 0x7E is drawn */
    bool plain; /* no lines and bars: for screen readers */
    struct cell *cell;
    int cursor_row, cursor_column; /* where the hardware cursor is parked; always inside */
};

void grid_init(struct grid *g, int rows, int columns, bool ascii);
void grid_release(struct grid *g);
/* Any size of at least 1x1; contents are lost. */
void grid_resize(struct grid *g, int rows, int columns);
/* All blank, cursor at the top left. */
void grid_clear(struct grid *g);
void grid_park_cursor(struct grid *g, int row, int column);

static inline struct rect grid_rect(const struct grid *g)
{
    return (struct rect){0, 0, g->rows, g->columns};
}
/* Row n of r; empty when r has no such row. */
struct rect rect_line(struct rect r, int n);
bool rect_has(struct rect r, int row, int column);

/* Marks that differ between UTF-8 and ASCII; each takes the same columns in both. */
enum glyph {
#define GLYPH(id, utf8, ascii) GLYPH_##id,
#include "ui/glyph.def"
#undef GLYPH
    GLYPH_COUNT
};
const char *glyph_text(enum glyph glyph, bool ascii);

/* Writes one row from left to right. Columns are relative to the rectangle's left edge. */
struct pen {
    struct grid *grid;
    int row;
    int left, end; /* absolute columns: [left, end) may be written */
    int at;        /* absolute column of the next character */
};

/* A pen on row n of r. */
struct pen pen_at(struct grid *g, struct rect r, int n);
int pen_column(const struct pen *p);
int pen_room(const struct pen *p);
/* Go to a column (backwards too); what lies between stays as it is. */
void pen_to(struct pen *p, int column);
void pen_skip(struct pen *p, int columns);
/* As much of s as fits. */
void pen_put(struct pen *p, unsigned style, struct str s);
void pen_puts(struct pen *p, unsigned style, const char *s);
void pen_printf(struct pen *p, unsigned style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* s in at most `columns` (and the room there is), its end marked when cut. */
void pen_cut(struct pen *p, unsigned style, struct str s, int columns);
/* s right-aligned in a field of `columns`. */
void pen_right(struct pen *p, unsigned style, struct str s, int columns);
void pen_glyph(struct pen *p, unsigned style, enum glyph glyph);
void pen_repeat(struct pen *p, unsigned style, enum glyph glyph, int times);

/* Change the look of what is drawn already. */
void grid_style(struct grid *g, struct rect r, unsigned style);
void grid_add_attr(struct grid *g, struct rect r, unsigned attr);

/* The text of the screen, a line a row, blanks at line ends removed. */
void grid_dump(const struct grid *g, struct buf *out);
/* One letter per cell for its role (theme.def's first letter of the name), upper case when reversed. */
void grid_dump_styles(const struct grid *g, struct buf *out);

#endif
