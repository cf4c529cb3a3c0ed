/* Dress at the start of every line: mail quoting, containers and syslog, line numbers. */
#include <ctype.h>

#include "read/dress_impl.h"

/* ---- "> > text" ---- */

static struct str strip_quoting(struct str line)
{
    while (line.len && line.p[0] == '>') {
        line = str_sub(line, 1, line.len);
        if (line.len > 1 && line.p[0] == ' ' && line.p[1] == '>')
            line = str_sub(line, 1, line.len);
    }
    return line.len && line.p[0] == ' ' ? str_sub(line, 1, line.len) : line;
}

/*
 * Quoted lines; an unquoted one between two quoted ones is the rest of a line that the
 * mail program broke.
 */
bool undress_mail(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    if (!str_starts(u->text, ">"))
        return false;
    while (dress_next(&c)) {
        bool quoted = str_starts(c.at, ">");
        if (!quoted && !(str_trim(c.at).len && str_starts(dress_peek(&c), ">")))
            break;
        u->end = c.pos;
        dress_add(u, c.line, c.at, quoted ? strip_quoting(c.at) : c.at);
    }
    return true;
}

/* ---- prefixes of containers, orchestrators, syslog ---- */

/*
 * Patterns of prefixes. %w a word, %d digits, %b a month, %t a time as ISO 8601 has it with
 * a T, %n a name with a slash, %_ blanks or none; anything else stands for itself. A blank at
 * the end may be missing where the line ends.
 */
static const char *const prefixes[] = {
    "%b%_%d %d:%d:%d %w %w[%d]: [%d-%d] ",
    "%b%_%d %d:%d:%d %w %w[%d]: ",
    "<%d>%b%_%d %d:%d:%d %w %w[%d]: ",
    "%t %w %w[%d]: [%d-%d] ",
    "%t %w %w[%d]: ",
    "%t stdout F ",
    "%t stderr F ",
    "%t ",
    "[%n] ",
    "%w%_| ",
};
enum { SYSLOG_PREFIXES = 5 };

static size_t match_digits(struct str s)
{
    size_t i = 0;
    while (i < s.len && isdigit((unsigned char)s.p[i]))
        i++;
    return i;
}

/* "2026-11-22T07:30:03.181Z", "2026-11-22T07:30:03+00:00" */
static size_t match_time(struct str s)
{
    static const char shape[] = "0000-00-00T00:00:00";
    size_t i = 0;
    for (; shape[i]; i++)
        if (i >= s.len || (shape[i] == '0' ? !isdigit((unsigned char)s.p[i]) : s.p[i] != shape[i]))
            return 0;
    while (i < s.len && (isdigit((unsigned char)s.p[i]) || strchr(".,:+-Z", s.p[i])))
        i++;
    return i;
}

static size_t match_month(struct str s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (size_t i = 0; s.len > 3 && i < sizeof months - 1; i += 3)
        if (memcmp(s.p, months + i, 3) == 0)
            return 3;
    return 0;
}

static size_t match_word(struct str s, bool slash)
{
    size_t i = 0;
    bool seen = false;
    while (i < s.len && !strchr(" \t|[]:\"'(){}<>,;", s.p[i]))
        seen |= s.p[i++] == '/';
    return slash && !seen ? 0 : i;
}

static size_t match_one(char kind, struct str s)
{
    switch (kind) {
    case 'd':
        return match_digits(s);
    case 't':
        return match_time(s);
    case 'b':
        return match_month(s);
    case 'n':
        return match_word(s, true);
    default:
        return match_word(s, false);
    }
}

/* Length of the prefix at the start of the line, or -1. */
static ptrdiff_t match_prefix(const char *pattern, struct str line)
{
    size_t i = 0;
    for (const char *p = pattern; *p; p++) {
        struct str rest = str_sub(line, i, line.len);
        if (*p != '%') {
            if (rest.len == 0)
                return *p == ' ' && !p[1] ? (ptrdiff_t)i : -1;
            if (rest.p[0] != *p)
                return -1;
            i++;
        } else if (*++p == '_') {
            while (i < line.len && line.p[i] == ' ')
                i++;
        } else {
            size_t n = match_one(*p, rest);
            if (n == 0)
                return -1;
            i += n;
        }
    }
    return (ptrdiff_t)i;
}

/* syslog writes control characters as #ooo. */
static void add_syslog_text(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool octal = s.p[i] == '#' && s.len - i > 3 && s.p[i + 1] == '0' && s.p[i + 2] >= '0' &&
                     s.p[i + 2] <= '3' && s.p[i + 3] >= '0' && s.p[i + 3] <= '7';
        int c = octal ? (s.p[i + 2] - '0') * 8 + (s.p[i + 3] - '0') : 0;
        if (c) {
            buf_addc(b, (char)c);
            i += 3;
        } else {
            buf_addc(b, s.p[i]);
        }
    }
}

/* Does a message of the server begin here, rather than go on from the line before? */
static bool is_new_message(struct str s)
{
    return str_find(s, ":  ") >= 0 || match_time(s) || (s.len && isdigit((unsigned char)s.p[0]));
}

/*
 * A line of syslog. The server cuts long lines: only a line of the message itself begins
 * with a TAB (#011); anything else that starts no new message continues the line before.
 */
static void add_syslog_line(struct undress *u, size_t line, unsigned cut, struct str s)
{
    struct buf b = {0};
    add_syslog_text(&b, s);
    if (u->count && s.len && !str_starts(s, "#011") && !is_new_message(s))
        dress_glue(u, buf_str(&b));
    else
        dress_add_at(u, line, cut, buf_str(&b));
    buf_free(&b);
}

static bool undress_one_prefix(struct undress *u, size_t which)
{
    struct dress_cursor c = dress_lines(u->text), again = c;
    size_t lines = 0;
    while (dress_next(&c) && match_prefix(prefixes[which], c.at) >= 0)
        lines++;
    if (lines < 2)
        return false;
    while (lines-- && dress_next(&again)) {
        size_t n = (size_t)match_prefix(prefixes[which], again.at);
        struct str s = str_sub(again.at, n, again.at.len);
        u->end = again.pos;
        if (which < SYSLOG_PREFIXES)
            add_syslog_line(u, again.line, (unsigned)n, s);
        else
            dress_add(u, again.line, again.at, s);
    }
    return true;
}

bool undress_prefix(struct undress *u)
{
    struct str line = u->text, rest = u->text;
    str_line(&rest, &line);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (match_prefix(prefixes[i], line) > 0 && undress_one_prefix(u, i))
            return true;
    return false;
}

/* ---- "plan.log:" of grep ---- */

/* The same file's name in front of two lines at least. */
bool undress_filename(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text), again = c;
    struct str first = dress_peek(&c);
    size_t n = match_word(first, false), lines = 0;
    bool file = false;
    for (size_t i = 0; i < n; i++)
        file |= first.p[i] == '.' || first.p[i] == '/';
    if (!file || n >= first.len || (first.p[n] != ':' && first.p[n] != '-'))
        return false;
    while (dress_next(&c) && c.at.len > n && memcmp(c.at.p, first.p, n) == 0 &&
           (c.at.p[n] == ':' || c.at.p[n] == '-'))
        lines++;
    if (lines < 2)
        return false;
    while (lines-- && dress_next(&again)) {
        u->end = again.pos;
        dress_add(u, again.line, again.at, str_sub(again.at, n + 1, again.at.len));
    }
    return true;
}

/* ---- line numbers ---- */

/* What may stand between a number and its line. */
static const char *const number_ends[] = {":", "-", "\t", " | ", " |", "│ ", "  ", " "};

/* A number after blanks; *end: behind its digits. -1: none. */
static long number_at(struct str line, size_t *end)
{
    size_t i = 0;
    while (i < line.len && line.p[i] == ' ')
        i++;
    size_t n = match_digits(str_sub(line, i, line.len));
    if (n == 0 || n > 9)
        return -1;
    double v;
    str_to_double(str_sub(line, i, i + n), &v);
    *end = i + n;
    return (long)v;
}

/* Bytes of the number and of that end of it; 0: this line has no such number. */
static size_t match_number(struct str line, const char *stop, long *number)
{
    size_t end = 0;
    *number = number_at(line, &end);
    struct str rest = str_sub(line, *number < 0 ? line.len : end, line.len);
    if (*number < 0)
        return 0;
    if (rest.len == 0)
        return line.len;
    bool context = strcmp(stop, ":") == 0 && rest.p[0] == '-'; /* grep -n -C */
    return context || str_starts(rest, stop) ? end + strlen(stop) : 0;
}

static bool undress_numbers_to(struct undress *u, const char *stop)
{
    struct dress_cursor c = dress_lines(u->text), again = c;
    long last = -1, number;
    size_t lines = 0, numbered = 0, seen = 0, enough = stop[0] == ' ' ? 2 : 1;
    for (; dress_next(&c); lines++) {
        size_t n = match_number(c.at, stop, &number);
        if (n == 0 && str_trim(c.at).len == 0)
            continue; /* nl leaves empty lines without a number */
        if (n == 0 || (last >= 0 && (number <= last || number > last + 20)))
            break;
        numbered += number == last + 1 && last >= 0;
        last = number;
        if (++seen > 8 && numbered < enough)
            return false;
    }
    if (numbered < enough)
        return false;
    while (lines-- && dress_next(&again)) {
        size_t n = match_number(again.at, stop, &number);
        u->end = again.pos;
        dress_add(u, again.line, again.at, str_sub(again.at, n, again.at.len));
    }
    return true;
}

bool undress_numbers(struct undress *u)
{
    struct str line = u->text, rest = u->text;
    long number;
    str_line(&rest, &line);
    for (size_t i = 0; i < sizeof number_ends / sizeof number_ends[0]; i++)
        if (match_number(line, number_ends[i], &number) && undress_numbers_to(u, number_ends[i]))
            return true;
    return false;
}
