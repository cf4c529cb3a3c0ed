#include "ui/grid.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

void grid_init(struct grid *g, int rows, int columns, bool ascii)
{
    memset(g, 0, sizeof *g);
    g->ascii = ascii;
    grid_resize(g, rows, columns);
}

void grid_release(struct grid *g)
{
    free(g->cell);
    memset(g, 0, sizeof *g);
}

void grid_resize(struct grid *g, int rows, int columns)
{
    g->rows = rows < 1 ? 1 : rows;
    g->columns = columns < 1 ? 1 : columns;
    g->cell = xrealloc(g->cell, (size_t)g->rows * (size_t)g->columns * sizeof *g->cell);
    grid_clear(g);
}

void grid_clear(struct grid *g)
{
    static const struct cell blank = {.text = " ", .len = 1, .width = 1};
    size_t n = (size_t)g->rows * (size_t)g->columns;
    for (size_t i = 0; i < n; i++)
        g->cell[i] = blank;
    grid_park_cursor(g, 0, 0);
}

static int clamp(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

void grid_park_cursor(struct grid *g, int row, int column)
{
    g->cursor_row = clamp(row, 0, g->rows - 1);
    g->cursor_column = clamp(column, 0, g->columns - 1);
}

struct rect rect_line(struct rect r, int n)
{
    if (n < 0 || n >= r.rows)
        return (struct rect){0};
    return (struct rect){r.row + n, r.column, 1, r.columns};
}

bool rect_has(struct rect r, int row, int column)
{
    return row >= r.row && row < r.row + r.rows && column >= r.column &&
           column < r.column + r.columns;
}

const char *glyph_text(enum glyph glyph, bool ascii)
{
    static const char *const text[GLYPH_COUNT][2] = {
#define GLYPH(id, utf8, plain) [GLYPH_##id] = {utf8, plain},
#include "ui/glyph.def"
#undef GLYPH
    };
    return text[glyph][ascii];
}

static struct cell *cell_at(struct grid *g, int row, int column)
{
    return &g->cell[(size_t)row * (size_t)g->columns + (size_t)column];
}

/* The part of r that lies on the grid. */
static struct rect on_grid(const struct grid *g, struct rect r)
{
    int top = clamp(r.row, 0, g->rows), bottom = clamp(r.row + r.rows, top, g->rows);
    int left = clamp(r.column, 0, g->columns);
    int right = clamp(r.column + r.columns, left, g->columns);
    return (struct rect){top, left, bottom - top, right - left};
}

struct pen pen_at(struct grid *g, struct rect r, int n)
{
    struct rect line = on_grid(g, rect_line(r, n));
    int end = line.rows > 0 ? line.column + line.columns : line.column;
    return (struct pen){.grid = g, .row = line.row, .left = line.column, .end = end,
                        .at = line.column};
}

int pen_column(const struct pen *p)
{
    return p->at - p->left;
}

int pen_room(const struct pen *p)
{
    return p->end > p->at ? p->end - p->at : 0;
}

void pen_to(struct pen *p, int column)
{
    p->at = p->left + (column < 0 ? 0 : column);
}

void pen_skip(struct pen *p, int columns)
{
    p->at += columns;
}

static void set_cell(struct cell *c, struct str text, int width, unsigned style)
{
    c->len = (uint8_t)text.len;
    memcpy(c->text, text.p, text.len);
    c->width = (uint8_t)width;
    c->style = (uint16_t)style;
}

/* Half of a double-width character must not be left standing when the other half goes. */
static void break_wide(struct pen *p, int column)
{
    struct cell *c = cell_at(p->grid, p->row, column);
    if (c->width == 0 && column > 0)
        set_cell(c - 1, STR(" "), 1, c[-1].style);
    if (c->width == 2 && column + 1 < p->grid->columns)
        set_cell(c + 1, STR(" "), 1, c[1].style);
}

static void combine(struct pen *p, struct str mark)
{
    if (p->at <= p->left)
        return;
    struct cell *c = cell_at(p->grid, p->row, p->at - 1);
    if (c->width == 0)
        c--;
    if (c->len + mark.len > CELL_TEXT)
        return;
    memcpy(c->text + c->len, mark.p, mark.len);
    c->len = (uint8_t)(c->len + mark.len);
}

/* One escaped character. False when there is no room for it. */
static bool put_char(struct pen *p, unsigned style, struct str ch)
{
    int width = ch.len == 1 ? 1 : text_char_width(text_utf8_decode(ch));
    if (width == 0) {
        combine(p, ch);
        return true;
    }
    if (p->at + width > p->end)
        return false;
    break_wide(p, p->at);
    if (width == 2)
        break_wide(p, p->at + 1);
    struct cell *c = cell_at(p->grid, p->row, p->at);
    set_cell(c, ch, width, style);
    if (width == 2)
        set_cell(c + 1, (struct str){"", 0}, 0, style);
    p->at += width;
    return true;
}

static void put_shown(struct pen *p, unsigned style, struct str s)
{
    while (s.len) {
        size_t n = text_utf8_len(s);
        if (n == 0)
            BUG("text for the screen is not escaped");
        if (!put_char(p, style, str_sub(s, 0, n)))
            return;
        s = str_sub(s, n, s.len);
    }
}

/* Most text is short and plain: no copy is made of it. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] > 0x7E)
            return false;
    return true;
}

void pen_put(struct pen *p, unsigned style, struct str s)
{
    struct buf safe = {0};
    if (pen_room(p) == 0)
        return;
    /* No character takes less than a quarter of a byte's column: what cannot fit is not looked at.
     */
    size_t most = (size_t)pen_room(p) * 4 + 64;
    if (s.len <= most && is_plain(s)) {
        put_shown(p, style, s);
        return;
    }
    text_add_cut(&safe, s, pen_room(p), p->grid->ascii);
    put_shown(p, style, buf_str(&safe));
    buf_free(&safe);
}

void pen_puts(struct pen *p, unsigned style, const char *s)
{
    pen_put(p, style, str_of(s));
}

void pen_printf(struct pen *p, unsigned style, const char *fmt, ...)
{
    struct buf b = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    pen_put(p, style, buf_str(&b));
    buf_free(&b);
}

void pen_cut(struct pen *p, unsigned style, struct str s, int columns)
{
    int room = pen_room(p);
    struct buf safe = {0};
    if (columns > room)
        columns = room;
    if (columns <= 0)
        return;
    text_add_cut(&safe, s, columns, p->grid->ascii);
    put_shown(p, style, buf_str(&safe));
    buf_free(&safe);
}

void pen_right(struct pen *p, unsigned style, struct str s, int columns)
{
    int width = text_width(s);
    int start = p->at;
    if (width < columns)
        p->at += columns - width;
    pen_cut(p, style, s, columns);
    p->at = start + columns;
}

void pen_glyph(struct pen *p, unsigned style, enum glyph glyph)
{
    put_shown(p, style, str_of(glyph_text(glyph, p->grid->ascii)));
}

void pen_repeat(struct pen *p, unsigned style, enum glyph glyph, int times)
{
    for (int i = 0; i < times && pen_room(p) > 0; i++)
        pen_glyph(p, style, glyph);
}

void grid_style(struct grid *g, struct rect r, unsigned style)
{
    r = on_grid(g, r);
    for (int row = r.row; row < r.row + r.rows; row++)
        for (int col = r.column; col < r.column + r.columns; col++)
            cell_at(g, row, col)->style = (uint16_t)style;
}

void grid_add_attr(struct grid *g, struct rect r, unsigned attr)
{
    r = on_grid(g, r);
    for (int row = r.row; row < r.row + r.rows; row++)
        for (int col = r.column; col < r.column + r.columns; col++)
            cell_at(g, row, col)->style |= (uint16_t)attr;
}

static void end_line(struct buf *out, size_t start)
{
    while (out->len > start && out->data[out->len - 1] == ' ')
        out->len--;
    buf_addc(out, '\n');
}

void grid_dump(const struct grid *g, struct buf *out)
{
    for (int row = 0; row < g->rows; row++) {
        size_t start = out->len;
        for (int col = 0; col < g->columns; col++) {
            const struct cell *c = &g->cell[(size_t)row * (size_t)g->columns + (size_t)col];
            buf_add(out, c->text, c->len);
        }
        end_line(out, start);
    }
}

void grid_dump_styles(const struct grid *g, struct buf *out)
{
    static const char letter[ROLE_COUNT] = {
#define ROLE(id, name, dark, light, ansi, attrs) [ROLE_##id] = name[0],
#include "ui/theme.def"
#undef ROLE
    };
    for (int row = 0; row < g->rows; row++) {
        size_t start = out->len;
        for (int col = 0; col < g->columns; col++) {
            unsigned style = g->cell[(size_t)row * (size_t)g->columns + (size_t)col].style;
            char c = STYLE_ROLE(style) == ROLE_NORMAL ? '.' : letter[STYLE_ROLE(style)];
            buf_addc(out, style & STYLE_REVERSE ? (char)toupper(c == '.' ? 's' : c) : c);
        }
        end_line(out, start);
    }
}
