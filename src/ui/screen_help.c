/* Help: the key table for the screen below, searchable; Enter runs the action. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "ui/rows.h"

static const enum action footer[] = {ACTION_BACK, ACTION_CHOOSE, ACTION_SEARCH, ACTION_FILTER,
                                     ACTION_PALETTE, ACTION_NONE};

struct help {
    struct rows rows;
    enum action actions[ACTION_COUNT]; /* items */
    int count;
    unsigned ctxs; /* of the screen that help was asked from */
};

static void item_text(struct app *app, struct view *v, int item, struct buf *b)
{
    const struct help *h = v->state;
    enum action action = h->actions[item];
    bindings_add_keys(b, &app->settings->bindings, action);
    buf_printf(b, "  %s  %s", action_info[action].help, action_info[action].name);
}

static void arrange(struct app *app, struct view *v)
{
    struct help *h = v->state;
    struct rows_source s = {.count = h->count, .text = item_text};
    rows_arrange(app, v, &s);
}

/* What belongs to this screen first, what holds everywhere last. */
static void collect(struct help *h)
{
    static const enum bind_ctx order[] = {CTX_LIST, CTX_DIFF, CTX_LOG,  CTX_FINDINGS, CTX_IDX,
                                          CTX_TREE, CTX_ANY,  CTX_LIVE, CTX_ALL};
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
            if ((h->ctxs & CTX_BIT(order[k])) && action_info[i].ctx == order[k])
                h->actions[h->count++] = (enum action)i;
}

static void open(struct app *app, struct view *v)
{
    struct help *h = xcalloc(1, sizeof *h);
    v->state = h;
    h->ctxs = CTX_BIT(CTX_ALL) | (app->source->server ? CTX_BIT(CTX_LIVE) : 0);
    if (v->below)
        h->ctxs |= v->below->ops->ctxs;
    collect(h);
    arrange(app, v);
}

static void draw_item(struct app *app, struct view *v, struct grid *g, struct rect r, int row)
{
    const struct help *h = v->state;
    int item = rows_at(v, row);
    struct pen p = pen_at(g, r, 0);
    struct buf b = {0};
    if (item < 0)
        return;
    enum action action = h->actions[item];
    int keys = r.columns < 50 ? 10 : 19;
    bindings_add_keys(&b, &app->settings->bindings, action);
    pen_puts(&p, ROLE_NORMAL, row == v->list.cursor ? ">" : " ");
    pen_cut(&p, ROLE_KEY | STYLE_BOLD, buf_str(&b), keys - 2);
    pen_to(&p, keys);
    pen_cut(&p, ROLE_NORMAL, str_of(action_info[action].help), pen_room(&p) - 1);
    view_mark_found(v, g, r);
    if (row == v->list.cursor)
        grid_add_attr(g, r, STYLE_REVERSE);
    buf_free(&b);
}

/* Two columns where they fit: down the left one, then down the right one. */
static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct frame f = frame_layout(g->rows, g->columns, 1);
    struct pen p = frame_title(app, g, f.title, "Keys");
    pen_printf(&p, ROLE_NORMAL, "on screen %s", v->below ? v->below->ops->title : "");
    int columns = g->columns >= 120 ? 2 : 1, rows = f.body.rows;
    v->body = f.body;
    list_fit(&v->list, rows * columns);
    for (int i = 0; i < rows * columns && v->list.top + i < v->list.count; i++) {
        int width = f.body.columns / columns;
        struct rect cell = {f.body.row + i % rows, i / rows * width, 1, width};
        draw_item(app, v, g, cell, v->list.top + i);
        app_hit(app, cell, HIT_ROW, v->list.top + i);
        if (v->list.top + i == v->list.cursor)
            grid_park_cursor(g, cell.row, cell.column);
    }
    frame_draw(app, v, g, &f, "/ finds keys and words; Enter runs it");
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    const struct help *h = v->state;
    int item = rows_current(v);
    if (rq->action != ACTION_CHOOSE || item < 0)
        return false;
    struct request run = {.action = h->actions[item]};
    app_pop(app);
    if (!app_act(app, &run))
        app_say(app, "%s: nothing to do here", action_info[run.action].name);
    return true;
}

const struct view_ops help_view = {
    .title = "Keys",
    .ctxs = CTX_BIT(CTX_LIST),
    .footer = footer,
    .open = open,
    .close = rows_close,
    .refresh = arrange,
    .draw = draw,
    .act = act,
    .haystack = rows_haystack,
    .order = rows_order,
    .item = rows_item,
    .go = rows_go,
    .rearrange = arrange,
    .row_text = rows_row_text,
};
