#include "ui/theme.h"

#include "base/err.h"

const char *const theme_name[THEME_COUNT] = {"dark", "light", "mono"};

static const struct role_look {
    const char *name;
    int dark, light, ansi;
    unsigned attrs;
} looks[ROLE_COUNT] = {
#define ROLE(id, name, dark, light, ansi, attrs) [ROLE_##id] = {name, dark, light, ansi, attrs},
#include "ui/theme.def"
#undef ROLE
};

/* What `color` lines of the configuration changed. */
static struct {
    bool set;
    struct look look;
} changed[ROLE_COUNT];

bool theme_find(struct str name, int *theme)
{
    for (int i = 0; i < THEME_COUNT; i++) {
        if (str_is(name, theme_name[i])) {
            *theme = i;
            return true;
        }
    }
    return false;
}

struct look theme_look(enum theme theme, enum role role, int colors)
{
    const struct role_look *l = &looks[role];
    struct look look = {.color = -1, .attrs = l->attrs};
    if (colors < 8 || theme == THEME_MONO)
        return look;
    if (changed[role].set && changed[role].look.color < colors)
        return changed[role].look;
    look.color = colors < 256 ? l->ansi : theme == THEME_LIGHT ? l->light : l->dark;
    return look;
}

static bool next_word(struct str *rest, struct str *word)
{
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
        n++;
    *word = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->len);
    return n > 0;
}

static bool add_attr(struct look *look, struct str word)
{
    if (str_is(word, "bold"))
        look->attrs |= STYLE_BOLD;
    else if (str_is(word, "underline"))
        look->attrs |= STYLE_UNDERLINE;
    else if (str_is(word, "reverse"))
        look->attrs |= STYLE_REVERSE;
    else
        return false;
    return true;
}

bool theme_set_line(struct str line, struct err *err)
{
    struct str rest = line, word;
    long long color;
    int role = 0;
    next_word(&rest, &word);
    while (role < ROLE_COUNT && !str_is(word, looks[role].name))
        role++;
    if (role == ROLE_COUNT)
        return err_set(err, ERR_USAGE, "'%.*s' is nothing that has a colour", STR_ARG(word));
    if (!next_word(&rest, &word) || !str_to_int64(word, &color) || color < -1 || color > 255)
        return err_set(err, ERR_USAGE, "expected a colour number from -1 (the terminal's own) to 255");
    struct look look = {.color = (int)color};
    while (next_word(&rest, &word))
        if (!add_attr(&look, word))
            return err_set(err, ERR_USAGE, "'%.*s' is none of bold, underline, reverse", STR_ARG(word));
    changed[role].set = true;
    changed[role].look = look;
    return true;
}
