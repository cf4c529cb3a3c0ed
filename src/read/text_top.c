/* What EXPLAIN prints beside the tree: planning, JIT, triggers, settings, serialization, times. */
#include "read/text_impl.h"

#include <ctype.h>

#include "plan/build.h"

static const struct {
    const char *text; /* as printed, whatever the version */
    const char *json;
} top_keys[] = {
    {"Planning", "Planning"},
    {"Planning Time", "Planning Time"},
    {"Planning time", "Planning Time"},
    {"Execution Time", "Execution Time"},
    {"Execution time", "Execution Time"},
    {"Total runtime", "Total Runtime"},
    {"Total Runtime", "Total Runtime"},
    {"Settings", "Settings"},
    {"Query Identifier", "Query Identifier"},
    {"Query Text", "Query Text"},
    {"Query Parameters", "Query Parameters"},
    {"JIT", "JIT"},
    {"Serialization", "Serialization"},
};

static const char *json_key(struct str key)
{
    for (size_t i = 0; i < sizeof top_keys / sizeof top_keys[0]; i++)
        if (str_is(key, top_keys[i].text))
            return top_keys[i].json;
    return NULL;
}

bool text_is_top_key(struct str key)
{
    return json_key(key) != NULL;
}

bool text_is_jit_key(struct str key)
{
    static const char *const keys[] = {"Functions",       "Options",       "Timing",
                                       "Generation Time", "Inlining",      "Inlining Time",
                                       "Optimization",    "Emission Time", "Optimization Time"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_is(key, keys[i]))
            return true;
    return false;
}

static bool detail_at(const struct text_emit *e, size_t at, struct str *key, struct str *value)
{
    return at < e->p->line_count && e->p->lines[at].kind == TEXT_DETAIL &&
           text_key(e->p->lines[at].body, key, value);
}

/* ---- planning and serialization ---- */

static size_t read_counters(struct text_emit *e, size_t at)
{
    struct str key, value;
    size_t i = at;
    bool buffers = false;
    memset(e->seen, 0, sizeof e->seen);
    for (; detail_at(e, i, &key, &value) && text_counters(e, key, value); i++)
        buffers |= str_is(key, "Buffers");
    if (buffers && !e->p->elided)
        text_fill_buffers(e);
    return i - at;
}

static size_t read_planning(struct text_emit *e, size_t at)
{
    build_open(e->b, STR("Planning"), BUILD_OBJECT, (int)e->p->lines[at].line);
    size_t n = 1 + read_counters(e, at + 1);
    build_close(e->b);
    return n;
}

static struct str last_word(struct str s)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.p[i - 1] == ' ')
            return str_sub(s, i, s.len);
    return s;
}

/* "time=0.008 ms  output=1kB  format=text" */
static size_t read_serialization(struct text_emit *e, size_t at, struct str s)
{
    struct str name, value;
    build_open(e->b, STR("Serialization"), BUILD_OBJECT, (int)e->p->lines[at].line);
    while (text_next_pair(&s, &name, &value)) {
        name = last_word(name);
        if (str_is(name, "time"))
            text_put_num(e, PROP_TIME, text_digits(value));
        else if (str_is(name, "output"))
            text_put_num(e, PROP_OUTPUT_VOLUME, text_digits(value));
        else if (str_is(name, "format"))
            text_put_text(e, PROP_FORMAT, value);
    }
    size_t n = 1 + read_counters(e, at + 1);
    build_close(e->b);
    return n;
}

/* ---- JIT ---- */

static void put_number(struct text_emit *e, struct str key, struct str digits)
{
    build_raw(e->b, digits);
    build_scalar(e->b, key, VALUE_NUMBER, digits);
}

static void put_number_or_flag(struct text_emit *e, struct str key, struct str digits,
                               struct str value)
{
    if (digits.len)
        put_number(e, key, digits);
    else
        build_scalar(e->b, key, VALUE_BOOL, value);
}

/* "Inlining true, Optimization false, ..." and "Inlining 0.1 ms, ...": name and value by blank. */
static void read_jit_items(struct text_emit *e, const char *group, struct str s)
{
    struct str item;
    build_open(e->b, str_of(group), BUILD_OBJECT, 0);
    while (text_next_item(&s, &item)) {
        const char *blank = memchr(item.p, ' ', item.len);
        if (!blank)
            continue;
        struct str name = str_sub(item, 0, (size_t)(blank - item.p));
        struct str value = str_trim(str_sub(item, name.len, item.len));
        ptrdiff_t deform = str_find(value, "(Deform ");
        struct str digits = text_digits(value);
        if (deform >= 0) { /* "Generation 0.343 ms (Deform 0.1 ms)" */
            struct str part = text_digits(str_sub(value, (size_t)deform + 8, value.len));
            build_open(e->b, name, BUILD_OBJECT, 0);
            put_number(e, STR("Deform"), part);
            put_number(e, STR("Total"), digits);
            build_close(e->b);
        } else {
            put_number_or_flag(e, name, digits, value);
        }
    }
    build_close(e->b);
}

size_t text_jit(struct text_emit *e, size_t at)
{
    struct str key, value;
    size_t i = at + 1;
    build_open(e->b, STR("JIT"), BUILD_OBJECT, (int)e->p->lines[at].line);
    for (; detail_at(e, i, &key, &value) && text_is_jit_key(key); i++) {
        struct str digits = text_digits(value);
        if (str_is(key, "Options") || str_is(key, "Timing"))
            read_jit_items(e, str_is(key, "Options") ? "Options" : "Timing", value);
        else
            put_number_or_flag(e, key, digits, value);
    }
    build_close(e->b);
    return i - at;
}

/* ---- triggers ---- */

bool text_is_trigger(struct str body)
{
    return str_starts(body, "Trigger ") &&
           (str_find(body, ": time=") > 0 || str_find(body, ": calls=") > 0);
}

/* The last occurrence of needle, or -1. */
static ptrdiff_t find_last(struct str s, const char *needle)
{
    ptrdiff_t found = -1, at;
    while ((at = str_find(str_sub(s, (size_t)(found + 1), s.len), needle)) >= 0)
        found += at + 1;
    return found;
}

static void put_string(struct text_emit *e, const char *key, struct str value)
{
    if (value.len)
        build_scalar(e->b, str_of(key), VALUE_STRING, value);
}

/* "[NAME ][for constraint NAME][ on RELATION]" */
static void read_trigger_names(struct text_emit *e, struct str s)
{
    static const char mark[] = "for constraint ";
    ptrdiff_t on = find_last(s, " on "), at = str_find(s, mark);
    struct str relation = {0};
    if (on >= 0) {
        relation = str_sub(s, (size_t)on + 4, s.len);
        s = str_sub(s, 0, (size_t)on);
    }
    if (at >= 0) {
        put_string(e, "Trigger Name", str_trim(str_sub(s, 0, (size_t)at)));
        put_string(e, "Constraint Name", str_sub(s, (size_t)at + sizeof mark - 1, s.len));
    } else {
        put_string(e, "Trigger Name", s);
    }
    put_string(e, "Relation", relation);
}

static size_t read_trigger(struct text_emit *e, size_t at)
{
    struct str s = e->p->lines[at].body, name, value;
    ptrdiff_t figures = find_last(s, ": time=");
    if (figures < 0)
        figures = find_last(s, ": calls=");
    build_open(e->b, STR("Triggers"), BUILD_LIST, (int)e->p->lines[at].line);
    build_open(e->b, (struct str){0}, BUILD_OBJECT, (int)e->p->lines[at].line);
    read_trigger_names(e, str_sub(s, 8, (size_t)figures));
    s = str_sub(s, (size_t)figures + 2, s.len);
    while (text_next_pair(&s, &name, &value))
        put_number(e, str_is(name, "time") ? STR("Time") : STR("Calls"), text_digits(value));
    build_close(e->b);
    build_close(e->b);
    return 1;
}

/* ---- settings ---- */

/* Does "name = '" begin here? */
static bool starts_setting(struct str s)
{
    size_t i = 0;
    while (i < s.len && (isalnum((unsigned char)s.p[i]) || s.p[i] == '_' || s.p[i] == '.'))
        i++;
    return i > 0 && str_starts(str_sub(s, i, s.len), " = '");
}

/* Values are not escaped: one ends where "', name = '" or the end follows. */
static size_t setting_end(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] != '\'')
            continue;
        struct str rest = str_sub(s, i + 1, s.len);
        if (rest.len == 0 || (str_starts(rest, ", ") && starts_setting(str_sub(rest, 2, rest.len))))
            return i;
    }
    return s.len;
}

static size_t read_settings(struct text_emit *e, size_t at, struct str s)
{
    build_open(e->b, STR("Settings"), BUILD_OBJECT, (int)e->p->lines[at].line);
    for (ptrdiff_t eq; (eq = str_find(s, " = '")) > 0;) {
        struct str name = str_trim(str_sub(s, 0, (size_t)eq));
        s = str_sub(s, (size_t)eq + 4, s.len);
        size_t end = setting_end(s);
        build_scalar(e->b, name, VALUE_STRING, str_sub(s, 0, end));
        s = str_sub(s, end + 3, s.len);
    }
    build_close(e->b);
    return 1;
}

/* ---- all of them ---- */

/* "0.104 ms" and identifiers are numbers, other statement properties text. */
static void read_scalar(struct text_emit *e, const char *key, struct str value)
{
    struct str digits = text_digits(value);
    bool number = digits.len && !str_starts(str_of(key), "Query ");
    build_raw(e->b, number ? digits : value);
    build_scalar(e->b, str_of(key), number ? VALUE_NUMBER : VALUE_STRING, number ? digits : value);
}

size_t text_top(struct text_emit *e, size_t at)
{
    const struct text_line *line = &e->p->lines[at];
    struct str key, value;
    e->in_group = true;
    e->node = NULL;
    if (text_is_trigger(line->body))
        return read_trigger(e, at);
    if (!text_key(line->body, &key, &value)) {
        build_scalar(e->b, STR("Detail"), VALUE_STRING, line->body);
        return 1;
    }
    const char *known = json_key(key);
    if (str_is(key, "Planning"))
        return read_planning(e, at);
    if (str_is(key, "Serialization"))
        return read_serialization(e, at, value);
    if (str_is(key, "JIT"))
        return text_jit(e, at);
    if (str_is(key, "Settings"))
        return read_settings(e, at, value);
    if (!known && value.len == 0)
        return text_group(e, at, key);
    if (known)
        read_scalar(e, known, value);
    else
        build_scalar(e->b, key, VALUE_STRING, value);
    return 1;
}
