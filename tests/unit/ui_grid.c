/* Cells: clipping, width, escaping, cutting. */
#include "tap.h"
#include "ui/doc.h"
#include "ui/grid.h"

static struct grid g;
static struct buf dump;

static const char *picture(void)
{
    buf_clear(&dump);
    grid_dump(&g, &dump);
    return dump.data;
}

static struct pen line(int row)
{
    grid_clear(&g);
    return pen_at(&g, grid_rect(&g), row);
}

static void clipping(void)
{
    struct rect middle = {1, 3, 1, 4};
    grid_init(&g, 3, 10, false);
    struct pen p = pen_at(&g, middle, 0);
    pen_puts(&p, ROLE_NORMAL, "abcdefgh");
    is_text(picture(), "\n   abcd\n\n", "text ends at the edge of its rectangle");
    p = line(0);
    pen_cut(&p, ROLE_NORMAL, STR("abcdefghijkl"), 6);
    is_text(picture(), "abcde…\n\n\n", "cut text says so");
    p = line(0);
    pen_right(&p, ROLE_NORMAL, STR("42"), 5);
    is_int(pen_column(&p), 5, "a right-aligned field has its width");
    is_text(picture(), "   42\n\n\n", "and its text at the right");
    p = pen_at(&g, grid_rect(&g), 7);
    pen_puts(&p, ROLE_NORMAL, "nowhere");
    is_text(picture(), "   42\n\n\n", "a row that is not there swallows everything");
    p = pen_at(&g, (struct rect){0, 8, 3, 50}, 2);
    pen_puts(&p, ROLE_NORMAL, "xyz");
    is_text(picture(), "   42\n\n        xy\n", "a rectangle beyond the grid is cut to it");
    p = pen_at(&g, (struct rect){-2, -3, 4, 6}, 2);
    pen_puts(&p, ROLE_NORMAL, "xyz");
    ok(strncmp(picture(), "xyz42\n", 6) == 0, "one that begins before it too");
}

static void wide(void)
{
    struct pen p = line(0);
    pen_puts(&p, ROLE_NORMAL, "表a");
    is_int(pen_column(&p), 3, "a wide character takes two columns");
    is_text(picture(), "表a\n\n\n", "and is dumped once");
    pen_to(&p, 1);
    pen_puts(&p, ROLE_NORMAL, "b");
    is_text(picture(), " ba\n\n\n", "overwriting one half clears the other");
    p = line(0);
    pen_to(&p, 9);
    pen_puts(&p, ROLE_NORMAL, "表");
    is_text(picture(), "         …\n\n\n", "no half of one stands in the last column");
    p = line(0);
    pen_puts(&p, ROLE_NORMAL, "e\xCC\x81z");
    is_int(pen_column(&p), 2, "a combining mark takes no column");
    is_text(picture(), "e\xCC\x81z\n\n\n", "and stays with its letter");
    p = line(0);
    pen_puts(&p, ROLE_NORMAL, "\xCC\x81z");
    is_text(picture(), "z\n\n\n", "a mark without a letter is dropped");
}

static void escaping(void)
{
    struct pen p = line(0);
    pen_puts(&p, ROLE_NORMAL, "a\033[31mb");
    is_text(picture(), "a^[[31mb\n\n\n", "an escape sequence is shown, not obeyed");
    p = line(0);
    pen_puts(&p, ROLE_NORMAL, "\xff\xe2\x80\xae");
    is_text(picture(), "\xEF\xBF\xBD<U+202E>\n\n\n", "bad bytes and bidi controls are shown");
    g.ascii = true;
    p = line(0);
    pen_puts(&p, ROLE_NORMAL, "é\033");
    pen_glyph(&p, ROLE_NORMAL, GLYPH_BRANCH);
    is_text(picture(), "?^[|-\n\n\n", "ASCII only where that is asked for");
    g.ascii = false;
}

static void styles(void)
{
    struct pen p = line(1);
    pen_puts(&p, ROLE_HIGH | STYLE_BOLD, "hot");
    pen_puts(&p, ROLE_INFO, "in");
    grid_add_attr(&g, (struct rect){1, 0, 1, 4}, STYLE_REVERSE);
    buf_clear(&dump);
    grid_dump_styles(&g, &dump);
    is_text(dump.data, "..........\nHHHIi.....\n..........\n", "roles are kept beside the text");
}

static void parking(void)
{
    grid_park_cursor(&g, 99, -5);
    is_int(g.cursor_row, 2, "the cursor is never outside: rows");
    is_int(g.cursor_column, 0, "columns");
    grid_resize(&g, 0, -3);
    is_int(g.rows * g.columns, 1, "the smallest grid is one cell");
}

static void documents(void)
{
    struct doc d = {0};
    struct buf b = {0};
    doc_begin(&d, 16, false);
    doc_puts(&d, ROLE_NORMAL, "why ");
    doc_wrap(&d, ROLE_NORMAL, 4, STR("one two three four five"));
    is_int((int)d.line_count, 3, "text wraps at its width");
    doc_add_line_text(&d, 1, &b);
    is_text(b.data, "    three four", "further lines are indented");
    doc_begin(&d, 10, false);
    doc_wrap(&d, ROLE_NORMAL, 2, STR("aaaaaaaaaaaaaaaaaaaaaaaa b"));
    is_int((int)d.line_count, 3, "a word longer than a line is broken");
    doc_begin(&d, 10, false);
    doc_wrap(&d, ROLE_NORMAL, 0, STR("a\n\033b"));
    buf_clear(&b);
    doc_add_line_text(&d, 1, &b);
    is_text(b.data, "^[b", "a line feed breaks the line, what steers is escaped");
    buf_free(&b);
    doc_release(&d);
}

int main(void)
{
    clipping();
    wide();
    escaping();
    styles();
    parking();
    documents();
    grid_release(&g);
    buf_free(&dump);
    return done();
}
