#include "sql/rewrite.h"

#include "base/arena.h"
#include "sql/lex.h"

struct rewrite {
    struct str in;
    const struct lex_token *t;
    size_t count;
    size_t at;     /* token looked at */
    size_t copied; /* bytes of the input that are in the output already */
    struct buf out;
};

static const struct lex_token end_token = {.kind = LEX_END};

static const struct lex_token *ahead(const struct rewrite *r, size_t n)
{
    return r->at + n < r->count ? &r->t[r->at + n] : &end_token;
}

static bool word_ahead(const struct rewrite *r, size_t n, const char *word)
{
    return lex_is_word(ahead(r, n), word);
}

static size_t end_of(const struct lex_token *t)
{
    return t->at + t->text.len;
}

/* Bring the output up to the token looked at; then its replacement may be added. */
static void copy_up_to_here(struct rewrite *r)
{
    size_t here = ahead(r, 0)->at;
    buf_addstr(&r->out, str_sub(r->in, r->copied, here));
    r->copied = here;
}

/* Step over n tokens, whose text has been replaced. */
static void skip(struct rewrite *r, size_t n)
{
    r->copied = end_of(ahead(r, n - 1));
    r->at += n;
}

/* The source from token `first` to token `last` as one quoted identifier. */
static void add_quoted(struct rewrite *r, size_t first, size_t last)
{
    struct str s = str_sub(r->in, ahead(r, first)->at, end_of(ahead(r, last)));
    buf_addc(&r->out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '"')
            buf_addc(&r->out, '"');
        buf_addc(&r->out, s.p[i]);
    }
    buf_addc(&r->out, '"');
}

/* Number of tokens up to and with the bracket that closes the one at `n`; 0: it never closes. */
static size_t to_closing(const struct rewrite *r, size_t n)
{
    size_t depth = 0;
    for (size_t i = n; r->at + i < r->count; i++) {
        if (lex_is(ahead(r, i), "("))
            depth++;
        else if (lex_is(ahead(r, i), ")") && --depth == 0)
            return i + 1;
    }
    return 0;
}

/*
 * Number of tokens of "[hashed|rescan] SubPlan|InitPlan NAME [(returns $1,$2)]" from token n on; 0:
 * something else.
 */
static size_t plan_name(const struct rewrite *r, size_t n)
{
    size_t i = n;
    if (word_ahead(r, i, "hashed") || word_ahead(r, i, "rescan"))
        i++;
    if (!word_ahead(r, i, "SubPlan") && !word_ahead(r, i, "InitPlan"))
        return 0;
    enum lex_kind name = ahead(r, i + 1)->kind;
    if (name != LEX_NUMBER && name != LEX_IDENT && name != LEX_QUOTED)
        return 0;
    i += 2;
    if (lex_is(ahead(r, i), "(") && word_ahead(r, i + 1, "returns"))
        i = to_closing(r, i);
    return i > n ? i - n : 0;
}

/* (SubPlan 1) and (InitPlan 1).col1 -> "SubPlan 1" and "InitPlan 1".col1 */
static bool rewrite_plan(struct rewrite *r)
{
    size_t n = lex_is(ahead(r, 0), "(") ? plan_name(r, 1) : 0;
    if (!n || !lex_is(ahead(r, n + 1), ")"))
        return false;
    bool column = lex_is(ahead(r, n + 2), ".");
    copy_up_to_here(r);
    buf_adds(&r->out, column ? "" : "(");
    add_quoted(r, 1, n);
    buf_adds(&r->out, column ? "" : ")");
    skip(r, n + 2);
    return true;
}

/* EXISTS(SubPlan 1), ARRAY(SubPlan 1) -> EXISTS (SELECT "SubPlan 1") */
static bool rewrite_sublink(struct rewrite *r)
{
    if (!word_ahead(r, 0, "exists") && !word_ahead(r, 0, "array"))
        return false;
    size_t n = lex_is(ahead(r, 1), "(") ? plan_name(r, 2) : 0;
    if (!n || !lex_is(ahead(r, n + 2), ")"))
        return false;
    copy_up_to_here(r);
    buf_addstr(&r->out, ahead(r, 0)->text);
    buf_adds(&r->out, " (SELECT ");
    add_quoted(r, 2, n + 1);
    buf_addc(&r->out, ')');
    skip(r, n + 3);
    return true;
}

static bool begins_expression(const struct rewrite *r)
{
    static const char *const words[] = {"not", "and", "or", "when", "then", "else"};
    if (r->at == 0)
        return true;
    const struct lex_token *before = &r->t[r->at - 1];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lex_is_word(before, words[i]))
            return true;
    return lex_is(before, "(") || lex_is(before, ",");
}

/* (ANY (x = ...)) -> ("ANY" (x = ...)): a call */
static bool rewrite_quantifier(struct rewrite *r)
{
    if (!word_ahead(r, 0, "any") && !word_ahead(r, 0, "all"))
        return false;
    if (!lex_is(ahead(r, 1), "(") || !begins_expression(r))
        return false;
    copy_up_to_here(r);
    add_quoted(r, 0, 0);
    skip(r, 1);
    return true;
}

/* PARTIAL sum(x) -> sum(x) */
static bool rewrite_partial(struct rewrite *r)
{
    enum lex_kind next = ahead(r, 1)->kind;
    if (!word_ahead(r, 0, "partial") || (next != LEX_IDENT && next != LEX_QUOTED))
        return false;
    copy_up_to_here(r);
    skip(r, 1);
    return true;
}

/* OVER (?) -> OVER () */
static bool rewrite_over(struct rewrite *r)
{
    if (!word_ahead(r, 0, "over") || !lex_is(ahead(r, 1), "(") || !lex_is(ahead(r, 2), "?"))
        return false;
    copy_up_to_here(r);
    buf_adds(&r->out, "OVER (");
    skip(r, 3);
    return true;
}

/* (alternatives: SubPlan 1 or hashed SubPlan 2) -> ("alternatives: ...") */
static bool rewrite_alternatives(struct rewrite *r)
{
    if (!lex_is(ahead(r, 0), "(") || !word_ahead(r, 1, "alternatives") || !lex_is(ahead(r, 2), ":"))
        return false;
    size_t n = to_closing(r, 0);
    if (!n)
        return false;
    copy_up_to_here(r);
    buf_addc(&r->out, '(');
    add_quoted(r, 1, n - 2);
    buf_addc(&r->out, ')');
    skip(r, n);
    return true;
}

static bool rewrite_here(struct rewrite *r)
{
    return rewrite_plan(r) || rewrite_sublink(r) || rewrite_quantifier(r) || rewrite_partial(r) ||
           rewrite_over(r) || rewrite_alternatives(r);
}

static const struct lex_token *all_tokens(struct arena *a, struct str s, size_t *count)
{
    size_t n = 0;
    struct lex lex = {.s = s};
    for (struct lex_token t; lex_next(&lex, &t);)
        n++;
    struct lex_token *tokens = arena_calloc(a, n, sizeof *tokens);
    lex = (struct lex){.s = s};
    for (size_t i = 0; i < n; i++)
        lex_next(&lex, &tokens[i]);
    *count = n;
    return tokens;
}

/* Whether one of the words is there at all: most conditions hold nothing to rewrite. */
static bool may_need_rewriting(struct str s)
{
    static const char *const words[] = {"Plan ", "ANY (", "ALL (", "PARTIAL ", "OVER (?"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_find(s, words[i]) >= 0)
            return true;
    return false;
}

struct str sql_rewrite_explain(struct arena *a, struct str expr)
{
    if (!may_need_rewriting(expr))
        return expr;
    struct rewrite r = {.in = expr};
    r.t = all_tokens(a, expr, &r.count);
    while (r.at < r.count)
        if (!rewrite_here(&r))
            r.at++;
    if (r.copied == 0 && r.out.len == 0)
        return expr;
    buf_addstr(&r.out, str_sub(expr, r.copied, expr.len));
    struct str text = str_dup(a, buf_str(&r.out));
    buf_free(&r.out);
    return text;
}
