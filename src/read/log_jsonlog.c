/*
 * log_destination = jsonlog, one object a line; and CloudNativePG's objects, which hold csvlog's
 * columns by name. Lines need not be UTF-8: the server copies what databases in other encodings
 * hold.
 */
#include "base/text.h"
#include "read/log_impl.h"

/* ---- one object ---- */

static void skip_blanks(struct str *s)
{
    while (s->len && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\r' || s->p[0] == '\n'))
        *s = str_sub(*s, 1, s->len);
}

/* The string that s begins with, behind its quote: its raw length, -1 when it does not end. */
static ptrdiff_t string_len(struct str s, bool *escaped)
{
    const char *from = s.p, *end = s.p + s.len;
    const char *q;
    while (from < end && (q = memchr(from, '"', (size_t)(end - from)))) {
        size_t backslashes = 0;
        while (q - backslashes > s.p && q[-1 - (ptrdiff_t)backslashes] == '\\')
            backslashes++;
        if (backslashes % 2 == 0) {
            *escaped = memchr(s.p, '\\', (size_t)(q - s.p)) != NULL;
            return q - s.p;
        }
        from = q + 1;
    }
    return -1;
}

/* A nested object or list: its length with its brackets, -1 when it does not end. */
static ptrdiff_t nested_len(struct str s)
{
    int depth = 0;
    bool escaped;
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '"') {
            ptrdiff_t n = string_len(str_sub(s, i + 1, s.len), &escaped);
            if (n < 0)
                return -1;
            i += (size_t)n + 1;
        } else if (s.p[i] == '{' || s.p[i] == '[') {
            depth++;
        } else if ((s.p[i] == '}' || s.p[i] == ']') && --depth == 0) {
            return (ptrdiff_t)i + 1;
        }
    }
    return -1;
}

static bool read_value(struct str *s, struct json_member *out)
{
    ptrdiff_t n;
    if (s->len && s->p[0] == '"') {
        *s = str_sub(*s, 1, s->len);
        n = string_len(*s, &out->escaped);
        out->kind = '"';
    } else if (s->len && (s->p[0] == '{' || s->p[0] == '[')) {
        n = nested_len(*s);
        out->kind = '{';
    } else {
        n = 0;
        while ((size_t)n < s->len && !strchr(",}] \t\r\n", s->p[n]))
            n++;
        out->kind = '0';
        if (n == 0)
            return false;
    }
    if (n < 0)
        return false;
    out->value = str_sub(*s, 0, (size_t)n);
    *s = str_sub(*s, (size_t)n + (out->kind == '"'), s->len);
    return true;
}

bool jsonlog_member(struct str *s, struct json_member *out, bool *bad)
{
    bool escaped;
    *out = (struct json_member){.kind = 0};
    skip_blanks(s);
    if (s->len && s->p[0] == ',') {
        *s = str_sub(*s, 1, s->len);
        skip_blanks(s);
    }
    if (s->len && s->p[0] == '}') {
        *s = str_sub(*s, 1, s->len);
        return false;
    }
    *bad = true;
    if (!s->len || s->p[0] != '"')
        return false;
    *s = str_sub(*s, 1, s->len);
    ptrdiff_t n = string_len(*s, &escaped);
    if (n < 0)
        return false;
    out->key = str_sub(*s, 0, (size_t)n);
    *s = str_sub(*s, (size_t)n + 1, s->len);
    skip_blanks(s);
    if (!s->len || s->p[0] != ':')
        return false;
    *s = str_sub(*s, 1, s->len);
    skip_blanks(s);
    if (!read_value(s, out))
        return false;
    *bad = false;
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four hexadecimal digits at s[at]; -1: not there. */
static int32_t hex4(struct str s, size_t at)
{
    int32_t v = 0;
    for (size_t i = at; i < at + 4; i++) {
        int d = i < s.len ? hex_digit(s.p[i]) : -1;
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

/* \uNNNN at s[at] (behind the u), perhaps the first half of a pair; how many bytes it took. */
static size_t unescape_code(struct buf *out, struct str s, size_t at)
{
    int32_t code = hex4(s, at);
    if (code < 0)
        return 0;
    if (code >= 0xD800 && code < 0xDC00 && at + 6 < s.len && s.p[at + 4] == '\\' &&
        s.p[at + 5] == 'u') {
        int32_t low = hex4(s, at + 6);
        if (low >= 0xDC00 && low < 0xE000) {
            text_add_utf8(out, (uint32_t)(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)));
            return 10;
        }
    }
    text_add_utf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : (uint32_t)code);
    return 4;
}

void jsonlog_unescape(struct buf *out, struct str s)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    buf_reserve(out, s.len + 1);
    for (size_t at = 0; at < s.len;) {
        const char *b = memchr(s.p + at, '\\', s.len - at);
        size_t end = b ? (size_t)(b - s.p) : s.len;
        buf_add(out, s.p + at, end - at);
        if (!b || end + 1 >= s.len)
            return;
        char c = s.p[end + 1];
        const char *known = c ? strchr(from, c) : NULL;
        at = end + 2;
        if (c == 'u')
            at += unescape_code(out, s, at);
        else
            buf_addc(out, known ? to[known - from] : c);
    }
}

/* ---- a record ---- */

enum field {
    FIELD_TIME,
    FIELD_USER,
    FIELD_DATABASE,
    FIELD_PID,
    FIELD_HOST,
    FIELD_SESSION,
    FIELD_LINE,
    FIELD_TAG,
    FIELD_SEVERITY,
    FIELD_MESSAGE,
    FIELD_DETAIL,
    FIELD_CONTEXT,
    FIELD_STATEMENT,
    FIELD_APP,
    FIELD_QUERY_ID,
    FIELD_RECORD,
    FIELD_COUNT
};

static const struct {
    const char *name;
    enum field field;
} names[] = {
    {"timestamp", FIELD_TIME},          {"user", FIELD_USER},
    {"dbname", FIELD_DATABASE},         {"pid", FIELD_PID},
    {"remote_host", FIELD_HOST},        {"session_id", FIELD_SESSION},
    {"line_num", FIELD_LINE},           {"ps", FIELD_TAG},
    {"error_severity", FIELD_SEVERITY}, {"message", FIELD_MESSAGE},
    {"detail", FIELD_DETAIL},           {"context", FIELD_CONTEXT},
    {"statement", FIELD_STATEMENT},     {"application_name", FIELD_APP},
    {"query_id", FIELD_QUERY_ID},       {"record", FIELD_RECORD},
    {"log_time", FIELD_TIME},           {"user_name", FIELD_USER},
    {"database_name", FIELD_DATABASE},  {"process_id", FIELD_PID},
    {"connection_from", FIELD_HOST},    {"session_line_num", FIELD_LINE},
    {"command_tag", FIELD_TAG},         {"query", FIELD_STATEMENT},
};

static enum field field_of(struct str key)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(key, names[i].name))
            return names[i].field;
    return FIELD_COUNT;
}

/* Members into their places. False: not well formed. */
static bool read_flat(struct str s, struct json_member f[FIELD_COUNT])
{
    struct json_member m;
    bool bad = false;
    while (jsonlog_member(&s, &m, &bad)) {
        enum field field = field_of(m.key);
        if (field != FIELD_COUNT)
            f[field] = m;
    }
    return !bad;
}

/* The same, and what an object "record" in it holds. */
static bool read_members(struct str s, struct json_member f[FIELD_COUNT])
{
    if (!read_flat(s, f))
        return false;
    struct str record = f[FIELD_RECORD].value;
    return f[FIELD_RECORD].kind != '{' || read_flat(str_sub(record, 1, record.len), f);
}

static struct str value(struct buf *out, const struct json_member *m)
{
    if (!m->escaped)
        return m->value;
    size_t from = out->len;
    jsonlog_unescape(out, m->value);
    return (struct str){out->data + from, out->len - from};
}

static int64_t number(const struct json_member *m)
{
    long long n = 0;
    str_to_int64(m->value, &n);
    return n;
}

static struct str long_value(struct log *log, enum log_section at, const struct json_member *m)
{
    struct buf *out = &log->json_text[at];
    buf_clear(out);
    return value(out, m);
}

static void give(struct log *log, const struct json_member f[FIELD_COUNT], size_t size,
                 const char *why_cut)
{
    struct log_record r = {.place = log->at, .fallback_us = LOG_NO_TIME};
    struct log_fields *k = &r.fields;
    struct buf *small = &log->json_field;
    buf_clear(small);
    buf_reserve(small, size + 1); /* so that nothing moves */
    k->time_text = value(small, &f[FIELD_TIME]);
    k->user = value(small, &f[FIELD_USER]);
    k->database = value(small, &f[FIELD_DATABASE]);
    k->app = value(small, &f[FIELD_APP]);
    k->host = value(small, &f[FIELD_HOST]);
    k->session = value(small, &f[FIELD_SESSION]);
    k->tag = value(small, &f[FIELD_TAG]);
    k->severity = value(small, &f[FIELD_SEVERITY]);
    k->pid = (long)number(&f[FIELD_PID]);
    k->line_num = number(&f[FIELD_LINE]);
    k->query_id = number(&f[FIELD_QUERY_ID]);
    r.word = log_word_of(k->severity);
    r.text[SECTION_MESSAGE] = long_value(log, SECTION_MESSAGE, &f[FIELD_MESSAGE]);
    r.text[SECTION_DETAIL] = long_value(log, SECTION_DETAIL, &f[FIELD_DETAIL]);
    r.text[SECTION_CONTEXT] = long_value(log, SECTION_CONTEXT, &f[FIELD_CONTEXT]);
    r.text[SECTION_STATEMENT] = long_value(log, SECTION_STATEMENT, &f[FIELD_STATEMENT]);
    r.cut = why_cut != NULL;
    r.why_cut = why_cut;
    log_emit(log, &r);
}

/* Where another object begins in the middle of a line that is broken; -1 nowhere. */
static ptrdiff_t next_object(struct str line)
{
    static const char *const begins[] = {"{\"timestamp\":", "{\"level\":"};
    ptrdiff_t first = -1;
    for (int i = 0; i < 2; i++) {
        ptrdiff_t at = str_find(str_sub(line, 1, line.len), begins[i]);
        if (at >= 0 && (first < 0 || at + 1 < first))
            first = at + 1;
    }
    return first;
}

/* One object; false when it is broken. */
static bool take_object(struct log *log, struct str line)
{
    struct json_member f[FIELD_COUNT] = {{.kind = 0}};
    if (line.p[0] != '{' || !read_members(str_sub(line, 1, line.len), f))
        return false;
    if (f[FIELD_SEVERITY].kind && f[FIELD_TIME].kind) {
        log->err.seen_any = true;
        give(log, f, line.len, NULL);
    } else { /* CloudNativePG's own messages */
        log->stats.stray++;
    }
    return true;
}

void jsonlog_line(struct log *log, struct str line)
{
    if (str_trim(line).len == 0)
        return;
    while (line.len && !take_object(log, line)) {
        ptrdiff_t next = next_object(line);
        if (line.p[0] == '{' || log->err.seen_any) /* else the file begins in mid-object */
            log_complain(log, log->at, "this line is broken off");
        line = next > 0 ? str_sub(line, (size_t)next, line.len) : (struct str){0};
    }
}
