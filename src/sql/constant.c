#include "sql/constant.h"

#include <math.h>
#include <stdlib.h>

#include "sql/ident.h"

/* ---- families ---- */

static const struct {
    const char *type;
    enum const_family family;
} families[] = {
    {"smallint", FAMILY_INTEGER},
    {"integer", FAMILY_INTEGER},
    {"bigint", FAMILY_INTEGER},
    {"oid", FAMILY_INTEGER},
    {"numeric", FAMILY_NUMERIC},
    {"real", FAMILY_FLOAT},
    {"double precision", FAMILY_FLOAT},
    {"text", FAMILY_TEXT},
    {"character varying", FAMILY_TEXT},
    {"name", FAMILY_TEXT},
    {"character", FAMILY_BPCHAR},
    {"bpchar", FAMILY_BPCHAR},
    {"boolean", FAMILY_BOOLEAN},
    {"date", FAMILY_DATE},
    {"timestamp without time zone", FAMILY_TIMESTAMP},
    {"timestamp with time zone", FAMILY_TIMESTAMPTZ},
    {"uuid", FAMILY_UUID},
};

/* "timestamp(0) without time zone", "numeric(5,1)" without what is in parentheses. */
static struct str without_modifier(struct str type, char *room, size_t size)
{
    ptrdiff_t open = str_find(type, "("), close = str_find(type, ")");
    if (open < 0 || close < open || type.len >= size)
        return type;
    size_t head = (size_t)open, tail = type.len - (size_t)close - 1;
    memcpy(room, type.p, head);
    memcpy(room + head, type.p + close + 1, tail);
    return (struct str){room, head + tail};
}

enum const_family const_family_of(struct str type, char category)
{
    char room[128];
    if (!type.len)
        return FAMILY_UNKNOWN;
    struct str name = sql_type_display(without_modifier(type, room, sizeof room));
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (str_is(name, families[i].type))
            return families[i].family;
    return category == 'E' ? FAMILY_ENUM : FAMILY_OTHER;
}

/* ---- numbers ---- */

/* A decimal number as digits without leading zeros: 0.d1d2d3... times 10^exponent. */
struct decimal {
    bool negative;
    bool zero;
    struct str whole, fraction; /* digits before and behind the point, zeros stripped */
    long long exponent;
};

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static bool split_exponent(struct str *s, long long *exponent)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->p[i] == 'e' || s->p[i] == 'E') {
            struct str digits = str_sub(*s, i + 1, s->len);
            if (str_starts(digits, "+"))
                digits = str_sub(digits, 1, digits.len);
            s->len = i;
            return str_to_int64(digits, exponent) && *exponent > -100000 && *exponent < 100000;
        }
    return true;
}

static bool read_decimal(struct str s, struct decimal *d)
{
    *d = (struct decimal){0};
    s = str_trim(s);
    if (str_starts(s, "-") || str_starts(s, "+")) {
        d->negative = s.p[0] == '-';
        s = str_sub(s, 1, s.len);
    }
    long long exponent = 0;
    if (!split_exponent(&s, &exponent))
        return false;
    ptrdiff_t point = str_find(s, ".");
    d->whole = point < 0 ? s : str_sub(s, 0, (size_t)point);
    d->fraction = point < 0 ? (struct str){0} : str_sub(s, (size_t)point + 1, s.len);
    if (!all_digits(d->whole) || !all_digits(d->fraction) || d->whole.len + d->fraction.len == 0)
        return false;
    while (d->whole.len && d->whole.p[0] == '0')
        d->whole = str_sub(d->whole, 1, d->whole.len);
    while (d->fraction.len && d->fraction.p[d->fraction.len - 1] == '0')
        d->fraction.len--;
    d->exponent = (long long)d->whole.len + exponent;
    while (!d->whole.len && d->fraction.len && d->fraction.p[0] == '0') {
        d->fraction = str_sub(d->fraction, 1, d->fraction.len);
        d->exponent--;
    }
    d->zero = d->whole.len + d->fraction.len == 0;
    return true;
}

static char digit_at(const struct decimal *d, size_t i)
{
    if (i < d->whole.len)
        return d->whole.p[i];
    i -= d->whole.len;
    return i < d->fraction.len ? d->fraction.p[i] : '0';
}

static int compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    size_t n = a->whole.len + a->fraction.len, m = b->whole.len + b->fraction.len;
    for (size_t i = 0; i < n || i < m; i++) {
        int difference = digit_at(a, i) - digit_at(b, i);
        if (difference)
            return difference;
    }
    return 0;
}

static enum const_order order_of(int c)
{
    return c < 0 ? ORDER_LESS : c > 0 ? ORDER_GREATER : ORDER_EQUAL;
}

static enum const_order compare_decimal(struct str a, struct str b)
{
    struct decimal x, y;
    if (!read_decimal(a, &x) || !read_decimal(b, &y))
        return ORDER_UNKNOWN;
    int sx = x.zero ? 0 : x.negative ? -1 : 1, sy = y.zero ? 0 : y.negative ? -1 : 1;
    if (sx != sy || !sx)
        return order_of(sx - sy);
    return order_of(sx * compare_magnitude(&x, &y));
}

static enum const_order compare_float(struct str a, struct str b)
{
    double x, y;
    if (!str_to_double(str_trim(a), &x) || !str_to_double(str_trim(b), &y))
        return ORDER_UNKNOWN;
    return order_of((x > y) - (x < y));
}

/* ---- text ---- */

/* Digits and small ASCII letters sort alike in all languages' collations. */
static bool is_simple(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9')))
            return false;
    return true;
}

static enum const_order compare_text(struct str a, struct str b, bool by_bytes)
{
    int c = str_cmp(a, b);
    bool known = c == 0 || by_bytes || (is_simple(a) && is_simple(b));
    return known ? order_of(c) : ORDER_DIFFERENT;
}

static struct str without_blanks(struct str s)
{
    while (s.len && s.p[s.len - 1] == ' ')
        s.len--;
    return s;
}

/* ---- dates and times ---- */

struct moment {
    long long days; /* since a day in the past */
    double us;      /* of the day */
    bool has_zone;
};

static bool read_digits(struct str *s, size_t least, size_t most, long long *out)
{
    size_t n = 0;
    while (n < s->len && n < most && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    bool good = n >= least && str_to_int64(str_sub(*s, 0, n), out);
    *s = str_sub(*s, n, s->len);
    return good;
}

static bool eat(struct str *s, const char *literal)
{
    if (!str_starts(*s, literal))
        return false;
    *s = str_sub(*s, strlen(literal), s->len);
    return true;
}

/* Days of the proleptic Gregorian calendar, counted from 0000-03-01. */
static long long day_number(long long y, long long m, long long d)
{
    y -= m <= 2;
    long long era = y / 400, yoe = y - era * 400;
    long long doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
}

static bool read_date(struct str *s, struct moment *out)
{
    long long y, m, d;
    if (!read_digits(s, 4, 6, &y) || !eat(s, "-") || !read_digits(s, 1, 2, &m) || !eat(s, "-") ||
        !read_digits(s, 1, 2, &d))
        return false;
    out->days = day_number(y, m, d);
    return m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

static bool read_time(struct str *s, struct moment *out)
{
    long long h, m, sec = 0, micro = 0;
    if (!read_digits(s, 1, 2, &h) || !eat(s, ":") || !read_digits(s, 2, 2, &m))
        return false;
    if (eat(s, ":") && !read_digits(s, 2, 2, &sec))
        return false;
    if (eat(s, ".")) {
        size_t before = s->len;
        if (!read_digits(s, 1, 6, &micro))
            return false;
        for (size_t n = before - s->len; n < 6; n++)
            micro *= 10;
    }
    out->us = (double)(((h * 60 + m) * 60 + sec) * 1000000 + micro);
    return true;
}

static bool read_zone(struct str *s, struct moment *out)
{
    long long h = 0, m = 0;
    if (eat(s, "Z")) {
        out->has_zone = true;
        return true;
    }
    bool minus = str_starts(*s, "-");
    if (!eat(s, "+") && !eat(s, "-"))
        return s->len == 0;
    if (!read_digits(s, 1, 2, &h) || (eat(s, ":") && !read_digits(s, 2, 2, &m)))
        return false;
    out->us -= (double)((h * 60 + m) * 60) * 1e6 * (minus ? -1 : 1);
    out->has_zone = true;
    return true;
}

static bool read_moment(struct str s, struct moment *out)
{
    *out = (struct moment){0};
    s = str_trim(s);
    if (!read_date(&s, out))
        return false;
    if (s.len && (eat(&s, "T") || eat(&s, " "))) {
        s = str_trim(s);
        if (!read_time(&s, out))
            return false;
        s = str_trim(s);
    }
    return read_zone(&s, out) && s.len == 0;
}

static enum const_order compare_moment(struct str a, struct str b)
{
    struct moment x, y;
    if (str_eq(a, b))
        return ORDER_EQUAL;
    if (!read_moment(a, &x) || !read_moment(b, &y) || x.has_zone != y.has_zone)
        return ORDER_UNKNOWN;
    double difference = (double)(x.days - y.days) * 86400e6 + (x.us - y.us);
    return order_of((difference > 0) - (difference < 0));
}

/* ---- the rest ---- */

static int truth(struct str s)
{
    static const char *const yes[] = {"true", "t", "yes", "y", "on", "1"};
    static const char *const no[] = {"false", "f", "no", "n", "off", "0"};
    s = str_trim(s);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (str_is_nocase(s, yes[i]))
            return 1;
        if (str_is_nocase(s, no[i]))
            return 0;
    }
    return -1;
}

static enum const_order compare_boolean(struct str a, struct str b)
{
    int x = truth(a), y = truth(b);
    return x < 0 || y < 0 ? ORDER_UNKNOWN : order_of(x - y);
}

static bool is_uuid(struct str s)
{
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
        if (dash ? s.p[i] != '-' : !hex)
            return false;
    }
    return true;
}

enum const_order const_compare(enum const_family family, bool by_bytes, struct str a, struct str b)
{
    switch (family) {
    case FAMILY_INTEGER:
    case FAMILY_NUMERIC:
        return compare_decimal(a, b);
    case FAMILY_FLOAT:
        return compare_float(a, b);
    case FAMILY_TEXT:
        return compare_text(a, b, by_bytes);
    case FAMILY_BPCHAR:
        return compare_text(without_blanks(a), without_blanks(b), by_bytes);
    case FAMILY_BOOLEAN:
        return compare_boolean(a, b);
    case FAMILY_DATE:
    case FAMILY_TIMESTAMP:
    case FAMILY_TIMESTAMPTZ:
        return compare_moment(a, b);
    case FAMILY_UUID:
        return is_uuid(a) && is_uuid(b) ? order_of(str_cmp(a, b)) : ORDER_UNKNOWN;
    case FAMILY_ENUM:
        return str_eq(a, b) ? ORDER_EQUAL : ORDER_DIFFERENT;
    case FAMILY_UNKNOWN:
    case FAMILY_OTHER:
        break;
    }
    return str_eq(a, b) ? ORDER_EQUAL : ORDER_UNKNOWN;
}
