/*
 * Records of a server log that hold a plan of auto_explain. What they hold is a line
 * "duration: 12.345 ms  plan:" and the plan; records of any other kind are passed over
 * whole, so that the SQL in them is not searched for plans.
 */
#include <ctype.h>

#include "read/dress_impl.h"

/* ---- stderr, and what syslog and containers leave of it ---- */

/* Offset behind "LOG:  " (the severity in any language), or -1. */
static ptrdiff_t message_start(struct str line)
{
    for (size_t i = 1; i + 2 < line.len && i < 400; i++) {
        if (line.p[i] != ':' || line.p[i + 1] != ' ' || line.p[i + 2] != ' ')
            continue;
        size_t from = i;
        while (from > 0 && (isupper((unsigned char)line.p[from - 1]) ||
                            isdigit((unsigned char)line.p[from - 1]) ||
                            (unsigned char)line.p[from - 1] >= 0x80))
            from--;
        bool starts = from == 0 || line.p[from - 1] == ' ' || line.p[from - 1] == ':';
        if (i - from >= 3 && starts && !isdigit((unsigned char)line.p[from]))
            return (ptrdiff_t)i + 3;
    }
    return -1;
}

/* "duration: 12.345 ms  plan:" and nothing after it. */
static bool announces_plan(struct str message)
{
    return str_starts(message, "duration: ") && str_ends(str_trim(message), " plan:");
}

bool undress_log(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    if (!dress_next(&c))
        return false;
    ptrdiff_t start = message_start(c.at);
    if (start < 0)
        return false;
    struct str message = str_sub(c.at, (size_t)start, c.at.len);
    bool plan = announces_plan(message);
    if (!plan && !str_starts(dress_peek(&c), "\t"))
        return false;
    if (plan)
        dress_add(u, 0, c.at, message);
    u->end = c.pos;
    while (str_starts(dress_peek(&c), "\t") && dress_next(&c)) {
        u->end = c.pos;
        if (plan)
            dress_add(u, c.line, c.at, str_sub(c.at, 1, c.at.len));
    }
    return true;
}

/* ---- csvlog ---- */

/* "2026-11-22 07:29:38.028 UTC," */
static bool starts_csvlog(struct str s)
{
    static const char shape[] = "0000-00-00 00:00:00.000 ";
    size_t i = 0;
    for (; shape[i]; i++)
        if (i >= s.len || (shape[i] == '0' ? !isdigit((unsigned char)s.p[i]) : s.p[i] != shape[i]))
            return false;
    while (i < s.len && i < 60 && s.p[i] != ',' && s.p[i] != '\n' && s.p[i] != '"')
        i++;
    return i < s.len && s.p[i] == ',';
}

/* Offset behind the record: the first line end outside quotes. A quote that is still open where
   another record begins was never closed. */
static size_t record_end(struct str s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '"')
            quoted = !quoted;
        else if (s.p[i] == '\n' && (!quoted || starts_csvlog(str_sub(s, i + 1, s.len))))
            return i + 1;
    }
    return s.len;
}

/* The message: the first quoted field that announces a plan. */
static struct str find_message(struct str record)
{
    for (size_t i = 0; i < record.len; i++) {
        if (record.p[i] != '"')
            continue;
        size_t from = ++i;
        while (i < record.len &&
               !(record.p[i] == '"' && !(i + 1 < record.len && record.p[i + 1] == '"')))
            i += record.p[i] == '"' ? 2 : 1;
        struct str field = str_sub(record, from, i), first = field, rest = field;
        str_line(&rest, &first);
        if (announces_plan(first))
            return field;
    }
    return (struct str){0};
}

static void add_undoubled(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        buf_addc(b, s.p[i]);
        i += s.p[i] == '"' && i + 1 < s.len && s.p[i + 1] == '"';
    }
}

bool undress_csvlog(struct undress *u)
{
    if (!starts_csvlog(u->text))
        return false;
    struct str record = str_sub(u->text, 0, record_end(u->text)), message = find_message(record);
    u->end = record.len;
    struct dress_cursor c = dress_lines(record);
    while (message.p && dress_next(&c)) {
        const char *from = c.at.p > message.p ? c.at.p : message.p;
        const char *line_end = c.at.p + c.at.len, *end = message.p + message.len;
        if (line_end < message.p || from > end)
            continue;
        struct buf b = {0};
        add_undoubled(&b, (struct str){from, (size_t)((line_end < end ? line_end : end) - from)});
        dress_add_at(u, c.line, (unsigned)(from - c.at.p), buf_str(&b));
        buf_free(&b);
    }
    return true;
}
