/* Running the query again, on a server. */
#include <stdlib.h>

#include "base/arena.h"
#include "ui/job.h"
#include "ui/screen.h"

struct run {
    size_t plan;
    bool analyze, automatic;
    bool good;
    struct err err;
};

static void run(struct app *app, void *arg)
{
    struct run *r = arg;
    struct ui_source *s = app->source;
    r->good = s->ops->execute(s->self, r->plan, r->analyze, &r->err);
}

static void done(struct app *app, void *arg)
{
    struct run *r = arg;
    if (!r->good) {
        app->auto_seconds = 0;
        app_say(app, "%s%s%s", r->err.message, r->err.hint[0] ? "; " : "", r->err.hint);
        return;
    }
    app_reload(app);
    if (!r->automatic)
        app_say(app, r->analyze ? "executed" : "planned");
}

static bool cannot(struct app *app, enum ui_can can)
{
    const struct ui_source_ops *ops = app->source->ops;
    const char *why = ops->unavailable ? ops->unavailable(app->source->self, can) : NULL;
    app_say(app, "%s", why ? why : "not connected: pgsift -d DATABASE -c SQL runs a query");
    return true;
}

static void start(struct app *app, bool analyze, bool automatic)
{
    struct run *r = xcalloc(1, sizeof *r);
    *r = (struct run){.plan = app->at, .analyze = analyze, .automatic = automatic};
    app->analyzed |= analyze;
    if (!job_start(app, analyze ? "executing" : "planning", run, done, r))
        app_say(app, "%s is still running; Ctrl-C stops it", job_what(app));
}

static void confirmed(struct app *app, struct str text)
{
    if (str_is_nocase(text, "y") || str_is_nocase(text, "yes")) {
        app->may_execute = true;
        start(app, true, false);
    } else {
        app_say(app, "not executed");
    }
}

/* Asked once: then the user has said that this query may run. */
static bool analyze(struct app *app)
{
    if (!app->source->ops->execute)
        return cannot(app, UI_CAN_ANALYZE);
    if (app->may_execute)
        start(app, true, false);
    else
        app_open_prompt(app, PROMPT_CONFIRM,
                        app->source->read_only
                            ? "this executes the query (read-only, rolled back). Run it? y/n "
                            : "this executes the query and its writes, then rolls back. y/n ",
                        (struct str){0}, confirmed);
    return true;
}

static void interval_given(struct app *app, struct str text)
{
    double seconds;
    if (!str_to_double(str_trim(text), &seconds) || seconds < 0 || seconds > 86400) {
        app_say(app, "expected seconds, 0 to stop");
        return;
    }
    app->auto_seconds = (int)seconds;
    app->auto_next = app_now(app) + (uint64_t)app->auto_seconds * 1000;
    if (app->auto_seconds)
        app_say(app, "runs again every %d s; A and 0 stops", app->auto_seconds);
    else
        app_say(app, "runs on its own no more");
}

void screen_auto(struct app *app)
{
    app->auto_next = app_now(app) + (uint64_t)app->auto_seconds * 1000;
    start(app, app->analyzed, true);
}

bool live_act(struct app *app, const struct request *rq)
{
    switch (rq->action) {
    case ACTION_EXECUTE:
        if (!app->source->ops->execute)
            return cannot(app, UI_CAN_EXECUTE);
        start(app, false, false);
        return true;
    case ACTION_ANALYZE:
        return analyze(app);
    case ACTION_AUTO:
        if (!app->source->ops->execute)
            return cannot(app, UI_CAN_EXECUTE);
        app_open_prompt(app, PROMPT_INTERVAL, "run again every (seconds): ", (struct str){0},
                        interval_given);
        return true;
    case ACTION_CONNECT:
        app_goto(app, &connection_view);
        return true;
    default:
        return false;
    }
}
