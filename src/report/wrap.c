#include "report/wrap.h"

#include "base/text.h"

struct wrap {
    struct buf *out;
    int column, indent, width;
};

static void break_line(struct wrap *w)
{
    buf_addc(w->out, '\n');
    buf_fill(w->out, ' ', (size_t)w->indent);
    w->column = w->indent;
}

/* A word that no line can hold, in pieces. */
static void add_pieces(struct wrap *w, struct str word)
{
    while (word.len) {
        size_t n = text_utf8_len(word);
        struct str c = str_sub(word, 0, n ? n : 1);
        int columns = text_width(c);
        if (w->column + columns > w->width && w->column > w->indent)
            break_line(w);
        buf_addstr(w->out, c);
        w->column += columns;
        word = str_sub(word, c.len, word.len);
    }
}

static void add_word(struct wrap *w, struct str word, bool after_space)
{
    int columns = text_width(word);
    if (w->column > w->indent && w->column + after_space + columns > w->width) {
        break_line(w);
        after_space = false;
    }
    if (after_space) {
        buf_addc(w->out, ' ');
        w->column++;
    }
    if (w->column + columns > w->width) {
        add_pieces(w, word);
        return;
    }
    buf_addstr(w->out, word);
    w->column += columns;
}

static void add_line(struct wrap *w, struct str line, bool ascii)
{
    struct buf safe = {0};
    bool first = true;
    for (size_t i = 0; i < line.len;) {
        size_t from = i;
        while (i < line.len && line.p[i] != ' ')
            i++;
        buf_clear(&safe);
        text_add_safe(&safe, str_sub(line, from, i), ascii);
        add_word(w, buf_str(&safe), !first);
        first = false;
        i += i < line.len;
    }
    buf_free(&safe);
}

void wrap_add(struct buf *b, struct str text, int column, int indent, int width, bool ascii)
{
    struct wrap w = {b, column, indent, width > indent + 8 ? width : indent + 8};
    struct str line;
    for (bool first = true; str_line(&text, &line); first = false) {
        if (!first)
            break_line(&w);
        add_line(&w, line, ascii);
    }
}
