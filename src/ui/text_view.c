#include "ui/text_view.h"

#include <stdlib.h>

#include "base/arena.h"

void text_view_draw(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    struct text_view *t = v->state;
    t->stale = true;
    v->scrolls = true;
    list_set_count(&v->list, (int)t->doc.line_count);
    v->list.cursor = v->list.top; /* what scrolls has its place at the top */
    view_list_area(app, v, g, r);
    doc_draw(&t->doc, g, r, v->list.top);
    for (int row = 0; row < r.rows; row++)
        view_mark_found(v, g, rect_line(r, row));
    grid_park_cursor(g, r.row, r.column);
}

void text_view_release(struct text_view *t)
{
    doc_release(&t->doc);
    haystack_release(&t->lines);
}

const struct haystack *text_view_haystack(struct app *app, struct view *v)
{
    struct text_view *t = v->state;
    struct buf b = {0};
    (void)app;
    if (!t->stale)
        return &t->lines;
    haystack_clear(&t->lines);
    for (size_t i = 0; i < t->doc.line_count; i++) {
        buf_clear(&b);
        doc_add_line_text(&t->doc, i, &b);
        haystack_add(&t->lines, buf_str(&b));
    }
    buf_free(&b);
    t->stale = false;
    return &t->lines;
}

/* The hit last gone to, else the top line. */
int text_view_item(struct app *app, struct view *v)
{
    (void)app;
    int mark = v->list.mark - 1;
    bool shown = mark >= v->list.top && mark < v->list.top + v->list.height;
    return shown ? mark : v->list.top;
}

void text_view_go(struct app *app, struct view *v, int line)
{
    struct list *l = &v->list;
    (void)app;
    l->mark = line + 1;
    if (line < l->top || line >= l->top + l->height)
        l->top = line > l->height / 3 ? line - l->height / 3 : 0;
    if (l->top > l->count - l->height)
        l->top = l->count > l->height ? l->count - l->height : 0;
    l->cursor = l->top;
}

void text_view_row_text(struct app *app, struct view *v, struct buf *b)
{
    const struct text_view *t = v->state;
    (void)app;
    for (size_t i = 0; i < t->doc.line_count; i++) {
        doc_add_line_text(&t->doc, i, b);
        buf_addc(b, '\n');
    }
}

void text_view_open(struct app *app, struct view *v)
{
    (void)app;
    v->state = xcalloc(1, sizeof(struct text_view));
    v->scrolls = true;
}

void text_view_close(struct view *v)
{
    text_view_release(v->state);
    free(v->state);
}
