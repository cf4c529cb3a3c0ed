#include "advise/value_text.h"

#include <stdint.h>

#include "base/text.h"

/* Base letters of U+00C0 .. U+00FF. */
static const char latin1_base[] =
    "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

static int ascii_weight(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c + 32;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return c;
    if (c < ' ')
        return 1;
    /* Blanks and punctuation go below the digits, in their own order. */
    static const char order[] = " _-,;:!?./`^~'\"()[]{}@$*\\&#%+<=>|";
    const char *at = memchr(order, c, sizeof(order) - 1);
    return at ? 2 + (int)(at - order) : 1;
}

/* Cut one character off *s; its weight 1..255, or -1 at the end. */
static int next_weight(bool linguistic, struct str *s)
{
    if (!s->len)
        return -1;
    unsigned char c = (unsigned char)s->p[0];
    size_t n = 1;
    int weight = linguistic ? ascii_weight(c) : c;
    if (linguistic && c >= 0x80 && (n = text_utf8_len(*s)) > 0) {
        uint32_t cp = text_utf8_decode(*s);
        if (cp >= 0xC0 && cp <= 0xFF)
            weight = latin1_base[cp - 0xC0];
        else
            weight = 0x80 + (cp >> 6 > 0x7F ? 0x7F : (int)(cp >> 6));
    } else if (n == 0) {
        n = 1;
        weight = c;
    }
    *s = str_sub(*s, n, s->len);
    return weight;
}

int value_text_compare(bool linguistic, struct str a, struct str b)
{
    if (!linguistic)
        return str_cmp(a, b);
    struct str x = a, y = b;
    for (;;) {
        int wx = next_weight(true, &x), wy = next_weight(true, &y);
        if (wx != wy)
            return wx < wy ? -1 : 1;
        if (wx < 0)
            break;
    }
    /* Equal but for case and accents: lower case sorts before upper, i.e. against the bytes. */
    return -str_cmp(a, b);
}

struct range {
    int low, high;
};

static void range_widen(struct range *r, int low, int high)
{
    if (r->low <= high && r->high >= low) {
        r->low = r->low < low ? r->low : low;
        r->high = r->high > high ? r->high : high;
    }
}

static void range_add(struct range *r, bool linguistic, struct str s)
{
    for (int w; (w = next_weight(linguistic, &s)) >= 0;) {
        r->low = w < r->low ? w : r->low;
        r->high = w > r->high ? w : r->high;
    }
}

/* The base that the planner picks for a bin: all characters seen, whole classes of them. */
static struct range range_of(bool linguistic, struct str low, struct str high)
{
    struct range r = {255, 0};
    range_add(&r, linguistic, low);
    range_add(&r, linguistic, high);
    if (r.high < r.low)
        return (struct range){' ', 127};
    range_widen(&r, 'A', 'Z');
    range_widen(&r, 'a', 'z');
    range_widen(&r, '0', '9');
    if (r.high - r.low < 9)
        r = (struct range){' ', 127};
    return r;
}

/* Twelve digits of a base of ten or more exhaust a double. */
#define MAX_DIGITS 12

static double scale_one(bool linguistic, struct str s, struct range r)
{
    double base = r.high - r.low + 1, denominator = base, sum = 0;
    for (int i = 0, w; i < MAX_DIGITS && (w = next_weight(linguistic, &s)) >= 0; i++) {
        w = w < r.low ? r.low - 1 : w > r.high ? r.high + 1 : w;
        sum += (w - r.low) / denominator;
        denominator *= base;
    }
    return sum;
}

static void strip_common(bool linguistic, struct str *a, struct str *b, struct str *c)
{
    for (;;) {
        struct str x = *a, y = *b, z = *c;
        int w = next_weight(linguistic, &x);
        if (w < 0 || w != next_weight(linguistic, &y) || w != next_weight(linguistic, &z))
            return;
        *a = x;
        *b = y;
        *c = z;
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* bytea in hex notation, from hex digit pair `skip` on. */
static double scale_bytes(struct str s, size_t skip)
{
    double denominator = 256, sum = 0;
    for (size_t i = 2 + 2 * skip; i + 1 < s.len && i < 2 + 2 * (skip + 10); i += 2) {
        sum += (hex_digit(s.p[i]) * 16 + hex_digit(s.p[i + 1])) / denominator;
        denominator *= 256;
    }
    return sum;
}

static size_t common_bytes(struct str a, struct str b, struct str c)
{
    size_t n = a.len < b.len ? a.len : b.len;
    n = c.len < n ? c.len : n;
    size_t i = 2;
    while (i + 1 < n && memcmp(a.p + i, b.p + i, 2) == 0 && memcmp(a.p + i, c.p + i, 2) == 0)
        i += 2;
    return i / 2 - 1;
}

void value_text_scale(bool linguistic, bool bytea, struct str low, struct str v, struct str high,
                      double *l, double *x, double *h)
{
    if (bytea) {
        size_t skip = common_bytes(low, v, high);
        *l = scale_bytes(low, skip);
        *x = scale_bytes(v, skip);
        *h = scale_bytes(high, skip);
        return;
    }
    struct range r = range_of(linguistic, low, high);
    strip_common(linguistic, &low, &high, &v);
    *l = scale_one(linguistic, low, r);
    *x = scale_one(linguistic, v, r);
    *h = scale_one(linguistic, high, r);
}
