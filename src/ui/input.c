/* From keys to actions: counts, chords, prompts; and what happens while no key is pressed. */
#include <limits.h>

#include "ui/command.h"
#include "ui/job.h"
#include "ui/screen.h"
#include "ui/view.h"

enum { WHICH_KEY_MS = 300 };

static void add_chord(struct buf *b, const uint32_t *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        key_add_name(b, keys[i]);
}

static void unbound(struct app *app, const uint32_t *keys, size_t n)
{
    struct buf b = {0};
    add_chord(&b, keys, n);
    app_say(app, "no action on %s, ? for keys", b.data);
    buf_free(&b);
}

static void cannot(struct app *app, enum action action)
{
    app_say(app, "%s: nothing to do here", action_info[action].name);
}

/* A digit that continues or begins a count. 0 begins none, and where it is bound it is a key. */
static bool take_count(struct app *app, uint32_t code)
{
    if (app->chord_len || code < '0' || code > '9' || (code == '0' && !app->count))
        return false;
    if (app->count < (INT_MAX - 9) / 10)
        app->count = app->count * 10 + (int)(code - '0');
    return true;
}

static void press(struct app *app, uint32_t code)
{
    struct request rq = {.count = app->count};
    if (take_count(app, code))
        return;
    if (app->chord_len == BIND_CHORD)
        app->chord_len = 0;
    app->chord[app->chord_len++] = code;
    enum bind_match match = bindings_match(&app->settings->bindings, app_ctxs(app), app->chord,
                                           app->chord_len, &rq.action, &rq.arg);
    if (match == BIND_PREFIX) {
        app->chord_since = app_now(app);
        return;
    }
    uint32_t keys[BIND_CHORD];
    size_t n = app->chord_len;
    memcpy(keys, app->chord, sizeof keys);
    bool pending = n > 1 || app->count;
    app->chord_len = 0;
    app->count = 0;
    app->which_key = false;
    if (match == BIND_NO_MATCH && !(pending && code == KEY_CODE_ESC))
        unbound(app, keys, n);
    else if (match == BIND_EXACT && pending && code == KEY_CODE_ESC && n == 1)
        return; /* Esc takes back a count */
    else if (match == BIND_EXACT && !app_act(app, &rq))
        cannot(app, rq.action);
}

static void prompt_ends(struct app *app, bool accepted)
{
    struct prompt *p = &app->prompt;
    struct view *v = app->view;
    enum prompt_kind kind = p->kind;
    prompt_close(p);
    if (accepted) {
        if (kind != PROMPT_CONFIRM && kind != PROMPT_EDIT)
            history_add(&app->settings->history[kind], buf_str(&p->text));
        app->prompt_done(app, buf_str(&p->text));
    } else if (kind == PROMPT_SEARCH || kind == PROMPT_SEARCH_BACK) {
        v->ops->go(app, v, v->search.before);
        search_release(&v->search);
    } else if (kind == PROMPT_FILTER) {
        view_set_filter(app, v, buf_str(&app->filter_before));
    }
}

static void type(struct app *app, const struct key *key)
{
    struct prompt *p = &app->prompt;
    bool searching = p->kind == PROMPT_SEARCH || p->kind == PROMPT_SEARCH_BACK;
    app->say = false;
    switch (prompt_key(p, key, &app->settings->history[p->kind])) {
    case PROMPT_EDITED:
        buf_clear(&app->hint);
        if (searching)
            search_key(app, app->view, buf_str(&p->text));
        else if (p->kind == PROMPT_FILTER)
            view_set_filter(app, app->view, buf_str(&p->text));
        break;
    case PROMPT_COMPLETE:
        if (p->kind == PROMPT_COMMAND)
            command_complete(app);
        break;
    case PROMPT_DONE:
    case PROMPT_CANCELLED: {
        buf_clear(&app->hint);
        prompt_ends(app, key->kind == KEY_PRESS &&
                             (key->code == KEY_CODE_ENTER || key->code == '\n'));
        break;
    }
    case PROMPT_GOES_ON:
        break;
    }
}

static void tick(struct app *app)
{
    job_poll(app);
    arrival_poll(app);
    if (app->chord_len && app_now(app) - app->chord_since >= WHICH_KEY_MS)
        app->which_key = true;
    if (app_on_stack(app, &log_view))
        log_poll(app);
    if (app->auto_seconds && app_now(app) >= app->auto_next && !job_what(app))
        screen_auto(app);
}

int app_tick_ms(const struct app *app)
{
    if (app->chord_len && !app->which_key)
        return WHICH_KEY_MS;
    if (app->load.loading)
        return 100;
    if (job_what(app))
        return 250;
    return app->auto_seconds ? 500 : -1;
}

void app_key(struct app *app, const struct key *key)
{
    if (key->kind == KEY_TICK || key->kind == KEY_RESIZED) {
        tick(app);
        return;
    }
    if (app->prompt.kind != PROMPT_NONE && (key->kind == KEY_PRESS || key->kind == KEY_PASTED)) {
        type(app, key);
        return;
    }
    if (key->kind == KEY_PASTED)
        return; /* pasted text is not keys */
    app->say = false;
    if (key->kind == KEY_PRESS)
        press(app, key->code == '\n' ? KEY_CODE_ENTER : key->code);
    else
        screen_mouse(app, key);
}
