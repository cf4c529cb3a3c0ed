/* Settings of the server, and search_path among them. */
#include <stdlib.h>

#include "base/arena.h"
#include "catalog/build.h"

static const struct cat_setting *find_setting(const struct catalog *cat, struct str name)
{
    for (const struct cat_setting *s = cat->settings; s; s = s->next)
        if (str_eq(s->name, name))
            return s;
    return NULL;
}

struct str cat_setting_text(const struct catalog *cat, const char *name)
{
    const struct cat_setting *s = find_setting(cat, str_of(name));
    return s ? s->value : (struct str){0};
}

double cat_setting_num(const struct catalog *cat, const char *name, double otherwise)
{
    double v;
    return str_to_double(cat_setting_text(cat, name), &v) ? v : otherwise;
}

void cat_set_setting(struct catalog *cat, struct str name, struct str value, struct str unit)
{
    struct cat_setting **link = &cat->settings;
    while (*link && !str_eq((*link)->name, name))
        link = &(*link)->next;
    if (!*link) {
        *link = arena_alloc(cat->arena, sizeof **link);
        (*link)->name = str_dup(cat->arena, name);
    }
    (*link)->value = str_dup(cat->arena, value);
    (*link)->unit = unit.len ? str_dup(cat->arena, unit) : (struct str){0};
}

static const struct {
    const char *name, *unit;
} known[] = {
#define SETTING(name, unit) {name, unit},
#include "catalog/setting.def"
#undef SETTING
};

/* Bytes of a memory unit; 0 if it is none. */
static double unit_bytes(struct str unit)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"B", 1},         {"kB", 1024},        {"8kB", 8192},
                 {"MB", 1048576.}, {"GB", 1073741824.}, {"TB", 1099511627776.}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_is_nocase(unit, units[i].unit))
            return units[i].bytes;
    return 0;
}

/* "64MB" in a setting counted in kB -> "65536". */
static struct str in_unit(struct arena *a, struct str value, struct str unit)
{
    size_t n = 0;
    while (n < value.len && strchr("0123456789.", value.p[n]))
        n++;
    double number, from = unit_bytes(str_trim(str_sub(value, n, value.len))), to = unit_bytes(unit);
    if (from <= 0 || to <= 0 || !str_to_double(str_sub(value, 0, n), &number))
        return value;
    return str_of(arena_printf(a, "%.0f", number * from / to));
}

void cat_set_setting_written(struct catalog *cat, struct str name, struct str value)
{
    for (size_t i = 0; value.len && i < sizeof known / sizeof *known; i++)
        if (str_is(name, known[i].name)) {
            struct str unit = str_of(known[i].unit);
            cat_set_setting(cat, name, in_unit(cat->arena, value, unit), unit);
        }
}

/* A quoted piece without its quotes ("" inside means "), another one in lower case. */
static struct str unquote(struct arena *a, struct str piece)
{
    char *out = arena_alloc(a, piece.len + 1);
    size_t n = 0;
    bool quoted = piece.len >= 2 && piece.p[0] == '"' && piece.p[piece.len - 1] == '"';
    for (size_t i = quoted; i < piece.len - quoted; i++) {
        char c = piece.p[i];
        if (!quoted && c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        out[n++] = c;
        if (quoted && c == '"')
            i++;
    }
    return (struct str){out, n};
}

const struct str *cat_parse_search_path(struct arena *a, struct str setting, size_t *count)
{
    size_t n;
    const struct str *pieces = cat_split(a, setting, ',', &n);
    struct str *path = arena_calloc(a, n, sizeof *path);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        struct str name = unquote(a, pieces[i]);
        if (name.len && !str_is(name, "$user"))
            path[(*count)++] = name;
    }
    return path;
}
