/* Going from screen to screen, and what else is done the same way from all of them. */
#include "ui/screen.h"

#include "ui/theme.h"
#include "ui/whatif.h"

/* Help on the messages screen is still help: screens that are open already are gone to. */
static bool show(struct app *app, const struct view_ops *ops)
{
    if (app->view->ops == ops)
        app_say(app, "this is it; Esc goes back");
    else
        app_goto(app, ops);
    return true;
}

static bool needs_plan(struct app *app)
{
    if (app_here(app))
        return true;
    app_say(app, app->source->ops->log ? "there is no plan here; Enter on a query opens its plans"
                 : app->load.loading   ? "no plan is whole yet"
                                       : "there is no plan here");
    return false;
}

static bool show_plan_screen(struct app *app, const struct view_ops *ops)
{
    return needs_plan(app) ? show(app, ops) : true;
}

/* w again takes the overlay away. */
static bool show_whatif(struct app *app)
{
    if (!needs_plan(app))
        return true;
    if (app->view->ops == &whatif_view) {
        app_pop(app);
        return true;
    }
    if (!app_here(app)->plan->index_count)
        return show(app, &indexes_view);
    if (!whatif_ticked(app_here(app))) { /* the best one, so that there is something to see */
        app_here(app)->on[0] = true;
        app_say(app, "%s ticked; i chooses others", app_here(app)->plan->indexes[0].id);
    }
    whatif_start(app);
    bool costs_only = whatif_now(app) && !whatif_diff(app);
    return show(app, costs_only || !app->source->ops->whatif ? &indexes_view : &whatif_view);
}

static bool show_diff(struct app *app)
{
    if (app->source->plan_count > 1)
        return show(app, &diff_view);
    if (needs_plan(app) && app_here(app)->plan->index_count)
        return show_whatif(app);
    app_say(app, "there is only one plan; two: pgsift diff A B");
    return true;
}

static bool turn_plan(struct app *app, const struct request *rq)
{
    size_t count = app->source->plan_count, by = rq->count > 0 ? (size_t)rq->count % count : 1;
    if (count < 2) {
        app_say(app, "this is the only plan");
        return true;
    }
    app_show_plan(app, rq->action == ACTION_NEXT_PLAN ? (app->at + by) % count
                                                      : (app->at + count - by) % count);
    app_say(app, "plan %zu of %zu", app->at + 1, count);
    return true;
}

static bool next_theme(struct app *app)
{
    struct app_settings *s = app->settings;
    s->theme = (s->theme + 1) % THEME_COUNT;
    app->host->set_theme(app->host->self, s->theme);
    app_say(app, "theme %s", theme_name[s->theme]);
    return true;
}

static bool toggle_mouse(struct app *app)
{
    struct app_settings *s = app->settings;
    s->mouse = !s->mouse;
    app->host->set_mouse(app->host->self, s->mouse);
    app_say(app, s->mouse ? "mouse on (Shift-drag selects text)" : "mouse off");
    return true;
}

static bool edit_text(struct app *app)
{
    struct buf b = {0};
    struct err err = {0};
    bool raw = app->view->ops == &raw_view;
    struct str sql = screen_sql(app);
    const char *suffix = ".sql";
    if (raw || !sql.len) {
        if (!app_here(app))
            return false;
        copy_add_json(app, &b);
        suffix = ".json";
    }
    if (!app->host->edit(app->host->self, suffix[1] == 's' ? sql : buf_str(&b), suffix, &err))
        app_say(app, "%s%s%s", err.message, err.hint[0] ? "; " : "", err.hint);
    buf_free(&b);
    return true;
}

static bool show_screen(struct app *app, const struct request *rq)
{
    switch (rq->action) {
    case ACTION_HELP:
        return show(app, &help_view);
    case ACTION_MESSAGES:
        return show(app, &messages_view);
    case ACTION_COLUMNS:
        return show(app, &columns_view);
    case ACTION_FINDINGS:
        return show_plan_screen(app, &findings_view);
    case ACTION_INDEXES:
        return show_plan_screen(app, &indexes_view);
    case ACTION_WHATIF:
        return show_whatif(app);
    case ACTION_DIFF:
        return show_diff(app);
    case ACTION_RAW:
        return show_plan_screen(app, &raw_view);
    case ACTION_LOG:
        if (!app->source->ops->log)
            app_say(app, "no log was read; pgsift log FILE reads one");
        return !app->source->ops->log || show(app, &log_view);
    default:
        return false;
    }
}

bool screen_act(struct app *app, const struct request *rq)
{
    if (show_screen(app, rq) || copy_act(app, rq) || live_act(app, rq))
        return true;
    switch (rq->action) {
    case ACTION_NEXT_PLAN:
    case ACTION_PREV_PLAN:
        return app->source->plan_count > 0 && turn_plan(app, rq);
    case ACTION_SAVE:
        return export_ask(app);
    case ACTION_EDITOR:
        return edit_text(app);
    case ACTION_MOUSE:
        return toggle_mouse(app);
    case ACTION_THEME:
        return next_theme(app);
    case ACTION_TIPS:
        app->settings->hide_tips = !app->settings->hide_tips;
        return true;
    default:
        return false;
    }
}

static const struct hit *hit_at(const struct app *app, int row, int column, enum hit_kind except)
{
    for (int i = app->hit_count; i-- > 0;) /* what was drawn last is on top */
        if (app->hits[i].kind != except && rect_has(app->hits[i].rect, row, column))
            return &app->hits[i];
    return NULL;
}

static void wheel(struct app *app, const struct key *key)
{
    struct view *v = app->view;
    int by = key->kind == KEY_WHEEL_UP ? -3 : 3;
    if (rect_has(v->pane_rect, key->row, key->column)) {
        list_scroll(&v->pane, by);
        return;
    }
    list_scroll(&v->list, by);
    if (v->ops->moved)
        v->ops->moved(app, v);
}

static void click_row(struct app *app, const struct hit *h, bool twice)
{
    struct view *v = app->view;
    list_go(&v->list, h->value);
    v->in_pane = false;
    if (v->ops->moved)
        v->ops->moved(app, v);
    if (!twice)
        return;
    enum action action;
    int arg;
    uint32_t enter = KEY_CODE_ENTER;
    if (bindings_match(&app->settings->bindings, app_ctxs(app), &enter, 1, &action, &arg) ==
        BIND_EXACT)
        app_act(app, &(struct request){.action = action, .arg = arg});
}

void screen_mouse(struct app *app, const struct key *key)
{
    struct view *v = app->view;
    bool twice = key->kind == KEY_DOUBLE_CLICK;
    if (key->kind == KEY_WHEEL_UP || key->kind == KEY_WHEEL_DOWN) {
        wheel(app, key);
        return;
    }
    const struct hit *h = hit_at(app, key->row, key->column, twice ? HIT_FOLD : HIT_KIND_COUNT);
    if (!h)
        return;
    if (v->ops->clicked && v->ops->clicked(app, v, h))
        return;
    switch (h->kind) {
    case HIT_ROW:
    case HIT_FOLD:
        click_row(app, h, twice);
        break;
    case HIT_ACTION:
        app_act(app, &(struct request){.action = (enum action)h->value});
        break;
    case HIT_BACK:
        app_act(app, &(struct request){.action = ACTION_BACK});
        break;
    case HIT_PANE:
        v->in_pane = true;
        break;
    case HIT_SORT:
    case HIT_KIND_COUNT:
        break;
    }
}
