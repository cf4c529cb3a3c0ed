#include "advise/stable.h"

#include <math.h>
#include <stdio.h>

#define DAY_US 86400e6
#define MAX_DEPTH 16

enum kind { NUMBER, DATE, LOCAL_TIME, TIME, INTERVAL };

/* Times are kept in UTC (TIME) or as the clock on the wall shows (LOCAL_TIME, DATE). */
struct term {
    enum kind kind;
    double n; /* the number, or microseconds */
    struct value_interval span;
};

struct eval {
    const char *p, *end;
    double now_us, zone_us;
    int depth;
};

static void skip_blanks(struct eval *e)
{
    while (e->p < e->end && (*e->p == ' ' || *e->p == '\n' || *e->p == '\t' || *e->p == '\r'))
        e->p++;
}

static bool take(struct eval *e, const char *token)
{
    skip_blanks(e);
    struct str rest = {e->p, (size_t)(e->end - e->p)};
    size_t n = strlen(token);
    if (!str_is_nocase(str_sub(rest, 0, n), token))
        return false;
    char last = token[n - 1], next = n < rest.len ? rest.p[n] : ' ';
    bool word = (last | 0x20) >= 'a' && (last | 0x20) <= 'z';
    if (word && (((next | 0x20) >= 'a' && (next | 0x20) <= 'z') || next == '_'))
        return false;
    e->p += n;
    return true;
}

/* A string literal; doubled quotes do not occur in what we evaluate. */
static bool take_string(struct eval *e, struct str *out)
{
    if (!take(e, "'"))
        return false;
    const char *start = e->p, *close = memchr(start, '\'', (size_t)(e->end - start));
    if (!close)
        return false;
    *out = (struct str){start, (size_t)(close - start)};
    e->p = close + 1;
    return true;
}

static const struct {
    const char *name;
    enum kind kind;
} type_names[] = {
    {"timestamp with time zone", TIME},
    {"timestamptz", TIME},
    {"timestamp without time zone", LOCAL_TIME},
    {"timestamp", LOCAL_TIME},
    {"interval", INTERVAL},
    {"date", DATE},
    {"integer", NUMBER},
    {"bigint", NUMBER},
    {"smallint", NUMBER},
    {"numeric", NUMBER},
    {"double precision", NUMBER},
    {"int", NUMBER},
};

static bool take_type(struct eval *e, enum kind *kind)
{
    for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
        if (take(e, type_names[i].name)) {
            *kind = type_names[i].kind;
            return true;
        }
    return false;
}

static bool convert(const struct eval *e, struct term *t, enum kind to)
{
    if (t->kind == to)
        return true;
    if (t->kind == NUMBER || to == NUMBER || t->kind == INTERVAL || to == INTERVAL)
        return false;
    if (t->kind == TIME)
        t->n += e->zone_us;
    if (to == DATE)
        t->n = floor(t->n / DAY_US) * DAY_US;
    if (to == TIME)
        t->n -= e->zone_us;
    t->kind = to;
    return true;
}

static bool from_text(const struct eval *e, struct str text, enum kind kind, struct term *out)
{
    static const enum value_class classes[] = {CLASS_NUMBER, CLASS_DATE, CLASS_TIMESTAMP,
                                               CLASS_TIMESTAMPTZ};
    *out = (struct term){.kind = kind};
    if (kind == INTERVAL)
        return value_interval(text, &out->span);
    if (kind != NUMBER && (str_is_nocase(text, "now") || str_is_nocase(text, "today"))) {
        *out = (struct term){.kind = TIME, .n = e->now_us};
        return convert(e, out, text.len == 5 ? DATE : kind) && convert(e, out, kind);
    }
    struct value_type type = {.cls = classes[kind], .offset_us = e->zone_us};
    return value_number(&type, text, &out->n);
}

static bool parse_sum(struct eval *e, struct term *out);

/* Start of the unit that holds local time t. */
static bool truncate_time(struct str unit, double *t)
{
    static const struct {
        const char *name;
        double us;
    } spans[] = {{"second", 1e6}, {"minute", 60e6}, {"hour", 3600e6}, {"day", DAY_US}};
    int year, month, day;
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
        if (str_is_nocase(unit, spans[i].name)) {
            *t = floor(*t / spans[i].us) * spans[i].us;
            return true;
        }
    double days = floor(*t / DAY_US);
    if (str_is_nocase(unit, "week")) { /* 2000-01-03 was a Monday */
        *t = (floor((days - 2) / 7) * 7 + 2) * DAY_US;
        return true;
    }
    value_civil(days, &year, &month, &day);
    if (str_is_nocase(unit, "month"))
        *t = value_days(year, month, 1) * DAY_US;
    else if (str_is_nocase(unit, "quarter"))
        *t = value_days(year, (month - 1) / 3 * 3 + 1, 1) * DAY_US;
    else if (str_is_nocase(unit, "year"))
        *t = value_days(year, 1, 1) * DAY_US;
    else
        return false;
    return true;
}

static bool parse_date_trunc(struct eval *e, struct term *out)
{
    struct str unit;
    if (!take(e, "(") || !take_string(e, &unit))
        return false;
    if (take(e, "::") && !take(e, "text"))
        return false;
    if (!take(e, ",") || !parse_sum(e, out) || !take(e, ")"))
        return false;
    enum kind kind = out->kind == DATE ? TIME : out->kind;
    return convert(e, out, LOCAL_TIME) && truncate_time(unit, &out->n) && convert(e, out, kind);
}

static bool parse_now(struct eval *e, struct term *out)
{
    static const struct {
        const char *name;
        enum kind kind;
    } names[] = {{"now()", TIME},
                 {"transaction_timestamp()", TIME},
                 {"statement_timestamp()", TIME},
                 {"clock_timestamp()", TIME},
                 {"current_timestamp", TIME},
                 {"localtimestamp", LOCAL_TIME},
                 {"current_date", DATE}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (take(e, names[i].name)) {
            *out = (struct term){.kind = TIME, .n = e->now_us};
            return !isnan(e->now_us) && convert(e, out, names[i].kind);
        }
    return false;
}

static bool parse_number(struct eval *e, struct term *out)
{
    const char *start = e->p;
    while (e->p < e->end && ((*e->p >= '0' && *e->p <= '9') || *e->p == '.'))
        e->p++;
    *out = (struct term){.kind = NUMBER};
    return str_to_double((struct str){start, (size_t)(e->p - start)}, &out->n);
}

static bool parse_primary(struct eval *e, struct term *out)
{
    struct str text;
    enum kind kind;
    skip_blanks(e);
    const char *start = e->p;
    if (take(e, "("))
        return parse_sum(e, out) && take(e, ")");
    if (take(e, "date_trunc"))
        return parse_date_trunc(e, out);
    if (take_type(e, &kind)) /* interval '7 days' */
        return take_string(e, &text) && from_text(e, text, kind, out);
    if (take_string(e, &text)) /* '7 days'::interval */
        return take(e, "::") && take_type(e, &kind) && from_text(e, text, kind, out);
    e->p = start;
    return parse_now(e, out) || parse_number(e, out);
}

static bool parse_cast(struct eval *e, struct term *out)
{
    enum kind kind;
    if (!parse_primary(e, out))
        return false;
    while (take(e, "::"))
        if (!take_type(e, &kind) || !convert(e, out, kind))
            return false;
    return true;
}

static bool parse_product(struct eval *e, struct term *out)
{
    struct term right;
    if (!parse_cast(e, out))
        return false;
    while (take(e, "*")) {
        if (!parse_cast(e, &right))
            return false;
        if (right.kind == INTERVAL) {
            struct term swap = *out;
            *out = right;
            right = swap;
        }
        if (right.kind != NUMBER || (out->kind != NUMBER && out->kind != INTERVAL))
            return false;
        out->n *= right.n;
        out->span.months *= right.n;
        out->span.days *= right.n;
        out->span.us *= right.n;
    }
    return true;
}

/* Add months on the calendar; the day is cut to the month's length. */
static double add_months(double local_us, double months)
{
    int year, month, day;
    double days = floor(local_us / DAY_US), clock = local_us - days * DAY_US;
    value_civil(days, &year, &month, &day);
    double total = year * 12.0 + month - 1 + trunc(months);
    year = (int)floor(total / 12);
    month = (int)(total - year * 12.0) + 1;
    double next = month == 12 ? value_days(year + 1, 1, 1) : value_days(year, month + 1, 1);
    double first = value_days(year, month, 1);
    return fmin(first + day - 1, next - 1) * DAY_US + clock;
}

static bool add(const struct eval *e, struct term *a, struct term b, double sign)
{
    if (a->kind == NUMBER && b.kind == NUMBER) {
        a->n += sign * b.n;
        return true;
    }
    if (a->kind == INTERVAL && b.kind == INTERVAL) {
        a->span.months += sign * b.span.months;
        a->span.days += sign * b.span.days;
        a->span.us += sign * b.span.us;
        return true;
    }
    if (a->kind == DATE && b.kind == NUMBER) {
        a->n += sign * b.n * DAY_US;
        return true;
    }
    if (b.kind != INTERVAL || a->kind == NUMBER || a->kind == INTERVAL)
        return false;
    enum kind kind = a->kind == DATE ? LOCAL_TIME : a->kind;
    if (fabs(b.span.months) > 12e4 || !convert(e, a, LOCAL_TIME))
        return false;
    if (b.span.months != 0)
        a->n = add_months(a->n, sign * b.span.months);
    a->n += sign * (b.span.days * DAY_US + b.span.us);
    return convert(e, a, kind);
}

static bool parse_sum(struct eval *e, struct term *out)
{
    if (++e->depth > MAX_DEPTH || !parse_product(e, out))
        return false;
    for (;;) {
        double sign = take(e, "+") ? 1 : take(e, "-") ? -1 : 0;
        struct term right;
        if (sign == 0)
            break;
        if (!parse_product(e, &right) || !add(e, out, right, sign))
            return false;
    }
    e->depth--;
    return true;
}

static void print(const struct term *t, struct stable_value *out)
{
    static const enum value_class classes[] = {CLASS_NUMBER, CLASS_DATE, CLASS_TIMESTAMP,
                                               CLASS_TIMESTAMPTZ};
    out->cls = classes[t->kind];
    if (t->kind == NUMBER) {
        snprintf(out->text, sizeof(out->text), "%.17g", t->n);
        return;
    }
    int year, month, day;
    double days = floor(t->n / DAY_US), us = t->n - days * DAY_US;
    value_civil(days, &year, &month, &day);
    int seconds = (int)(us / 1e6), micros = (int)(us - seconds * 1e6);
    snprintf(out->text, sizeof(out->text), "%04d-%02d-%02d %02d:%02d:%02d.%06d%s", year, month, day,
             seconds / 3600, seconds / 60 % 60, seconds % 60, micros, t->kind == TIME ? "+00" : "");
}

bool stable_value(struct str expr, double now_us, double zone_us, struct stable_value *out)
{
    struct eval e = {expr.p, expr.p + expr.len, now_us, zone_us, 0};
    struct term t = {.kind = NUMBER};
    if (!parse_sum(&e, &t) || t.kind == INTERVAL || isnan(t.n) || fabs(t.n) > 1e18)
        return false;
    skip_blanks(&e);
    if (e.p != e.end)
        return false;
    print(&t, out);
    return true;
}
