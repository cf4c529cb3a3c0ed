#include "sql/lex.h"

static char peek(const struct lex *lex, size_t ahead)
{
    return lex->at + ahead < lex->s.len ? lex->s.p[lex->at + ahead] : '\0';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool lex_is_ident_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

bool lex_is_ident_char(char c)
{
    return lex_is_ident_start(c) || is_digit(c) || c == '$';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_op_char(char c)
{
    return c && strchr("~!@#^&|`?+-*/%<>=", c);
}

bool lex_is_word(const struct lex_token *t, const char *word)
{
    return t->kind == LEX_IDENT && str_is_nocase(t->text, word);
}

bool lex_is(const struct lex_token *t, const char *text)
{
    return (t->kind == LEX_PUNCT || t->kind == LEX_OP) && str_is(t->text, text);
}

static bool at_comment(const struct lex *lex)
{
    char c = peek(lex, 0), d = peek(lex, 1);
    return (c == '-' && d == '-') || (c == '/' && d == '*');
}

/* True when the comment has its end. Block comments nest. */
static bool skip_comment(struct lex *lex)
{
    if (peek(lex, 0) == '-') {
        while (lex->at < lex->s.len && lex->s.p[lex->at] != '\n')
            lex->at++;
        return true;
    }
    size_t depth = 0;
    while (lex->at < lex->s.len) {
        char c = peek(lex, 0), d = peek(lex, 1);
        if (c == '/' && d == '*')
            depth++;
        else if (c == '*' && d == '/')
            depth--;
        else {
            lex->at++;
            continue;
        }
        lex->at += 2;
        if (!depth)
            return true;
    }
    return false;
}

/* From the opening quote to past the closing one; a doubled quote stands for itself. */
static bool skip_quoted(struct lex *lex, char quote, bool backslash)
{
    for (lex->at++; lex->at < lex->s.len; lex->at++) {
        char c = lex->s.p[lex->at];
        if (backslash && c == '\\') {
            lex->at += lex->at + 1 < lex->s.len;
        } else if (c == quote) {
            lex->at++;
            if (peek(lex, 0) != quote)
                return true;
        }
    }
    return false;
}

/* Length of the $tag$ at the current place; 0: none. */
static size_t dollar_tag(const struct lex *lex)
{
    size_t n = 1;
    if (is_digit(peek(lex, 1)))
        return 0;
    while (lex_is_ident_char(peek(lex, n)) && peek(lex, n) != '$')
        n++;
    return peek(lex, n) == '$' ? n + 1 : 0;
}

static bool skip_dollar_string(struct lex *lex, size_t tag)
{
    const char *open = lex->s.p + lex->at;
    for (lex->at += tag; lex->at + tag <= lex->s.len; lex->at++) {
        const char *hit = memchr(lex->s.p + lex->at, '$', lex->s.len - lex->at);
        if (!hit)
            break;
        lex->at = (size_t)(hit - lex->s.p);
        if (lex->at + tag <= lex->s.len && memcmp(hit, open, tag) == 0) {
            lex->at += tag;
            return true;
        }
    }
    lex->at = lex->s.len;
    return false;
}

static void skip_number(struct lex *lex)
{
    bool hex = peek(lex, 0) == '0' && peek(lex, 1) && strchr("xXoObB", peek(lex, 1));
    if (hex) {
        lex->at += 2;
        while (lex_is_ident_char(peek(lex, 0)))
            lex->at++;
        return;
    }
    while (is_digit(peek(lex, 0)) || (peek(lex, 0) == '_' && is_digit(peek(lex, 1))))
        lex->at++;
    /* "1..10" is a number and two dots */
    if (peek(lex, 0) == '.' && peek(lex, 1) != '.') {
        lex->at++;
        while (is_digit(peek(lex, 0)))
            lex->at++;
    }
    if (peek(lex, 0) == 'e' || peek(lex, 0) == 'E') {
        size_t sign = peek(lex, 1) == '+' || peek(lex, 1) == '-';
        if (is_digit(peek(lex, 1 + sign)))
            for (lex->at += 2 + sign; is_digit(peek(lex, 0));)
                lex->at++;
    }
}

/* A longer operator ends in + or - only if it holds one of these characters. */
static bool may_end_in_sign(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strchr("~!@#^&|`?%", p[i]))
            return true;
    return false;
}

static void skip_operator(struct lex *lex)
{
    size_t from = lex->at;
    while (is_op_char(peek(lex, 0)) && (lex->at == from || !at_comment(lex)))
        lex->at++;
    const char *p = lex->s.p + from;
    size_t n = lex->at - from;
    while (n > 1 && (p[n - 1] == '+' || p[n - 1] == '-') && !may_end_in_sign(p, n - 1))
        n--;
    lex->at = from + n;
}

/* Offset of the opening quote behind a string prefix (E, B, X, N, U&); 0: no prefix here. */
static size_t string_prefix(const struct lex *lex, char quote)
{
    char c = peek(lex, 0);
    if ((c == 'U' || c == 'u') && peek(lex, 1) == '&' && peek(lex, 2) == quote)
        return 2;
    if (quote == '\'' && c && strchr("eEbBxXnN", c) && peek(lex, 1) == quote)
        return 1;
    return 0;
}

static enum lex_kind scan_quoted(struct lex *lex, struct lex_token *t, size_t prefix, char quote)
{
    bool backslash = prefix == 1 && (peek(lex, 0) == 'e' || peek(lex, 0) == 'E');
    lex->at += prefix;
    t->unterminated = !skip_quoted(lex, quote, backslash);
    return quote == '"' ? LEX_QUOTED : LEX_STRING;
}

static enum lex_kind scan_dollar(struct lex *lex, struct lex_token *t)
{
    size_t tag = dollar_tag(lex);
    if (tag) {
        t->unterminated = !skip_dollar_string(lex, tag);
        return LEX_STRING;
    }
    lex->at++;
    if (!is_digit(peek(lex, 0)))
        return LEX_PUNCT;
    while (is_digit(peek(lex, 0)))
        lex->at++;
    return LEX_PARAM;
}

static enum lex_kind scan_word(struct lex *lex, struct lex_token *t)
{
    size_t prefix = string_prefix(lex, '\'');
    if (prefix)
        return scan_quoted(lex, t, prefix, '\'');
    prefix = string_prefix(lex, '"');
    if (prefix)
        return scan_quoted(lex, t, prefix, '"');
    while (lex_is_ident_char(peek(lex, 0)))
        lex->at++;
    return LEX_IDENT;
}

static enum lex_kind scan(struct lex *lex, struct lex_token *t)
{
    char c = peek(lex, 0);
    if (lex_is_ident_start(c))
        return scan_word(lex, t);
    if (is_digit(c) || (c == '.' && is_digit(peek(lex, 1)))) {
        skip_number(lex);
        return LEX_NUMBER;
    }
    if (c == '\'' || c == '"')
        return scan_quoted(lex, t, 0, c);
    if (c == '$')
        return scan_dollar(lex, t);
    if (c == ':' && (peek(lex, 1) == ':' || peek(lex, 1) == '=')) {
        lex->at += 2;
        return LEX_OP;
    }
    if (is_op_char(c)) {
        skip_operator(lex);
        return LEX_OP;
    }
    lex->at++;
    return LEX_PUNCT;
}

bool lex_next(struct lex *lex, struct lex_token *t)
{
    *t = (struct lex_token){.kind = LEX_END};
    for (;;) {
        while (lex->at < lex->s.len && is_space(lex->s.p[lex->at]))
            lex->at++;
        t->at = lex->at;
        if (lex->at >= lex->s.len || !at_comment(lex))
            break;
        bool whole = skip_comment(lex);
        if (lex->comments) {
            t->kind = LEX_COMMENT;
            t->unterminated = !whole;
            t->text = str_sub(lex->s, t->at, lex->at);
            return true;
        }
    }
    if (lex->at >= lex->s.len)
        return false;
    t->kind = scan(lex, t);
    t->text = str_sub(lex->s, t->at, lex->at);
    return true;
}
