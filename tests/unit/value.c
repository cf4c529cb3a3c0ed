/* Values as the estimator reads them: order, interpolation, patterns, expressions of time. */
#include "advise/value.h"

#include "advise/colsel.h"
#include "advise/pattern.h"
#include "advise/stable.h"
#include "tap.h"

static const struct value_type number = {.cls = CLASS_NUMBER}, text = {.cls = CLASS_TEXT},
                               words = {.cls = CLASS_TEXT, .linguistic = true},
                               bytes = {.cls = CLASS_BYTES}, net = {.cls = CLASS_NET},
                               stamp = {.cls = CLASS_TIMESTAMP}, zoned = {.cls = CLASS_TIMESTAMPTZ},
                               day = {.cls = CLASS_DATE}, span = {.cls = CLASS_INTERVAL},
                               money = {.cls = CLASS_MONEY}, uuid = {.cls = CLASS_UUID},
                               enumeration = {.cls = CLASS_ENUM};

static void is_number(const struct value_type *t, const char *s, double want)
{
    double got = NAN;
    bool known = value_number(t, str_of(s), &got);
    ok(known && got == want, "\"%s\" is %.17g", s, want);
    if (!known || got != want)
        printf("# got %.17g\n", got);
}

static void is_no_number(const struct value_type *t, const char *s)
{
    double got;
    ok(!value_number(t, str_of(s), &got), "\"%s\" is not understood", s);
}

static void numbers(void)
{
    const double day_us = 86400e6;
    is_number(&number, "42", 42);
    is_number(&number, " -1.50 ", -1.5);
    is_number(&number, "Infinity", INFINITY);
    is_no_number(&number, "12x");
    is_number(&day, "2000-01-01", 0);
    is_number(&day, "1999-12-31", -day_us);
    is_number(&day, "2024-02-29", 8825 * day_us);
    is_number(&day, "2024-02-29 13:00:00", 8825 * day_us);
    is_number(&day, "20240229", 8825 * day_us);
    is_number(&day, "0001-01-01 BC", (value_days(0, 1, 1)) * day_us);
    is_number(&stamp, "2000-01-01 01:02:03.5", 3723.5e6);
    is_number(&stamp, "2000-01-02T00:00", day_us);
    is_number(&zoned, "2000-01-01 02:00:00+02", 0);
    is_number(&zoned, "2000-01-01 00:00:00-03:30", 3.5 * 3600e6);
    is_number(&zoned, "2000-01-01 00:00:00Z", 0);
    is_number(&stamp, "infinity", 9223372036854775807.0);
    is_no_number(&stamp, "yesterday");
    is_no_number(&stamp, "2024-13-01");
    is_no_number(&stamp, "");
    struct value_type berlin = {.cls = CLASS_TIMESTAMPTZ, .offset_us = 3600e6};
    is_number(&berlin, "2000-01-01 01:00:00", 0);
    is_number(&span, "1 day 02:03:04", day_us + 7384e6);
    is_number(&span, "-2 days", -2 * day_us);
    is_number(&span, "1 mon", 365.25 / 12 * day_us);
    is_number(&span, "1 year 2 mons", 14 * 365.25 / 12 * day_us);
    is_number(&span, "90 minutes", 5400e6);
    is_number(&span, "P1DT2H", day_us + 7200e6);
    is_number(&span, "3 hours ago", -3 * 3600e6);
    is_no_number(&span, "some days");
    is_number(&money, "-$1,234.50", -1234.5);
    is_number(&net, "10.0.0.1", 2 * 4294967296.0 + 10 * 16777216.0 + 1);
    int year, month, mday;
    value_civil(8825, &year, &month, &mday);
    ok(year == 2024 && month == 2 && mday == 29, "and back to the calendar");
}

static void is_order(const struct value_type *t, const char *a, const char *b, int want)
{
    int got = 99, back = 99;
    bool known = value_compare(t, str_of(a), str_of(b), &got) &&
                 value_compare(t, str_of(b), str_of(a), &back);
    got = got > 0 ? 1 : got < 0 ? -1 : 0;
    back = back > 0 ? 1 : back < 0 ? -1 : 0;
    ok(known && got == want && back == -want, "%s %c %s", a, want < 0 ? '<' : want ? '>' : '=', b);
}

static void order(void)
{
    is_order(&number, "9", "10", -1);
    is_order(&number, "5.0", "5", 0);
    is_order(&text, "B", "a", -1);
    is_order(&words, "B", "a", 1);
    is_order(&words, "a", "A", -1);
    is_order(&words, "item_2", "item-2", -1);
    is_order(&words, "9", "a", -1);
    is_order(&words, "\xc3\xa4pfel", "banane", -1);
    is_order(&words, "z", "\xd0\xb6", -1);
    is_order(&uuid, "0f000000-0000-0000-0000-000000000000", "a0000000-0000-0000-0000-000000000000",
             -1);
    is_order(&net, "10.0.0.0/8", "10.0.0.1", -1);
    is_order(&net, "9.255.255.255", "10.0.0.0", -1);
    is_order(&net, "10.1.0.0", "::1", -1);
    int o;
    ok(!value_compare(&enumeration, STR("new"), STR("old"), &o), "labels of an enum have no order");
    ok(value_equal(&number, STR("1.0"), STR("1")), "1.0 equals 1");
    ok(!value_equal(&number, STR("9007199254740993"), STR("9007199254740992")),
       "integers that doubles cannot tell apart differ");
    struct value_type blank = {.cls = CLASS_BPCHAR};
    ok(value_equal(&blank, STR("US  "), STR("US")), "trailing blanks of char(n) do not count");
    ok(value_net_within(STR("10.1.2.3"), STR("10.1.0.0/16")) == 1, "an address in its network");
    ok(value_net_within(STR("10.2.0.0/16"), STR("10.1.0.0/16")) == 0, "not in another");
    ok(value_net_within(STR("10.0.0.0/8"), STR("10.1.0.0/16")) == 0, "nor a network in a smaller");
}

static void is_fraction(const struct value_type *t, const char *low, const char *v,
                        const char *high, double want)
{
    char what[128];
    snprintf(what, sizeof(what), "%s between %s and %s", v, low, high);
    is_near(value_fraction(t, str_of(low), str_of(v), str_of(high)), want, 1e-9, what);
}

static void interpolation(void)
{
    is_fraction(&number, "0", "25", "100", 0.25);
    is_fraction(&number, "5", "5", "5", 0.5);
    is_fraction(&number, "5", "4", "6", 0);
    is_fraction(&stamp, "2024-01-01", "2024-01-02 12:00:00", "2024-01-03", 0.75);
    is_fraction(&uuid, "0", "5", "9", 0.5);
    is_fraction(&money, "$0", "$1", "$10", 0.5);
    /* after the common "k": base 26 from a to z */
    is_fraction(&text, "ka", "kn", "kz", (13.0 / 26) / (25.0 / 26));
    is_fraction(&bytes, "\\x0000", "\\x0080", "\\x00ff", 128.0 / 255);
    is_fraction(&text, "", "m", "", 0.5);
}

static void is_match(enum pattern_kind kind, const char *pattern, const char *s, int want)
{
    int got = pattern_matches(kind, str_of(pattern), str_of(s));
    ok(got == want, "\"%s\" on \"%s\": %d", pattern, s, want);
}

static void patterns(void)
{
    is_match(PATTERN_LIKE, "a%c", "abbbc", 1);
    is_match(PATTERN_LIKE, "a%c", "abbbd", 0);
    is_match(PATTERN_LIKE, "%b%b%", "abcbd", 1);
    is_match(PATTERN_LIKE, "_", "\xc3\xa4", 1);
    is_match(PATTERN_LIKE, "__", "\xc3\xa4", 0);
    is_match(PATTERN_LIKE, "50\\%%", "50% off", 1);
    is_match(PATTERN_LIKE, "50\\%%", "500", 0);
    is_match(PATTERN_LIKE, "", "", 1);
    is_match(PATTERN_LIKE, "", "a", 0);
    is_match(PATTERN_LIKE, "%", "", 1);
    is_match(PATTERN_LIKE, "ABC", "abc", 0);
    is_match(PATTERN_ILIKE, "ABC%", "abcd", 1);
    is_match(PATTERN_ILIKE, "\xc3\x84%", "\xc3\xa4x", 1);
    is_match(PATTERN_PREFIX, "a%", "a%b", 1);
    is_match(PATTERN_PREFIX, "a%", "ab", 0);
    is_match(PATTERN_REGEX, "^a.*z$", "abcz", 1);
    is_match(PATTERN_REGEX, "^a.*z$", "abc", 0);
    is_match(PATTERN_REGEX, "b+", "abbc", 1);
    is_match(PATTERN_REGEX, "^[0-9]+$", "12345", 1);
    is_match(PATTERN_REGEX, "^[^0-9]", "1a", 0);
    is_match(PATTERN_REGEX, "\\d\\d-", "a12-", 1);
    is_match(PATTERN_REGEX, "cat|dog$", "hotdog", 1);
    is_match(PATTERN_REGEX, "colou?r", "color", 1);
    is_match(PATTERN_IREGEX, "^ABC", "abcd", 1);
    is_match(PATTERN_REGEX, "(ab)+", "abab", -1);
    is_match(PATTERN_REGEX, "a{2,3}", "aaa", -1);
    is_match(PATTERN_REGEX, "a*?b", "ab", -1);
    is_match(PATTERN_REGEX, "a\\", "a", -1);
    is_match(PATTERN_REGEX, "[a", "a", -1);
    /* patterns that blow up a careless matcher end in "not known" */
    is_match(PATTERN_REGEX, "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1);
}

static void is_prefix(enum pattern_kind kind, const char *pattern, const char *prefix, bool exact,
                      double rest)
{
    struct pattern_prefix p;
    pattern_prefix_of(kind, str_of(pattern), &p);
    ok(!strcmp(p.text, prefix) && p.exact == exact && fabs(p.rest_sel - rest) < 1e-12,
       "\"%s\": prefix \"%s\"%s, rest %g", pattern, prefix, exact ? " exactly" : "", rest);
    if (strcmp(p.text, prefix) || p.exact != exact || fabs(p.rest_sel - rest) >= 1e-12)
        printf("# \"%s\" %d %g\n", p.text, p.exact, p.rest_sel);
}

static void prefixes(void)
{
    is_prefix(PATTERN_LIKE, "abc%", "abc", false, 1);
    is_prefix(PATTERN_LIKE, "abc%de", "abc", false, 0.04);
    is_prefix(PATTERN_LIKE, "ab_c", "ab", false, 0.2);
    is_prefix(PATTERN_LIKE, "%abc", "", false, 0.008);
    is_prefix(PATTERN_LIKE, "%abc%", "", false, 0.04);
    is_prefix(PATTERN_LIKE, "a\\%b", "a%b", true, 1);
    is_prefix(PATTERN_LIKE, "abc", "abc", true, 1);
    is_prefix(PATTERN_ILIKE, "abc%", "", false, 0.04);
    is_prefix(PATTERN_ILIKE, "12a%", "12", false, 1);
    is_prefix(PATTERN_REGEX, "^abc$", "abc", true, 1);
    is_prefix(PATTERN_REGEX, "^ab[0-9]", "ab", false, 0.2 * 0.25 * 5);
    is_prefix(PATTERN_REGEX, "^abc?", "ab", false, 0.2 * 0.2 * 2 * 5);
    is_prefix(PATTERN_REGEX, "abc", "", false, 0.04);
    is_prefix(PATTERN_REGEX, "^(?:abc)$", "abc", true, 1);
    char next[PATTERN_PREFIX_MAX + 1];
    size_t len;
    ok(pattern_next_prefix(STR("az"), next, &len) && len == 2 && !memcmp(next, "a{", 2),
       "what follows all of az...");
    ok(!pattern_next_prefix(STR("\x7f"), next, &len), "nothing follows the last character");
}

static void is_value(const char *expr, const char *want, enum value_class cls)
{
    /* 2024-03-31 12:30:00 UTC, in a zone two hours east */
    double now = value_days(2024, 3, 31) * 86400e6 + 12.5 * 3600e6;
    struct stable_value v = {.text = ""};
    bool known = stable_value(str_of(expr), now, 7200e6, &v);
    ok(known && !strcmp(v.text, want) && v.cls == cls, "%s = %s", expr, want);
    if (!known || strcmp(v.text, want) || v.cls != cls)
        printf("# known %d: %s\n", known, v.text);
}

static void expressions(void)
{
    is_value("now()", "2024-03-31 12:30:00.000000+00", CLASS_TIMESTAMPTZ);
    is_value("(now() - '7 days'::interval)", "2024-03-24 12:30:00.000000+00", CLASS_TIMESTAMPTZ);
    is_value("now() - interval '1 month'", "2024-02-29 12:30:00.000000+00", CLASS_TIMESTAMPTZ);
    is_value("CURRENT_TIMESTAMP - 3 * interval '1 hour'", "2024-03-31 09:30:00.000000+00",
             CLASS_TIMESTAMPTZ);
    is_value("CURRENT_DATE", "2024-03-31 00:00:00.000000", CLASS_DATE);
    is_value("(CURRENT_DATE - 7)", "2024-03-24 00:00:00.000000", CLASS_DATE);
    is_value("(CURRENT_DATE - '1 day'::interval)", "2024-03-30 00:00:00.000000", CLASS_TIMESTAMP);
    is_value("date_trunc('month'::text, now())", "2024-02-29 22:00:00.000000+00",
             CLASS_TIMESTAMPTZ);
    is_value("date_trunc('week', localtimestamp)", "2024-03-25 00:00:00.000000", CLASS_TIMESTAMP);
    is_value("(now())::date", "2024-03-31 00:00:00.000000", CLASS_DATE);
    is_value("'2024-01-01'::date + 1", "2024-01-02 00:00:00.000000", CLASS_DATE);
    is_value("24 * 60", "1440", CLASS_NUMBER);
    struct stable_value v;
    ok(!stable_value(STR("now()"), NAN, 0, &v), "no time without a clock");
    ok(!stable_value(STR("random()"), 0, 0, &v), "no value of other functions");
    ok(!stable_value(STR("now() - x"), 0, 0, &v), "nor with a column");
    ok(!stable_value(STR("'1 day'::interval"), 0, 0, &v), "nor an interval by itself");
    char nested[4096];
    memset(nested, '(', sizeof(nested));
    ok(!stable_value((struct str){nested, sizeof(nested)}, 0, 0, &v),
       "nor of thousands of brackets");
}

int main(void)
{
    numbers();
    order();
    interpolation();
    patterns();
    prefixes();
    expressions();
    return done();
}
