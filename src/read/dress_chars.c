/* Characters: encodings, line ends, escape sequences, odd blanks and quotes, entities. */
#include "read/dress_impl.h"

#include <ctype.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

/* ---- UTF-16 ---- */

/* Without a mark: every other byte of a text in Latin script is zero. 0: not UTF-16. */
static char guess_utf16(struct str s)
{
    size_t zeros[2] = {0, 0}, n = s.len < 400 ? s.len : 400;
    for (size_t i = 0; i < n; i++)
        zeros[i & 1] += s.p[i] == 0;
    if (n < 4 || s.len % 2)
        return 0;
    return zeros[1] * 4 > n && zeros[0] == 0 ? 'l' : zeros[0] * 4 > n && zeros[1] == 0 ? 'b' : 0;
}

static uint32_t unit_at(struct str s, size_t i, char order)
{
    unsigned char a = (unsigned char)s.p[i], b = (unsigned char)s.p[i + 1];
    return order == 'l' ? (uint32_t)a | (uint32_t)b << 8 : (uint32_t)b | (uint32_t)a << 8;
}

static void from_utf16(struct buf *b, struct str s, char order)
{
    for (size_t i = 0; i + 1 < s.len; i += 2) {
        uint32_t c = unit_at(s, i, order);
        if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.len) {
            uint32_t low = unit_at(s, i + 2, order);
            if (low >= 0xDC00 && low < 0xE000) {
                text_add_utf8(b, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
                i += 2;
                continue;
            }
        }
        text_add_utf8(b, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
}

/* ---- single bytes ---- */

/* Windows-1252 between 0x80 and 0x9F; the rest is Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

static bool is_no_utf8(struct str s)
{
    return !text_is_utf8(s);
}

/* Bytes that are no UTF-8 are taken for Windows-1252. */
static void fix_bytes(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len;) {
        size_t n = text_utf8_len(str_sub(s, i, s.len));
        unsigned char c = (unsigned char)s.p[i];
        if (n)
            buf_add(b, s.p + i, n);
        else
            text_add_utf8(b, c >= 0xA0 ? c : windows_1252[c & 31]);
        i += n ? n : 1;
    }
}

static bool always(struct str s)
{
    return s.len > 0;
}

/* CRLF and the CR of old systems; a CR beside other line ends is dropped. */
static void fix_returns(struct buf *b, struct str s)
{
    bool line_ends = !memchr(s.p, '\n', s.len);
    for (size_t i = 0; i < s.len;) {
        const char *cr = memchr(s.p + i, '\r', s.len - i);
        size_t end = cr ? (size_t)(cr - s.p) : s.len;
        buf_add(b, s.p + i, end - i);
        if (cr && line_ends)
            buf_addc(b, '\n');
        i = end + 1;
    }
}

/* Offset behind the escape sequence that begins at s.p[i]. */
static size_t skip_escape(struct str s, size_t i)
{
    i++;
    if (i < s.len && s.p[i] == ']') { /* up to BEL or ESC \ */
        while (i < s.len && s.p[i] != '\a' && s.p[i] != '\033' && s.p[i] != '\n')
            i++;
        return i < s.len && s.p[i] == '\033' ? i + 2 : i + 1;
    }
    if (i < s.len && s.p[i] != '[')
        return s.p[i] == '(' || s.p[i] == ')' ? i + 2 : i + 1;
    for (i++; i < s.len && s.p[i] >= 0x20 && s.p[i] < 0x40; i++)
        ;
    return i + 1;
}

static void fix_escapes(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len;) {
        const char *esc = memchr(s.p + i, '\033', s.len - i);
        size_t end = esc ? (size_t)(esc - s.p) : s.len;
        buf_add(b, s.p + i, end - i);
        i = esc ? skip_escape(s, end) : end;
    }
}

/* ---- blanks ---- */

/* Bytes of the Unicode blank at the start of s: *drop when it has no width. 0: none. */
static size_t odd_blank(struct str s, bool *drop)
{
    static const struct {
        const char *bytes;
        bool drop;
    } blanks[] = {
        {"\xC2\xA0", false},     {"\xE2\x80\x87", false}, {"\xE2\x80\xAF", false},
        {"\xE2\x80\x80", false}, {"\xE2\x80\x82", false}, {"\xE2\x80\x83", false},
        {"\xE3\x80\x80", false}, {"\xE2\x80\x8B", true},  {"\xEF\xBB\xBF", true},
        {"\xE2\x81\xA0", true},
    };
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++)
        if (str_starts(s, blanks[i].bytes)) {
            *drop = blanks[i].drop;
            return strlen(blanks[i].bytes);
        }
    return 0;
}

/* Odd blanks where EXPLAIN has plain ones: in an indentation, before figures. */
static bool has_odd_blanks(struct str s)
{
    struct dress_cursor c = dress_lines(s);
    bool drop;
    if (str_find(s, "\xC2\xA0(cost=") >= 0 || str_find(s, "\xC2\xA0 (cost=") >= 0 ||
        str_find(s, "->\xC2\xA0") >= 0)
        return true;
    while (dress_next(&c)) {
        size_t i = 0;
        while (i < c.at.len && (c.at.p[i] == ' ' || c.at.p[i] == '\t'))
            i++;
        if (i < c.at.len && (unsigned char)c.at.p[i] >= 0xC2 &&
            odd_blank(str_sub(c.at, i, c.at.len), &drop))
            return true;
    }
    return false;
}

static void fix_blanks(struct buf *b, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.len;) {
        bool drop;
        size_t n = (unsigned char)s.p[i] >= 0xC2 ? odd_blank(str_sub(s, i, s.len), &drop) : 0;
        if (n == 0) {
            i++;
            continue;
        }
        buf_add(b, s.p + from, i - from);
        if (!drop)
            buf_addc(b, ' ');
        from = i += n;
    }
    buf_add(b, s.p + from, s.len - from);
}

/* ---- quotes ---- */

struct quote_pair {
    const char *open, *close, *plain;
};
static const struct quote_pair quote_pairs[] = {{"‘", "’", "'"}, {"“", "”", "\""}};

/*
 * A word processor turned the quotes of the whole plan: then no straight one is left. Beside
 * straight ones the curly ones are data.
 */
static bool is_turned(struct str s, const struct quote_pair *q)
{
    ptrdiff_t open = str_find(s, q->open);
    return open >= 0 && str_find(str_sub(s, (size_t)open, s.len), q->close) > 0 &&
           str_find(s, q->plain) < 0;
}

static bool has_turned_quotes(struct str s)
{
    return is_turned(s, &quote_pairs[0]) || is_turned(s, &quote_pairs[1]);
}

static void fix_quotes(struct buf *b, struct str s)
{
    bool turned[2] = {is_turned(s, &quote_pairs[0]), is_turned(s, &quote_pairs[1])};
    for (size_t i = 0; i < s.len; i++) {
        const char *plain = NULL;
        struct str rest = str_sub(s, i, s.len);
        for (int q = 0; (unsigned char)s.p[i] == 0xE2 && q < 2 && !plain; q++)
            if (turned[q] &&
                (str_starts(rest, quote_pairs[q].open) || str_starts(rest, quote_pairs[q].close)))
                plain = quote_pairs[q].plain;
        if (plain) {
            buf_adds(b, plain);
            i += 2;
        } else {
            buf_addc(b, s.p[i]);
        }
    }
}

/* ---- entities ---- */

/* The character of the entity at s.p[i] ('&'), *end behind it; 0: none. */
static uint32_t entity_at(struct str s, size_t i, size_t *end)
{
    static const struct {
        const char *name;
        uint32_t c;
    } names[] = {{"lt;", '<'},    {"gt;", '>'},   {"amp;", '&'},     {"quot;", '"'},
                 {"apos;", '\''}, {"nbsp;", ' '}, {"rarr;", 0x2192}, {"hellip;", 0x2026}};
    struct str rest = str_sub(s, i + 1, s.len);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (str_starts(rest, names[k].name)) {
            *end = i + 1 + strlen(names[k].name);
            return names[k].c;
        }
    if (!str_starts(rest, "#"))
        return 0;
    bool hex = rest.len > 1 && (rest.p[1] == 'x' || rest.p[1] == 'X');
    uint32_t c = 0;
    size_t k = hex ? 2 : 1, from = k;
    for (; k < rest.len && k < from + 6 && isxdigit((unsigned char)rest.p[k]); k++) {
        int digit = isdigit((unsigned char)rest.p[k])
                        ? rest.p[k] - '0'
                        : tolower((unsigned char)rest.p[k]) - 'a' + 10;
        c = c * (hex ? 16 : 10) + (uint32_t)digit;
    }
    if (k == from || k == rest.len || rest.p[k] != ';' || c > 0x10FFFF ||
        (c >= 0xD800 && c < 0xE000))
        return 0;
    *end = i + 2 + k;
    return c == 0xA0 ? ' ' : c;
}

void dress_add_entities(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len;) {
        const char *amp = memchr(s.p + i, '&', s.len - i);
        size_t at = amp ? (size_t)(amp - s.p) : s.len, end = at + 1;
        buf_add(b, s.p + i, at - i);
        uint32_t c = amp ? entity_at(s, at, &end) : 0;
        if (c)
            text_add_utf8(b, c);
        else if (amp)
            buf_addc(b, '&');
        i = end;
    }
}

/* Entities where EXPLAIN has plain characters. Pages of HTML and plans in XML have theirs by
   right. */
static bool has_entities(struct str s)
{
    static const char *const signs[] = {"&quot;Plan&quot;", "&quot;Node Type&quot;", "-&gt; ",
                                        "&lt;explain", "&lt;Plan&gt;"};
    static const char *const rightful[] = {"<explain", "<Plan>", "<td", "<pre", "<table", "<code"};
    for (size_t i = 0; i < sizeof rightful / sizeof rightful[0]; i++)
        if (str_find(s, rightful[i]) >= 0)
            return false;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (str_find(s, signs[i]) >= 0)
            return true;
    return false;
}

/* ---- tabs ---- */

static struct str keep(struct arena *a, struct buf *b)
{
    struct str s = str_dup(a, buf_str(b));
    buf_free(b);
    return s;
}

struct indent {
    size_t tabs, blanks, bytes;
};

static struct indent indent_of(struct str line)
{
    struct indent in = {0, 0, 0};
    while (in.bytes < line.len && (line.p[in.bytes] == ' ' || line.p[in.bytes] == '\t')) {
        in.tabs += line.p[in.bytes] == '\t';
        in.blanks += line.p[in.bytes] == ' ';
        in.bytes++;
    }
    return in;
}

static size_t find_tab_width(struct str text)
{
    struct dress_cursor c = dress_lines(text);
    while (dress_next(&c)) {
        struct indent item = indent_of(c.at), key = indent_of(dress_peek(&c));
        size_t blanks = item.blanks + 2;
        bool has_value = !str_ends(str_trim(c.at), ":"); /* else the next line is below its key */
        if (!str_starts(str_sub(c.at, item.bytes, c.at.len), "- ") || !has_value ||
            key.tabs <= item.tabs || blanks <= key.blanks)
            continue;
        return (blanks - key.blanks) / (key.tabs - item.tabs);
    }
    return 4;
}

struct str dress_expand_tabs(struct arena *a, struct str text)
{
    size_t width = find_tab_width(text);
    struct dress_cursor c = dress_lines(text);
    struct buf b = {0};
    while (dress_next(&c)) {
        struct indent in = indent_of(c.at);
        buf_fill(&b, ' ', in.tabs * width + in.blanks);
        buf_addstr(&b, str_sub(c.at, in.bytes, c.at.len));
        buf_addc(&b, '\n');
    }
    return keep(a, &b);
}

/* ---- all of them ---- */

/* What is looked for only where the text holds one of these bytes. */
static const struct fixer {
    unsigned char from, to;
    bool (*applies)(struct str s);
    void (*fix)(struct buf *b, struct str s);
} fixers[] = {
    {0x80, 0xFF, is_no_utf8, fix_bytes},         {'\r', '\r', always, fix_returns},
    {0x1B, 0x1B, always, fix_escapes},           {0xC2, 0xEF, has_odd_blanks, fix_blanks},
    {0xE2, 0xE2, has_turned_quotes, fix_quotes}, {'&', '&', has_entities, dress_add_entities},
};

static bool holds(const bool *seen, const struct fixer *f)
{
    for (int c = f->from; c <= f->to; c++)
        if (seen[c])
            return true;
    return false;
}

static struct str decode_utf16(struct arena *a, struct str s)
{
    struct buf b = {0};
    bool mark = str_starts(s, "\xFF\xFE") || str_starts(s, "\xFE\xFF");
    char order = mark ? (s.p[0] == '\xFF' ? 'l' : 'b') : guess_utf16(s);
    if (!order)
        return s;
    from_utf16(&b, str_sub(s, mark ? 2 : 0, s.len), order);
    return keep(a, &b);
}

bool dress_decode(struct arena *a, struct str input, struct str *out, struct err *err)
{
    bool seen[256] = {false};
    struct str s = decode_utf16(a, input);
    if (str_starts(s, "\xEF\xBB\xBF"))
        s = str_sub(s, 3, s.len);
    for (size_t i = 0; i < s.len; i++) {
        seen[(unsigned char)s.p[i]] = true;
        if (s.p[i] == ' ' && i + 1 < s.len && s.p[i + 1] == ' ')
            i += str_spaces(s, i) - 1;
    }
    if (seen[0]) {
        const char *nul = memchr(s.p, 0, s.len);
        err_at(err, ERR_ENCODING, s.p, s.len, (size_t)(nul - s.p),
               "expected text, found a zero byte");
        err_hint(err, "plans are read as UTF-8, UTF-16 or Windows-1252 text");
        return false;
    }
    for (size_t i = 0; i < sizeof fixers / sizeof fixers[0]; i++) {
        struct buf b = {0};
        if (!holds(seen, &fixers[i]) || !fixers[i].applies(s))
            continue;
        fixers[i].fix(&b, s);
        s = keep(a, &b);
    }
    *out = s;
    return true;
}
