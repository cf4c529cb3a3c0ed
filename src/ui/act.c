/* What is done the same way in every view. */
#include "ui/command.h"
#include "ui/job.h"
#include "ui/screen.h"
#include "ui/view.h"

enum { SECOND_INTERRUPT_MS = 1000 };

void app_open_prompt(struct app *app, enum prompt_kind kind, const char *label, struct str text,
                     void (*done)(struct app *, struct str))
{
    prompt_open(&app->prompt, kind, label, text);
    app->prompt_done = done;
    app->say = false;
}

static void search_done(struct app *app, struct str text)
{
    struct view *v = app->view;
    if (text.len == 0) { /* an empty line repeats the last search */
        search_next(app, v, v->search.backwards, 1);
        return;
    }
    search_set(app, v, text);
    if (!v->search.hit_count)
        app_say(app, "no match for \"%.*s\"", STR_ARG(text));
}

static bool ask_search(struct app *app, bool backwards)
{
    struct view *v = app->view;
    if (!v->ops->haystack)
        return false;
    v->search.before = v->ops->item(app, v);
    v->search.backwards = backwards;
    app_open_prompt(app, backwards ? PROMPT_SEARCH_BACK : PROMPT_SEARCH, backwards ? "\\" : "/",
                    (struct str){0}, search_done);
    return true;
}

static void filter_done(struct app *app, struct str text)
{
    view_set_filter(app, app->view, text);
    if (text.len && app->view->list.count == 0)
        app_say(app, "no row has \"%.*s\"; & and Enter show all again", STR_ARG(text));
}

static bool ask_filter(struct app *app)
{
    if (!app->view->ops->rearrange || !app->view->ops->haystack)
        return false;
    buf_clear(&app->filter_before);
    buf_addstr(&app->filter_before, str_of(app->view->filter));
    app_open_prompt(app, PROMPT_FILTER, "&", str_of(app->view->filter), filter_done);
    return true;
}

static bool next_sort(struct app *app, int by)
{
    struct view *v = app->view;
    int n = 0;
    if (!v->ops->sorts)
        return false;
    while (v->ops->sorts[n])
        n++;
    v->sort = (v->sort + by) % n;
    if (by == 0)
        v->reverse = !v->reverse;
    v->ops->rearrange(app, v);
    app_say(app, "sorted by %s%s", v->ops->sorts[v->sort], v->reverse ? ", reversed" : "");
    return true;
}

static bool scroll_text(struct view *v, const struct request *rq)
{
    int by = (rq->count > 0 ? rq->count : 1) * 8;
    v->scroll += rq->action == ACTION_SCROLL_RIGHT ? by : -by;
    if (v->scroll < 0)
        v->scroll = 0;
    if (v->scroll > 4000)
        v->scroll = 4000;
    return true;
}

static void unsort(struct app *app, struct view *v)
{
    v->sort = 0;
    v->reverse = false;
    v->ops->rearrange(app, v);
}

/* Out of the pane, of the filter, of the screen: whatever is innermost. */
static bool go_back(struct app *app)
{
    struct view *v = app->view;
    if (v->search.needle)
        search_release(&v->search);
    else if (v->zoom || v->in_pane)
        v->zoom = v->in_pane = 0;
    else if (v->filter)
        view_set_filter(app, v, (struct str){0});
    else if (v->sort || v->reverse)
        unsort(app, v);
    else if (v->below)
        app_pop(app);
    else
        app_say(app, "this is the first screen; q quits");
    return true;
}

static void interrupt(struct app *app)
{
    uint64_t now = app_now(app);
    bool twice = app->interrupted && now - app->interrupted < SECOND_INTERRUPT_MS;
    app->interrupted = now;
    if (twice || (!job_what(app) && !app->load.loading)) {
        app_quit(app, 130);
        return;
    }
    job_cancel(app);
    arrival_cancel(app);
    app_say(app, "stopping; Ctrl-C again quits");
}

static bool switch_pane(struct view *v)
{
    if (v->pane_rect.rows <= 0)
        return false;
    v->in_pane = !v->in_pane;
    return true;
}

static bool zoom(struct view *v, int by)
{
    v->zoom += by;
    if (v->zoom > 2)
        v->zoom = 2;
    if (v->zoom < 0)
        v->zoom = 0;
    return true;
}

/* What every view does the same way. */
static bool act_in_view(struct app *app, const struct request *rq)
{
    struct view *v = app->view;
    if (v->in_pane && list_act(&v->pane, rq, true))
        return true;
    if (list_act(&v->list, rq, v->scrolls))
        return true;
    switch (rq->action) {
    case ACTION_SEARCH:
    case ACTION_SEARCH_BACK:
        return ask_search(app, rq->action == ACTION_SEARCH_BACK);
    case ACTION_NEXT_MATCH:
    case ACTION_PREV_MATCH:
        return search_next(app, v, rq->action == ACTION_PREV_MATCH, rq->count);
    case ACTION_FILTER:
        return ask_filter(app);
    case ACTION_SORT:
        return next_sort(app, rq->count > 0 ? rq->count : 1);
    case ACTION_SORT_REV:
        return next_sort(app, 0);
    case ACTION_SCROLL_LEFT:
    case ACTION_SCROLL_RIGHT:
        return scroll_text(v, rq);
    case ACTION_NEXT_PANE:
    case ACTION_PREV_PANE:
        return switch_pane(v);
    case ACTION_ZOOM:
        return zoom(v, 1);
    case ACTION_ZOOM_OUT:
        return zoom(v, -1);
    case ACTION_BACK:
        return go_back(app);
    default:
        return false;
    }
}

static bool act_in_app(struct app *app, const struct request *rq)
{
    const struct ui_host *host = app->host;
    switch (rq->action) {
    case ACTION_QUIT:
        app_quit(app, 0);
        return true;
    case ACTION_CANCEL:
        interrupt(app);
        return true;
    case ACTION_SUSPEND:
        host->suspend(host->self);
        return true;
    case ACTION_REDRAW:
        host->redraw(host->self);
        return true;
    case ACTION_PALETTE:
        command_ask(app);
        return true;
    default:
        return screen_act(app, rq);
    }
}

bool app_act(struct app *app, const struct request *rq)
{
    struct view *v = app->view;
    if (v->ops->act && v->ops->act(app, v, rq))
        return true;
    return act_in_view(app, rq) || act_in_app(app, rq);
}
