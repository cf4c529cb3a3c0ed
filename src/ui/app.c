#include "ui/app.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/arena.h"
#include "ui/job.h"
#include "ui/tree_screen.h"
#include "ui/view.h"
#include "ui/whatif.h"

uint64_t app_now(const struct app *app)
{
    return app->host->now_ms(app->host->self);
}

unsigned app_ctxs(const struct app *app)
{
    unsigned live = app->source->server ? CTX_BIT(CTX_LIVE) : 0;
    return CTX_BIT(CTX_ALL) | live | app->view->ops->ctxs;
}

void app_quit(struct app *app, int status)
{
    app->done = true;
    app->exit_status = status;
}

void app_say(struct app *app, const char *fmt, ...)
{
    struct buf b = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    if (app->message_count == MESSAGE_MAX) {
        free(app->messages[0]);
        memmove(app->messages, app->messages + 1, (MESSAGE_MAX - 1) * sizeof *app->messages);
        app->message_count--;
    }
    app->messages[app->message_count++] = b.data;
    app->say = true;
}

/* Which nodes have an index, and the first of them. */
static void find_served(struct plan_state *ps)
{
    size_t ids = (size_t)ps->plan->report->plan->node_count + 1;
    ps->served_by = xcalloc(ids, sizeof *ps->served_by);
    for (size_t i = 0; i < ps->plan->index_count; i++) {
        const struct ui_index *x = &ps->plan->indexes[i];
        for (size_t k = 0; k < x->node_count; k++) {
            size_t id = (size_t)x->nodes[k];
            if (id > 0 && id < ids && !ps->served_by[id])
                ps->served_by[id] = x->id;
        }
    }
}

static struct plan_state *plan_state_new(struct app *app, size_t i)
{
    struct plan_state *ps = xcalloc(1, sizeof *ps);
    ps->plan = app->source->ops->plan(app->source->self, i);
    const struct report *r = ps->plan->report;
    if (!r)
        return ps;
    outline_init(&ps->outline, r->plan, r->metrics);
    if (app->settings->full_indent) {
        ps->outline.full_indent = true;
        outline_rebuild(&ps->outline);
    }
    ps->node = r->metrics->hottest_count ? r->metrics->hottest[0]->id : 1;
    ps->indexes = ps->plan->indexes;
    ps->index_count = ps->plan->index_count;
    ps->on = xcalloc(ps->plan->index_count, sizeof *ps->on);
    for (size_t k = 0; k < ps->plan->index_count; k++)
        ps->on[k] = ps->plan->indexes[k].on;
    find_served(ps);
    findings_arrange(ps);
    for (int id = 1; id <= ps->outline.count; id++)
        if (ps->outline.level[id] > ps->deepest)
            ps->deepest = ps->outline.level[id];
    ps->estimate_width = tree_estimate_width(r);
    ps->whatif = whatif_cache_new();
    return ps;
}

static void plan_state_free(struct plan_state *ps)
{
    if (!ps)
        return;
    outline_release(&ps->outline);
    whatif_cache_free(ps->whatif);
    free(ps->on);
    free(ps->served_by);
    buf_free(&ps->hidden);
    free(ps->shown);
    free(ps->mark);
    free(ps);
}

struct plan_state *app_plan_state(struct app *app, size_t i)
{
    if (i >= app->source->plan_count)
        return NULL;
    if (i >= app->plan_cap) {
        app->plans = xrealloc(app->plans, app->source->plan_count * sizeof *app->plans);
        memset(app->plans + app->plan_cap, 0,
               (app->source->plan_count - app->plan_cap) * sizeof *app->plans);
        app->plan_cap = app->source->plan_count;
    }
    if (!app->plans[i])
        app->plans[i] = plan_state_new(app, i);
    return app->plans[i];
}

/* NULL when there is no plan, or none that can be shown. */
struct plan_state *app_here(struct app *app)
{
    struct plan_state *ps = app_plan_state(app, app->at);
    return ps && ps->plan->report ? ps : NULL;
}

const struct node *app_node(struct app *app)
{
    struct plan_state *ps = app_here(app);
    return ps ? ps->outline.plan->nodes[ps->node - 1] : NULL;
}

void app_set_node(struct app *app, const struct node *n)
{
    struct plan_state *ps = app_here(app);
    if (ps && n)
        ps->node = n->id;
}

static void refresh_views(struct app *app)
{
    for (struct view *v = app->view; v; v = v->below)
        if (v->ops->refresh)
            v->ops->refresh(app, v);
}

void app_show_plan(struct app *app, size_t i)
{
    app->at = i;
    refresh_views(app);
    whatif_start(app);
}

/* The candidates that are what they were stay ticked or not, as the user had them. */
static void keep_ticks(struct plan_state *ps, const struct ui_plan *before, const bool *on)
{
    for (size_t i = 0; i < ps->plan->index_count; i++)
        for (size_t k = 0; k < before->index_count; k++)
            if (str_eq(str_of(ps->plan->indexes[i].ddl), str_of(before->indexes[k].ddl)))
                ps->on[i] = on[k];
}

static void forget_plans(struct app *app)
{
    for (size_t i = 0; i < app->plan_cap; i++)
        plan_state_free(app->plans[i]);
    free(app->plans);
    app->plans = NULL;
    app->plan_cap = 0;
}

void app_reload(struct app *app)
{
    struct plan_state *ps = app_here(app);
    int node = ps ? ps->node : 0, nodes = ps ? ps->outline.count : 0;
    struct ui_plan before = {0}; /* what is shown may be replaced in place */
    bool *on = NULL;
    if (ps) {
        before.indexes = ps->indexes;
        before.index_count = ps->index_count;
        on = ps->on;
        ps->on = NULL;
    }
    forget_plans(app);
    if (app->at >= app->source->plan_count)
        app->at = 0;
    ps = app_here(app);
    if (ps && ps->outline.count == nodes) {
        ps->node = node;
        keep_ticks(ps, &before, on);
    }
    free(on);
    refresh_views(app);
    whatif_start(app);
}

struct app *app_new(struct app_settings *settings, struct ui_source *source,
                    const struct ui_host *host, enum app_start start)
{
    static const struct view_ops *const first[] = {
        [APP_START_PLAN] = &tree_view, [APP_START_DIFF] = &diff_view, [APP_START_LOG] = &log_view};
    struct app *app = xcalloc(1, sizeof *app);
    app->settings = settings;
    app->source = source;
    app->host = host;
    app->rows = 24;
    app->columns = 80;
    app->prompt.recall = -1;
    app->job = job_new(app);
    arrival_poll(app);
    app->diff_comes = start == APP_START_DIFF && app->load.loading;
    app_push(app, first[app->diff_comes ? APP_START_PLAN : start]);
    whatif_start(app);
    return app;
}

void app_free(struct app *app)
{
    job_free(app->job);
    while (app->view)
        app_pop(app);
    forget_plans(app);
    for (int i = 0; i < app->message_count; i++)
        free(app->messages[i]);
    prompt_release(&app->prompt);
    buf_free(&app->filter_before);
    buf_free(&app->hint);
    buf_free(&app->printed);
    free(app);
}

bool app_done(const struct app *app)
{
    return app->done;
}

int app_exit_status(const struct app *app)
{
    return app->exit_status;
}

struct str app_printed(const struct app *app)
{
    return buf_str(&app->printed);
}

void app_draw(struct app *app, struct grid *g)
{
    app->rows = g->rows;
    app->columns = g->columns;
    app->hit_count = 0;
    g->plain = app->settings->plain;
    grid_clear(g);
    app->view->ops->draw(app, app->view, g);
}
