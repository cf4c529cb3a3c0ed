/*
 * Rows of an ordinary list screen: items in the order of sort and filter, and their text for
 * searching. It is the first member of such a screen's state, so that the functions below
 * serve as its view_ops.
 */
#ifndef UI_ROWS_H
#define UI_ROWS_H

#include "ui/view.h"

struct rows {
    int *item; /* shown rows: numbers of items */
    int count;
    struct haystack text; /* one line an item */
};

/* What arranges a screen's rows. */
struct rows_source {
    int count; /* items */
    void (*text)(struct app *, struct view *, int item, struct buf *);
    /* Largest first, NAN last; NULL: in the order of the items. */
    double (*key)(struct app *, struct view *, int item);
};

/* Anew after items, filter, sort or direction changed; the cursor stays on its item. */
void rows_arrange(struct app *app, struct view *v, const struct rows_source *s);
/* The items are others now: the cursor's row is not that of its item. */
void rows_forget(struct view *v);
void rows_release(struct rows *r);
/* The item under the cursor, -1 when there is none. */
int rows_current(const struct view *v);
int rows_at(const struct view *v, int row);

const struct haystack *rows_haystack(struct app *app, struct view *v);
const int *rows_order(struct app *app, struct view *v, int *count);
int rows_item(struct app *app, struct view *v);
void rows_go(struct app *app, struct view *v, int item);
void rows_row_text(struct app *app, struct view *v, struct buf *b);
void rows_close(struct view *v); /* frees the state: enough when it holds nothing else */

#endif
