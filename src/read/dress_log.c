/* Plans in pieces of a server's log. */
#include "base/arena.h"
#include "read/dress_private.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "Nov 22 07:00:00 db1 postgres[4711]: [3-1] ": bytes of it, 0 if it is not there. */
static size_t syslog_prefix(struct str s)
{
    ptrdiff_t at = str_find(s, "postgres[");
    ptrdiff_t end = at > 0 ? str_find(str_sub(s, (size_t)at, s.len), "]: [") : -1;
    if (at <= 0 || at > 60 || end < 0)
        return 0;
    size_t i = (size_t)(at + end) + 4;
    while (i < s.len && (is_digit(s.p[i]) || s.p[i] == '-'))
        i++;
    return i + 1 < s.len && s.p[i] == ']' ? i + 2 : i + 1;
}

/* "db-1  | " of docker compose. */
static size_t compose_prefix(struct str s)
{
    size_t i = 0;
    while (i < s.len && s.p[i] != ' ' && s.p[i] != '|')
        i++;
    while (i < s.len && s.p[i] == ' ')
        i++;
    bool named = i > 0 && s.p[0] != ' ' && s.p[0] != '|';
    return named && i + 1 < s.len && s.p[i] == '|' && s.p[i + 1] == ' ' ? i + 2 : 0;
}

/* "2026-11-22T07:30:03.181Z stdout F " of a container runtime. */
static size_t container_prefix(struct str s)
{
    ptrdiff_t at = str_find(s, " stdout ");
    if (at < 0)
        at = str_find(s, " stderr ");
    return at > 10 && at < 50 && s.len > (size_t)at + 10 && s.p[at + 9] == ' ' ? (size_t)at + 10
                                                                               : 0;
}

static bool is_syslog(struct str s)
{
    return syslog_prefix(s) > 0;
}
static bool is_compose(struct str s)
{
    return compose_prefix(s) > 0;
}
static bool is_container(struct str s)
{
    return container_prefix(s) > 0;
}

static void strip(struct dress *d, size_t (*prefix)(struct str s))
{
    for (size_t i = 0; i < d->count; i++)
        d->lines[i].text =
            str_sub(d->lines[i].text, prefix(d->lines[i].text), d->lines[i].text.len);
}

void undress_log_prefix(struct dress *d)
{
    static const struct dress_swap tabs[] = {{"#011", "\t"}};
    if (dress_all(d, is_syslog)) {
        strip(d, syslog_prefix);
        dress_replace(d, tabs, 1);
    } else if (dress_all(d, is_compose)) {
        strip(d, compose_prefix);
    } else if (dress_all(d, is_container)) {
        strip(d, container_prefix);
    }
}

static bool announces_plan(struct str line)
{
    return str_find(line, "duration: ") >= 0 && str_ends(str_trim(line), " plan:");
}

/* In a log written to stderr, the lines of a record after its first begin with a tab. */
void undress_stderr_log(struct dress *d)
{
    bool inside = false;
    for (size_t i = 0; i < d->count; i++) {
        struct str *s = &d->lines[i].text;
        bool goes_on = s->len && s->p[0] == '\t';
        if (announces_plan(*s))
            inside = true;
        else if (inside && goes_on)
            *s = str_sub(*s, 1, s->len);
        else if (inside && s->len && is_digit(s->p[0]))
            inside = false;
    }
}

/* The message field of a csvlog record: from its opening quote to the closing one, "" undone. */
static size_t take_field(struct dress *out, const struct dress *d, size_t i, size_t from)
{
    static const struct dress_swap doubled[] = {{"\"\"", "\""}};
    for (; i < d->count; i++, from = 0) {
        struct str s = str_sub(d->lines[i].text, from, d->lines[i].text.len);
        size_t k = 0;
        while (k < s.len && !(s.p[k] == '"' && !(k + 1 < s.len && s.p[k + 1] == '"')))
            k += s.p[k] == '"' ? 2 : 1;
        bool ends = k < s.len;
        dress_add(out, dress_swap_all(d->arena, str_sub(s, 0, k), doubled, 1), d->lines[i].number);
        if (ends)
            return i;
    }
    return i;
}

void undress_csv_log(struct dress *d)
{
    struct dress out = {.arena = d->arena};
    bool found = false;
    for (size_t i = 0; i < d->count; i++) {
        struct str s = d->lines[i].text;
        ptrdiff_t at =
            str_find(s, ",LOG,") >= 0 && announces_plan(s) ? str_find(s, ",\"duration: ") : -1;
        if (at < 0)
            continue;
        found = true;
        i = take_field(&out, d, i, (size_t)at + 2);
    }
    if (found)
        *d = out;
}
