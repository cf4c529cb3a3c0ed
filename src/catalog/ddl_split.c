#include "catalog/ddl_split.h"

#include <math.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char at(struct str s, size_t i)
{
    return i < s.len ? s.p[i] : '\0';
}

/* Just behind the end of the line that i is on. */
static size_t line_end(struct str s, size_t i)
{
    const char *lf = i < s.len ? memchr(s.p + i, '\n', s.len - i) : NULL;
    return lf ? (size_t)(lf - s.p) + 1 : s.len;
}

static size_t block_comment(struct str s)
{
    int depth = 0;
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.p[i] == '/' && s.p[i + 1] == '*') {
            depth++;
            i++;
        } else if (s.p[i] == '*' && s.p[i + 1] == '/') {
            i++;
            if (--depth == 0)
                return i + 1;
        }
    }
    return s.len;
}

static size_t quoted(struct str s, size_t open, bool backslashes)
{
    char quote = s.p[open];
    for (size_t i = open + 1; i < s.len; i++) {
        if (backslashes && s.p[i] == '\\')
            i++;
        else if (s.p[i] == quote && at(s, i + 1) == quote)
            i++;
        else if (s.p[i] == quote)
            return i + 1;
    }
    return s.len;
}

/* $$ ... $$ or $tag$ ... $tag$; 0 if the dollar opens no quote, the whole rest if it is not closed.
 */
static size_t dollar_quoted(struct str s)
{
    size_t tag = 1;
    if (is_digit(at(s, 1)))
        return 0;
    while (tag < s.len && is_word(s.p[tag]))
        tag++;
    if (at(s, tag) != '$')
        return 0;
    tag++;
    const char *close = s.len >= 2 * tag ? memmem(s.p + tag, s.len - tag, s.p, tag) : NULL;
    return close ? (size_t)(close - s.p) + tag : s.len;
}

static size_t word(struct str s)
{
    size_t n = 0;
    while (n < s.len && (is_word(s.p[n]) || (n && s.p[n] == '$')))
        n++;
    return n;
}

size_t cat_ddl_token(struct str s)
{
    char c = at(s, 0), next = at(s, 1);
    size_t n = 0;
    if (is_blank(c)) {
        while (n < s.len && is_blank(s.p[n]))
            n++;
        return n;
    }
    if (c == '-' && next == '-')
        return line_end(s, 0);
    if (c == '/' && next == '*')
        return block_comment(s);
    if (c == '\'' || c == '"')
        return quoted(s, 0, false);
    if ((c == 'e' || c == 'E') && next == '\'')
        return quoted(s, 1, true);
    if (c == '$' && (n = dollar_quoted(s)))
        return n;
    n = word(s);
    return n ? n : s.len ? 1 : 0;
}

static bool is_space_token(struct str token)
{
    return is_blank(token.p[0]) || str_starts(token, "--") || str_starts(token, "/*");
}

static struct str token_at(struct str text, size_t i)
{
    struct str rest = str_sub(text, i, text.len);
    return str_sub(rest, 0, cat_ddl_token(rest));
}

struct str cat_ddl_word(struct str text)
{
    return str_sub(text, 0, word(text));
}

struct str cat_ddl_after_word(struct str text)
{
    size_t i = word(text);
    while (i < text.len) {
        struct str token = token_at(text, i);
        if (!is_space_token(token))
            break;
        i += token.len;
    }
    return str_sub(text, i, text.len);
}

/* 500000, 500_000, 500,000, 5e5, 500k, 1.5M; NAN if it is none of these. */
static double parse_rows(struct str s)
{
    char digits[40];
    size_t n = 0, i = 0;
    for (; i < s.len && n < sizeof digits; i++) {
        bool exponent = (s.p[i] == 'e' || s.p[i] == 'E') && is_digit(at(s, i + 1));
        if (is_digit(s.p[i]) || s.p[i] == '.' || exponent)
            digits[n++] = s.p[i];
        else if ((s.p[i] != '_' && s.p[i] != ',') || !is_digit(at(s, i + 1)))
            break;
    }
    double v, scale = 1;
    const char *unit = i < s.len ? strchr("kKmMgGbB", s.p[i]) : NULL;
    if (unit && *unit) {
        static const double scales[] = {1e3, 1e6, 1e9, 1e9};
        scale = scales[(unit - "kKmMgGbB") / 2];
        i++;
    }
    if (is_word(at(s, i)) || !str_to_double((struct str){digits, n}, &v))
        return NAN;
    return v * scale;
}

static double hint_of_comment(struct str c)
{
    c = str_trim(str_sub(c, 2, c.len));
    if (!str_is_nocase(str_sub(c, 0, 4), "rows"))
        return NAN;
    c = str_trim(str_sub(c, 4, c.len));
    if (at(c, 0) != ':' && at(c, 0) != '=')
        return NAN;
    return parse_rows(str_trim(str_sub(c, 1, c.len)));
}

static void note_hint(struct ddl_hint *hint, struct str comment, size_t offset)
{
    double rows = hint_of_comment(comment);
    if (!isnan(rows))
        *hint = (struct ddl_hint){rows, offset, offset + comment.len};
}

/* What psql does with a backslash outside quotes: a command that takes the rest of its line. */
static bool is_meta_command(struct str token)
{
    return token.p[0] == '\\';
}

/* Skip blanks, comments, stray semicolons and psql commands; false at the end of the text. */
static bool skip_to_statement(struct ddl_source *s)
{
    size_t last_line_end = line_end(s->text, s->at);
    s->gap = s->same = s->body = (struct ddl_hint){.rows = NAN};
    while (s->at < s->text.len) {
        struct str token = token_at(s->text, s->at);
        if (is_meta_command(token)) {
            s->at = line_end(s->text, s->at);
            continue;
        }
        if (token.p[0] != ';' && !is_space_token(token))
            return true;
        if (!is_blank(token.p[0]) && token.p[0] != ';')
            note_hint(s->at < last_line_end ? &s->same : &s->gap, token, s->at);
        s->at += token.len;
    }
    return false;
}

/* What decides where a statement ends. */
struct ending {
    struct str first, previous; /* words */
    bool routine;               /* CREATE FUNCTION or PROCEDURE: may have a BEGIN ATOMIC body */
    bool rule;                  /* CREATE RULE: semicolons inside its parentheses are its own */
    bool from_stdin;
    int block; /* depth of BEGIN ATOMIC ... END with the CASE ... END in it */
    int paren;
};

static void follow_block(struct ending *e, struct str w)
{
    if (str_is_nocase(w, "atomic") && str_is_nocase(e->previous, "begin"))
        e->block = 1;
    else if (e->block && str_is_nocase(w, "case"))
        e->block++;
    else if (e->block && str_is_nocase(w, "end"))
        e->block--;
}

static void follow_word(struct ending *e, struct str w)
{
    if (!e->first.len)
        e->first = w;
    bool create = str_is_nocase(e->first, "create");
    if (create && (str_is_nocase(w, "function") || str_is_nocase(w, "procedure")))
        e->routine = true;
    if (create && str_is_nocase(w, "rule") &&
        (str_is_nocase(e->previous, "create") || str_is_nocase(e->previous, "replace")))
        e->rule = true;
    if (str_is_nocase(e->first, "copy") && str_is_nocase(e->previous, "from") &&
        str_is_nocase(w, "stdin"))
        e->from_stdin = true;
    if (e->routine)
        follow_block(e, w);
    e->previous = w;
}

/* The lines of COPY data, up to and with the one that holds only \. */
static size_t skip_copy_data(struct str text, size_t from)
{
    size_t i = line_end(text, from);
    while (i < text.len) {
        size_t end = line_end(text, i);
        if (str_is(str_trim(str_sub(text, i, end)), "\\."))
            return end;
        i = end;
    }
    return i;
}

bool cat_ddl_next(struct ddl_source *s, struct str *statement)
{
    if (!skip_to_statement(s))
        return false;
    size_t start = s->at, last = start; /* last: behind the last token that counts */
    struct ending e = {0};
    while (s->at < s->text.len) {
        struct str token = token_at(s->text, s->at);
        if (token.p[0] == ';' && !e.block && !(e.rule && e.paren > 0))
            break;
        if (is_meta_command(token)) {
            s->at = line_end(s->text, s->at);
            break;
        }
        e.paren += (token.p[0] == '(') - (token.p[0] == ')');
        if (is_word(token.p[0]) && token.p[token.len - 1] != '\'')
            follow_word(&e, token);
        if (!is_space_token(token))
            last = s->at + token.len;
        else if (!is_blank(token.p[0]))
            note_hint(&s->body, token, s->at);
        s->at += token.len;
    }
    *statement = str_sub(s->text, start, last);
    if (at(s->text, s->at) == ';')
        s->at = e.from_stdin ? skip_copy_data(s->text, s->at) : s->at + 1;
    return true;
}

/* Whether nothing but blanks and a line comment follow on the line. */
static bool ends_line(struct str text, size_t i)
{
    while (i < text.len && text.p[i] != '\n') {
        if (str_starts(str_sub(text, i, text.len), "--"))
            return true;
        if (!is_blank(text.p[i]))
            return false;
        i++;
    }
    return true;
}

void cat_ddl_resume(struct ddl_source *s, struct str bad)
{
    size_t start = (size_t)(bad.p - s->text.p), end = s->at;
    for (size_t i = start; i < end; i++) {
        size_t n = s->text.p[i] == '$' ? dollar_quoted(str_sub(s->text, i, s->text.len)) : 0;
        if (n && i + n < s->text.len) {
            i += n - 1;
        } else if (s->text.p[i] == ';' && ends_line(s->text, i + 1)) {
            s->at = i + 1;
            return;
        }
    }
}

void cat_ddl_seek(struct ddl_source *s, size_t offset)
{
    s->at = offset;
}
