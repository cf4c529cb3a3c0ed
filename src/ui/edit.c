#include "ui/edit.h"

#include <stdlib.h>

#include "base/arena.h"
#include "ui/job.h"
#include "ui/view.h"
#include "ui/words.h"

struct edit {
    size_t plan, index;
    bool good;
    struct err err;
    size_t len;
    char ddl[];
};

static void run(struct app *app, void *arg)
{
    struct edit *e = arg;
    struct ui_source *s = app->source;
    e->good = s->ops->edit(s->self, e->plan, e->index, (struct str){e->ddl, e->len}, &e->err);
}

static void done(struct app *app, void *arg)
{
    struct edit *e = arg;
    if (e->good) {
        app_reload(app);
        app_say(app, "candidate changed; nothing was created on the server");
    } else {
        app_say(app, "%s%s%s", e->err.message, e->err.hint[0] ? "; " : "", e->err.hint);
    }
}

static void start(struct app *app, size_t index, struct str ddl)
{
    struct edit *e = xcalloc(1, sizeof *e + ddl.len + 1);
    e->plan = app->at;
    e->index = index;
    e->len = ddl.len;
    memcpy(e->ddl, ddl.p, ddl.len);
    if (!job_start(app, "planning", run, done, e))
        app_say(app, "%s is still running; Ctrl-C stops it", job_what(app));
}

/* Which candidate is being edited while the prompt is open. */
static void edited(struct app *app, struct str text)
{
    text = str_trim(text);
    if (text.len)
        start(app, app->edit_index, text);
}

static bool can_edit(struct app *app)
{
    if (app->source->ops->edit && app_here(app))
        return true;
    const char *why = app->source->ops->unavailable
                          ? app->source->ops->unavailable(app->source->self, UI_CAN_EDIT)
                          : NULL;
    app_say(app, "%s", why ? why : "candidates cannot be changed here");
    return false;
}

/* Typing goes on inside the statement. */
static struct str without_end(struct str s)
{
    s = str_trim(s);
    return s.len && s.p[s.len - 1] == ';' ? str_sub(s, 0, s.len - 1) : s;
}

bool edit_ask(struct app *app, int item)
{
    if (!can_edit(app))
        return true;
    const struct ui_plan *p = app_here(app)->plan;
    bool is_new = item < 0 || (size_t)item >= p->index_count;
    struct buf ddl = {0};
    app->edit_index = is_new ? p->index_count : (size_t)item;
    words_add_one_line(&ddl, str_of(is_new ? "CREATE INDEX ON " : p->indexes[item].ddl), 4000);
    struct str text = is_new ? buf_str(&ddl) : without_end(buf_str(&ddl));
    app_open_prompt(app, PROMPT_EDIT, "index: ", text, edited);
    buf_free(&ddl);
    return true;
}

void edit_add(struct app *app, struct str ddl)
{
    if (can_edit(app))
        start(app, app_here(app)->plan->index_count, ddl);
}
