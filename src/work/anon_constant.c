#include "work/anon_constant.h"

#include "work/anon_map.h"

/* First words of types, and how their constants are replaced. */
static const struct {
    const char *type;
    enum anon_kind kind;
} typed[] = {
    {"integer", ANON_NUMBER}, {"bigint", ANON_NUMBER},       {"smallint", ANON_NUMBER},
    {"numeric", ANON_NUMBER}, {"decimal", ANON_NUMBER},      {"real", ANON_NUMBER},
    {"double", ANON_NUMBER},  {"money", ANON_NUMBER},        {"oid", ANON_NUMBER},
    {"int", ANON_NUMBER},     {"int2", ANON_NUMBER},         {"int4", ANON_NUMBER},
    {"int8", ANON_NUMBER},    {"float4", ANON_NUMBER},       {"float8", ANON_NUMBER},
    {"date", ANON_DATE},      {"timestamp", ANON_TIMESTAMP}, {"timestamptz", ANON_TIMESTAMP},
    {"time", ANON_TIME},      {"timetz", ANON_TIME},         {"interval", ANON_INTERVAL},
    {"uuid", ANON_UUID},      {"inet", ANON_ADDRESS},        {"cidr", ANON_ADDRESS},
    {"bytea", ANON_BYTES},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Unit names of date_trunc, extract and the like, and other words that tell nothing. */
static bool is_harmless(struct str s)
{
    static const char *const words[] = {
        "year",    "month",        "day",          "hour",       "minute",   "second", "week",
        "quarter", "decade",       "century",      "epoch",      "dow",      "doy",    "isodow",
        "isoyear", "microseconds", "milliseconds", "millennium", "timezone", "t",      "f",
        "true",    "false",        "on",           "off",        "UTC",      "",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is(s, words[i]))
            return true;
    return s.len == 0;
}

void anon_add_number(struct anon *n, struct buf *out, struct str s)
{
    if (s.len && s.p[0] == '-') {
        buf_addc(out, '-');
        s = str_sub(s, 1, s.len);
    }
    if (str_is(s, "0") || str_is(s, "1")) {
        buf_addstr(out, s);
        return;
    }
    buf_addstr(out, anon_replace(n, ANON_NUMBER, s));
    if (str_find(s, ".") >= 0)
        buf_adds(out, ".5");
}

static bool looks_like_number(struct str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        digits += is_digit(s.p[i]);
        if (!is_digit(s.p[i]) && !strchr(".-+eE", s.p[i]))
            return false;
    }
    return digits > 0 && s.len && (is_digit(s.p[0]) || (s.len > 1 && is_digit(s.p[1])));
}

/* "2024-05-01" and all that begins so. */
static bool looks_like_date(struct str s)
{
    static const char shape[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (i >= s.len || (shape[i] == 'd' ? !is_digit(s.p[i]) : s.p[i] != '-'))
            return false;
    return true;
}

static bool looks_like_uuid(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? s.p[i] != '-'
                                                    : !strchr("0123456789abcdefABCDEF", s.p[i]))
            return false;
    return s.len == 36;
}

static enum anon_kind kind_by_shape(struct str s)
{
    if (looks_like_number(s))
        return ANON_NUMBER;
    if (looks_like_date(s))
        return s.len > 10 ? ANON_TIMESTAMP : ANON_DATE;
    return looks_like_uuid(s) ? ANON_UUID : ANON_TEXT;
}

/* The first word of a type: "timestamp" of "timestamp with time zone", "integer" of "integer[]". */
static struct str first_word(struct str type)
{
    size_t n = 0;
    while (n < type.len && (is_letter(type.p[n]) || is_digit(type.p[n]) || type.p[n] == '_'))
        n++;
    return str_sub(type, 0, n);
}

static enum anon_kind kind_of(struct str value, struct str type)
{
    struct str word = first_word(type);
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
        if (str_is_nocase(word, typed[i].type))
            return typed[i].kind;
    return kind_by_shape(value);
}

static void add_simple(struct anon *n, struct buf *out, struct str s, struct str type)
{
    enum anon_kind kind = kind_of(s, type);
    if (is_harmless(s) || str_is_nocase(s, "null"))
        buf_addstr(out, s);
    else if (kind == ANON_NUMBER && looks_like_number(s))
        anon_add_number(n, out, s);
    else
        buf_addstr(out, anon_replace(n, kind, s));
}

/* Text between the wildcards of LIKE; a backslash takes the next character with it. */
static void add_pattern(struct anon *n, struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        while (i < s.len && s.p[i] != '%' && s.p[i] != '_')
            i += s.p[i] == '\\' && i + 1 < s.len ? 2 : 1;
        if (i > from)
            buf_addstr(out, anon_replace(n, ANON_RUN, str_sub(s, from, i)));
        if (i < s.len)
            buf_addc(out, s.p[i++]);
    }
}

/* The words of a regular expression; what is not a letter or digit keeps its meaning. */
static void add_words(struct anon *n, struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        while (i < s.len && (is_letter(s.p[i]) || is_digit(s.p[i])))
            i++;
        if (i > from)
            buf_addstr(out, anon_replace(n, ANON_RUN, str_sub(s, from, i)));
        if (i < s.len)
            buf_addc(out, s.p[i++]);
    }
}

/* End of the quoted element that opens at `at`. */
static size_t quoted_end(struct str s, size_t at)
{
    for (size_t i = at + 1; i < s.len; i++)
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return i;
    return s.len;
}

static void add_element(struct anon *n, struct buf *out, struct str s, struct str type,
                        enum anon_use use)
{
    if (use == ANON_LIKE)
        add_pattern(n, out, s);
    else if (use == ANON_REGEX)
        add_words(n, out, s);
    else
        add_simple(n, out, s, type);
}

/* A colon parts a key from a value in JSON only; elsewhere it belongs to a time. */
static bool is_json(struct str s, struct str type)
{
    return str_starts(type, "json") || (!type.p && s.p[0] == '{' && str_find(s, "\":") >= 0);
}

/* Arrays, ranges, JSON and rows: punctuation stays, every element is replaced by itself. */
static void add_elements(struct anon *n, struct buf *out, struct str s, struct str type,
                         enum anon_use use)
{
    const char *marks = is_json(s, type) ? "{}[](),:\"" : "{}[](),\"";
    for (size_t i = 0; i < s.len;) {
        if (s.p[i] == '"') {
            size_t end = quoted_end(s, i);
            buf_addc(out, '"');
            add_element(n, out, str_sub(s, i + 1, end), type, use);
            buf_addc(out, '"');
            i = end + 1;
            continue;
        }
        size_t from = i;
        while (i < s.len && !strchr(marks, s.p[i]))
            i++;
        for (; from < i && s.p[from] == ' '; from++)
            buf_addc(out, ' ');
        if (i > from)
            add_element(n, out, str_trim(str_sub(s, from, i)), type, use);
        if (i < s.len && s.p[i] != '"')
            buf_addc(out, s.p[i++]);
    }
}

static bool is_composite(struct str s, struct str type)
{
    return str_ends(type, "]") || str_starts(type, "json") || str_ends(type, "range") ||
           (s.len > 1 && strchr("{[(", s.p[0]) && strchr("}])", s.p[s.len - 1]));
}

void anon_add_constant(struct anon *n, struct buf *out, struct str value, struct str type,
                       enum anon_use use)
{
    if (str_is(type, "jsonpath") || str_is(type, "tsquery") || str_is(type, "tsvector"))
        add_words(n, out, value);
    else if (is_composite(value, type))
        add_elements(n, out, value, type, use);
    else
        add_element(n, out, value, type, use);
}
