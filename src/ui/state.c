/* What is kept from one run to the next. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/io.h"
#include "ui/config.h"

/* Settings that keys change while the viewer runs. */
static const char *const kept[] = {"theme", "bars", "tips", "indent", "icicle", "columns_narrow",
                                   "columns", "columns_wide"};
/* Prompts whose lines are kept: none that holds statements, names of servers or paths. */
static const struct {
    enum prompt_kind kind;
    const char *name;
} histories[] = {{PROMPT_SEARCH, "search"}, {PROMPT_FILTER, "filter"}, {PROMPT_COMMAND, "command"}};
enum { HISTORY_KEPT = 50 };

static void read_history(struct app_settings *s, struct str rest)
{
    for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++) {
        size_t n = strlen(histories[i].name);
        if (str_starts(rest, histories[i].name) && rest.len > n + 1 && rest.p[n] == ' ')
            history_add(&s->history[histories[i].kind], str_sub(rest, n + 1, rest.len));
    }
}

void state_read(struct app_settings *s, struct str text)
{
    struct str line;
    while (str_line(&text, &line)) {
        struct err err = {0};
        const char *equals = memchr(line.p, '=', line.len);
        if (str_starts(line, "history "))
            read_history(s, str_sub(line, 8, line.len));
        else if (equals)
            app_settings_set(s, str_trim((struct str){line.p, (size_t)(equals - line.p)}),
                             str_trim(str_sub(line, (size_t)(equals - line.p) + 1, line.len)),
                             &err);
    }
}

void state_load(struct app_settings *s)
{
    struct buf path = {0}, text = {0};
    struct err err = {0};
    if (config_path(&path, "XDG_STATE_HOME", ".local/state", "state") &&
        access(path.data, F_OK) == 0 && io_read_all(path.data, &text, &err))
        state_read(s, buf_str(&text));
    buf_free(&path);
    buf_free(&text);
}

/* A setting that was not touched is not kept: the configuration file goes on deciding it. */
void state_add(struct buf *out, const struct app_settings *before, const struct app_settings *now)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        struct buf was = {0}, is = {0};
        app_settings_add_value(&was, before, kept[i]);
        app_settings_add_value(&is, now, kept[i]);
        if (!str_eq(buf_str(&was), buf_str(&is)))
            buf_printf(out, "%s = %s\n", kept[i], is.data);
        buf_free(&was);
        buf_free(&is);
    }
    for (size_t i = 0; i < sizeof histories / sizeof histories[0]; i++) {
        const struct history *h = &now->history[histories[i].kind];
        int from = h->count > HISTORY_KEPT ? h->count - HISTORY_KEPT : 0;
        for (int k = from; k < h->count; k++)
            if (!strchr(h->items[k], '\n'))
                buf_printf(out, "history %s %s\n", histories[i].name, h->items[k]);
    }
}

/* The directories above the file, for the user only. */
static void make_directories(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
}

void state_save(const struct app_settings *before, const struct app_settings *now)
{
    struct buf path = {0}, text = {0};
    struct err err = {0};
    struct io_out out;
    state_add(&text, before, now);
    if (text.len && config_path(&path, "XDG_STATE_HOME", ".local/state", "state")) {
        mode_t mask = umask(077);
        make_directories(path.data);
        if (io_out_create(&out, path.data, &err)) {
            buf_addstr(&out.buf, buf_str(&text));
            io_out_close(&out, &err);
        }
        umask(mask);
    }
    buf_free(&path);
    buf_free(&text);
}
