/* Input that is still coming: what has come is shown, and how far it is. */
#include "base/text.h"
#include "ui/screen.h"
#include "ui/view.h"

/* Both plans of a diff are there, and the user is where it began. */
static void open_diff(struct app *app)
{
    app->diff_comes = false;
    if (app->source->plan_count < 2 || app->view->below)
        return;
    app_pop(app);
    app_push(app, &diff_view);
}

static void ended(struct app *app)
{
    if (app->load.failed) {
        app_quit(app, app->load.partial ? 130 : 0);
        return;
    }
    if (app->diff_comes)
        open_diff(app);
    if (app->load.partial)
        app_say(app, "stopped: this is what was read by then");
}

void arrival_poll(struct app *app)
{
    const struct ui_source *s = app->source;
    size_t before = s->plan_count;
    bool was_loading = app->load.loading;
    if (!s->ops->load)
        return;
    s->ops->load(s->self, &app->load);
    if (!before && s->plan_count)
        app_reload(app); /* the screens that had none begin */
    if (was_loading && !app->load.loading)
        ended(app);
}

bool arrival_cancel(struct app *app)
{
    if (!app->load.loading || !app->source->ops->load_stop)
        return false;
    app->source->ops->load_stop(app->source->self);
    return true;
}

static void add_part(struct buf *b, const struct ui_load *l)
{
    if (num_known(l->bytes_total) && l->bytes_total > 0)
        buf_printf(b, "partial: %.0f%%", 100 * l->bytes_done / l->bytes_total);
    else
        buf_adds(b, "partial");
}

static void add_rate(struct buf *b, const struct ui_load *l)
{
    double rate = l->seconds > 0 ? l->bytes_done / l->seconds : 0;
    if (rate <= 0)
        return;
    buf_adds(b, "  ");
    text_add_bytes(b, rate);
    buf_adds(b, "/s");
    if (num_known(l->bytes_total) && l->bytes_total > l->bytes_done)
        buf_printf(b, "  eta %.0fs", (l->bytes_total - l->bytes_done) / rate);
}

void arrival_add_progress(struct buf *b, const struct app *app)
{
    const struct ui_load *l = &app->load;
    if (l->partial && !l->loading)
        add_part(b, l);
    if (!l->loading)
        return;
    buf_printf(b, "reading %s  ", l->name ? l->name : "");
    text_add_bytes(b, l->bytes_done);
    if (num_known(l->bytes_total) && l->bytes_total > 0) {
        buf_adds(b, " of ");
        text_add_bytes(b, l->bytes_total);
        buf_printf(b, "  %.0f%%", 100 * l->bytes_done / l->bytes_total);
    }
    add_rate(b, l);
    buf_adds(b, "  Ctrl-C stops");
}
