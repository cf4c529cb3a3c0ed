#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

size_t text_utf8_len(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    if (s.len == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return s.len >= 2 && is_tail(p[1]) ? 2 : 0;
    if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        if (s.len < 3 || !is_tail(p[1]) || !is_tail(p[2]))
            return 0;
        bool overlong = p[0] == 0xE0 && p[1] < 0xA0;
        bool surrogate = p[0] == 0xED && p[1] >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        if (s.len < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3]))
            return 0;
        bool overlong = p[0] == 0xF0 && p[1] < 0x90;
        bool beyond = p[0] == 0xF4 && p[1] >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

uint32_t text_utf8_decode(struct str s)
{
    static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = text_utf8_len(s);
    uint32_t cp = n ? p[0] & lead_mask[n] : 0xFFFD;
    for (size_t i = 1; i < n; i++)
        cp = cp << 6 | (p[i] & 0x3F);
    return cp;
}

void text_add_utf8(struct buf *b, uint32_t cp)
{
    if (cp < 0x80) {
        buf_addc(b, (char)cp);
    } else if (cp < 0x800) {
        buf_addc(b, (char)(0xC0 | cp >> 6));
        buf_addc(b, (char)(0x80 | (cp & 0x3F)));
    } else if (cp < 0x10000) {
        buf_addc(b, (char)(0xE0 | cp >> 12));
        buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
        buf_addc(b, (char)(0x80 | (cp & 0x3F)));
    } else {
        buf_addc(b, (char)(0xF0 | cp >> 18));
        buf_addc(b, (char)(0x80 | (cp >> 12 & 0x3F)));
        buf_addc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
        buf_addc(b, (char)(0x80 | (cp & 0x3F)));
    }
}

bool text_is_utf8(struct str s)
{
    while (s.len) {
        size_t n = text_utf8_len(s);
        if (n == 0)
            return false;
        s = str_sub(s, n, s.len);
    }
    return true;
}

struct range {
    uint32_t from, to;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cp >= r[i].from && cp <= r[i].to)
            return true;
    return false;
}

/* Combining marks and zero-width characters (Unicode general categories Mn, Me, Cf), the common
 * blocks. */
static const struct range zero_width[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x06D6, 0x06DC}, {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};
/* East Asian Wide and Fullwidth (UAX #11). */
static const struct range double_width[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};
/* Characters that reorder or hide what is around them (bidirectional controls, UAX #9). */
static const struct range steering[] = {
    {0x0080, 0x009F}, {0x061C, 0x061C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069},
};

#define IN(cp, table) in_ranges((cp), (table), sizeof(table) / sizeof(table)[0])

int text_char_width(uint32_t cp)
{
    if (cp < 0x300)
        return 1;
    return IN(cp, zero_width) ? 0 : IN(cp, double_width) ? 2 : 1;
}

/* One character as it is shown: text, columns, and how many bytes of input it stands for. */
struct shown {
    char text[16];
    int columns;
    size_t used;
};

static struct shown show_char(struct str s, bool ascii)
{
    struct shown out = {.columns = 1, .used = 1};
    unsigned char c = (unsigned char)s.p[0];
    size_t n = text_utf8_len(s);
    if (c < 0x20 || c == 0x7F) {
        out.columns = snprintf(out.text, sizeof out.text, "^%c", c ^ 0x40);
    } else if (c < 0x80) {
        out.text[0] = (char)c;
    } else if (n == 0) {
        snprintf(out.text, sizeof out.text, "%s", ascii ? "?" : "\xEF\xBF\xBD");
    } else {
        uint32_t cp = text_utf8_decode(s);
        out.used = n;
        if (IN(cp, steering)) {
            out.columns = snprintf(out.text, sizeof out.text, "<U+%04X>", (unsigned)cp);
        } else if (ascii) {
            out.text[0] = '?';
        } else {
            memcpy(out.text, s.p, n);
            out.columns = text_char_width(cp);
        }
    }
    return out;
}

int text_width(struct str s)
{
    int columns = 0;
    while (s.len) {
        struct shown c = show_char(s, false);
        columns += c.columns;
        s = str_sub(s, c.used, s.len);
    }
    return columns;
}

void text_add_safe(struct buf *b, struct str s, bool ascii)
{
    while (s.len) {
        size_t plain = 0;
        while (plain < s.len && s.p[plain] >= 0x20 && s.p[plain] < 0x7F)
            plain++;
        buf_add(b, s.p, plain);
        s = str_sub(s, plain, s.len);
        if (s.len == 0)
            break;
        struct shown c = show_char(s, ascii);
        buf_adds(b, c.text);
        s = str_sub(s, c.used, s.len);
    }
}

int text_add_cut(struct buf *b, struct str s, int columns, bool ascii)
{
    int used = 0;
    size_t mark_at = b->len;
    int mark_used = 0;
    while (s.len) {
        struct shown c = show_char(s, ascii);
        if (used + c.columns > columns) {
            if (columns <= 0)
                return 0;
            b->len = mark_at;
            buf_adds(b, ascii ? "~" : "…");
            return mark_used + 1;
        }
        buf_adds(b, c.text);
        used += c.columns;
        if (used < columns) {
            mark_at = b->len;
            mark_used = used;
        }
        s = str_sub(s, c.used, s.len);
    }
    return used;
}

void text_add_int(struct buf *b, int64_t v)
{
    char tmp[24], *p = tmp + sizeof tmp;
    uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do
        *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0)
        *--p = '-';
    buf_add(b, p, (size_t)(tmp + sizeof tmp - p));
}

/* Digits of a value scaled to an integer; exact below 2^53, and far faster than printf. */
static void add_scaled(struct buf *b, uint64_t scaled, int decimals, bool trim)
{
    char tmp[32], *end = tmp + sizeof tmp, *p = end;
    for (int i = 0; i < decimals; i++, scaled /= 10)
        *--p = (char)('0' + scaled % 10);
    char *stop = end;
    while (trim && stop > p && stop[-1] == '0')
        stop--;
    if (stop > p)
        *--p = '.';
    else
        stop = p;
    do
        *--p = (char)('0' + scaled % 10);
    while (scaled /= 10);
    buf_add(b, p, (size_t)(stop - p));
}

void text_add_decimal(struct buf *b, double v, int decimals, bool trim)
{
    static const double scale[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    double scaled = fabs(v) * scale[decimals];
    if (scaled < 4503599627370496.0) { /* 2^52: halves are still exact */
        uint64_t n = (uint64_t)(scaled + 0.5);
        if (v < 0 && n)
            buf_addc(b, '-');
        add_scaled(b, n, decimals, trim);
    } else if (fabs(v) < 1e18) {
        buf_printf(b, "%.0f", v);
    } else {
        buf_printf(b, "%.6g", v);
    }
}

void text_add_grouped(struct buf *b, double v)
{
    char tmp[400];
    int n = snprintf(tmp, sizeof tmp, "%.0f", fabs(v) < 1e300 ? v : 1e300);
    int digits = n - (tmp[0] == '-');
    if (tmp[0] == '-')
        buf_addc(b, '-');
    for (int i = 0; i < digits; i++) {
        if (i && (digits - i) % 3 == 0)
            buf_addc(b, ',');
        buf_addc(b, tmp[n - digits + i]);
    }
}

/* Three significant digits: 7.32, 36.8, 120. */
static void add_three(struct buf *b, double v)
{
    text_add_decimal(b, v, v < 9.995 ? 2 : v < 99.95 ? 1 : 0, false);
}

void text_add_count(struct buf *b, double v)
{
    static const char unit[] = "kMGTPE";
    if (fabs(v) < 999.5) {
        bool whole = v == floor(v);
        text_add_decimal(b, v, whole ? 0 : fabs(v) < 9.995 ? 2 : fabs(v) < 99.95 ? 1 : 0, false);
        return;
    }
    if (fabs(v) >= 1e21) {
        buf_printf(b, "%.0e", v);
        return;
    }
    size_t i = 0;
    for (v /= 1000; fabs(v) >= 999.5 && unit[i + 1]; i++)
        v /= 1000;
    add_three(b, v);
    buf_addc(b, unit[i]);
}

void text_add_bytes(struct buf *b, double bytes)
{
    static const char *const unit[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t i = 0;
    while (fabs(bytes) >= 1023.5 && i + 1 < sizeof unit / sizeof unit[0]) {
        bytes /= 1024;
        i++;
    }
    text_add_decimal(b, bytes, i >= 2 && fabs(bytes) < 99.95 ? 1 : 0, false);
    buf_adds(b, unit[i]);
}

void text_add_ms(struct buf *b, double ms)
{
    double a = fabs(ms);
    if (a < 9999.5) {
        text_add_decimal(b, ms, a < 0.9995 ? 3 : a < 9.995 ? 2 : 1, false);
        buf_adds(b, "ms");
    } else if (a < 99950) {
        text_add_decimal(b, ms / 1000, 1, false);
        buf_addc(b, 's');
    } else if (a < 3599500) {
        long s = lround(ms / 1000);
        buf_printf(b, "%ldm%02lds", s / 60, labs(s % 60));
    } else {
        long m = lround(ms / 60000);
        buf_printf(b, "%ldh%02ldm", m / 60, labs(m % 60));
    }
}

void text_add_roff(struct buf *b, const char *s)
{
    bool line_start = b->len == 0 || b->data[b->len - 1] == '\n';
    for (; *s; s++) {
        if (line_start && (*s == '.' || *s == '\''))
            buf_adds(b, "\\&");
        if (*s == '\\')
            buf_adds(b, "\\e");
        else if (*s == '-')
            buf_adds(b, "\\-");
        else
            buf_addc(b, *s);
        line_start = *s == '\n';
    }
}
