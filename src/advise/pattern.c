#include "advise/pattern.h"

#include <math.h>
#include <stdint.h>

#include "advise/regex.h"
#include "base/text.h"

/* The planner's guesses, PostgreSQL like_support.c. */
#define FIXED_CHAR_SEL 0.20
#define CHAR_RANGE_SEL 0.25
#define ANY_CHAR_SEL 0.9
#define FULL_WILDCARD_SEL 5.0
#define PARTIAL_WILDCARD_SEL 2.0

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static void prefix_add(struct pattern_prefix *out, char c)
{
    if (out->len < PATTERN_PREFIX_MAX)
        out->text[out->len++] = c;
    else
        out->exact = false;
}

/* A cut prefix must not end inside a character. */
static void prefix_end(struct pattern_prefix *out)
{
    if (out->len == PATTERN_PREFIX_MAX) {
        while (out->len && ((unsigned char)out->text[out->len - 1] & 0xC0) == 0x80)
            out->len--;
        if (out->len && (unsigned char)out->text[out->len - 1] >= 0xC0)
            out->len--;
    }
    out->text[out->len] = '\0';
}

/* ---- LIKE ---- */

static double like_rest_sel(struct str rest)
{
    size_t i = 0;
    double sel = 1;
    while (i < rest.len && (rest.p[i] == '%' || rest.p[i] == '_')) /* part of the initial guess */
        i++;
    for (; i < rest.len; i++) {
        if (rest.p[i] == '%')
            sel *= FULL_WILDCARD_SEL;
        else if (rest.p[i] == '_')
            sel *= ANY_CHAR_SEL;
        else if (rest.p[i] == '\\' && ++i >= rest.len)
            break;
        else
            sel *= FIXED_CHAR_SEL;
    }
    return sel > 1 ? 1 : sel;
}

static void like_prefix(struct str pattern, bool icase, struct pattern_prefix *out)
{
    size_t i = 0;
    out->exact = true;
    for (; i < pattern.len; i++) {
        char c = pattern.p[i];
        if (c == '%' || c == '_')
            break;
        if (c == '\\') {
            if (i + 1 >= pattern.len)
                break;
            c = pattern.p[i + 1];
        }
        if (icase && is_letter((unsigned char)c))
            break;
        i += pattern.p[i] == '\\';
        prefix_add(out, c);
    }
    out->exact = out->exact && i == pattern.len && out->len > 0;
    out->rest_sel = like_rest_sel(str_sub(pattern, i, pattern.len));
    prefix_end(out);
}

static uint32_t fold(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
        (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    return c;
}

/* Cut one character off *s; bytes that are not UTF-8 stand for themselves. */
static uint32_t next_char(struct str *s)
{
    size_t n = text_utf8_len(*s);
    uint32_t c = n ? text_utf8_decode(*s) : (unsigned char)s->p[0];
    *s = str_sub(*s, n ? n : 1, s->len);
    return c;
}

static bool same_char(uint32_t a, uint32_t b, bool icase)
{
    return a == b || (icase && fold(a) == fold(b));
}

/* One pattern item other than % against the start of *text. */
static bool like_step(struct str *pattern, struct str *text, bool icase)
{
    bool any = pattern->p[0] == '_';
    if (pattern->p[0] == '\\' && pattern->len > 1)
        *pattern = str_sub(*pattern, 1, pattern->len);
    uint32_t p = next_char(pattern), t = next_char(text);
    return any || same_char(p, t, icase);
}

/* On a mismatch only the last % needs to be widened, so this takes at most |pattern| * |text|. */
static bool like_matches(struct str pattern, struct str text, bool icase)
{
    struct str star_pattern = {NULL, 0}, star_text = {NULL, 0};
    while (text.len || pattern.len) {
        if (pattern.len && pattern.p[0] == '%') {
            pattern = str_sub(pattern, 1, pattern.len);
            star_pattern = pattern;
            star_text = text;
            if (!pattern.len)
                return true;
            continue;
        }
        if (pattern.len && text.len && like_step(&pattern, &text, icase))
            continue;
        if (!star_pattern.p || !star_text.len)
            return false;
        next_char(&star_text);
        pattern = star_pattern;
        text = star_text;
    }
    return true;
}

/* ---- regular expressions ---- */

/* Length of a quantifier {m,n}, or of a bracket expression, from its opening character. */
static size_t regex_skip(struct str re, size_t at, char close)
{
    size_t i = at + 1;
    if (close == ']') {
        i += i < re.len && re.p[i] == '^';
        i += i < re.len && re.p[i] == ']';
    }
    while (i < re.len && re.p[i] != close)
        i++;
    return i - at;
}

#define MAX_PAREN_DEPTH 64

/*
 * What a regular expression keeps: each item multiplies, alternatives add up. Nested groups
 * are weighed on a small stack; deeper ones than it holds count as one character.
 */
struct re_level {
    double sel, alternatives;
};

static void re_close(struct re_level *levels, int *depth)
{
    if (*depth == 0)
        return;
    double inner = levels[*depth].alternatives + levels[*depth].sel;
    levels[--*depth].sel *= inner > 1 ? 1 : inner;
}

static double regex_level_sel(struct str re)
{
    struct re_level levels[MAX_PAREN_DEPTH + 1] = {{1, 0}};
    int depth = 0;
    for (size_t i = 0; i < re.len; i++) {
        double *sel = &levels[depth].sel;
        switch (re.p[i]) {
        case '(':
            if (depth < MAX_PAREN_DEPTH)
                levels[++depth] = (struct re_level){1, 0};
            break;
        case ')':
            re_close(levels, &depth);
            break;
        case '|':
            levels[depth].alternatives += *sel;
            *sel = 1;
            break;
        case '[':
            *sel *= i + 1 < re.len && re.p[i + 1] == '^' ? 1 - CHAR_RANGE_SEL : CHAR_RANGE_SEL;
            i += regex_skip(re, i, ']');
            break;
        case '.':
            *sel *= ANY_CHAR_SEL;
            break;
        case '{':
            i += regex_skip(re, i, '}');
            *sel *= PARTIAL_WILDCARD_SEL;
            break;
        case '*':
        case '?':
        case '+':
            *sel *= PARTIAL_WILDCARD_SEL;
            break;
        case '\\':
            i++; /* fall through */
        default: /* anchors too are weighed as characters */
            *sel *= FIXED_CHAR_SEL;
        }
    }
    while (depth)
        re_close(levels, &depth);
    double sum = levels[0].alternatives + levels[0].sel;
    return sum > 1 ? 1 : sum;
}

static double regex_rest_sel(struct str re, size_t prefix_len)
{
    bool anchored = re.len && re.p[re.len - 1] == '$' && !(re.len > 1 && re.p[re.len - 2] == '\\');
    double sel = anchored ? regex_level_sel(str_sub(re, 0, re.len - 1))
                          : regex_level_sel(re) * FULL_WILDCARD_SEL;
    if (prefix_len) {
        double share = pow(FIXED_CHAR_SEL, (double)prefix_len);
        if (share > 0)
            sel /= share;
    }
    return sel > 1 ? 1 : sel;
}

static void regex_prefix(struct str re, bool icase, struct pattern_prefix *out)
{
    static const char special[] = ".[](){}*+?|$^";
    struct str body = re;
    size_t i = 0;
    if (str_starts(re, "^(?:") && str_ends(re, ")$")) /* SIMILAR TO */
        body = str_sub(re, 4, re.len - 2);
    else if (str_starts(re, "^"))
        body = str_sub(re, 1, re.len);
    else
        body = (struct str){re.p, 0};
    bool wrapped = body.len && body.p != re.p + 1, simple = str_find(body, "|") < 0;
    for (; simple && i < body.len && !memchr(special, body.p[i], sizeof(special) - 1); i++) {
        size_t at = i;
        if (body.p[i] == '\\' && (i + 1 >= body.len || is_letter((unsigned char)body.p[i + 1]) ||
                                  (body.p[i + 1] >= '0' && body.p[i + 1] <= '9')))
            break;
        i += body.p[i] == '\\';
        if ((icase && is_letter((unsigned char)body.p[i])) ||
            (i + 1 < body.len && memchr("*?{", body.p[i + 1], 3))) {
            i = at;
            break;
        }
        prefix_add(out, body.p[i]);
    }
    struct str rest = str_sub(body, i, body.len);
    out->exact = simple && out->len && out->len < PATTERN_PREFIX_MAX &&
                 (wrapped ? rest.len == 0 : str_is(rest, "$"));
    out->rest_sel = out->exact ? 1 : regex_rest_sel(re, out->len);
    prefix_end(out);
}

/* ---- all kinds ---- */

void pattern_prefix_of(enum pattern_kind kind, struct str pattern, struct pattern_prefix *out)
{
    *out = (struct pattern_prefix){.rest_sel = 1};
    switch (kind) {
    case PATTERN_LIKE:
    case PATTERN_ILIKE:
        like_prefix(pattern, kind == PATTERN_ILIKE, out);
        break;
    case PATTERN_REGEX:
    case PATTERN_IREGEX:
        regex_prefix(pattern, kind == PATTERN_IREGEX, out);
        break;
    case PATTERN_PREFIX:
        for (size_t i = 0; i < pattern.len; i++)
            prefix_add(out, pattern.p[i]);
        prefix_end(out);
        break;
    }
}

int pattern_matches(enum pattern_kind kind, struct str pattern, struct str text)
{
    switch (kind) {
    case PATTERN_LIKE:
    case PATTERN_ILIKE:
        return like_matches(pattern, text, kind == PATTERN_ILIKE);
    case PATTERN_PREFIX:
        return text.len >= pattern.len && str_eq(str_sub(text, 0, pattern.len), pattern);
    default:
        return regex_matches(pattern, text, kind == PATTERN_IREGEX);
    }
}

bool pattern_next_prefix(struct str prefix, char out[PATTERN_PREFIX_MAX + 1], size_t *len)
{
    size_t n = prefix.len < PATTERN_PREFIX_MAX ? prefix.len : PATTERN_PREFIX_MAX;
    memcpy(out, prefix.p, n);
    for (; n > 0; n--) {
        unsigned char c = (unsigned char)out[n - 1];
        if (c < 0x7F || (c >= 0x80 && c < 0xBF) || (c >= 0xC2 && c < 0xF4)) {
            out[n - 1] = (char)(c + 1);
            *len = n;
            return true;
        }
    }
    return false;
}
