/* e: the screen or the plan's report into a file; the name's ending says in which format. */
#include "base/io.h"
#include "ui/raw.h"
#include "ui/screen.h"
#include "ui/whatif.h"

static const struct {
    const char *ending, *writer;
} formats[] = {
    {".md", "md"},     {".json", "json"},   {".html", "html"},
    {".htm", "html"},  {".ndjson", "ndjson"}, {".sarif", "sarif"},
};

static bool add_report(struct app *app, struct buf *out, const char *writer, struct err *err)
{
    struct plan_state *ps = app_here(app);
    const struct report_writer *w = report_writer_find(str_of(writer));
    struct report_style style = {.width = 100, .ascii = app->settings->ascii};
    struct report_run totals = {.plan_count = 1};
    struct io_out io;
    if (!ps || !w)
        return err_set(err, ERR_USAGE, "%s is not known for this screen", writer);
    io_out_memory(&io);
    memcpy(totals.by_severity, ps->plan->report->by_severity, sizeof totals.by_severity);
    struct report_stream stream = {.out = &io, .style = &style};
    w->begin(&stream);
    w->plan(&stream, ps->plan->report);
    w->end(&stream, &totals);
    buf_addstr(out, buf_str(&io.buf));
    io_out_abandon(&io);
    return true;
}

/* The screen as it is now, without what surrounds it moving away: the same size. */
static void add_screen(struct app *app, struct buf *out)
{
    struct grid g;
    grid_init(&g, app->rows, app->columns, app->settings->ascii);
    app_draw(app, &g);
    grid_dump(&g, out);
    grid_release(&g);
}

static bool add_content(struct app *app, struct buf *out, struct str path, struct err *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (str_ends(path, formats[i].ending))
            return add_report(app, out, formats[i].writer, err);
    if (str_ends(path, ".sql"))
        copy_add_migration(app, out);
    else
        add_screen(app, out);
    if (!out->len)
        return err_set(err, ERR_USAGE, "there is nothing to write here");
    return true;
}

static void save(struct app *app, struct str path)
{
    struct buf b = {0}, name = {0};
    struct err err = {0};
    path = str_trim(path);
    if (path.len == 0)
        return;
    buf_addstr(&name, path);
    if (add_content(app, &b, path, &err) &&
        app->host->save(app->host->self, name.data, buf_str(&b), &err))
        app_say(app, "wrote %s, %zu bytes", name.data, b.len);
    else
        app_say(app, "%s%s%s", err.message, err.hint[0] ? "; " : "", err.hint);
    buf_free(&b);
    buf_free(&name);
}

bool export_ask(struct app *app)
{
    app_open_prompt(app, PROMPT_SAVE, "save as (.txt .md .json .html .sql): ", (struct str){0},
                    save);
    return true;
}
