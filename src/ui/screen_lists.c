/* Small screens: messages, columns, connection. */
#include <stdlib.h>

#include "base/arena.h"
#include "ui/rows.h"
#include "ui/text_view.h"
#include "ui/tree_screen.h"

static const enum action text_footer[] = {ACTION_HELP, ACTION_BACK, ACTION_SEARCH, ACTION_COPY_ROW,
                                          ACTION_SAVE, ACTION_NONE};

static void draw_text(struct app *app, struct view *v, struct grid *g, const char *title,
                      const char *hint)
{
    struct frame f = frame_layout(g->rows, g->columns, 1);
    frame_title(app, g, f.title, title);
    text_view_draw(app, v, g, (struct rect){f.body.row, 1, f.body.rows, f.body.columns - 2});
    frame_draw(app, v, g, &f, hint);
}

/* The newest at the end, where it opens. */
static void draw_messages(struct app *app, struct view *v, struct grid *g)
{
    struct text_view *t = v->state;
    doc_begin(&t->doc, g->columns - 2, g->ascii);
    for (int i = 0; i < app->message_count; i++) {
        doc_line(&t->doc);
        doc_wrap(&t->doc, ROLE_NORMAL, 2, str_of(app->messages[i]));
    }
    if (!app->message_count)
        doc_puts(&t->doc, ROLE_STRUCTURE, "no messages yet");
    if (v->list.height == 0)
        v->list.top = (int)t->doc.line_count;
    draw_text(app, v, g, "Messages", "the last 100");
}

const struct view_ops messages_view = {
    .title = "Messages",
    .footer = text_footer,
    .open = text_view_open,
    .close = text_view_close,
    .draw = draw_messages,
    .haystack = text_view_haystack,
    .item = text_view_item,
    .go = text_view_go,
    .row_text = text_view_row_text,
};

static void draw_connection(struct app *app, struct view *v, struct grid *g)
{
    struct text_view *t = v->state;
    struct buf b = {0};
    struct str rest, line;
    doc_begin(&t->doc, g->columns - 2, g->ascii);
    if (app->source->ops->connection)
        app->source->ops->connection(app->source->self, &b);
    rest = buf_str(&b);
    while (str_line(&rest, &line)) {
        doc_line(&t->doc);
        doc_wrap(&t->doc, ROLE_NORMAL, 2, line);
    }
    if (!b.len)
        doc_puts(&t->doc, ROLE_STRUCTURE, "not connected; pgsift -d DATABASE -c SQL connects");
    draw_text(app, v, g, "Connection", ":service NAME switches");
    buf_free(&b);
}

const struct view_ops connection_view = {
    .title = "Connection",
    .footer = text_footer,
    .open = text_view_open,
    .close = text_view_close,
    .draw = draw_connection,
    .haystack = text_view_haystack,
    .item = text_view_item,
    .go = text_view_go,
    .row_text = text_view_row_text,
};

/* Columns of the tree, for the set that fits the screen's width now. */
static const enum action list_footer[] = {ACTION_HELP, ACTION_CHOOSE, ACTION_BACK, ACTION_NONE};

static int column_set(const struct app *app)
{
    if (app->columns < 60 || app->rows < 16)
        return SET_COMPACT;
    return app->columns >= 100 ? SET_WIDE : SET_NORMAL;
}

static void column_text(struct app *app, struct view *v, int item, struct buf *b)
{
    (void)app;
    (void)v;
    buf_adds(b, tree_column_info[item].name);
}

static void arrange_columns(struct app *app, struct view *v)
{
    struct rows_source s = {.count = TREE_COLUMN_COUNT, .text = column_text};
    rows_arrange(app, v, &s);
}

static void open_columns(struct app *app, struct view *v)
{
    v->state = xcalloc(1, sizeof(struct rows));
    arrange_columns(app, v);
}

static void draw_columns(struct app *app, struct view *v, struct grid *g)
{
    static const char *const sets[] = {"narrow", "ordinary", "wide"};
    struct frame f = frame_layout(g->rows, g->columns, 1);
    unsigned shown = tree_columns(app->settings, column_set(app));
    struct pen p = frame_title(app, g, f.title, "Columns");
    pen_printf(&p, ROLE_NORMAL, "of %s screens", sets[column_set(app)]);
    view_list_area(app, v, g, f.body);
    for (int line = 0; line < f.body.rows && v->list.top + line < v->list.count; line++) {
        int item = rows_at(v, v->list.top + line);
        p = pen_at(g, f.body, line);
        pen_puts(&p, ROLE_NORMAL, v->list.top + line == v->list.cursor ? "> " : "  ");
        pen_printf(&p, ROLE_NORMAL, "[%c] %s", shown & (1u << item) ? 'x' : ' ',
                   tree_column_info[item].name);
        view_row_done(v, g, f.body, line);
    }
    frame_draw(app, v, g, &f, "Space shows or hides; the node is always shown");
}

static bool act_columns(struct app *app, struct view *v, const struct request *rq)
{
    int item = rows_current(v), set = column_set(app);
    if (rq->action != ACTION_CHOOSE || item < 0)
        return false;
    unsigned shown = tree_columns(app->settings, set) ^ (1u << item);
    app->settings->columns[set] = shown ? shown : 1u << TREE_COLUMN_ID;
    return true;
}

const struct view_ops columns_view = {
    .title = "Columns",
    .ctxs = CTX_BIT(CTX_LIST),
    .footer = list_footer,
    .open = open_columns,
    .close = rows_close,
    .refresh = arrange_columns,
    .draw = draw_columns,
    .act = act_columns,
    .haystack = rows_haystack,
    .order = rows_order,
    .item = rows_item,
    .go = rows_go,
    .rearrange = arrange_columns,
    .row_text = rows_row_text,
};
