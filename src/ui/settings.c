/* What the user can set, as a table: for the configuration file, :set and --print-config. */
#include <stddef.h>

#include "base/err.h"
#include "ui/app.h"
#include "ui/outline.h"
#include "ui/theme.h"
#include "ui/tree_screen.h"

enum setting_kind { SETTING_BOOL, SETTING_NOT, SETTING_THEME, SETTING_METRIC, SETTING_PRESET, SETTING_COLUMNS };

static const struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset; /* in struct app_settings */
} settings[] = {
    {"ascii", SETTING_BOOL, offsetof(struct app_settings, ascii)},
    {"plain", SETTING_BOOL, offsetof(struct app_settings, plain)},
    {"mouse", SETTING_BOOL, offsetof(struct app_settings, mouse)},
    {"animate", SETTING_NOT, offsetof(struct app_settings, no_animate)},
    {"tips", SETTING_NOT, offsetof(struct app_settings, hide_tips)},
    {"indent", SETTING_BOOL, offsetof(struct app_settings, full_indent)},
    {"icicle", SETTING_NOT, offsetof(struct app_settings, no_icicle)},
    {"theme", SETTING_THEME, offsetof(struct app_settings, theme)},
    {"bars", SETTING_METRIC, offsetof(struct app_settings, metric)},
    {"keys", SETTING_PRESET, offsetof(struct app_settings, preset)},
    {"columns_narrow", SETTING_COLUMNS, offsetof(struct app_settings, columns[0])},
    {"columns", SETTING_COLUMNS, offsetof(struct app_settings, columns[1])},
    {"columns_wide", SETTING_COLUMNS, offsetof(struct app_settings, columns[2])},
};
enum { SETTING_COUNT = sizeof settings / sizeof settings[0] };

const char *const app_setting_names[] = {"ascii",  "plain",          "mouse",   "animate",
                                         "tips",   "indent",         "icicle",  "theme",
                                         "bars",   "keys",           "columns_narrow",
                                         "columns", "columns_wide", NULL};

void app_settings_init(struct app_settings *s)
{
    *s = (struct app_settings){.mouse = true, .theme = -1};
    bindings_init(&s->bindings);
}

void app_settings_release(struct app_settings *s)
{
    for (int i = 0; i < PROMPT_KIND_COUNT; i++)
        history_release(&s->history[i]);
    bindings_release(&s->bindings);
}

static bool parse_bool(struct str value, bool *out, struct err *err)
{
    bool yes = str_is(value, "on") || str_is(value, "yes") || str_is(value, "true") ||
               str_is(value, "1") || value.len == 0;
    bool no = str_is(value, "off") || str_is(value, "no") || str_is(value, "false") ||
              str_is(value, "0");
    if (!yes && !no)
        return err_set(err, ERR_USAGE, "expected on or off, found '%.*s'", STR_ARG(value));
    *out = yes;
    return true;
}

static bool parse_metric(struct str value, int *out, struct err *err)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (str_is_nocase(value, metric_info[i].name)) {
            *out = i;
            return true;
        }
    }
    err_set(err, ERR_USAGE, "bars cannot show '%.*s'", STR_ARG(value));
    err_hint(err, "one of self, total, rows, est error, buffers, I/O, cost, temp");
    return false;
}

/* "#,self,%,bar,rows"; "default" takes the table's. */
static bool parse_columns(struct str value, unsigned *out, struct err *err)
{
    unsigned columns = 0;
    if (str_is(value, "default") || value.len == 0) {
        *out = 0;
        return true;
    }
    while (value.len) {
        size_t n = 0;
        int c = 0;
        while (n < value.len && value.p[n] != ',')
            n++;
        struct str name = str_trim(str_sub(value, 0, n));
        while (c < TREE_COLUMN_COUNT && !str_is_nocase(name, tree_column_info[c].name))
            c++;
        if (c == TREE_COLUMN_COUNT)
            return err_set(err, ERR_USAGE, "there is no column '%.*s'", STR_ARG(name));
        columns |= 1u << c;
        value = str_sub(value, n + 1, value.len);
    }
    *out = columns;
    return true;
}

static bool parse_theme(struct str value, int *out, struct err *err)
{
    if (theme_find(value, out))
        return true;
    if (str_is(value, "auto")) {
        *out = -1;
        return true;
    }
    err_set(err, ERR_USAGE, "there is no theme '%.*s'", STR_ARG(value));
    err_hint(err, "one of auto, dark, light, mono");
    return false;
}

static bool parse_preset(struct app_settings *s, struct str value, struct err *err)
{
    if (!bindings_preset(&s->bindings, value))
        return err_set(err, ERR_USAGE, "keys can be default or less, not '%.*s'", STR_ARG(value));
    s->preset = str_is(value, "less");
    return true;
}

static bool set(struct app_settings *s, const struct setting *x, struct str value, struct err *err)
{
    void *at = (char *)s + x->offset;
    bool on = false;
    switch (x->kind) {
    case SETTING_BOOL:
    case SETTING_NOT:
        if (!parse_bool(value, &on, err))
            return false;
        *(bool *)at = on != (x->kind == SETTING_NOT);
        return true;
    case SETTING_THEME:
        return parse_theme(value, at, err);
    case SETTING_METRIC:
        return parse_metric(value, at, err);
    case SETTING_PRESET:
        return parse_preset(s, value, err);
    case SETTING_COLUMNS:
        return parse_columns(value, at, err);
    }
    return false;
}

bool app_settings_set(struct app_settings *s, struct str key, struct str value, struct err *err)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (str_is(key, settings[i].name))
            return set(s, &settings[i], value, err);
    err_set(err, ERR_USAGE, "there is nothing to set that is called '%.*s'", STR_ARG(key));
    err_hint(err, "ascii, plain, mouse, animate, tips, indent, icicle, theme, bars, keys, columns");
    return false;
}

static void add_columns(struct buf *out, unsigned columns)
{
    bool first = true;
    for (int c = 0; columns && c < TREE_COLUMN_COUNT; c++) {
        if (!(columns & (1u << c)))
            continue;
        buf_printf(out, "%s%s", first ? "" : ",", tree_column_info[c].name);
        first = false;
    }
    if (!columns)
        buf_adds(out, "default");
}

void app_settings_add_value(struct buf *out, const struct app_settings *s, const char *key)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const void *at = (const char *)s + settings[i].offset;
        if (strcmp(key, settings[i].name) != 0)
            continue;
        switch (settings[i].kind) {
        case SETTING_BOOL:
        case SETTING_NOT:
            buf_adds(out, *(const bool *)at != (settings[i].kind == SETTING_NOT) ? "on" : "off");
            break;
        case SETTING_THEME:
            buf_adds(out, *(const int *)at < 0 ? "auto" : theme_name[*(const int *)at]);
            break;
        case SETTING_METRIC:
            buf_adds(out, metric_info[*(const int *)at].name);
            break;
        case SETTING_PRESET:
            buf_adds(out, *(const bool *)at ? "less" : "default");
            break;
        case SETTING_COLUMNS:
            add_columns(out, *(const unsigned *)at);
            break;
        }
    }
}
