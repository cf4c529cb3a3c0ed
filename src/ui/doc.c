#include "ui/doc.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"

void doc_release(struct doc *d)
{
    buf_free(&d->text);
    free(d->runs);
    free(d->lines);
    *d = (struct doc){0};
}

void doc_begin(struct doc *d, int width, bool ascii)
{
    buf_clear(&d->text);
    d->run_count = d->line_count = 0;
    d->width = width < 8 ? 8 : width;
    d->column = 0;
    d->ascii = ascii;
}

void doc_line(struct doc *d)
{
    if (d->line_count == d->line_cap) {
        d->line_cap = d->line_cap ? d->line_cap * 2 : 32;
        d->lines = xrealloc(d->lines, d->line_cap * sizeof *d->lines);
    }
    d->lines[d->line_count++] = (struct doc_line){.first = (uint32_t)d->run_count};
    d->column = 0;
}

/* Text that is escaped already. */
static void add_run(struct doc *d, unsigned style, struct str s)
{
    if (s.len == 0)
        return;
    if (d->line_count == 0)
        doc_line(d);
    if (d->run_count == d->run_cap) {
        d->run_cap = d->run_cap ? d->run_cap * 2 : 64;
        d->runs = xrealloc(d->runs, d->run_cap * sizeof *d->runs);
    }
    d->runs[d->run_count++] =
        (struct doc_run){(uint32_t)d->text.len, (uint32_t)s.len, style};
    d->lines[d->line_count - 1].count++;
    buf_addstr(&d->text, s);
    d->column += text_width(s);
}

static void add_blanks(struct doc *d, int n)
{
    static const char blanks[] = "                                                                ";
    while (n > 0) {
        size_t len = (size_t)n < sizeof blanks - 1 ? (size_t)n : sizeof blanks - 1;
        add_run(d, ROLE_NORMAL, (struct str){blanks, len});
        n -= (int)len;
    }
}

void doc_tab(struct doc *d, int column)
{
    add_blanks(d, d->column < column ? column - d->column : 1);
}

void doc_put(struct doc *d, unsigned style, struct str s)
{
    struct buf safe = {0};
    text_add_safe(&safe, s, d->ascii);
    add_run(d, style, buf_str(&safe));
    buf_free(&safe);
}

void doc_puts(struct doc *d, unsigned style, const char *s)
{
    doc_put(d, style, str_of(s));
}

void doc_printf(struct doc *d, unsigned style, const char *fmt, ...)
{
    struct buf b = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    doc_put(d, style, buf_str(&b));
    buf_free(&b);
}

/* How many bytes of s fit into `columns`, at least one character; *blank: where to break among
 * them: at the last gap between figures (two blanks) if it is in the second half, else at the last
 * blank; 0: nowhere. */
static size_t fitting(struct str s, int columns, size_t *blank)
{
    size_t gap = 0;
    size_t at = 0;
    int used = 0;
    *blank = 0;
    while (at < s.len) {
        struct str rest = str_sub(s, at, s.len);
        size_t n = text_utf8_len(rest);
        int width = n == 1 ? 1 : text_char_width(text_utf8_decode(rest));
        if (used + width > columns && at > 0) {
            *blank = gap > at / 2 ? gap : *blank;
            return at;
        }
        if (s.p[at] == ' ')
            *blank = at;
        if (s.p[at] == ' ' && at > 0 && at + 1 < s.len && s.p[at + 1] == ' ')
            gap = at;
        used += width;
        at += n ? n : 1;
    }
    *blank = s.len;
    return s.len;
}

static struct str skip_blanks(struct str s)
{
    while (s.len && s.p[0] == ' ')
        s = str_sub(s, 1, s.len);
    return s;
}

static void wrap_line(struct doc *d, unsigned style, int indent, struct str s)
{
    if (indent > d->width / 2)
        indent = d->width / 2;
    while (s.len) {
        size_t blank, n = fitting(s, d->width - d->column, &blank);
        bool at_start = d->column <= indent;
        if (n < s.len && blank > 0)
            n = blank;
        else if (n < s.len && !at_start && d->width - d->column < d->width / 2)
            n = 0; /* a long word begins on a line of its own */
        add_run(d, style, str_sub(s, 0, n));
        s = skip_blanks(str_sub(s, n, s.len));
        if (s.len) {
            doc_line(d);
            add_blanks(d, indent);
        }
    }
}

void doc_wrap(struct doc *d, unsigned style, int indent, struct str s)
{
    struct buf safe = {0};
    struct str line;
    bool first = true;
    while (str_line(&s, &line)) {
        if (!first) {
            doc_line(d);
            add_blanks(d, indent);
        }
        first = false;
        buf_clear(&safe);
        text_add_safe(&safe, line, d->ascii);
        wrap_line(d, style, indent, buf_str(&safe));
    }
    buf_free(&safe);
}

void doc_draw(const struct doc *d, struct grid *g, struct rect r, int top)
{
    for (int row = 0; row < r.rows; row++) {
        size_t line = (size_t)(top + row);
        if (top + row < 0 || line >= d->line_count)
            return;
        struct pen p = pen_at(g, r, row);
        for (uint32_t i = 0; i < d->lines[line].count; i++) {
            const struct doc_run *run = &d->runs[d->lines[line].first + i];
            pen_cut(&p, run->style, (struct str){d->text.data + run->at, run->len}, pen_room(&p));
        }
    }
}

void doc_add_line_text(const struct doc *d, size_t line, struct buf *out)
{
    for (uint32_t i = 0; line < d->line_count && i < d->lines[line].count; i++) {
        const struct doc_run *run = &d->runs[d->lines[line].first + i];
        buf_add(out, d->text.data + run->at, run->len);
    }
}
