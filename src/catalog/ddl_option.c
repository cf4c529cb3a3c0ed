/* Storage parameters: lists of DefElem. */
#include <math.h>

#include "base/arena.h"
#include "catalog/ddl_state.h"

/* A value as the server keeps it: a number as written, a word, a name. */
static struct str value_of(struct ddl *d, const struct json *arg)
{
    const struct json *integer = json_get(arg, "Integer");
    if (!arg)
        return STR("true");
    if (integer)
        return str_of(arena_printf(d->cat->arena, "%.0f", json_num(integer, "ival", 0)));
    if (json_get(arg, "Float"))
        return json_str(json_get(arg, "Float"), "fval");
    struct str word = cat_ddl_string(arg);
    return word.len ? word : cat_ddl_last_name(json_path(arg, "TypeName", "names", NULL));
}

double cat_ddl_option(const struct json *options, const char *name)
{
    for (const struct json *e = json_first(options); e; e = e->next) {
        const struct json *def = json_get(e, "DefElem"), *arg = json_get(def, "arg");
        double v;
        if (!str_is(json_str(def, "defname"), name) || json_str(def, "defnamespace").len)
            continue;
        if (json_get(arg, "Integer"))
            return json_num(json_get(arg, "Integer"), "ival", 0);
        struct str text = json_str(json_get(arg, "Float"), "fval");
        if (str_to_double(text.len ? text : cat_ddl_string(arg), &v))
            return v;
    }
    return NAN;
}

static bool is_named(struct str option, struct str name)
{
    return option.len > name.len && option.p[name.len] == '=' &&
           str_eq(str_sub(option, 0, name.len), name);
}

/* The index's options without those that the list names; room for `more` is left. */
static struct str *without(struct ddl *d, const struct cat_index *ix, const struct json *list,
                           size_t *count)
{
    size_t room = ix->option_count + (list ? list->count : 0);
    struct str *kept = arena_calloc(d->cat->arena, room, sizeof *kept);
    *count = 0;
    for (size_t i = 0; i < ix->option_count; i++) {
        bool named = false;
        for (const struct json *e = json_first(list); e; e = e->next)
            named |= is_named(ix->options[i], json_str(json_get(e, "DefElem"), "defname"));
        if (!named)
            kept[(*count)++] = ix->options[i];
    }
    return kept;
}

void cat_ddl_index_options(struct ddl *d, struct cat_index *ix, const struct json *options)
{
    size_t count;
    struct str *all = without(d, ix, options, &count);
    for (const struct json *e = json_first(options); e; e = e->next) {
        const struct json *def = json_get(e, "DefElem");
        struct str name = json_str(def, "defname"), value = value_of(d, json_get(def, "arg"));
        all[count++] =
            str_of(arena_printf(d->cat->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
    }
    cat_set_options(ix, all, count);
}

void cat_ddl_reset_index_options(struct ddl *d, struct cat_index *ix, const struct json *options)
{
    size_t count;
    struct str *kept = without(d, ix, options, &count);
    cat_set_options(ix, kept, count);
}
