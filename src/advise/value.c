#include "advise/value.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>

#include "advise/value_text.h"

struct type_name {
    const char *name;
    enum value_class cls;
};

static const struct type_name type_names[] = {
    {"smallint", CLASS_NUMBER},
    {"integer", CLASS_NUMBER},
    {"bigint", CLASS_NUMBER},
    {"numeric", CLASS_NUMBER},
    {"real", CLASS_NUMBER},
    {"double precision", CLASS_NUMBER},
    {"oid", CLASS_NUMBER},
    {"int2", CLASS_NUMBER},
    {"int4", CLASS_NUMBER},
    {"int8", CLASS_NUMBER},
    {"decimal", CLASS_NUMBER},
    {"float4", CLASS_NUMBER},
    {"float8", CLASS_NUMBER},
    {"boolean", CLASS_BOOL},
    {"bool", CLASS_BOOL},
    {"text", CLASS_TEXT},
    {"character varying", CLASS_TEXT},
    {"varchar", CLASS_TEXT},
    {"name", CLASS_TEXT},
    {"\"char\"", CLASS_TEXT},
    {"character", CLASS_BPCHAR},
    {"bpchar", CLASS_BPCHAR},
    {"bytea", CLASS_BYTES},
    {"date", CLASS_DATE},
    {"timestamp without time zone", CLASS_TIMESTAMP},
    {"timestamp", CLASS_TIMESTAMP},
    {"timestamp with time zone", CLASS_TIMESTAMPTZ},
    {"timestamptz", CLASS_TIMESTAMPTZ},
    {"time without time zone", CLASS_TIME},
    {"time", CLASS_TIME},
    {"interval", CLASS_INTERVAL},
    {"inet", CLASS_NET},
    {"cidr", CLASS_NET},
    {"uuid", CLASS_UUID},
    {"money", CLASS_MONEY},
    {"jsonb", CLASS_JSONB},
    {"tsvector", CLASS_TSVECTOR},
    {"point", CLASS_GEOMETRY},
    {"box", CLASS_GEOMETRY},
    {"circle", CLASS_GEOMETRY},
    {"polygon", CLASS_GEOMETRY},
};

enum value_class value_class_of(struct str base_type, char category)
{
    if (str_ends(base_type, "[]"))
        return CLASS_ARRAY;
    for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
        if (str_is(base_type, type_names[i].name))
            return type_names[i].cls;
    if (category == 'E')
        return CLASS_ENUM;
    if (category == 'R' || str_ends(base_type, "range"))
        return CLASS_RANGE;
    if (category == 'A')
        return CLASS_ARRAY;
    return CLASS_UNKNOWN;
}

bool value_is_scalar(enum value_class cls)
{
    return cls == CLASS_NUMBER || cls == CLASS_BOOL || cls == CLASS_NET || cls == CLASS_MONEY ||
           (cls >= CLASS_DATE && cls <= CLASS_INTERVAL);
}

/* ---- dates and times ---- */

#define DAY_US 86400e6
/* PostgreSQL's infinities are the ends of a 64-bit count of microseconds. */
#define TIME_INFINITY 9223372036854775807.0

double value_days(int year, int month, int day)
{
    /* Days from civil, with years starting in March so that the leap day comes last. */
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (double)era * 146097 + doe - 730425;
}

void value_civil(double days, int *year, int *month, int *day)
{
    double z = days + 730425;
    double era = floor(z / 146097);
    int doe = (int)(z - era * 146097);
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = (int)(yoe + era * 400) + (*month <= 2);
}

/* A cursor over a text; reading past the end gives NUL. */
struct scan {
    const char *p, *end;
};

static char scan_peek(const struct scan *s)
{
    return s->p < s->end ? *s->p : '\0';
}

static bool scan_take(struct scan *s, char c)
{
    if (s->p >= s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

/* Up to max digits; the number of digits read. */
static int scan_digits(struct scan *s, int max, int *out)
{
    int n = 0;
    *out = 0;
    for (; n < max && s->p < s->end && *s->p >= '0' && *s->p <= '9'; n++)
        *out = *out * 10 + (*s->p++ - '0');
    return n;
}

/* HH:MM[:SS[.fraction]] in microseconds. */
static bool scan_clock(struct scan *s, double *us)
{
    int hour, minute, second = 0;
    if (!scan_digits(s, 6, &hour) || !scan_take(s, ':') || scan_digits(s, 2, &minute) != 2)
        return false;
    double fraction = 0, scale = 0.1;
    if (scan_take(s, ':')) {
        if (scan_digits(s, 2, &second) != 2)
            return false;
        if (scan_take(s, '.'))
            for (int d; scan_digits(s, 1, &d); scale /= 10)
                fraction += d * scale;
    }
    *us = ((hour * 60.0 + minute) * 60 + second) * 1e6 + rint(fraction * 1e6);
    return true;
}

/* +02, -03:30, +0530, Z; in microseconds east. False leaves the cursor alone. */
static bool scan_zone(struct scan *s, double *us)
{
    struct scan start = *s;
    if (scan_take(s, 'Z') || scan_take(s, 'z')) {
        *us = 0;
        return true;
    }
    int sign = scan_take(s, '-') ? -1 : scan_take(s, '+') ? 1 : 0;
    int hour, minute = 0, second = 0;
    if (!sign || scan_digits(s, 2, &hour) == 0) {
        *s = start;
        return false;
    }
    scan_take(s, ':');
    if (scan_digits(s, 2, &minute) && scan_take(s, ':'))
        scan_digits(s, 2, &second);
    *us = sign * ((hour * 60.0 + minute) * 60 + second) * 1e6;
    return true;
}

static bool scan_date(struct scan *s, double *days)
{
    int year, month, day;
    int n = scan_digits(s, 6, &year);
    if (n >= 4 && scan_take(s, '-')) {
        if (!scan_digits(s, 2, &month) || !scan_take(s, '-') || !scan_digits(s, 2, &day))
            return false;
    } else if (n == 6 && scan_digits(s, 2, &day) == 2) { /* YYYYMMDD */
        month = year % 100;
        year /= 100;
    } else {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    bool bc = s->end - s->p >= 2 && s->end[-2] == 'B' && s->end[-1] == 'C';
    *days = value_days(bc ? 1 - year : year, month, day);
    return true;
}

/* Everything of a timestamp's text; *has_zone says whether *zone_us was written. */
static bool parse_timestamp(struct str text, double *days, double *clock_us, bool *has_zone,
                            double *zone_us)
{
    text = str_trim(text);
    struct scan s = {text.p, text.p + text.len};
    *clock_us = 0;
    *has_zone = false;
    if (!scan_date(&s, days))
        return false;
    if (scan_take(&s, ' ') || scan_take(&s, 'T')) {
        if (scan_peek(&s) >= '0' && scan_peek(&s) <= '9' && !scan_clock(&s, clock_us))
            return false;
        scan_take(&s, ' ');
        *has_zone = scan_zone(&s, zone_us);
    }
    struct str rest = str_trim((struct str){s.p, (size_t)(s.end - s.p)});
    if (!*has_zone && (str_is_nocase(rest, "UTC") || str_is_nocase(rest, "GMT"))) {
        *has_zone = true;
        *zone_us = 0;
        return true;
    }
    return rest.len == 0 || str_is(rest, "BC");
}

bool value_zone(struct str text, double *offset_us)
{
    double days, clock_us, zone;
    bool has_zone;
    if (!parse_timestamp(text, &days, &clock_us, &has_zone, &zone) || !has_zone)
        return false;
    *offset_us = zone;
    return true;
}

static bool time_number(const struct value_type *t, struct str text, double *out)
{
    if (str_is_nocase(text, "infinity") || str_is_nocase(text, "-infinity")) {
        *out = text.p[0] == '-' ? -TIME_INFINITY : TIME_INFINITY;
        return true;
    }
    double days, clock_us, zone = 0;
    bool has_zone;
    if (!parse_timestamp(text, &days, &clock_us, &has_zone, &zone))
        return false;
    if (t->cls == CLASS_DATE)
        clock_us = 0;
    *out = days * DAY_US + clock_us;
    if (t->cls == CLASS_TIMESTAMPTZ)
        *out -= has_zone ? zone : t->offset_us;
    return true;
}

/* ---- intervals ---- */

struct unit {
    const char *name;
    double months, days, us;
};

static const struct unit units[] = {
    {"year", 12, 0, 0},     {"yr", 12, 0, 0},         {"y", 12, 0, 0},
    {"month", 1, 0, 0},     {"mon", 1, 0, 0},         {"week", 0, 7, 0},
    {"w", 0, 7, 0},         {"day", 0, 1, 0},         {"d", 0, 1, 0},
    {"hour", 0, 0, 3600e6}, {"hr", 0, 0, 3600e6},     {"h", 0, 0, 3600e6},
    {"minute", 0, 0, 60e6}, {"min", 0, 0, 60e6},      {"m", 0, 0, 60e6},
    {"second", 0, 0, 1e6},  {"sec", 0, 0, 1e6},       {"s", 0, 0, 1e6},
    {"decade", 120, 0, 0},  {"century", 1200, 0, 0},  {"millisecond", 0, 0, 1e3},
    {"ms", 0, 0, 1e3},      {"microsecond", 0, 0, 1}, {"us", 0, 0, 1},
    {"quarter", 3, 0, 0},
};

static const struct unit *find_unit(struct str name)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (str_is_nocase(name, units[i].name))
            return &units[i];
        if (name.len > 1 && (name.p[name.len - 1] | 0x20) == 's' &&
            str_is_nocase(str_sub(name, 0, name.len - 1), units[i].name))
            return &units[i];
    }
    return NULL;
}

static struct str scan_word(struct scan *s)
{
    const char *start = s->p;
    while (s->p < s->end && ((*s->p | 0x20) >= 'a' && (*s->p | 0x20) <= 'z'))
        s->p++;
    return (struct str){start, (size_t)(s->p - start)};
}

static void scan_blanks(struct scan *s)
{
    while (scan_take(s, ' '))
        ;
}

static void add_amount(struct value_interval *v, const struct unit *u, double n)
{
    /* A fraction of a month or day trickles down, as PostgreSQL does it. */
    double months = trunc(n * u->months), month_rest = n * u->months - months;
    double days = n * u->days + month_rest * 30;
    v->months += months;
    v->days += trunc(days);
    v->us += (days - trunc(days)) * DAY_US + n * u->us;
}

/* One "[+-]N unit" or "[+-]HH:MM:SS"; in ISO 8601 form the unit's letter follows directly. */
static bool scan_amount(struct scan *s, struct value_interval *v, bool iso, bool *in_time)
{
    if (iso && scan_take(s, 'T'))
        *in_time = true;
    double sign = scan_take(s, '-') ? -1 : 1;
    scan_take(s, '+');
    struct scan back = *s;
    double us;
    if (!iso && scan_clock(s, &us)) {
        v->us += sign * us;
        return true;
    }
    *s = back;
    const char *start = s->p;
    while (s->p < s->end && ((*s->p >= '0' && *s->p <= '9') || *s->p == '.'))
        s->p++;
    double n;
    if (!str_to_double((struct str){start, (size_t)(s->p - start)}, &n))
        return false;
    scan_blanks(s);
    struct str word = iso ? (struct str){s->p, s->p < s->end} : scan_word(s);
    if (iso && s->p < s->end)
        s->p++;
    const struct unit *u = find_unit(iso && str_is(word, "M") && !*in_time ? STR("month") : word);
    if (!u)
        return false;
    add_amount(v, u, sign * n);
    return true;
}

bool value_interval(struct str text, struct value_interval *out)
{
    text = str_trim(text);
    struct scan s = {text.p, text.p + text.len};
    *out = (struct value_interval){0};
    bool iso = scan_take(&s, 'P'), in_time = false, any = false;
    scan_take(&s, '@');
    for (scan_blanks(&s); s.p < s.end; scan_blanks(&s), any = true) {
        struct str rest = {s.p, (size_t)(s.end - s.p)};
        if (any && str_is_nocase(rest, "ago")) {
            *out = (struct value_interval){-out->months, -out->days, -out->us};
            return true;
        }
        if (!scan_amount(&s, out, iso, &in_time))
            return false;
    }
    return any;
}

/* ---- numbers of the other classes ---- */

static bool net_parse(struct str text, unsigned char addr[16], int *family, int *bits)
{
    char copy[64];
    text = str_trim(text);
    ptrdiff_t slash = str_find(text, "/");
    struct str host = slash < 0 ? text : str_sub(text, 0, (size_t)slash);
    if (host.len >= sizeof(copy))
        return false;
    memcpy(copy, host.p, host.len);
    copy[host.len] = '\0';
    memset(addr, 0, 16);
    *family = memchr(copy, ':', host.len) ? AF_INET6 : AF_INET;
    if (inet_pton(*family, copy, addr) != 1)
        return false;
    long long n = *family == AF_INET ? 32 : 128;
    if (slash >= 0 && !str_to_int64(str_sub(text, (size_t)slash + 1, text.len), &n))
        return false;
    *bits = (int)n;
    return true;
}

static bool net_number(struct str text, double *out)
{
    unsigned char addr[16];
    int family, bits;
    if (!net_parse(text, addr, &family, &bits))
        return false;
    double n = family == AF_INET ? 2 : 3;
    for (int i = 0; i < (family == AF_INET ? 4 : 5); i++)
        n = n * 256 + addr[i];
    *out = n;
    return true;
}

static bool money_number(struct str text, double *out)
{
    char copy[64];
    size_t n = 0;
    bool negative = false;
    for (size_t i = 0; i < text.len && n + 1 < sizeof(copy); i++) {
        negative |= text.p[i] == '-' || text.p[i] == '(';
        if ((text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '.')
            copy[n++] = text.p[i];
    }
    double v;
    if (!str_to_double((struct str){copy, n}, &v))
        return false;
    *out = negative ? -v : v;
    return true;
}

static bool bool_number(struct str text, double *out)
{
    static const char *const yes[] = {"t", "true", "yes", "y", "on", "1"};
    static const char *const no[] = {"f", "false", "no", "n", "off", "0"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        *out = str_is_nocase(text, yes[i]);
        if (*out || str_is_nocase(text, no[i]))
            return true;
    }
    return false;
}

static bool plain_number(struct str text, double *out)
{
    text = str_trim(text);
    if (str_is_nocase(text, "nan") || str_is_nocase(text, "infinity") ||
        str_is_nocase(text, "inf")) {
        *out = INFINITY; /* NaN sorts above all numbers */
        return true;
    }
    if (str_is_nocase(text, "-infinity") || str_is_nocase(text, "-inf")) {
        *out = -INFINITY;
        return true;
    }
    return str_to_double(text, out);
}

static bool span_number(enum value_class cls, struct str text, double *out)
{
    struct value_interval v;
    if (cls == CLASS_TIME) {
        struct scan s = {text.p, text.p + text.len};
        return scan_clock(&s, out);
    }
    if (!value_interval(text, &v))
        return false;
    *out = v.us + v.days * DAY_US + v.months * (365.25 / 12) * DAY_US;
    return true;
}

bool value_number(const struct value_type *t, struct str text, double *out)
{
    switch (t->cls) {
    case CLASS_NUMBER:
        return plain_number(text, out);
    case CLASS_BOOL:
        return bool_number(text, out);
    case CLASS_DATE:
    case CLASS_TIMESTAMP:
    case CLASS_TIMESTAMPTZ:
        return time_number(t, text, out);
    case CLASS_TIME:
    case CLASS_INTERVAL:
        return span_number(t->cls, text, out);
    case CLASS_NET:
        return net_number(text, out);
    case CLASS_MONEY:
        return money_number(text, out);
    default:
        return false;
    }
}

/* ---- equality and order ---- */

static struct str trim_blanks(struct str s)
{
    while (s.len && s.p[s.len - 1] == ' ')
        s.len--;
    return s;
}

static bool is_integer(struct str s)
{
    long long n;
    return str_to_int64(s, &n);
}

bool value_equal(const struct value_type *t, struct str a, struct str b)
{
    if (t->cls == CLASS_BPCHAR)
        return str_eq(trim_blanks(a), trim_blanks(b));
    if (str_eq(a, b))
        return true;
    if (!value_is_scalar(t->cls) || t->cls == CLASS_NET)
        return false;
    /* Integers beyond 2^53 would look equal as doubles. */
    if (t->cls == CLASS_NUMBER && is_integer(a) && is_integer(b)) {
        long long x, y;
        return str_to_int64(a, &x) && str_to_int64(b, &y) && x == y;
    }
    double x, y;
    return value_number(t, a, &x) && value_number(t, b, &y) && x == y;
}

/* Networks: family, then the bits both masks share, then mask length, then the address. */
static bool net_compare(struct str a, struct str b, int *order)
{
    unsigned char x[16], y[16];
    int xf, yf, xb, yb;
    if (!net_parse(a, x, &xf, &xb) || !net_parse(b, y, &yf, &yb))
        return false;
    int shared = xb < yb ? xb : yb;
    *order = (xf > yf) - (xf < yf);
    for (int i = 0; *order == 0 && i < shared; i++) {
        int shift = 7 - i % 8;
        *order = (x[i / 8] >> shift & 1) - (y[i / 8] >> shift & 1);
    }
    if (*order == 0)
        *order = (xb > yb) - (xb < yb);
    if (*order == 0)
        *order = memcmp(x, y, sizeof(x));
    return true;
}

int value_net_within(struct str a, struct str b)
{
    unsigned char x[16], y[16];
    int xf, yf, xb, yb;
    if (!net_parse(a, x, &xf, &xb) || !net_parse(b, y, &yf, &yb))
        return -1;
    if (xf != yf || xb < yb)
        return 0;
    for (int i = 0; i < yb; i++)
        if ((x[i / 8] ^ y[i / 8]) >> (7 - i % 8) & 1)
            return 0;
    return 1;
}

bool value_compare(const struct value_type *t, struct str a, struct str b, int *order)
{
    double x, y;
    switch (t->cls) {
    case CLASS_TEXT:
    case CLASS_BYTES:
    case CLASS_UUID:
        *order = value_text_compare(t->linguistic, a, b);
        return true;
    case CLASS_BPCHAR:
        *order = value_text_compare(t->linguistic, trim_blanks(a), trim_blanks(b));
        return true;
    case CLASS_NET:
        return net_compare(a, b, order);
    default:
        if (!value_number(t, a, &x) || !value_number(t, b, &y))
            return false;
        *order = (x > y) - (x < y);
        return true;
    }
}

double value_fraction(const struct value_type *t, struct str low, struct str v, struct str high)
{
    double l, x, h;
    if (t->cls == CLASS_TEXT || t->cls == CLASS_BPCHAR || t->cls == CLASS_BYTES) {
        bool bytes = t->cls == CLASS_BYTES;
        value_text_scale(t->linguistic, bytes, low, v, high, &l, &x, &h);
    } else if (t->cls == CLASS_MONEY || !value_is_scalar(t->cls) || !value_number(t, low, &l) ||
               !value_number(t, v, &x) || !value_number(t, high, &h)) {
        return 0.5;
    }
    if (h <= l)
        return 0.5;
    if (x <= l)
        return 0;
    if (x >= h)
        return 1;
    double f = (x - l) / (h - l);
    return f >= 0 && f <= 1 ? f : 0.5;
}
