#include "ui/command.h"

#include <limits.h>
#include <stdlib.h>

#include "base/arena.h"
#include "ui/edit.h"
#include "ui/screen.h"

static bool next_word(struct str *rest, struct str *word)
{
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->p[n] != ' ')
        n++;
    *word = str_sub(*rest, 0, n);
    *rest = str_trim(str_sub(*rest, n, rest->len));
    return n > 0;
}

static void tell(struct app *app, const struct err *err)
{
    app_say(app, "%s%s%s", err->message, err->hint[0] ? "; " : "", err->hint);
}

/* :set key=value, :set key value; :set alone tells what there is. */
static void set(struct app *app, struct str rest)
{
    struct err err = {0};
    size_t n = 0;
    while (n < rest.len && rest.p[n] != '=' && rest.p[n] != ' ')
        n++;
    struct str key = str_trim(str_sub(rest, 0, n)), value = {0};
    if (n < rest.len)
        value = str_trim(str_sub(rest, n + 1, rest.len));
    if (!app_settings_set(app->settings, key, value, &err)) {
        tell(app, &err);
        return;
    }
    app->host->set_theme(app->host->self, app->settings->theme);
    app->host->set_mouse(app->host->self, app->settings->mouse);
    app_say(app, "%.*s = %.*s", STR_ARG(key), STR_ARG(value));
}

static void bind(struct app *app, struct str rest)
{
    struct err err = {0};
    if (bindings_set_line(&app->settings->bindings, rest, &err))
        app_say(app, "bound");
    else
        tell(app, &err);
}

static void open_file(struct app *app, struct str rest)
{
    struct err err = {0};
    if (!app->source->ops->open) {
        app_say(app, "files cannot be opened here");
        return;
    }
    if (!app->source->ops->open(app->source->self, rest, &err)) {
        app_say(app, "%.*s: %s%s%s", STR_ARG(rest), err.message, err.hint[0] ? "; " : "", err.hint);
        return;
    }
    app->at = 0;
    app_reload(app);
    app_goto(app, &tree_view);
}

static void connect(struct app *app, struct str rest)
{
    struct err err = {0};
    if (!app->source->ops->connect)
        app_say(app, "not connected: start with pgsift -d DATABASE");
    else if (!app->source->ops->connect(app->source->self, rest, &err))
        tell(app, &err);
}

/* Commands that are no actions. */
static const struct {
    const char *name;
    void (*run)(struct app *, struct str);
    const char *help;
} commands[] = {
    {"set", set, "key=value"},
    {"bind", bind, "context action keys"},
    {"open", open_file, "FILE"},
    {"index", edit_add, "CREATE INDEX ...: try another candidate"},
    {"service", connect, "NAME: connect to another server"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void run(struct app *app, struct str line)
{
    struct str rest = line, word;
    long long number;
    if (!next_word(&rest, &word))
        return;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (str_is(word, commands[i].name)) {
            commands[i].run(app, rest);
            return;
        }
    }
    struct request rq = {.action = action_find(word)};
    if (str_to_int64(word, &number) && number > 0)
        rq = (struct request){.action = ACTION_BOTTOM, .count = number < INT_MAX ? (int)number : INT_MAX};
    else if (str_to_int64(rest, &number) && number > 0 && number < INT_MAX)
        rq.arg = rq.count = (int)number;
    if (rq.action == ACTION_NONE)
        app_say(app, "there is no command \"%.*s\"; Tab shows all", STR_ARG(word));
    else if (rq.action == ACTION_DEPTH && !rq.arg)
        app_say(app, "depth N");
    else if (!app_act(app, &rq))
        app_say(app, "%s: nothing to do here", action_info[rq.action].name);
}

void command_ask(struct app *app)
{
    app_open_prompt(app, PROMPT_COMMAND, ":", (struct str){0}, run);
}

/* Words that may stand where the cursor is. */
static const char *candidate(struct str before, size_t i)
{
    if (str_starts(before, "set "))
        return app_setting_names[i];
    if (i < COMMAND_COUNT)
        return commands[i].name;
    i -= COMMAND_COUNT;
    return i + 1 < ACTION_COUNT ? action_info[i + 1].name : NULL;
}

static size_t common(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

/* Complete as far as all candidates agree, and show them. */
void command_complete(struct app *app)
{
    struct prompt *p = &app->prompt;
    struct str text = buf_str(&p->text);
    size_t from = str_starts(text, "set ") ? 4 : 0, matches = 0, agreed = 0;
    struct str word = str_sub(text, from, text.len);
    const char *first = NULL;
    if (memchr(word.p ? word.p : "", ' ', word.len))
        return;
    buf_clear(&app->hint);
    for (size_t i = 0;; i++) {
        const char *name = candidate(text, i);
        if (!name)
            break;
        if (strncmp(name, word.p ? word.p : "", word.len) != 0)
            continue;
        agreed = first ? (common(first, name) < agreed ? common(first, name) : agreed) : strlen(name);
        first = first ? first : name;
        matches++;
        buf_printf(&app->hint, "%s%s", app->hint.len ? "  " : "", name);
    }
    if (!first)
        return;
    struct buf done = {0};
    buf_addstr(&done, str_sub(text, 0, from));
    buf_add(&done, first, agreed);
    if (matches == 1)
        buf_addc(&done, from ? '=' : ' ');
    prompt_set(p, buf_str(&done));
    buf_free(&done);
}
