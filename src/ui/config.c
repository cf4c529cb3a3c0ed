#include "ui/config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/io.h"
#include "ui/theme.h"

void config_init(struct config *c)
{
    *c = (struct config){.arena = arena_new(0)};
}

void config_release(struct config *c)
{
    arena_free(c->arena);
    buf_free(&c->warnings);
}

bool config_path(struct buf *out, const char *variable, const char *fallback, const char *file)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    buf_clear(out);
    if (base && base[0] == '/')
        buf_printf(out, "%s/pgsift/%s", base, file);
    else if (home && home[0] == '/')
        buf_printf(out, "%s/%s/pgsift/%s", home, fallback, file);
    return out->len > 0;
}

void config_set_origin(struct config *c, const char *key, const char *origin)
{
    for (size_t i = 0; app_setting_names[i] && i < CONFIG_SETTINGS_MAX; i++)
        if (strcmp(app_setting_names[i], key) == 0)
            c->origin[i] = arena_strdup(c->arena, origin);
}

/* The word before the first blank, and what comes after it. */
static struct str first_word(struct str line, struct str *rest)
{
    size_t n = 0;
    while (n < line.len && line.p[n] != ' ' && line.p[n] != '\t')
        n++;
    *rest = str_trim(str_sub(line, n, line.len));
    return str_sub(line, 0, n);
}

static bool set_value(struct config *c, struct app_settings *s, struct str line, const char *origin,
                      struct err *err)
{
    const char *equals = memchr(line.p, '=', line.len);
    if (!equals)
        return err_set(err, ERR_USAGE, "expected key = value, bind or color");
    struct str key = str_trim((struct str){line.p, (size_t)(equals - line.p)});
    struct str value = str_trim(str_sub(line, (size_t)(equals - line.p) + 1, line.len));
    if (!app_settings_set(s, key, value, err))
        return false;
    const char *name = arena_strndup(c->arena, key.p, key.len);
    config_set_origin(c, name, origin);
    if (str_is(key, "theme"))
        c->theme = arena_strndup(c->arena, value.p, value.len);
    return true;
}

static bool read_line(struct config *c, struct app_settings *s, struct str line, const char *origin,
                      struct err *err)
{
    struct str rest, word = first_word(line, &rest);
    if (str_is(word, "bind"))
        return bindings_set_line(&s->bindings, rest, err);
    if (str_is(word, "color") && !memchr(line.p, '=', line.len))
        return theme_set_line(rest, err);
    return set_value(c, s, line, origin, err);
}

void config_read(struct config *c, struct app_settings *s, const char *path, struct str text)
{
    struct str line;
    for (int n = 1; str_line(&text, &line); n++) {
        struct err err = {0};
        char *origin = arena_printf(c->arena, "%s:%d", path, n);
        line = str_trim(line);
        if (line.len == 0 || line.p[0] == '#')
            continue;
        if (!read_line(c, s, line, origin, &err))
            buf_printf(&c->warnings, "%s: %s%s%s\n", origin, err.message,
                       err.hint[0] ? "; " : "", err.hint);
    }
}

static void read_file(struct config *c, struct app_settings *s, const char *path)
{
    struct buf text = {0};
    struct err err = {0};
    if (access(path, F_OK) != 0)
        return;
    if (io_read_all(path, &text, &err))
        config_read(c, s, path, buf_str(&text));
    else
        buf_printf(&c->warnings, "%s: %s\n", path, err.message);
    buf_free(&text);
}

/* The last directory of the list counts least, so it is read first. */
static void read_system(struct config *c, struct app_settings *s)
{
    const char *dirs = getenv("XDG_CONFIG_DIRS");
    struct str list = str_of(dirs && *dirs ? dirs : "/etc/xdg");
    while (list.len) {
        size_t from = list.len;
        while (from > 0 && list.p[from - 1] != ':')
            from--;
        struct str dir = str_sub(list, from, list.len);
        if (dir.len && dir.p[0] == '/')
            read_file(c, s, arena_printf(c->arena, "%.*s/pgsift/config", STR_ARG(dir)));
        list = str_sub(list, 0, from ? from - 1 : 0);
    }
}

void config_load(struct config *c, struct app_settings *s)
{
    struct buf path = {0};
    read_system(c, s);
    if (config_path(&path, "XDG_CONFIG_HOME", ".config", "config"))
        read_file(c, s, path.data);
    buf_free(&path);
}

void config_print(struct buf *out, const struct config *c, const struct app_settings *s)
{
    for (size_t i = 0; app_setting_names[i]; i++) {
        size_t start = out->len;
        buf_printf(out, "%s = ", app_setting_names[i]);
        app_settings_add_value(out, s, app_setting_names[i]);
        size_t width = out->len - start;
        buf_fill(out, ' ', width < 32 ? 32 - width : 1);
        buf_printf(out, "# %s\n", c->origin[i] ? c->origin[i] : "default");
    }
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        struct buf keys = {0};
        bindings_add_keys(&keys, &s->bindings, (enum action)i);
        if (!keys.data || strcmp(keys.data, action_info[i].keys) != 0)
            buf_printf(out, "bind %s %s %s\n", bind_ctx_name[action_info[i].ctx],
                       action_info[i].name, keys.len ? keys.data : "none");
        buf_free(&keys);
    }
}
