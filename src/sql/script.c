#include "sql/script.h"

#include <math.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "sql/lex.h"
#include "sql/params.h"
#include "sql/parse.h"

/* Each may read the rest of the file once more. */
enum { RECOVERIES_MAX = 100 };

struct reader {
    struct arena *a;
    struct str s;
    struct lex lex;
    struct script *out;
    size_t line_at, line; /* line number that holds for offset line_at */
    size_t begin_line;
    size_t suspect; /* semicolon inside a constant where the statement may end; SIZE_MAX: none */
    size_t suspect_line_at, suspect_line; /* line counter before that constant */
    unsigned recoveries;
    size_t begin;         /* first byte of the statement; SIZE_MAX: none has begun */
    size_t end;           /* behind its last token */
    size_t last_end_line; /* line on which the statement before ended */
    bool copies;          /* the statement is COPY ... FROM STDIN */
    bool saw_copy, saw_from;
    struct script_query notes; /* what the comments since the last statement say */
};

/* ---- places ---- */

static size_t line_of(struct reader *r, size_t at)
{
    for (size_t i = r->line_at; i < at; i++)
        r->line += r->s.p[i] == '\n';
    r->line_at = at;
    return r->line;
}

static size_t end_of_line(const struct reader *r, size_t at)
{
    const char *nl = at < r->s.len ? memchr(r->s.p + at, '\n', r->s.len - at) : NULL;
    return nl ? (size_t)(nl - r->s.p) : r->s.len;
}

/* Whether a statement, or the comment above one, begins behind the line end at `at`. */
static bool statement_follows(struct str s, size_t at)
{
    static const char *const words[] = {
        "select", "insert", "update", "delete", "with",   "merge", "explain",  "create", "alter",
        "drop",   "begin",  "commit", "set",    "values", "copy",  "truncate", "analyze"};
    struct str rest = str_trim(str_sub(s, at, s.len < at + 200 ? s.len : at + 200));
    if (str_starts(rest, "--") || str_starts(rest, "/*"))
        return true;
    size_t n = 0;
    while (n < rest.len && lex_is_ident_char(rest.p[n]))
        n++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is_nocase(str_sub(rest, 0, n), words[i]))
            return true;
    return false;
}

/* Note the first semicolon in a quoted constant or name that ends a line before a statement. */
static void suspect_constant(struct reader *r, const struct lex_token *t)
{
    bool quoted = t->kind == LEX_QUOTED || (t->kind == LEX_STRING && t->text.p[0] != '$');
    for (size_t i = 0; quoted && i < t->text.len; i++) {
        if (t->text.p[i] != ';')
            continue;
        size_t end = end_of_line(r, t->at + i);
        bool last = str_trim(str_sub(r->s, t->at + i + 1, end)).len == 0;
        if (!last || end >= t->at + t->text.len || !statement_follows(r->s, end))
            continue;
        r->suspect = t->at + i;
        line_of(r, t->at);
        r->suspect_line_at = r->line_at;
        r->suspect_line = r->line;
        return;
    }
}

/* ---- growing lists ---- */

static void *grown(struct arena *a, void *items, size_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    void *more = arena_calloc(a, count ? count * 2 : 1, size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

static void clear_notes(struct reader *r)
{
    r->notes = (struct script_query){.calls = NAN, .rows = NAN, .weight = NAN};
}

static void add_problem(struct reader *r, size_t line, struct str text)
{
    struct script *o = r->out;
    o->problems = grown(r->a, o->problems, o->problem_count, sizeof *o->problems);
    o->problems[o->problem_count++] = (struct script_problem){line, text};
}

static bool parses(struct str sql)
{
    struct arena *scratch = arena_new(0);
    struct sql_params params;
    struct err err = {0};
    sql_params_number(scratch, sql, &params);
    bool good = sql_parse(scratch, params.text, &err) != NULL;
    arena_free(scratch);
    return good;
}

/*
 * A quote without its end makes a constant of all up to the next quote, and code of what should be
 * constants from there on. When the statement that comes of it is none, and a constant in it holds
 * what looks like the end of a statement and the beginning of another, the statement ended there.
 */
static void cut_at_suspect(struct reader *r)
{
    if (r->suspect == SIZE_MAX || r->recoveries == RECOVERIES_MAX ||
        parses(str_sub(r->s, r->begin, r->end)))
        return;
    r->recoveries++;
    r->end = r->suspect;
    r->lex.at = r->suspect + 1;
    r->line_at = r->suspect_line_at;
    r->line = r->suspect_line;
    r->last_end_line = line_of(r, r->suspect);
    r->copies = false;
}

static void end_statement(struct reader *r)
{
    struct script *o = r->out;
    cut_at_suspect(r);
    if (r->begin != SIZE_MAX) {
        struct script_query q = r->notes;
        q.offset = r->begin;
        q.text = str_sub(r->s, r->begin, r->end);
        q.line = r->begin_line;
        o->queries = grown(r->a, o->queries, o->query_count, sizeof *o->queries);
        o->queries[o->query_count++] = q;
    }
    r->begin = r->suspect = SIZE_MAX;
    r->saw_copy = r->saw_from = r->copies = false;
    clear_notes(r);
}

/* ---- notes in comments ---- */

static const struct {
    const char *name;
    double per_day;
} units[] = {
    {"s", 86400},     {"sec", 86400},    {"second", 86400},   {"m", 1440},      {"min", 1440},
    {"minute", 1440}, {"h", 24},         {"hour", 24},        {"d", 1},         {"day", 1},
    {"w", 1.0 / 7},   {"week", 1.0 / 7}, {"month", 1.0 / 30}, {"mo", 1.0 / 30},
};

/* The number of calls a day in "5,000 / hour", "5k/day", "12 per minute", "3". */
static bool read_rate(struct str s, double *out)
{
    char digits[64];
    size_t n = 0, i = 0;
    for (; i < s.len && n + 1 < sizeof digits; i++) {
        char c = s.p[i];
        if ((c >= '0' && c <= '9') || c == '.')
            digits[n++] = c;
        else if (c != ',' && c != '_')
            break;
    }
    if (!str_to_double((struct str){digits, n}, out) || *out < 0)
        return false;
    struct str rest = str_sub(s, i, s.len);
    if (rest.len && (rest.p[0] == 'k' || rest.p[0] == 'K' || rest.p[0] == 'M')) {
        *out *= rest.p[0] == 'M' ? 1e6 : 1e3;
        rest = str_sub(rest, 1, rest.len);
    }
    rest = str_trim(rest);
    if (!rest.len)
        return true;
    bool per = str_starts(rest, "per ");
    if (rest.p[0] != '/' && !per)
        return false;
    rest = str_trim(str_sub(rest, per ? 4 : 1, rest.len));
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        if (str_is_nocase(rest, units[u].name)) {
            *out *= units[u].per_day;
            return true;
        }
    return false;
}

/* Strip "key:" off; false when the line is about something else. */
static bool has_key(struct str line, const char *key, struct str *value)
{
    size_t n = strlen(key);
    if (line.len <= n || !str_is_nocase(str_sub(line, 0, n), key))
        return false;
    struct str rest = str_trim(str_sub(line, n, line.len));
    if (!str_starts(rest, ":"))
        return false;
    *value = str_trim(str_sub(rest, 1, rest.len));
    return true;
}

/* "GetTask :one" of sqlc, "get-task :? :1" of HugSQL: the name alone. */
static struct str without_result_kind(struct str name)
{
    ptrdiff_t cut = str_find(name, " :");
    return cut < 0 ? name : str_trim(str_sub(name, 0, (size_t)cut));
}

static void take_note(struct reader *r, struct str line, size_t number)
{
    struct str value;
    double *where = NULL;
    if (has_key(line, "name", &value) && value.len) {
        r->notes.name = without_result_kind(value);
        return;
    }
    if (str_starts(line, ":name ")) {
        r->notes.name = without_result_kind(str_trim(str_sub(line, 6, line.len)));
        return;
    }
    if (has_key(line, "calls", &value))
        where = &r->notes.calls;
    else if (has_key(line, "rows", &value))
        where = &r->notes.rows;
    else if (has_key(line, "weight", &value))
        where = &r->notes.weight;
    double v;
    if (where && read_rate(value, &v))
        *where = v;
    else if (where)
        add_problem(r, number, line);
}

static void take_comment(struct reader *r, const struct lex_token *t)
{
    size_t number = line_of(r, t->at);
    /* behind a statement on its last line: about that statement, not the next */
    if (r->begin != SIZE_MAX || number == r->last_end_line)
        return;
    struct str rest = t->text;
    bool block = str_starts(rest, "/*");
    rest = str_sub(rest, 2, rest.len);
    if (block && str_ends(rest, "*/"))
        rest = str_sub(rest, 0, rest.len - 2);
    for (struct str line; str_line(&rest, &line); number++) {
        line = str_trim(line);
        while (line.len && (line.p[0] == '*' || line.p[0] == '-'))
            line = str_trim(str_sub(line, 1, line.len));
        take_note(r, line, number);
    }
}

/* ---- statements ---- */

static bool ends_statement_word(struct str word)
{
    static const char *const words[] = {"g",     "gx",   "gset", "gexec", "gdesc", "crosstabview",
                                        "watch", "bind", "parse"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return true;
    return false;
}

/* A backslash outside of quotes: psql's own command, to the end of the line. */
static void skip_command(struct reader *r, const struct lex_token *t)
{
    size_t from = t->at + 1, to = from;
    if (from < r->s.len && r->s.p[from] == ';') {
        end_statement(r);
        r->lex.at = from + 1;
        return;
    }
    while (to < r->s.len && lex_is_ident_char(r->s.p[to]))
        to++;
    if (ends_statement_word(str_sub(r->s, from, to)))
        end_statement(r);
    r->lex.at = end_of_line(r, t->at);
}

/* The lines behind COPY ... FROM STDIN, up to "\." */
static void skip_copy_data(struct reader *r)
{
    size_t at = end_of_line(r, r->lex.at);
    while (at < r->s.len) {
        size_t end = end_of_line(r, at + 1);
        struct str line = str_trim(str_sub(r->s, at + 1, end));
        at = end;
        if (str_is(line, "\\."))
            break;
    }
    r->lex.at = at;
}

static void note_copy(struct reader *r, const struct lex_token *t)
{
    if (r->begin == t->at)
        r->saw_copy = lex_is_word(t, "copy");
    else if (r->saw_from && lex_is_word(t, "stdin"))
        r->copies = r->saw_copy;
    r->saw_from = lex_is_word(t, "from");
}

/*
 * A constant, name or comment without its end: the statement is taken to end at the first line
 * that ends in a semicolon. False when there is no such line.
 */
static bool recover(struct reader *r, const struct lex_token *t)
{
    for (size_t at = t->at; at < r->s.len;) {
        size_t end = end_of_line(r, at);
        struct str line = str_trim(str_sub(r->s, at, end));
        if (str_ends(line, ";")) {
            r->end = (size_t)(line.p + line.len - r->s.p) - 1;
            r->lex.at = r->end + 1;
            return true;
        }
        at = end + 1;
    }
    return false;
}

static void take_token(struct reader *r, const struct lex_token *t)
{
    if (lex_is(t, ";")) {
        bool copy = r->copies;
        r->last_end_line = line_of(r, t->at);
        end_statement(r);
        if (copy)
            skip_copy_data(r);
        return;
    }
    if (lex_is(t, "\\")) {
        skip_command(r, t);
        return;
    }
    if (r->begin == SIZE_MAX) {
        r->begin = t->at;
        r->begin_line = line_of(r, t->at);
    }
    if (r->suspect == SIZE_MAX)
        suspect_constant(r, t);
    r->end = t->at + t->text.len;
    note_copy(r, t);
    if (t->unterminated && recover(r, t)) {
        r->last_end_line = line_of(r, r->end);
        end_statement(r);
    }
}

void script_read(struct arena *a, struct str text, struct script *out)
{
    *out = (struct script){0};
    struct reader r = {.a = a,
                       .s = text,
                       .lex = {.s = text, .comments = true},
                       .out = out,
                       .line = 1,
                       .begin = SIZE_MAX,
                       .suspect = SIZE_MAX};
    if (str_starts(text, "\xef\xbb\xbf"))
        r.lex.at = 3;
    clear_notes(&r);
    for (struct lex_token t; lex_next(&r.lex, &t);) {
        if (t.kind != LEX_COMMENT)
            take_token(&r, &t);
        else if (!t.unterminated)
            take_comment(&r, &t);
        else if (recover(&r, &t))
            end_statement(&r);
    }
    end_statement(&r);
}
