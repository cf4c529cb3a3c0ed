/*
 * Styled lines: the detail of a node, the reasons of a finding, DDL, help. Built for a width,
 * wrapped where asked, scrolled and searched by line.
 */
#ifndef UI_DOC_H
#define UI_DOC_H

#include "base/str.h"
#include "ui/grid.h"

struct doc_run {
    uint32_t at, len; /* in text */
    unsigned style;
};
struct doc_line {
    uint32_t first, count; /* runs */
};

struct doc {
    int width;       /* columns to wrap at */
    struct buf text; /* escaped already */
    struct doc_run *runs;
    size_t run_count, run_cap;
    struct doc_line *lines;
    size_t line_count, line_cap;
    int column; /* where the last line ends */
    bool ascii;
};

void doc_release(struct doc *d);
/* Empty, for a width (at least 8 is assumed). */
void doc_begin(struct doc *d, int width, bool ascii);
/* The next text starts a new line. */
void doc_line(struct doc *d);
/* Go to a column of the line; nothing when it is past that already, but for one blank. */
void doc_tab(struct doc *d, int column);
void doc_put(struct doc *d, unsigned style, struct str s);
void doc_puts(struct doc *d, unsigned style, const char *s);
void doc_printf(struct doc *d, unsigned style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Wrapped at blanks; further lines are indented by `indent` columns. Line feeds break lines. */
void doc_wrap(struct doc *d, unsigned style, int indent, struct str s);
void doc_draw(const struct doc *d, struct grid *g, struct rect r, int top);
void doc_add_line_text(const struct doc *d, size_t line, struct buf *out);

#endif
