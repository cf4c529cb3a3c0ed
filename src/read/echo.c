#include "read/echo.h"

#include <ctype.h>
#include <math.h>
#include <strings.h>

enum { LONGEST = 1 << 20 };

/* Bytes of psql's prompt: "t=# ", "shop-> ", "user@host:db=> ", "db(# ". */
static size_t prompt_length(struct str s)
{
    for (size_t i = 1; i + 1 < s.len && i < 64; i++) {
        if (s.p[i] == ' ')
            return 0;
        if ((s.p[i] == '#' || s.p[i] == '>') && s.p[i + 1] == ' ' &&
            strchr("=-('\"*^!$@", s.p[i - 1]))
            return i + 2;
    }
    return 0;
}

static bool is_word_at(struct str s, size_t i, const char *word)
{
    size_t n = strlen(word);
    return s.len - i >= n && strncasecmp(s.p + i, word, n) == 0 &&
           (s.len - i == n || !isalnum((unsigned char)s.p[i + n]));
}

/* Past the options of EXPLAIN, in parentheses or as words. */
static struct str skip_options(struct str s)
{
    static const char *const words[] = {"analyze", "analyse", "verbose"};
    s = str_trim(s);
    const char *close = s.len && s.p[0] == '(' ? memchr(s.p, ')', s.len) : NULL;
    struct str options = str_sub(s, 0, close ? (size_t)(close - s.p) : 0);
    if (close && str_find(options, "select") < 0 && str_find(options, "SELECT") < 0)
        return str_trim(str_sub(s, options.len + 1, s.len));
    for (size_t i = 0; i < 3; i++)
        if (s.len && is_word_at(s, 0, words[i])) {
            s = str_trim(str_sub(s, strlen(words[i]), s.len));
            i = (size_t)-1;
        }
    return s;
}

/* What is explained, when EXPLAIN begins a statement in this line. */
static bool find_explain(struct str s, struct str *statement)
{
    for (size_t i = 0; i + 7 <= s.len; i++) {
        if ((s.p[i] | 0x20) != 'e' || !is_word_at(s, i, "explain"))
            continue;
        struct str before = str_trim(str_sub(s, 0, i));
        if (before.len && before.p[before.len - 1] != ';')
            return false;
        *statement = skip_options(str_sub(s, i + 7, s.len));
        return true;
    }
    return false;
}

static void add(struct echo *e, struct str s)
{
    if (e->text.len > LONGEST)
        e->open = false;
    if (!e->open || e->ended)
        return;
    if (e->text.len)
        buf_addc(&e->text, '\n');
    buf_addstr(&e->text, s);
    struct str t = str_trim(buf_str(&e->text));
    if (str_ends(t, ";")) {
        e->text.len = (size_t)(t.p + t.len - 1 - e->text.data);
        e->ended = true;
    }
}

static bool read_duration(struct echo *e, struct str line)
{
    ptrdiff_t at = str_find(line, "duration: ");
    if (at < 0 || !str_ends(str_trim(line), " plan:"))
        return false;
    struct str s = str_sub(line, (size_t)at + 10, line.len);
    size_t n = 0;
    while (n < s.len && (isdigit((unsigned char)s.p[n]) || s.p[n] == '.'))
        n++;
    if (!str_to_double(str_sub(s, 0, n), &e->duration_ms))
        e->duration_ms = NAN;
    return true;
}

/* What follows a statement and is none of it. */
static bool ends_statement(struct str s)
{
    return str_is(s, "QUERY PLAN") || str_starts(s, "```") || str_starts(s, "~~~") ||
           str_starts(s, "---");
}

void echo_line(struct echo *e, struct str line)
{
    struct str s = str_sub(line, prompt_length(line), line.len), statement;
    if (read_duration(e, line))
        return;
    if (find_explain(s, &statement)) {
        double duration = e->duration_ms;
        echo_clear(e);
        e->duration_ms = duration;
        e->open = true;
        if (statement.len)
            add(e, statement);
    } else if (ends_statement(str_trim(s))) {
        e->ended |= e->text.len > 0;
    } else {
        add(e, s);
    }
}

void echo_blank(struct echo *e)
{
    if (e->open && !e->ended && !e->at_blank)
        e->at_blank = e->text.len;
}

struct str echo_statement(const struct echo *e, struct arena *a)
{
    struct str s = buf_str(&e->text);
    if (!e->ended && e->at_blank)
        s = str_sub(s, 0, e->at_blank); /* what stood below the empty line was not SQL */
    s = str_trim(s);
    return s.len ? str_dup(a, s) : (struct str){0};
}

void echo_clear(struct echo *e)
{
    buf_clear(&e->text);
    e->at_blank = 0;
    e->open = e->ended = false;
    e->duration_ms = NAN;
}

void echo_release(struct echo *e)
{
    buf_free(&e->text);
}
