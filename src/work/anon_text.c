#include "work/anon_text.h"

#include <stdlib.h>

#include "base/arena.h"
#include "sql/func.h"
#include "sql/ident.h"
#include "sql/lex.h"
#include "work/anon_constant.h"

enum word_list { WORD_FUNCTION, WORD_TYPE, WORD_CLAUSE, WORD_SYSTEM, WORD_SCHEMA };

/* A text being rewritten; at: the token that is looked at. */
struct rewrite {
    struct anon *anon;
    struct buf *out;
    struct str text;
    struct lex_token *tokens; /* one LEX_END behind the last */
    size_t count, at;
    bool is_sql;         /* written by a person, not by EXPLAIN */
    struct buf scratch;  /* a name or string with its quotes undone */
    struct buf constant; /* a replacement, before it is quoted */
};

static bool in_list(enum word_list list, struct str word)
{
    static const struct {
        enum word_list list;
        const char *word;
    } words[] = {
#define ANON_WORD(which, text) {WORD_##which, text},
#include "work/anon_word.def"
#undef ANON_WORD
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].list == list && str_is_nocase(word, words[i].word))
            return true;
    return false;
}

/* Aggregates and window functions are not among those whose volatility matters. */
static bool is_own_function(struct str name)
{
    return func_volatility(name) != FUNC_UNKNOWN || in_list(WORD_FUNCTION, name);
}

/* The token `by` places away; LEX_END outside the text. */
static const struct lex_token *near_token(const struct rewrite *w, int by)
{
    static const struct lex_token none = {.kind = LEX_END};
    size_t i = w->at + (size_t)by;
    return i < w->count ? &w->tokens[i] : &none;
}

static bool near_is(const struct rewrite *w, int by, const char *text)
{
    return lex_is(near_token(w, by), text);
}

static bool near_word(const struct rewrite *w, int by, const char *word)
{
    return lex_is_word(near_token(w, by), word);
}

static void emit(struct rewrite *w, const struct lex_token *t)
{
    buf_addstr(w->out, t->text);
}

/* What stood between the previous token and this one; comments become a space. */
static void emit_gap(struct rewrite *w)
{
    const struct lex_token *t = &w->tokens[w->at];
    size_t from = w->at ? w->tokens[w->at - 1].at + w->tokens[w->at - 1].text.len : 0;
    struct str gap = str_sub(w->text, from, t->at);
    if (str_trim(gap).len)
        buf_addc(w->out, ' ');
    else
        buf_addstr(w->out, gap);
}

/* The name in a token, in w->scratch: quotes undone, or folded to lower case. */
static struct str name_in(struct rewrite *w, const struct lex_token *t)
{
    buf_clear(&w->scratch);
    bool quoted = t->kind == LEX_QUOTED;
    size_t from = quoted ? (size_t)(str_find(t->text, "\"") + 1) : 0;
    size_t to = t->text.len - (quoted && !t->unterminated);
    for (size_t i = from; i < to; i++) {
        char c = t->text.p[i];
        if (quoted && c == '"')
            i++;
        buf_addc(&w->scratch, !quoted && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    return buf_str(&w->scratch);
}

void anon_add_name(struct anon *n, struct buf *out, enum anon_kind kind, struct str name)
{
    bool own = name.len == 0 || strchr("*?", name.p[0]) || str_starts(name, "unnamed_") ||
               (kind == ANON_SCHEMA && in_list(WORD_SCHEMA, name)) ||
               (kind == ANON_FUNCTION && is_own_function(name)) ||
               str_starts(name, "RI_ConstraintTrigger_");
    buf_addstr(out, own ? name : anon_replace(n, kind, name));
}

/* A token that is a name. One that stays keeps its quotes. */
static void emit_name(struct rewrite *w, enum anon_kind kind)
{
    const struct lex_token *t = near_token(w, 0);
    struct str name = name_in(w, t);
    size_t from = w->out->len;
    anon_add_name(w->anon, w->out, kind, name);
    if (str_eq(str_sub(buf_str(w->out), from, w->out->len), name)) {
        w->out->len = from;
        emit(w, t);
    }
}

static void emit_next(struct rewrite *w)
{
    w->at++;
    emit_gap(w);
    emit(w, near_token(w, 0));
}

/* Parenthesised modifiers and brackets behind a type's name stay as they are: "(10,2)", "[]". */
static void emit_type_rest(struct rewrite *w)
{
    while (near_is(w, 1, "(") || near_is(w, 1, "[")) {
        emit_next(w);
        while (near_token(w, 1)->kind == LEX_NUMBER || near_is(w, 1, ","))
            emit_next(w);
        if (near_is(w, 1, ")") || near_is(w, 1, "]"))
            emit_next(w);
    }
}

/* Words that go on with a built-in type's name: "timestamp with time zone". */
static bool is_type_tail(const struct lex_token *t)
{
    static const char *const words[] = {"with", "without", "time", "zone", "varying", "precision"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lex_is_word(t, words[i]))
            return true;
    return false;
}

/* The type that begins at w->at, to its last token. */
static void emit_type(struct rewrite *w)
{
    emit_gap(w);
    while (near_is(w, 1, ".")) {
        emit_name(w, ANON_SCHEMA);
        w->at++;
        emit(w, near_token(w, 0));
        w->at++;
    }
    const struct lex_token *t = near_token(w, 0);
    if (!in_list(WORD_TYPE, name_in(w, t))) {
        emit_name(w, ANON_TYPE);
        emit_type_rest(w);
        return;
    }
    emit(w, t);
    emit_type_rest(w);
    while (is_type_tail(near_token(w, 1))) {
        emit_next(w);
        emit_type_rest(w);
    }
}

/* The content of a string token, in w->scratch; backslashes are left as they are. */
static struct str string_in(struct rewrite *w, const struct lex_token *t)
{
    struct str s = t->text;
    buf_clear(&w->scratch);
    if (s.p[0] == '$') {
        size_t tag = (size_t)str_find(str_sub(s, 1, s.len), "$") + 2;
        buf_addstr(&w->scratch, str_sub(s, tag, s.len >= 2 * tag ? s.len - tag : s.len));
        return buf_str(&w->scratch);
    }
    size_t from = (size_t)str_find(s, "'") + 1, to = s.len - !t->unterminated;
    for (size_t i = from; i < to; i++) {
        buf_addc(&w->scratch, s.p[i]);
        i += s.p[i] == '\'';
    }
    return buf_str(&w->scratch);
}

/* The type of the constant at w->at: behind "::", or the word before it. */
static struct str type_of_constant(const struct rewrite *w)
{
    const struct lex_token *before = near_token(w, -1), *after = near_token(w, 2);
    if (near_is(w, 1, "::")) {
        size_t end = after->at + after->text.len;
        if (near_is(w, 3, "["))
            end = near_token(w, 4)->at + near_token(w, 4)->text.len;
        return str_sub(w->text, after->at, end);
    }
    if (before->kind == LEX_IDENT && in_list(WORD_TYPE, before->text))
        return before->text;
    return (struct str){0};
}

/* How the constant at w->at is used: the operator before it, also across "ANY (". */
static enum anon_use use_of_constant(const struct rewrite *w)
{
    int by = near_is(w, -1, "(") && (near_word(w, -2, "ANY") || near_word(w, -2, "ALL")) ? -3 : -1;
    const struct lex_token *t = near_token(w, by);
    if (lex_is(t, "~~") || lex_is(t, "!~~") || lex_is(t, "~~*") || lex_is(t, "!~~*") ||
        lex_is_word(t, "LIKE") || lex_is_word(t, "ILIKE"))
        return ANON_LIKE;
    if (lex_is(t, "~") || lex_is(t, "!~") || lex_is(t, "~*") || lex_is(t, "!~*"))
        return ANON_REGEX;
    return ANON_PLAIN;
}

static void emit_quoted(struct buf *out, struct str s)
{
    buf_addc(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '\'')
            buf_addc(out, '\'');
        buf_addc(out, s.p[i]);
    }
    buf_addc(out, '\'');
}

static void emit_string(struct rewrite *w)
{
    const struct lex_token *t = near_token(w, 0);
    struct str type = type_of_constant(w), value = string_in(w, t);
    char prefix = t->text.p[0];
    buf_clear(&w->constant);
    if (strchr("bBxX", prefix)) {
        buf_printf(w->out, "%c'0'", prefix);
        return;
    }
    if (str_starts(type, "reg"))
        anon_add_name_list(w->anon, &w->constant, ANON_TABLE, value);
    else
        anon_add_constant(w->anon, &w->constant, value, type, use_of_constant(w));
    if (strchr("eE", prefix))
        buf_addc(w->out, prefix);
    emit_quoted(w->out, buf_str(&w->constant));
}

/* Numbers that count plans and rows, not data. */
static bool is_structural_number(const struct rewrite *w)
{
    static const char *const before[] = {"SubPlan", "InitPlan", "LIMIT", "OFFSET", "FIRST", "NEXT"};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (near_word(w, -1, before[i]))
            return true;
    return false;
}

/* "colN" behind "(InitPlan n)." or "(SubPlan n).". */
static bool is_plan_output(const struct rewrite *w)
{
    return near_is(w, -1, ".") && near_is(w, -2, ")") && near_token(w, -3)->kind == LEX_NUMBER &&
           str_starts(near_token(w, 0)->text, "col");
}

static bool has_capital(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return true;
    return false;
}

/* Words of EXPLAIN's own notation that are in lower case. */
static bool is_notation(const struct rewrite *w)
{
    return near_word(w, 1, "SubPlan") ||
           (near_word(w, 0, "returns") && near_token(w, 1)->kind == LEX_PARAM) ||
           (near_word(w, 0, "alternatives") && near_is(w, 1, ":"));
}

/* Words that are nobody's names where they stand. */
static bool is_own_word(struct rewrite *w, struct str word)
{
    if (near_is(w, -1, "."))
        return is_plan_output(w) || in_list(WORD_SYSTEM, word);
    if (near_is(w, 1, "("))
        return sql_is_keyword(word) || is_own_function(word) ||
               (w->is_sql && in_list(WORD_CLAUSE, word)) ||
               (!w->is_sql && has_capital(near_token(w, 0)->text));
    if (!w->is_sql && has_capital(near_token(w, 0)->text))
        return true;
    if (sql_is_keyword(word) || in_list(WORD_SYSTEM, word) || is_notation(w))
        return true;
    if (near_is(w, -1, "(") && near_word(w, -2, "extract"))
        return true;
    if (near_token(w, 1)->kind == LEX_STRING && in_list(WORD_TYPE, word))
        return true;
    return w->is_sql && !near_is(w, 1, ".") && !anon_knows_name(w->anon, word) &&
           (in_list(WORD_CLAUSE, word) || (near_word(w, -1, "AS") && in_list(WORD_TYPE, word)));
}

/* A relation is named here: the token `by` places away is FROM or the like. */
static bool follows_from(const struct rewrite *w, int by)
{
    return near_word(w, by, "FROM") || near_word(w, by, "JOIN") || near_word(w, by, "INTO") ||
           near_word(w, by, "UPDATE");
}

/* What a name is, as far as its neighbours say. */
static enum anon_kind kind_of_name(const struct rewrite *w, struct str name)
{
    if (near_is(w, 1, "."))
        return near_is(w, 3, "(") || (w->is_sql && follows_from(w, -1)) ? ANON_SCHEMA : ANON_ALIAS;
    if (near_is(w, 1, "(") && !(w->is_sql && near_word(w, -2, "INTO")))
        return ANON_FUNCTION;
    if (w->is_sql && (follows_from(w, -1) || (near_is(w, -1, ".") && follows_from(w, -3))))
        return ANON_TABLE;
    if (!w->is_sql || near_is(w, -1, ".") || anon_knows(w->anon, ANON_COLUMN, name))
        return ANON_COLUMN;
    /* a list of relations goes on after a comma, an alias may stand without AS */
    return near_word(w, -1, "AS") || anon_knows(w->anon, ANON_TABLE, name) ? ANON_ALIAS
                                                                           : ANON_COLUMN;
}

static void emit_word(struct rewrite *w)
{
    const struct lex_token *t = near_token(w, 0);
    bool quoted = t->kind == LEX_QUOTED;
    if (near_word(w, -1, "COLLATE") || (near_is(w, -1, ".") && near_word(w, -3, "COLLATE")) ||
        (!quoted && is_own_word(w, name_in(w, t))))
        emit(w, t);
    else
        emit_name(w, kind_of_name(w, name_in(w, t)));
}

static void emit_token(struct rewrite *w)
{
    const struct lex_token *t = near_token(w, 0);
    emit_gap(w);
    if (t->kind == LEX_STRING) {
        emit_string(w);
    } else if (t->kind == LEX_NUMBER && !is_structural_number(w)) {
        anon_add_number(w->anon, w->out, t->text);
    } else if (t->kind == LEX_IDENT || t->kind == LEX_QUOTED) {
        emit_word(w);
    } else {
        emit(w, t);
        if (lex_is(t, "::") && near_token(w, 1)->kind != LEX_END) {
            w->at++;
            emit_type(w);
        }
    }
    w->at++;
}

static void rewrite(struct anon *n, struct buf *out, struct str text, bool is_sql)
{
    struct rewrite w = {.anon = n, .out = out, .text = text, .is_sql = is_sql};
    struct lex lex = {.s = text};
    struct lex_token t;
    size_t cap = 0;
    while (lex_next(&lex, &t)) {
        if (w.count == cap) {
            cap = cap * 2 + 64;
            w.tokens = xrealloc(w.tokens, cap * sizeof *w.tokens);
        }
        w.tokens[w.count++] = t;
    }
    while (w.at < w.count)
        emit_token(&w);
    free(w.tokens);
    buf_free(&w.scratch);
    buf_free(&w.constant);
}

void anon_add_expression(struct anon *n, struct buf *out, struct str text)
{
    rewrite(n, out, text, false);
}

void anon_add_sql(struct anon *n, struct buf *out, struct str text)
{
    rewrite(n, out, text, true);
}

void anon_add_name_list(struct anon *n, struct buf *out, enum anon_kind kind, struct str list)
{
    struct rewrite w = {.anon = n, .out = out, .text = list};
    struct lex lex = {.s = list};
    struct lex_token t;
    for (bool first = true; lex_next(&lex, &t); first = false) {
        if (t.kind == LEX_IDENT || t.kind == LEX_QUOTED)
            anon_add_name(n, out, kind, name_in(&w, &t));
        else
            buf_printf(out, "%.*s%s", STR_ARG(t.text), lex_is(&t, ",") && !first ? " " : "");
    }
    buf_free(&w.scratch);
}
