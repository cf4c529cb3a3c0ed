/* Fixed text in LIKE patterns and regular expressions. */
#include "sql/pred.h"

/* The next character of a LIKE pattern: false for a wildcard. *at moves past it. */
static bool like_literal(struct str p, size_t *at, char *c)
{
    bool escaped = p.p[*at] == '\\' && *at + 1 < p.len;
    *at += escaped;
    *c = p.p[(*at)++];
    return escaped || (*c != '%' && *c != '_');
}

bool pred_like_prefix(struct str pattern, size_t *prefix_len)
{
    size_t at = 0, n = 0;
    for (char c; at < pattern.len && like_literal(pattern, &at, &c);)
        n++;
    *prefix_len = n;
    return n > 0;
}

/* Trigrams are made of letters and digits; what is beyond ASCII is taken for a letter. */
static bool is_word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

struct run {
    size_t now, best; /* characters */
};

/* Whether a byte goes on a character of UTF-8. */
static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static void run_add(struct run *r, char c)
{
    if (is_continuation(c))
        return;
    r->now = is_word_char(c) ? r->now + 1 : 0;
    if (r->now > r->best)
        r->best = r->now;
}

size_t pred_like_longest_run(struct str pattern)
{
    struct run r = {0};
    for (size_t at = 0; at < pattern.len;) {
        char c;
        if (like_literal(pattern, &at, &c))
            run_add(&r, c);
        else
            r.now = 0;
    }
    return r.best;
}

/* ---- regular expressions ---- */

static bool is_quantifier(struct str p, size_t at)
{
    return at < p.len && strchr("*+?{", p.p[at]) && p.p[at];
}

/*
 * A character that stands for itself at *at, alone or behind a backslash (but \d, \m and the
 * like are classes and constraints). *at moves past it.
 */
static bool regex_literal(struct str p, size_t *at, char *c)
{
    if (*at >= p.len)
        return false;
    *c = p.p[*at];
    if (*c == '\\') {
        if (*at + 1 >= p.len || is_word_char(p.p[*at + 1]))
            return false;
        *c = p.p[*at + 1];
        *at += 2;
        return true;
    }
    if (strchr(".^$*+?()[]{}|", *c) && *c)
        return false;
    (*at)++;
    return true;
}

static bool has_alternatives(struct str p)
{
    for (size_t i = 0; i < p.len; i++) {
        if (p.p[i] == '\\')
            i++;
        else if (p.p[i] == '|')
            return true;
    }
    return false;
}

/* The inside of ^(?:...)$, the form of SIMILAR TO. */
static struct str strip_group(struct str p)
{
    if (!str_starts(p, "^(?:") || !str_ends(p, ")$"))
        return str_sub(p, 1, p.len);
    return str_sub(p, sizeof "^(?:" - 1, p.len - 2);
}

bool pred_regex_prefix(struct str pattern, size_t *prefix_len)
{
    *prefix_len = 0;
    if (!str_starts(pattern, "^"))
        return false;
    struct str p = strip_group(pattern);
    if (has_alternatives(p))
        return false;
    size_t at = 0, n = 0;
    for (char c; regex_literal(p, &at, &c);) {
        if (is_quantifier(p, at)) {
            /* x+ begins with an x for sure, x* and x? need not */
            bool once = p.p[at] == '+';
            while (!once && n && is_continuation(c))
                c = p.p[--at - 1], n--;
            n += once;
            break;
        }
        n++;
    }
    *prefix_len = n;
    return n > 0;
}

/* Past a bracket expression or a {m,n} that begins at `at`. */
static size_t skip_brackets(struct str p, size_t at)
{
    char close = p.p[at] == '[' ? ']' : '}';
    size_t i = at + 1;
    if (close == ']') {
        i += i < p.len && p.p[i] == '^';
        i += i < p.len && p.p[i] == ']';
    }
    while (i < p.len && p.p[i] != close)
        i++;
    return i < p.len ? i + 1 : p.len;
}

/* Whether some group may be missing: (..)?, (..)*, (..){..} */
static bool has_optional_group(struct str p)
{
    for (size_t i = 0; i < p.len; i++) {
        if (p.p[i] == '\\')
            i++;
        else if (p.p[i] == ')' && is_quantifier(p, i + 1) && p.p[i + 1] != '+')
            return true;
    }
    return false;
}

size_t pred_regex_longest_run(struct str p)
{
    struct run r = {0}, before = {0};
    bool top_only = has_optional_group(p), alternatives = has_alternatives(p);
    size_t depth = 0;
    for (size_t at = 0; at < p.len && !alternatives;) {
        char c;
        if (regex_literal(p, &at, &c)) {
            before = is_continuation(c) ? before : r;
            run_add(&r, top_only && depth ? ' ' : c);
            if (is_quantifier(p, at)) {
                r = p.p[at] == '+' ? r : before;
                r.now = 0;
            }
            continue;
        }
        r.now = 0;
        char special = p.p[at];
        depth += special == '(';
        depth -= special == ')' && depth;
        if (special == '[' || special == '{')
            at = skip_brackets(p, at);
        else
            at += special == '\\' ? 2 : 1;
    }
    return r.best;
}
