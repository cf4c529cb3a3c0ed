#include "advise/value_time.h"

#include <math.h>

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

bool value_time_number(const struct value_type *t, struct str text, double *out)
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

bool value_span_number(enum value_class cls, struct str text, double *out)
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
