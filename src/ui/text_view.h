/* Screens that are a text: a doc that scrolls and can be searched. First member of their state. */
#ifndef UI_TEXT_VIEW_H
#define UI_TEXT_VIEW_H

#include "ui/view.h"

struct text_view {
    struct doc doc;
    struct haystack lines; /* of doc; made when it is searched */
    bool stale;            /* lines are of an earlier doc */
};

/* The doc was built anew: draw it into r. */
void text_view_draw(struct app *app, struct view *v, struct grid *g, struct rect r);
void text_view_release(struct text_view *t);

const struct haystack *text_view_haystack(struct app *app, struct view *v);
int text_view_item(struct app *app, struct view *v);
void text_view_go(struct app *app, struct view *v, int line);
void text_view_row_text(struct app *app, struct view *v, struct buf *b);
void text_view_open(struct app *app, struct view *v);
void text_view_close(struct view *v);

#endif
