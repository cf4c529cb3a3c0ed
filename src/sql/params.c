#include "sql/params.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sql/ident.h"
#include "sql/lex.h"

struct named {
    struct str name;
    size_t number;
    struct named *next;
};

struct params {
    struct arena *a;
    struct str in;
    struct lex_token *t;
    size_t count;
    size_t at;
    size_t brackets; /* depth of [ ] */
    bool operand;    /* the last token ended an operand */
    size_t copied;   /* input bytes that are in the output */
    struct buf out;
    struct sql_edit *edits;
    size_t edit_count, edit_room;
    struct named *names;
    size_t highest;
};

static const struct lex_token end_token = {.kind = LEX_END};

static const struct lex_token *ahead(const struct params *p, size_t n)
{
    return p->at + n < p->count ? &p->t[p->at + n] : &end_token;
}

static size_t end_of(const struct lex_token *t)
{
    return t->at + t->text.len;
}

/* Whether token n follows the one before it without a space. */
static bool adjacent(const struct params *p, size_t n)
{
    return ahead(p, n)->kind != LEX_END && ahead(p, n)->at == end_of(ahead(p, n - 1));
}

/* ---- output ---- */

static void add_edit(struct params *p, size_t in)
{
    if (p->edit_count == p->edit_room) {
        p->edit_room = p->edit_room ? p->edit_room * 2 : 16;
        p->edits = xrealloc(p->edits, p->edit_room * sizeof *p->edits);
    }
    p->edits[p->edit_count++] = (struct sql_edit){.out = p->out.len, .in = in};
}

/* Put `text` in the place of the input bytes from..to. */
static void replace(struct params *p, size_t from, size_t to, const char *text)
{
    buf_addstr(&p->out, str_sub(p->in, p->copied, from));
    add_edit(p, from);
    buf_adds(&p->out, text);
    add_edit(p, to);
    p->copied = to;
}

static size_t number_of(struct params *p, struct str name)
{
    for (struct named *n = p->names; n; n = n->next)
        if (str_eq(n->name, name))
            return n->number;
    struct named *n = arena_alloc(p->a, sizeof *n);
    *n = (struct named){.name = name, .number = ++p->highest, .next = p->names};
    p->names = n;
    return n->number;
}

/* Put `text` in the place of the input bytes from..to, with a space where words would meet. */
static void replace_word(struct params *p, size_t from, size_t to, const char *text)
{
    bool before = from && lex_is_ident_char(p->in.p[from - 1]);
    bool after = to < p->in.len && lex_is_ident_char(p->in.p[to]);
    char spaced[40];
    snprintf(spaced, sizeof spaced, "%s%s%s", before ? " " : "", text, after ? " " : "");
    replace(p, from, to, spaced);
}

/* A parameter in the place of from..to; without a name it is one of its own. */
static void add_param(struct params *p, size_t from, size_t to, struct str name)
{
    char text[32];
    snprintf(text, sizeof text, "$%zu", name.p ? number_of(p, name) : ++p->highest);
    replace_word(p, from, to, text);
    p->operand = true;
}

/* ---- what stands around ---- */

static bool is_one_of(const struct lex_token *t, const char *const *words)
{
    for (; *words; words++)
        if (lex_is_word(t, *words))
            return true;
    return false;
}

static bool is_reserved(struct str word)
{
    char lower[64];
    if (word.len >= sizeof lower)
        return false;
    for (size_t i = 0; i < word.len; i++)
        lower[i] = word.p[i] >= 'A' && word.p[i] <= 'Z' ? (char)(word.p[i] + 32) : word.p[i];
    return sql_is_keyword((struct str){lower, word.len});
}

/* Key words that are values, and names that stand before a literal: date '...'. */
static const char *const value_words[] = {"null",
                                          "true",
                                          "false",
                                          "end",
                                          "current_date",
                                          "current_time",
                                          "localtime",
                                          "current_user",
                                          "user",
                                          "localtimestamp",
                                          "current_timestamp",
                                          NULL};
static const char *const type_words[] = {"date",   "timestamp", "timestamptz", "time", "timetz",
                                         "offset", "values",    "set",         "by",   NULL};
static const char *const opening_words[] = {"array",    "case",   "cast",     "exists", "row",
                                            "coalesce", "nullif", "greatest", "least",  NULL};

static bool ends_operand(const struct lex_token *t)
{
    switch (t->kind) {
    case LEX_QUOTED:
    case LEX_STRING:
    case LEX_NUMBER:
    case LEX_PARAM:
        return true;
    case LEX_IDENT:
        return is_one_of(t, value_words) || (!is_reserved(t->text) && !is_one_of(t, type_words));
    default:
        return lex_is(t, ")") || lex_is(t, "]");
    }
}

static bool begins_operand(const struct lex_token *t)
{
    switch (t->kind) {
    case LEX_QUOTED:
    case LEX_STRING:
    case LEX_NUMBER:
    case LEX_PARAM:
        return true;
    case LEX_IDENT:
        return is_one_of(t, value_words) || is_one_of(t, opening_words) || !is_reserved(t->text);
    case LEX_OP:
        return t->text.p[0] == '?' || t->text.p[0] == '%' || t->text.p[0] == '@';
    default:
        return lex_is(t, "(") || lex_is(t, ":") || lex_is(t, "$");
    }
}

static bool is_in(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_is(s, *list))
            return true;
    return false;
}

/* ---- question marks ---- */

static const char *const jsonb_operators[] = {"?", "?|", "?&", "@?", NULL};

/* JDBC's ??, ??|, ??& */
static bool is_escaped_operator(struct str op)
{
    static const char *const escaped[] = {"??", "??|", "??&", NULL};
    return is_in(op, escaped);
}

static bool number_questions(struct params *p)
{
    const struct lex_token *t = ahead(p, 0);
    struct str op = t->text;
    if (t->kind != LEX_OP || !memchr(op.p, '?', op.len))
        return false;
    p->at++;
    bool between = p->operand && begins_operand(ahead(p, 0));
    p->operand = false;
    if (between && is_in(op, jsonb_operators))
        return true;
    if (between && is_escaped_operator(op)) {
        replace(p, t->at, t->at + 1, "");
        return true;
    }
    for (size_t i = 0; i < op.len; i++) {
        p->operand = false;
        if (op.p[i] == '?')
            add_param(p, t->at + i, t->at + i + 1, (struct str){0});
    }
    return true;
}

/* ---- named parameters ---- */

/* :name, :1, :'name' */
static bool number_colon(struct params *p)
{
    if (!lex_is(ahead(p, 0), ":") || !adjacent(p, 1))
        return false;
    bool slice = p->brackets && !(p->at && lex_is(&p->t[p->at - 1], "["));
    const struct lex_token *name = ahead(p, 1);
    bool fits = name->kind == LEX_IDENT || name->kind == LEX_NUMBER || name->kind == LEX_STRING;
    if (slice || !fits)
        return false;
    add_param(p, ahead(p, 0)->at, end_of(name), name->text);
    p->at += 2;
    return true;
}

/* Where the operator's last character, which begins a parameter, stands; SIZE_MAX: nowhere. */
static size_t glued_at(const struct params *p, char c, const char *const *heads)
{
    const struct lex_token *t = ahead(p, 0);
    if (t->kind != LEX_OP || t->text.p[t->text.len - 1] != c)
        return SIZE_MAX;
    struct str head = str_sub(t->text, 0, t->text.len - 1);
    if (head.len ? !is_in(head, heads) : p->operand)
        return SIZE_MAX;
    return end_of(t) - 1;
}

static const char *const comparison_heads[] = {"=", "<>", "!=", "<=", ">=", ">", "+", "-",
                                               "*", "/",  "||", "<",  "~~", "~", NULL};
static const char *const at_heads[] = {"=", "<>", "!=", "<=", ">=", ">", "+", "*", "/", "||", NULL};

/* %s, %(name)s */
static bool number_percent(struct params *p)
{
    size_t from = glued_at(p, '%', comparison_heads);
    const struct lex_token *next = ahead(p, 1);
    if (from == SIZE_MAX || !adjacent(p, 1))
        return false;
    bool plain = next->kind == LEX_IDENT &&
                 (str_is(next->text, "s") || str_is(next->text, "b") || str_is(next->text, "t"));
    bool named = lex_is(next, "(") && lex_is(ahead(p, 3), ")") && adjacent(p, 4) &&
                 str_is(ahead(p, 4)->text, "s");
    if (!plain && !named)
        return false;
    size_t last = plain ? 1 : 4;
    add_param(p, from, end_of(ahead(p, last)), plain ? (struct str){0} : ahead(p, 2)->text);
    p->at += last + 1;
    return true;
}

/* %% is how drivers with %s write % */
static bool unescape_percent(struct params *p)
{
    if (!lex_is(ahead(p, 0), "%%"))
        return false;
    replace(p, ahead(p, 0)->at, ahead(p, 0)->at + 1, "");
    p->operand = false;
    p->at++;
    return true;
}

/* @name */
static bool number_at(struct params *p)
{
    size_t from = glued_at(p, '@', at_heads);
    if (from == SIZE_MAX || !adjacent(p, 1) || ahead(p, 1)->kind != LEX_IDENT)
        return false;
    add_param(p, from, end_of(ahead(p, 1)), ahead(p, 1)->text);
    p->at += 2;
    return true;
}

/* #{name}, ${name}, $name */
static bool number_braces(struct params *p)
{
    bool dollar = lex_is(ahead(p, 0), "$");
    size_t from = dollar ? ahead(p, 0)->at : glued_at(p, '#', comparison_heads);
    if (from == SIZE_MAX || !adjacent(p, 1))
        return false;
    if (dollar && ahead(p, 1)->kind == LEX_IDENT) {
        add_param(p, from, end_of(ahead(p, 1)), ahead(p, 1)->text);
        p->at += 2;
        return true;
    }
    if (!lex_is(ahead(p, 1), "{"))
        return false;
    enum { LONGEST = 12 };
    for (size_t i = 2; i < LONGEST; i++)
        if (lex_is(ahead(p, i), "}")) {
            size_t name = end_of(ahead(p, 1));
            add_param(p, from, end_of(ahead(p, i)), str_sub(p->in, name, ahead(p, i)->at));
            p->at += i + 1;
            return true;
        }
    return false;
}

/* ---- all of it ---- */

static void read_tokens(struct params *p)
{
    size_t room = 0;
    struct lex lex = {.s = p->in};
    for (struct lex_token t; lex_next(&lex, &t); p->t[p->count++] = t) {
        if (p->count == room) {
            room = room ? room * 2 : 64;
            p->t = xrealloc(p->t, room * sizeof *p->t);
        }
        long long n;
        if (t.kind == LEX_PARAM && str_to_int64(str_sub(t.text, 1, t.text.len), &n) && n > 0 &&
            (size_t)n > p->highest && n <= 65535)
            p->highest = (size_t)n;
    }
}

static void pass_token(struct params *p)
{
    const struct lex_token *t = ahead(p, 0);
    p->brackets += lex_is(t, "[");
    p->brackets -= lex_is(t, "]") && p->brackets;
    p->operand = ends_operand(t);
    p->at++;
}

void sql_params_number(struct arena *a, struct str sql, struct sql_params *out)
{
    struct params p = {.a = a, .in = sql};
    read_tokens(&p);
    while (p.at < p.count)
        if (!number_questions(&p) && !number_colon(&p) && !number_percent(&p) &&
            !unescape_percent(&p) && !number_at(&p) && !number_braces(&p))
            pass_token(&p);
    *out = (struct sql_params){.text = sql, .count = p.highest, .map = {.original = sql}};
    if (p.edit_count) {
        buf_addstr(&p.out, str_sub(sql, p.copied, sql.len));
        struct sql_edit *edits = arena_calloc(a, p.edit_count, sizeof *edits);
        memcpy(edits, p.edits, p.edit_count * sizeof *edits);
        out->text = str_dup(a, buf_str(&p.out));
        out->map.edits = edits;
        out->map.count = p.edit_count;
    }
    buf_free(&p.out);
    free(p.edits);
    free(p.t);
}
