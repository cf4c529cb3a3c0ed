#include "advise/regex.h"

#include <string.h>

/* Steps that one match may take; enough for any honest pattern over a sample value. */
#define MAX_STEPS 20000

struct match {
    bool icase;
    int steps;   /* left */
    bool failed; /* not understood, or out of steps */
};

static char fold(char c, bool icase)
{
    return icase && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool in_class(char c, char class)
{
    bool digit = c >= '0' && c <= '9';
    bool word = digit || c == '_' || (fold(c, true) >= 'a' && fold(c, true) <= 'z');
    bool space = c == ' ' || (c >= '\t' && c <= '\r');
    switch (class) {
    case 'd':
        return digit;
    case 'D':
        return !digit;
    case 'w':
        return word;
    case 'W':
        return !word;
    case 's':
        return space;
    default:
        return !space;
    }
}

/* Bytes of the item that starts the expression; 0: not understood. */
static size_t item_len(struct str re)
{
    if (re.p[0] == '\\') {
        bool letter = re.len > 1 && fold(re.p[1], true) >= 'a' && fold(re.p[1], true) <= 'z';
        bool digit = re.len > 1 && re.p[1] >= '0' && re.p[1] <= '9';
        return re.len < 2 || digit || (letter && !strchr("dDwWsS", re.p[1])) ? 0 : 2;
    }
    if (re.p[0] == '[') {
        size_t i = 1;
        i += i < re.len && re.p[i] == '^';
        i += i < re.len && re.p[i] == ']';
        for (; i < re.len && re.p[i] != ']'; i++)
            if (re.p[i] == '\\' || re.p[i] == '[')
                return 0;
        return i < re.len ? i + 1 : 0;
    }
    return strchr("(){}*+?|", re.p[0]) ? 0 : 1;
}

static bool bracket_matches(struct str set, char c, bool icase)
{
    size_t i = 1, end = set.len - 1;
    bool negated = set.p[1] == '^', found = false;
    i += negated;
    c = fold(c, icase);
    for (size_t first = i; i < end; i++) {
        char low = set.p[i], high = low;
        if (i + 2 < end && set.p[i + 1] == '-' && (i > first || low != '-')) {
            high = set.p[i + 2];
            i += 2;
        }
        found |= (c >= fold(low, icase) && c <= fold(high, icase)) || (c >= low && c <= high);
    }
    return found != negated;
}

static bool item_matches(struct str item, char c, bool icase)
{
    if (item.p[0] == '.')
        return true;
    if (item.p[0] == '[')
        return bracket_matches(item, c, icase);
    if (item.p[0] == '\\') {
        char e = item.p[1];
        if (fold(e, true) >= 'a' && fold(e, true) <= 'z')
            return in_class(c, e);
        return e == c;
    }
    return fold(item.p[0], icase) == fold(c, icase);
}

static bool match_here(struct match *m, struct str re, struct str text);

/* item* or item+ followed by re: longest first. */
static bool match_repeat(struct match *m, struct str item, size_t least, struct str re,
                         struct str text)
{
    size_t n = 0;
    while (n < text.len && item_matches(item, text.p[n], m->icase))
        n++;
    for (; n + 1 > least; n--) {
        if (match_here(m, re, str_sub(text, n, text.len)))
            return true;
        if (m->failed || n == 0)
            break;
    }
    return false;
}

/* Depth of recursion is the number of repeated items in the pattern, which callers bound. */
static bool match_here(struct match *m, struct str re, struct str text)
{
    while (re.len) {
        if (--m->steps < 0) {
            m->failed = true;
            return false;
        }
        if (re.p[0] == '$' && re.len == 1)
            return text.len == 0;
        size_t n = item_len(re);
        if (n == 0 || (re.p[0] == '$' || re.p[0] == '^')) {
            m->failed = true;
            return false;
        }
        struct str item = str_sub(re, 0, n), rest = str_sub(re, n, re.len);
        char q = rest.len ? rest.p[0] : '\0';
        if (q == '{' || (rest.len > 1 && strchr("*+?", q) && q && rest.p[1] == '?')) {
            m->failed = true;
            return false;
        }
        if (q == '*' || q == '+')
            return match_repeat(m, item, q == '+', str_sub(rest, 1, rest.len), text);
        bool fits = text.len && item_matches(item, text.p[0], m->icase);
        if (q == '?') {
            rest = str_sub(rest, 1, rest.len);
            if (fits && match_here(m, rest, str_sub(text, 1, text.len)))
                return true;
            re = rest;
            continue;
        }
        if (!fits)
            return false;
        text = str_sub(text, 1, text.len);
        re = rest;
    }
    return true;
}

static bool match_anywhere(struct match *m, struct str re, struct str text)
{
    if (re.len && re.p[0] == '^')
        return match_here(m, str_sub(re, 1, re.len), text);
    for (;;) {
        if (match_here(m, re, text))
            return true;
        if (m->failed || !text.len)
            return false;
        text = str_sub(text, 1, text.len);
    }
}

/* Repeats bound the recursion of match_here. */
static bool too_many_repeats(struct str re)
{
    size_t n = 0;
    for (size_t i = 0; i < re.len; i++)
        n += re.p[i] == '*' || re.p[i] == '+' || re.p[i] == '?';
    return n > 64;
}

int regex_matches(struct str re, struct str text, bool icase)
{
    struct match m = {.icase = icase, .steps = MAX_STEPS};
    if (too_many_repeats(re) || str_ends(re, "\\") || memchr(text.p ? text.p : "", '\0', text.len))
        return -1;
    bool found = false;
    for (size_t start = 0, i = 0; i <= re.len && !found; i++) {
        if (i < re.len && re.p[i] == '[') { /* a bar inside brackets is a character */
            size_t n = item_len(str_sub(re, i, re.len));
            i += n ? n - 1 : 0;
        }
        if (i < re.len && re.p[i] == '\\')
            i++;
        else if (i == re.len || re.p[i] == '|') {
            found = match_anywhere(&m, str_sub(re, start, i), text);
            start = i + 1;
        }
    }
    return m.failed ? -1 : found;
}
