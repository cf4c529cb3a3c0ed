#include "read/log_time.h"

#include "read/log.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* s[at..at+n) as a number; -1: not all digits. */
static int digits(struct str s, size_t at, size_t n)
{
    int v = 0;
    if (at + n > s.len)
        return -1;
    for (size_t i = at; i < at + n; i++) {
        if (!is_digit(s.p[i]))
            return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

enum { SECONDS_LEN = 19 };

static bool has_seconds(struct str s)
{
    static const char shape[] = "dddd-dd-dd?dd:dd:dd";
    if (s.len < SECONDS_LEN)
        return false;
    for (size_t i = 0; i < SECONDS_LEN; i++)
        if (shape[i] == 'd'   ? !is_digit(s.p[i])
            : shape[i] == '?' ? s.p[i] != ' ' && s.p[i] != 'T'
                              : s.p[i] != shape[i])
            return false;
    return true;
}

static size_t fraction_len(struct str s, size_t at)
{
    size_t n = 1;
    if (at >= s.len || (s.p[at] != '.' && s.p[at] != ','))
        return 0;
    while (at + n < s.len && is_digit(s.p[at + n]))
        n++;
    return n > 1 ? n : 0;
}

/* The server writes +0545; only ISO stamps (T between date and time) have +05:45. */
static size_t offset_len(struct str s, size_t at)
{
    size_t n = 1;
    bool iso = s.p[10] == 'T';
    while (at + n < s.len && n < 7 && (is_digit(s.p[at + n]) || (iso && s.p[at + n] == ':')))
        n++;
    return n >= 3 ? n : 0;
}

static size_t letters_len(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && ((s.p[at + n] >= 'A' && s.p[at + n] <= 'Z') ||
                              (s.p[at + n] >= 'a' && s.p[at + n] <= 'z')))
        n++;
    return n;
}

/* A zone at s[at]: an abbreviation, an offset; the length, 0 none. */
static size_t zone_len(struct str s, size_t at)
{
    if (at >= s.len)
        return 0;
    if (s.p[at] == '+' || s.p[at] == '-')
        return offset_len(s, at);
    size_t n = letters_len(s, at);
    return n <= 6 ? n : 0;
}

size_t log_time_len(struct str s, int *ms)
{
    if (!has_seconds(s))
        return 0;
    size_t at = SECONDS_LEN, fraction = fraction_len(s, at), zone;
    *ms = fraction > 0;
    at += fraction;
    if (at < s.len && s.p[at] == ' ' && (zone = zone_len(s, at + 1)))
        return at + 1 + zone;
    if (s.p[10] == 'T' || (at < s.len && s.p[at] == '+'))
        return at + zone_len(s, at);
    return at;
}

/* Days from 1970-01-01 (the civil calendar, years begin in March inside). */
static int64_t days_from_civil(int y, int m, int d)
{
    y -= m <= 2;
    int64_t era = y / 400;
    int yoe = (int)(y - era * 400);
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static const struct zone {
    const char *name;
    int minutes; /* east of Greenwich */
} zones[] = {{"UTC", 0},    {"GMT", 0},     {"Z", 0},      {"WET", 0},    {"WEST", 60},
             {"CET", 60},   {"CEST", 120},  {"EET", 120},  {"EEST", 180}, {"MSK", 180},
             {"JST", 540},  {"EST", -300},  {"EDT", -240}, {"CDT", -300}, {"MST", -420},
             {"MDT", -360}, {"PDT", -420},  {"AEST", 600}, {"AEDT", 660}, {"NZST", 720},
             {"NZDT", 780}, {"AKDT", -480}, {"HST", -600}};

static int zone_minutes(struct str s)
{
    if (s.len == 0)
        return 0;
    if (s.p[0] == '+' || s.p[0] == '-') {
        struct str rest = str_sub(s, 1, s.len);
        int hours = digits(rest, 0, 2), minutes = 0;
        if (rest.len > 2)
            minutes = digits(rest, rest.p[2] == ':' ? 3 : 2, 2);
        int total = (hours < 0 ? 0 : hours) * 60 + (minutes < 0 ? 0 : minutes);
        return s.p[0] == '-' ? -total : total;
    }
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        if (str_is(s, zones[i].name))
            return zones[i].minutes;
    return 0;
}

static int64_t fraction_us(struct str s, size_t at, size_t len)
{
    int64_t us = 0;
    for (size_t i = 1; i <= 6; i++)
        us = us * 10 + (i < len ? s.p[at + i] - '0' : 0);
    return us;
}

int64_t log_time_us(struct str s)
{
    if (!has_seconds(s))
        return LOG_NO_TIME;
    int y = digits(s, 0, 4), mo = digits(s, 5, 2), d = digits(s, 8, 2);
    int h = digits(s, 11, 2), mi = digits(s, 14, 2), sec = digits(s, 17, 2);
    if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || sec > 60)
        return LOG_NO_TIME;
    size_t at = SECONDS_LEN, fraction = fraction_len(s, at);
    int64_t us = fraction_us(s, at, fraction);
    struct str zone = str_trim(str_sub(s, at + fraction, s.len));
    int64_t minutes = days_from_civil(y, mo, d) * 1440 + h * 60 + mi - zone_minutes(zone);
    return (minutes * 60 + sec) * 1000000 + us;
}

int64_t log_epoch_us(struct str s)
{
    size_t n = 0;
    int64_t seconds = 0;
    for (; n < s.len && n < 11 && is_digit(s.p[n]); n++)
        seconds = seconds * 10 + (s.p[n] - '0');
    if (n < 9)
        return LOG_NO_TIME;
    return seconds * 1000000 + fraction_us(s, n, fraction_len(s, n));
}

int64_t log_syslog_us(struct str s, int year, size_t *len)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    *len = 0;
    if (s.len < 15 || s.p[3] != ' ' || s.p[6] != ' ' || s.p[9] != ':' || s.p[12] != ':')
        return LOG_NO_TIME;
    int month = 0;
    while (month < 12 && memcmp(months + month * 3, s.p, 3) != 0)
        month++;
    int d = s.p[4] == ' ' ? digits(s, 5, 1) : digits(s, 4, 2);
    int h = digits(s, 7, 2), mi = digits(s, 10, 2), sec = digits(s, 13, 2);
    if (month == 12 || d < 1 || h < 0 || mi < 0 || sec < 0)
        return LOG_NO_TIME;
    *len = 15;
    if (year == 0)
        return LOG_NO_TIME;
    return ((days_from_civil(year, month + 1, d) * 1440 + h * 60 + mi) * 60 + sec) * 1000000;
}
