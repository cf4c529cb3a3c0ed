#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

static struct json *copy_value(struct arena *a, const cJSON *c)
{
    struct json *v = arena_alloc(a, sizeof *v);
    if (c->string)
        v->key = str_dup(a, str_of(c->string));
    if (cJSON_IsBool(c)) {
        v->kind = JSON_BOOL;
        v->boolean = cJSON_IsTrue(c);
    } else if (cJSON_IsNumber(c)) {
        v->kind = JSON_NUMBER;
        v->number = c->valuedouble;
    } else if (cJSON_IsString(c)) {
        v->kind = JSON_STRING;
        v->text = str_dup(a, str_of(c->valuestring));
    } else if (cJSON_IsArray(c)) {
        v->kind = JSON_ARRAY;
    } else if (cJSON_IsObject(c)) {
        v->kind = JSON_OBJECT;
    }
    return v;
}

/* Depth is bounded by cJSON's own nesting limit, so recursion is safe here. */
static struct json *copy_tree(struct arena *a, const cJSON *c)
{
    struct json *v = copy_value(a, c);
    struct json **tail = &v->child;
    for (const cJSON *e = c->child; e; e = e->next) {
        *tail = copy_tree(a, e);
        tail = &(*tail)->next;
        v->count++;
    }
    return v;
}

struct json *json_parse(struct arena *a, struct str text, struct err *err)
{
    const char *end = NULL;
    cJSON *doc = cJSON_ParseWithLengthOpts(text.p, text.len, &end, false);
    struct str rest = {0};
    if (doc)
        rest = str_trim((struct str){end, (size_t)(text.p + text.len - end)});
    if (!doc || rest.len) {
        const char *at = doc ? rest.p : end ? end : text.p;
        cJSON_Delete(doc);
        err_at(err, ERR_SYNTAX, text.p, text.len, (size_t)(at - text.p), "%s",
               rest.len ? "expected the end of the document" : "expected valid JSON");
        return NULL;
    }
    struct json *v = copy_tree(a, doc);
    cJSON_Delete(doc);
    return v;
}

const struct json *json_get(const struct json *v, const char *key)
{
    if (!v || v->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *m = v->child; m; m = m->next)
        if (str_is(m->key, key))
            return m;
    return NULL;
}

const struct json *json_path(const struct json *v, ...)
{
    va_list ap;
    va_start(ap, v);
    for (const char *key; v && (key = va_arg(ap, const char *));)
        v = json_get(v, key);
    va_end(ap);
    return v;
}

const struct json *json_first(const struct json *v)
{
    return v ? v->child : NULL;
}

struct str json_str(const struct json *v, const char *key)
{
    const struct json *m = json_get(v, key);
    return m && m->kind == JSON_STRING ? m->text : (struct str){0};
}

double json_num(const struct json *v, const char *key, double otherwise)
{
    const struct json *m = json_get(v, key);
    return m && m->kind == JSON_NUMBER ? m->number : otherwise;
}

bool json_bool(const struct json *v, const char *key, bool otherwise)
{
    const struct json *m = json_get(v, key);
    return m && m->kind == JSON_BOOL ? m->boolean : otherwise;
}

void json_writer_init(struct json_writer *w, struct buf *out, bool pretty)
{
    *w = (struct json_writer){.out = out, .pretty = pretty, .first = true};
}

static void new_line(struct json_writer *w)
{
    if (!w->pretty)
        return;
    buf_addc(w->out, '\n');
    buf_fill(w->out, ' ', (size_t)w->depth * 2);
}

/* What stands between the previous token and the next value or key. */
static void separate(struct json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (!w->first)
        buf_addc(w->out, ',');
    if (w->depth > 0)
        new_line(w);
    w->first = false;
}

static void open_with(struct json_writer *w, char c)
{
    separate(w);
    buf_addc(w->out, c);
    w->depth++;
    w->first = true;
}

static void close_with(struct json_writer *w, char c)
{
    w->depth--;
    if (!w->first)
        new_line(w);
    buf_addc(w->out, c);
    w->first = false;
}

void json_open_object(struct json_writer *w)
{
    open_with(w, '{');
}

void json_close_object(struct json_writer *w)
{
    close_with(w, '}');
}

void json_open_array(struct json_writer *w)
{
    open_with(w, '[');
}

void json_close_array(struct json_writer *w)
{
    close_with(w, ']');
}

static void add_escape(struct buf *out, unsigned char c)
{
    static const char named[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    const char *hit = c ? strchr(named, c) : NULL;
    if (hit)
        buf_printf(out, "\\%c", letter[hit - named]);
    else
        buf_printf(out, "\\u%04x", c);
}

static void add_quoted(struct buf *out, struct str s)
{
    buf_addc(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            i++;
            continue;
        }
        size_t n = c < 0x80 ? 1 : text_utf8_len(str_sub(s, i, s.len));
        if (c < 0x80 || n == 0) {
            buf_add(out, s.p + from, i - from);
            if (c < 0x80)
                add_escape(out, c);
            else
                buf_adds(out, "\xEF\xBF\xBD");
            from = i + 1;
        }
        i += n ? n : 1;
    }
    buf_add(out, s.p + from, s.len - from);
    buf_addc(out, '"');
}

void json_key_str(struct json_writer *w, struct str key)
{
    separate(w);
    add_quoted(w->out, key);
    buf_adds(w->out, w->pretty ? ": " : ":");
    w->after_key = true;
}

void json_key(struct json_writer *w, const char *key)
{
    json_key_str(w, str_of(key));
}

void json_string(struct json_writer *w, struct str s)
{
    separate(w);
    add_quoted(w->out, s);
}

void json_cstring(struct json_writer *w, const char *s)
{
    if (s)
        json_string(w, str_of(s));
    else
        json_null(w);
}

void json_int(struct json_writer *w, int64_t v)
{
    separate(w);
    text_add_int(w->out, v);
}

void json_decimal(struct json_writer *w, double v, int decimals)
{
    if (!isfinite(v)) {
        json_null(w);
        return;
    }
    separate(w);
    text_add_decimal(w->out, v, decimals, true);
}

void json_number(struct json_writer *w, double v)
{
    if (!isfinite(v)) {
        json_null(w);
        return;
    }
    char digits[40];
    double again = 0;
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, v);
        if (str_to_double(str_of(digits), &again) && again == v)
            break;
    }
    separate(w);
    buf_adds(w->out, digits);
}

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && s.p[at] >= '0' && s.p[at] <= '9')
        at++;
    return at;
}

/* -? digits (. digits)? ([eE] [+-]? digits)?, without leading zeros. */
static bool is_number(struct str s)
{
    size_t at = s.len && s.p[0] == '-', from = at;
    at = skip_digits(s, at);
    if (at == from || (s.p[from] == '0' && at > from + 1))
        return false;
    if (at < s.len && s.p[at] == '.') {
        from = ++at;
        at = skip_digits(s, at);
        if (at == from)
            return false;
    }
    if (at < s.len && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at++;
        at += at < s.len && (s.p[at] == '+' || s.p[at] == '-');
        from = at;
        at = skip_digits(s, at);
        if (at == from)
            return false;
    }
    return at == s.len;
}

void json_digits(struct json_writer *w, struct str digits)
{
    separate(w);
    if (is_number(digits))
        buf_addstr(w->out, digits);
    else
        add_quoted(w->out, digits);
}

void json_boolean(struct json_writer *w, bool v)
{
    separate(w);
    buf_adds(w->out, v ? "true" : "false");
}

void json_null(struct json_writer *w)
{
    separate(w);
    buf_adds(w->out, "null");
}
