#include "read/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "plan/build.h"
#include "read/syntax.h"

struct reader {
    struct build *b;
    const char *text, *p, *end;
    int line;
    struct err *err;
    char *groups; /* the open groups, '{' or '[' each */
    size_t depth, cap;
    struct buf scratch; /* a string with escapes, undone */
    struct buf key;     /* the same for a member name, which must outlive its value */
};

static bool expected(struct reader *r, const char *what)
{
    struct str text = {r->text, (size_t)(r->end - r->text)};
    return syntax_expected(r->err, text, (size_t)(r->p - r->text), what);
}

/* ---- eight bytes at a time ---- */

#define EVERY(c) ((uint64_t)(unsigned char)(c)*0x0101010101010101u)

static uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* The high bit of every byte that is zero, exact up to the first one. */
static uint64_t zeros(uint64_t v)
{
    return (v - EVERY(1)) & ~v & EVERY(0x80);
}

/* Bytes before the first mark, in the order of memory. */
static int before_mark(uint64_t marks)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_ctzll(marks) / 8;
#else
    (void)marks;
    return 0; /* the slow way finds it */
#endif
}

/* Past blanks: most of them are indentation. */
static void skip_blanks(struct reader *r)
{
    while (r->end - r->p >= 8) {
        uint64_t others = load8(r->p) ^ EVERY(' ');
        if (others) {
            r->p += before_mark(others);
            return;
        }
        r->p += 8;
    }
}

static void skip_space(struct reader *r)
{
    for (; r->p < r->end; r->p++) {
        if (*r->p == ' ')
            skip_blanks(r);
        if (r->p == r->end)
            return;
        if (*r->p == '\n')
            r->line++;
        else if (*r->p != ' ' && *r->p != '\t' && *r->p != '\r')
            return;
    }
}

static bool hex4(struct reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, r->p++) {
        char c = r->p < r->end ? *r->p : 0;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return expected(r, "four hexadecimal digits");
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* After "\u": a character outside the basic plane comes as two escapes. A lone half of one, and
 * U+0000 (text ends there for much of what comes later), become U+FFFD. */
static bool unescape_unicode(struct reader *r, struct buf *out)
{
    uint32_t cp, low;
    if (!hex4(r, &cp))
        return false;
    if (cp >= 0xD800 && cp < 0xDC00 && r->end - r->p >= 2 && r->p[0] == '\\' && r->p[1] == 'u') {
        const char *back = r->p;
        r->p += 2;
        if (!hex4(r, &low))
            return false;
        if (low >= 0xDC00 && low < 0xE000)
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        else
            r->p = back;
    }
    text_add_utf8(out, cp == 0 || (cp >= 0xD800 && cp < 0xE000) ? 0xFFFD : cp);
    return true;
}

static bool unescape(struct reader *r, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = r->p < r->end ? *r->p : 0;
    if (c == 'u') {
        r->p++;
        return unescape_unicode(r, out);
    }
    const char *hit = c ? strchr(letters, c) : NULL;
    if (!hit)
        return expected(r, "an escape sequence");
    buf_addc(out, meant[hit - letters]);
    r->p++;
    return true;
}

size_t read_json_plain(const char *p, const char *end)
{
    const char *from = p;
    while (end - p >= 8) {
        uint64_t v = load8(p);
        uint64_t marks =
            zeros(v) | zeros(v ^ EVERY('"')) | zeros(v ^ EVERY('\\')) | zeros(v ^ EVERY('\n'));
        if (marks) {
            p += before_mark(marks);
            break;
        }
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && *p != '\n' && *p)
        p++;
    return (size_t)(p - from);
}

/* Past what stands in a string as it is: to a quote, a backslash, a NUL, or the end. */
static void skip_plain(struct reader *r)
{
    for (;; r->p++, r->line++) {
        r->p += read_json_plain(r->p, r->end);
        if (r->p == r->end || *r->p != '\n')
            return;
    }
}

static bool string_not_closed(struct reader *r, const char *open)
{
    if (r->p < r->end)
        return expected(r, "text");
    expected(r, "the closing quote of a string");
    err_hint(r->err, "the string starts at byte %zu; was the plan copied whole?",
             (size_t)(open - r->text));
    return false;
}

/*
 * A string, r->p at its opening quote. Without escapes the result is a slice of the
 * input. Raw control characters are taken as they are: what people paste has them.
 */
static bool read_string(struct reader *r, struct buf *scratch, struct str *out)
{
    const char *open = r->p++, *from = r->p;
    buf_clear(scratch);
    for (skip_plain(r); r->p < r->end && *r->p == '\\'; skip_plain(r)) {
        buf_add(scratch, from, (size_t)(r->p - from));
        r->p++;
        if (!unescape(r, scratch))
            return false;
        from = r->p;
    }
    if (r->p == r->end || *r->p != '"')
        return string_not_closed(r, open);
    *out = (struct str){from, (size_t)(r->p - from)};
    if (from != open + 1) {
        buf_add(scratch, from, out->len);
        *out = buf_str(scratch);
    }
    r->p++;
    return true;
}

static bool digits(struct reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    return r->p > from || expected(r, "a digit");
}

static bool read_number(struct reader *r, struct str *out)
{
    const char *from = r->p;
    r->p += *r->p == '-';
    if (r->end - r->p >= 2 && r->p[0] == '0' && r->p[1] >= '0' && r->p[1] <= '9') {
        r->p++;
        return expected(r, "'.' or the end of the number after a leading 0");
    }
    if (!digits(r))
        return false;
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        if (!digits(r))
            return false;
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        r->p++;
        r->p += r->p < r->end && (*r->p == '+' || *r->p == '-');
        if (!digits(r))
            return false;
    }
    *out = (struct str){from, (size_t)(r->p - from)};
    return true;
}

static bool read_word(struct reader *r, struct str key)
{
    static const struct {
        const char *word;
        enum value_kind kind;
    } words[] = {{"true", VALUE_BOOL}, {"false", VALUE_BOOL}, {"null", VALUE_NULL}};
    struct str rest = {r->p, (size_t)(r->end - r->p)};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_starts(rest, words[i].word)) {
            build_scalar(r->b, key, words[i].kind, str_of(words[i].word));
            r->p += strlen(words[i].word);
            return true;
        }
    return expected(r, "a value");
}

static void open_group(struct reader *r, struct str key, char c)
{
    if (r->depth == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->groups = xrealloc(r->groups, r->cap);
    }
    r->groups[r->depth++] = c;
    build_open(r->b, key, c == '[' ? BUILD_LIST : BUILD_OBJECT, r->line);
    r->p++;
}

static bool read_value(struct reader *r, struct str key)
{
    struct str s;
    const char *from = r->p;
    char c = r->p < r->end ? *r->p : 0;
    if (c == '{' || c == '[') {
        open_group(r, key, c);
        return true;
    }
    if (c == '"') {
        if (!read_string(r, &r->scratch, &s))
            return false;
        build_raw(r->b, (struct str){from + 1, (size_t)(r->p - from) - 2});
        build_scalar(r->b, key, VALUE_STRING, s);
        return true;
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        if (!read_number(r, &s))
            return false;
        build_raw(r->b, s);
        build_scalar(r->b, key, VALUE_NUMBER, s);
        return true;
    }
    return read_word(r, key);
}

static bool read_member(struct reader *r)
{
    struct str key;
    if (r->p == r->end || *r->p != '"')
        return expected(r, "a member name in double quotes");
    if (!read_string(r, &r->key, &key))
        return false;
    skip_space(r);
    if (r->p == r->end || *r->p != ':')
        return expected(r, "':' after a member name");
    r->p++;
    skip_space(r);
    return read_value(r, key);
}

/* One step inside a group: the next element or member, or its end. fresh: nothing was read in it
 * yet. */
static bool read_step(struct reader *r, bool fresh)
{
    char open = r->groups[r->depth - 1], close = open == '[' ? ']' : '}';
    skip_space(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
        r->depth--;
        build_close(r->b);
        return true;
    }
    if (!fresh) {
        if (r->p == r->end || *r->p != ',')
            return expected(r, open == '[' ? "',' or ']'" : "',' or '}'");
        r->p++;
        skip_space(r);
    }
    return open == '[' ? read_value(r, (struct str){0}) : read_member(r);
}

static bool read_document(struct reader *r)
{
    skip_space(r);
    if (!read_value(r, (struct str){0}))
        return false;
    for (bool fresh = true; r->depth;) {
        size_t depth = r->depth;
        if (!read_step(r, fresh))
            return false;
        fresh = r->depth > depth;
    }
    return true;
}

bool read_json_string(struct str raw, struct buf *scratch, struct str *out)
{
    struct err err = {0};
    struct reader r = {.text = raw.p - 1, .p = raw.p - 1, .end = raw.p + raw.len + 1, .err = &err};
    return read_string(&r, scratch, out) && r.p == r.end;
}

bool read_json(struct build *b, struct str text, int line, size_t *used, struct err *err)
{
    struct reader r = {
        .b = b, .text = text.p, .p = text.p, .end = text.p + text.len, .line = line, .err = err};
    bool good = read_document(&r);
    *used = (size_t)(r.p - text.p);
    free(r.groups);
    buf_free(&r.scratch);
    buf_free(&r.key);
    return good;
}
