/* Finding out log_line_prefix: templates met in the field, then one made from the lines. */
#include "read/log_prefix.h"
#include "read/log_template.h"

/* Defaults of PostgreSQL, of packagers and of hosters, and what manuals of tools recommend. */
static const char *const known[] = {
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p]: ",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q%a ",
    "%m [%p] %u@%d ",
    "%m [%p] db=%d,user=%u ",
    "%m [%p] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p][%v] : [%l-1] %q[app=%a] ",
    "%m [%p] : [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m %r %u %a [%c] [%p] ",
    "%m [%p] %c ",
    "%m %p %u %d %a %h ",
    "%m-%c-",
    "%t-%c-",
    "%t [%p]: ",
    "%t [%p]: [%l-1] ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l] user=%u,db=%d ",
    "%t [%p]: [%l-1] %u@%d ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d - PG-%e ",
    "%t [%p]: [%l-1] db=%d,user=%u ",
    "%t [%p]: db=%d,user=%u,app=%a,client=%h ",
    "%t [%p-%l] %q%u@%d ",
    "%t [%p] %q%u@%d ",
    "%t [%p] ",
    "%t:%r:%u@%d:[%p]:",
    "%t %u %d %h [%p] ",
    "%t ",
    "%m ",
    "%n %p ",
    "%p ",
    "",
    " sql_error_code = %e ",
    "sql_error_code = %e ",
    "%q%m [%p] app=%a ",
};

/* ---- choosing ---- */

static size_t score(const char *text, const struct str *lines, size_t count)
{
    struct log_prefix p = {.count = 0};
    struct log_fields fields;
    size_t matched = 0, at;
    if (!log_prefix_compile(&p, str_of(text)))
        return 0;
    for (size_t i = 0; i < count; i++) {
        enum log_word w = log_prefix_match(&p, lines[i], &fields, &at);
        matched += w != WORD_NONE && w != WORD_UNKNOWN;
    }
    log_prefix_release(&p);
    return matched;
}

struct choice {
    char *out;
    size_t best;
    const struct str *lines;
    size_t count;
};

static void consider(struct choice *c, const char *text)
{
    size_t n = score(text, c->lines, c->count);
    if (n <= c->best)
        return;
    c->best = n;
    strcpy(c->out, text);
}

/* The same with %q at each of the places where lines of the server's own processes may end. */
static void consider_stops(struct choice *c, const char *text)
{
    size_t len = strlen(text);
    char with[PREFIX_TEXT];
    consider(c, text);
    for (size_t at = 1; at < len && len + 2 < PREFIX_TEXT && c->best < c->count; at++) {
        if (text[at - 1] == '%')
            continue;
        memcpy(with, text, at);
        memcpy(with + at, "%q", 2);
        memcpy(with + at + 2, text + at, len - at + 1);
        consider(c, with);
    }
}

static void consider_line(struct choice *c, struct str line, struct str who)
{
    char made[PREFIX_TEXT];
    ptrdiff_t word = log_word_find(str_sub(line, 0, PREFIX_LINE), 0);
    if (word < 0)
        return;
    struct str prefix = str_sub(line, 0, (size_t)word);
    if (log_template_of_cells(prefix, who, made))
        consider_stops(c, made);
    if (log_template_of_words(prefix, made))
        consider_stops(c, made);
}

/* Templates made from some of the lines, each tried on all; the longest prefixes tell most. */
static void consider_made(struct choice *c)
{
    enum { TRIES = 12 };
    struct str who = log_template_who(c->lines, c->count);
    size_t step = c->count / TRIES + 1;
    if (who.p)
        consider_line(c, log_template_line(c->lines, c->count), who);
    for (size_t i = 0; i < c->count && c->best < c->count; i += step)
        consider_line(c, c->lines[i], who);
}
size_t log_prefix_infer(const struct str *lines, size_t count, char out[PREFIX_TEXT])
{
    struct choice c = {.out = out, .lines = lines, .count = count};
    out[0] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof known[0] && c.best < count; i++)
        consider(&c, known[i]);
    if (c.best < count)
        consider_made(&c);
    return c.best;
}
