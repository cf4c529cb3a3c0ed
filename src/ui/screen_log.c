/* The queries of a log, heaviest first. Fills while the log is read. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/cell.h"
#include "ui/rows.h"
#include "ui/screen.h"
#include "ui/tree_screen.h"
#include "ui/words.h"

static const enum action footer[] = {ACTION_HELP,       ACTION_SEARCH,   ACTION_FILTER,
                                     ACTION_SORT,       ACTION_LOG_OPEN, ACTION_WORKLOAD,
                                     ACTION_TIME_RANGE, ACTION_COPY_SQL, ACTION_SAVE,
                                     ACTION_BACK,       ACTION_NONE};
static const char *const sorts[] = {"total time", "calls", "mean", "max", "rows", "findings", NULL};

static const struct ui_query *query_at(struct app *app, int item)
{
    return item >= 0 && (size_t)item < app->log.query_count ? &app->log.queries[item] : NULL;
}

static void item_text(struct app *app, struct view *v, int item, struct buf *b)
{
    (void)v;
    words_add_one_line(b, query_at(app, item)->sql, 2000);
}

static double sort_key(struct app *app, struct view *v, int item)
{
    const struct ui_query *q = query_at(app, item);
    const double keys[] = {
        q->total_ms, q->calls, q->mean_ms,
        q->max_ms,   q->rows,  q->findings ? (double)q->severity * 1000 + q->findings : NAN};
    return keys[v->sort];
}

static void arrange(struct app *app, struct view *v)
{
    struct rows_source s = {.count = (int)app->log.query_count, .text = item_text, .key = sort_key};
    rows_arrange(app, v, &s);
}

static void open(struct app *app, struct view *v)
{
    v->state = xcalloc(1, sizeof(struct rows));
    if (app->source->ops->log)
        app->source->ops->log(app->source->self, &app->log);
    app->log_version = app->log.version;
    arrange(app, v);
}

/* The log as it is by now. The cursor stays on its query, at the top at the top. */
void log_poll(struct app *app)
{
    struct view *v = app->view;
    struct ui_log *log = &app->log;
    while (v->ops != &log_view)
        v = v->below;
    const struct ui_query *q = query_at(app, rows_current(v));
    struct buf id = {0};
    if (q && v->list.cursor > 0)
        buf_addstr(&id, q->id);
    app->source->ops->log(app->source->self, log);
    if (log->version != app->log_version) {
        app->log_version = log->version;
        v->list.cursor = id.len ? v->list.cursor : 0;
        rows_forget(v);
        arrange(app, v);
        for (size_t i = 0; id.len && i < log->query_count; i++)
            if (str_eq(log->queries[i].id, buf_str(&id)))
                rows_go(app, v, (int)i);
    }
    buf_free(&id);
}

static void add_duration(struct buf *b, double ms)
{
    if (num_known(ms))
        text_add_ms(b, ms);
}

static void draw_figure(struct pen *p, struct buf *b, unsigned style, int columns)
{
    pen_right(p, style, buf_str(b), columns);
    buf_clear(b);
}

static void draw_row(struct app *app, struct view *v, struct grid *g, struct rect r, int line)
{
    const struct ui_query *q = query_at(app, rows_at(v, v->list.top + line));
    struct pen p = pen_at(g, r, line);
    struct buf b = {0};
    bool narrow = r.columns < 60;
    if (!q)
        return;
    unsigned style = role_of_share(q->share);
    pen_puts(&p, ROLE_NORMAL, v->list.top + line == v->list.cursor ? ">" : " ");
    buf_printf(&b, "%d", v->list.top + line + 1);
    draw_figure(&p, &b, ROLE_STRUCTURE, 3);
    add_duration(&b, q->total_ms);
    draw_figure(&p, &b, style, 9);
    if (!narrow) {
        cell_add_share(&b, q->share);
        draw_figure(&p, &b, style, 5);
    }
    pen_skip(&p, 1);
    if (!narrow) {
        bar_draw(&p, q->share, q->share, 8, style);
        text_add_count(&b, q->calls);
        draw_figure(&p, &b, ROLE_NORMAL, 7);
        add_duration(&b, q->mean_ms);
        draw_figure(&p, &b, ROLE_NORMAL, 9);
        pen_skip(&p, 1);
    }
    int from = pen_column(&p);
    if (q->findings)
        pen_printf(&p, role_of_severity(q->severity), "%c%d", cell_severity_sign(q->severity),
                   q->findings);
    pen_to(&p, from + 4);
    if (q->indexes && !narrow)
        pen_printf(&p, ROLE_INFO, "+%d", q->indexes);
    pen_to(&p, from + (narrow ? 4 : 7));
    words_add_one_line(&b, q->sql, 500);
    pen_cut(&p, ROLE_NORMAL, buf_str(&b), pen_room(&p));
    buf_free(&b);
    view_row_done(v, g, r, line);
}

static void draw_header(struct grid *g, struct rect r)
{
    struct pen p = pen_at(g, r, 0);
    pen_skip(&p, 4);
    pen_right(&p, ROLE_HEADER, STR("TOTAL"), 9);
    if (r.columns < 60) {
        pen_puts(&p, ROLE_HEADER, " F   QUERY");
        return;
    }
    pen_right(&p, ROLE_HEADER, STR("%"), 5);
    pen_skip(&p, 1);
    if (r.columns >= 60) {
        pen_puts(&p, ROLE_HEADER, "TIME");
        pen_to(&p, 27);
        pen_right(&p, ROLE_HEADER, STR("CALLS"), 7);
        pen_right(&p, ROLE_HEADER, STR("MEAN"), 9);
        pen_skip(&p, 1);
    }
    pen_puts(&p, ROLE_HEADER, "F   I  QUERY");
}

/* Heights of eight steps, the largest bucket the highest. */
static void add_spark(struct buf *b, const struct ui_query *q, bool ascii)
{
    static const char *const step[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char plain[] = "_.-=+*%#";
    double most = 0;
    for (size_t i = 0; i < q->series_count; i++)
        most = fmax(most, q->series[i]);
    for (size_t i = 0; i < q->series_count; i++) {
        double share = most > 0 ? q->series[i] / most : 0;
        int height = share > 0 ? (int)fmin(7, share * 8) : 0;
        if (ascii)
            buf_addc(b, plain[height]);
        else
            buf_adds(b, share > 0 ? step[height] : " ");
    }
}

static void build(struct app *app, struct doc *d, const struct ui_query *q, int width, int sql_rows)
{
    struct buf b = {0};
    doc_begin(d, width, app->settings->ascii);
    add_duration(&b, q->mean_ms);
    doc_printf(d, ROLE_NORMAL, "mean %s", b.len ? b.data : "?");
    buf_clear(&b);
    if (num_known(q->p95_ms)) {
        buf_adds(&b, "  p95 ");
        add_duration(&b, q->p95_ms);
    }
    if (num_known(q->max_ms)) {
        buf_adds(&b, "  max ");
        add_duration(&b, q->max_ms);
    }
    if (num_known(q->rows)) {
        buf_adds(&b, "  rows ");
        text_add_count(&b, q->rows);
    }
    if (q->shapes)
        buf_printf(&b, "  %s", q->shapes);
    doc_put(d, ROLE_NORMAL, buf_str(&b));
    buf_clear(&b);
    if (q->series_count > 1) {
        doc_line(d);
        add_spark(&b, q, d->ascii);
        doc_put(d, ROLE_NORMAL, buf_str(&b));
        doc_printf(d, ROLE_STRUCTURE, "  total time %s", q->bucket ? q->bucket : "");
        buf_clear(&b);
    }
    if (q->advice) {
        doc_line(d);
        doc_wrap(d, ROLE_INFO, 2, str_of(q->advice));
    }
    doc_line(d);
    words_add_one_line(&b, q->sql, (size_t)width * (size_t)(sql_rows > 0 ? sql_rows : 1) * 4);
    doc_wrap(d, ROLE_NORMAL, 2, buf_str(&b));
    buf_free(&b);
}

static void draw_pane(struct app *app, struct view *v, struct grid *g, struct rect r)
{
    const struct ui_query *q = query_at(app, rows_current(v));
    struct doc d = {0};
    struct buf label = {0};
    v->pane_rect = (struct rect){0};
    if (!q || r.rows < 2)
        return;
    struct rect text = {r.row + 1, r.column + 1, r.rows - 1, r.columns - 2};
    buf_printf(&label, "#%d  %.*s  %zu plan%s seen", v->list.cursor + 1, STR_ARG(q->id), q->plans,
               q->plans == 1 ? "" : "s");
    frame_rule(g, rect_line(r, 0), label.data, ROLE_TITLE | STYLE_BOLD);
    build(app, &d, q, text.columns, text.rows);
    v->pane_rect = text;
    list_set_count(&v->pane, (int)d.line_count);
    list_fit(&v->pane, text.rows);
    doc_draw(&d, g, text, v->pane.top);
    app_hit(app, text, HIT_PANE, 0);
    buf_free(&label);
    doc_release(&d);
}

static void draw_title(struct app *app, struct grid *g, struct rect r)
{
    const struct ui_log *log = &app->log;
    struct pen p = frame_title(app, g, r, "Query log");
    struct buf b = {0};
    buf_printf(&b, "%.*s  ", STR_ARG(log->name));
    text_add_grouped(&b, log->entries);
    buf_printf(&b, " entries  %zu queries", log->query_count);
    if (log->span)
        buf_printf(&b, "  %s", log->span);
    if (log->errors > 0)
        buf_printf(&b, "  %.0f err", log->errors);
    pen_cut(&p, ROLE_NORMAL, buf_str(&b), pen_room(&p) - 1);
    buf_free(&b);
}

static void draw(struct app *app, struct view *v, struct grid *g)
{
    struct frame f = frame_layout(g->rows, g->columns, 1);
    struct rect body = f.body, pane = {0};
    draw_title(app, g, f.title);
    if (body.rows >= 9) {
        int rows = body.rows >= 18 ? 6 : 4, spare = body.rows - v->list.count - 1;
        if (spare > rows)
            rows = spare < 10 ? spare : 10;
        pane = (struct rect){body.row + body.rows - rows, 0, rows, body.columns};
        body.rows -= rows;
    }
    if (body.rows >= 2) {
        draw_header(g, rect_line(body, 0));
        body.row++;
        body.rows--;
    }
    draw_pane(app, v, g, pane);
    view_list_area(app, v, g, body);
    for (int line = 0; line < body.rows && v->list.top + line < v->list.count; line++)
        draw_row(app, v, g, body, line);
    if (v->list.count == 0) {
        struct pen p = pen_at(g, body, 0);
        pen_puts(&p, ROLE_STRUCTURE, app->load.loading ? "  no query yet" : "  no query");
    }
    frame_draw(app, v, g, &f, "Enter: plans of this query  W: workload advice");
}

static bool open_query(struct app *app, struct view *v)
{
    const struct ui_source_ops *ops = app->source->ops;
    struct err err = {0};
    int item = rows_current(v);
    if (item < 0 || !ops->log_open)
        return false;
    if (!ops->log_open(app->source->self, (size_t)item, &err)) {
        app_say(app, "%s", err.message);
        return true;
    }
    app->at = 0;
    app_reload(app);
    app_push(app, &tree_view);
    return true;
}

static void open_indexes(struct app *app)
{
    const struct ui_source_ops *ops = app->source->ops;
    struct err err = {0};
    if (ops->log_indexes && !ops->log_indexes(app->source->self, &err)) {
        app_say(app, "%s", err.message);
        return;
    }
    if (ops->log_indexes) {
        app->at = 0;
        app_reload(app);
    }
    if (app_here(app) && app_here(app)->plan->index_count)
        app_push(app, &indexes_view);
    else
        app_say(app, "workload advice: pgsift advise LOG");
}

static void range_done(struct app *app, struct str text)
{
    struct err err = {0};
    if (!app->source->ops->log_range(app->source->self, text, &err))
        app_say(app, "%s", err.message);
    app->source->ops->log(app->source->self, &app->log);
    if (app->view->ops->refresh)
        app->view->ops->refresh(app, app->view);
}

static bool act(struct app *app, struct view *v, const struct request *rq)
{
    switch (rq->action) {
    case ACTION_LOG_OPEN:
        return open_query(app, v);
    case ACTION_TIME_RANGE:
        if (!app->source->ops->log_range)
            return false;
        app_open_prompt(app, PROMPT_RANGE, "from..to: ", (struct str){0}, range_done);
        return true;
    case ACTION_WORKLOAD:
        open_indexes(app);
        return true;
    default:
        return false;
    }
}

static struct str sql_here(struct app *app, struct view *v)
{
    const struct ui_query *q = query_at(app, rows_current(v));
    return q ? q->sql : (struct str){0};
}

const struct view_ops log_view = {
    .title = "Query log",
    .ctxs = CTX_BIT(CTX_LOG),
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
    .sorts = sorts,
    .row_text = rows_row_text,
    .sql = sql_here,
};
