#include "catalog/type.h"

#include <stdlib.h>

#include "base/arena.h"

#define TYPE(typname, spelling, typoid, cat, length, alignment, coll)                              \
    {.name = {typname, sizeof typname - 1},                                                        \
     .sql = {spelling, sizeof spelling - 1},                                                       \
     .oid = (typoid),                                                                              \
     .category = (cat),                                                                            \
     .len = (length),                                                                              \
     .align = (alignment),                                                                         \
     .collatable = (coll)},

static const struct cat_type types[] = {
#include "catalog/type.def"
};

static const struct cat_type extension_types[] = {
#include "catalog/type_ext.def"
};

enum {
    TYPE_COUNT = sizeof types / sizeof *types,
    EXTENSION_COUNT = sizeof extension_types / sizeof *extension_types
};

const struct cat_type *cat_type_named(struct str typname)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq(types[i].name, typname))
            return &types[i];
    return NULL;
}

const struct cat_type *cat_type_spelled(struct str sql_name)
{
    if (str_is(sql_name, "bpchar"))
        return cat_type_named(sql_name);
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq(types[i].sql, sql_name))
            return &types[i];
    return NULL;
}

const struct cat_type *cat_type_of_oid(uint32_t oid)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (types[i].oid == oid)
            return &types[i];
    return NULL;
}

const struct cat_type *cat_extension_type(struct str typname)
{
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        if (str_eq(extension_types[i].name, typname))
            return &extension_types[i];
    return NULL;
}

/* The modifier of an interval is also words: "interval day to second(3)". */
static struct str without_interval_fields(struct str s)
{
    if (!str_starts(s, "interval "))
        return s;
    ptrdiff_t bracket = str_find(s, "[");
    return bracket < 0 ? STR("interval") : s;
}

struct str cat_type_without_modifier(struct arena *a, struct str sql_name)
{
    char *out = arena_alloc(a, sql_name.len + 1);
    size_t n = 0;
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < sql_name.len; i++) {
        char c = sql_name.p[i];
        quoted ^= c == '"';
        depth += !quoted && c == '(';
        if (depth == 0)
            out[n++] = c;
        depth -= !quoted && c == ')';
    }
    struct str bare = without_interval_fields((struct str){out, n});
    if (str_is(bare, "bpchar"))
        return STR("character");
    return str_is(bare, "\"bit\"") ? STR("bit") : bare;
}

int cat_type_modifier(struct str sql_name)
{
    ptrdiff_t open = str_find(sql_name, "(");
    if (open < 0 || sql_name.p[0] == '"')
        return -1;
    struct str rest = str_sub(sql_name, (size_t)open + 1, sql_name.len);
    size_t n = 0;
    while (n < rest.len && rest.p[n] >= '0' && rest.p[n] <= '9')
        n++;
    long long v;
    return str_to_int64(str_sub(rest, 0, n), &v) && v < 1 << 30 ? (int)v : -1;
}
