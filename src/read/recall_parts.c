#include "read/recall_parts.h"

#include <string.h>

#include "read/json.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

static const char *take_digits(struct part_number *n, const char *p, const char *end)
{
    for (; p < end && is_digit(*p); p++, n->digits++)
        n->mantissa = n->mantissa * 10 + (uint64_t)(*p - '0');
    return p;
}

void part_number(struct str s, struct part_number *n)
{
    const char *end = s.p + s.len, *p = s.p + (s.len && s.p[0] == '-');
    *n = (struct part_number){0};
    const char *whole = p;
    p = take_digits(n, p, end);
    if (p == whole || (p - whole > 1 && *whole == '0'))
        return;
    n->decimal = end - p >= 2 && *p == '.' && is_digit(p[1]);
    if (n->decimal) {
        const char *part = p + 1;
        p = take_digits(n, part, end);
        n->scale = (int)(p - part);
    }
    if (p == end || (*p != 'e' && *p != 'E'))
        n->len = (size_t)(p - s.p);
}

bool part_number_value(const struct part_number *n, struct str digits, double *out)
{
    if (n->digits > 15)
        return str_to_double(digits, out);
    double v = str_scaled(n->mantissa, n->scale);
    *out = digits.p[0] == '-' ? -v : v;
    return true;
}

/* ---- texts ---- */

bool part_string(struct str s, size_t *len)
{
    const char *p = s.p, *end = s.p + s.len;
    for (p += read_json_plain(p, end); end - p >= 2 && *p == '\\'; p += read_json_plain(p, end)) {
        if (p[1] == '\0' || p[1] == '\n')
            return false;
        p += 2;
    }
    *len = (size_t)(p - s.p);
    return p < end && *p == '"';
}

size_t part_line(struct str s)
{
    const char *nl = s.len ? memchr(s.p, '\n', s.len) : NULL;
    return nl ? (size_t)(nl - s.p) : s.len;
}

bool part_query(struct str s, size_t *len)
{
    static const char costs[] = "  (cost=";
    const char *at = s.len ? memmem(s.p, s.len, costs, sizeof costs - 1) : NULL;
    const char *nl = at ? memrchr(s.p, '\n', (size_t)(at - s.p)) : NULL;
    *len = str_trim(str_sub(s, 0, nl ? (size_t)(nl - s.p) : 0)).len;
    return nl && s.p[0] > ' ';
}

/* ---- likeness ---- */

/* Behind the quote that closes what begins at s[at]; s.len + 1: there is none. */
static size_t quote_end(struct str s, size_t at)
{
    for (; at < s.len; at++)
        if (s.p[at] == '\'') {
            if (at + 1 == s.len || s.p[at + 1] != '\'')
                return at + 1;
            at++;
        }
    return s.len + 1;
}

/* A constant whose bytes mean nothing to the reader of a plan in text. */
static bool is_harmless(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.p[i],
                      next = i + 1 < s.len ? (unsigned char)s.p[i + 1] : 0;
        bool letter = c >= 0x80 || is_digit((char)c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (!letter && (!strchr(" .,_%@/+:", c) || c == '\0' || next == ' ' || next == '.'))
            return false;
    }
    return true;
}

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && is_digit(s.p[at]))
        at++;
    return at;
}

bool part_alike(struct str a, struct str b)
{
    size_t i = 0, k = 0;
    while (i < a.len && k < b.len) {
        if (is_digit(a.p[i]) && is_digit(b.p[k])) {
            i = skip_digits(a, i);
            k = skip_digits(b, k);
        } else if (a.p[i] != b.p[k]) {
            return false;
        } else if (a.p[i] == '\'') {
            size_t end_a = quote_end(a, i + 1), end_b = quote_end(b, k + 1);
            if (end_a > a.len || end_b > b.len)
                return false;
            struct str in_a = str_sub(a, i, end_a), in_b = str_sub(b, k, end_b);
            if (!str_eq(in_a, in_b) && (!is_harmless(str_sub(in_a, 1, in_a.len - 1)) ||
                                        !is_harmless(str_sub(in_b, 1, in_b.len - 1))))
                return false;
            i = end_a;
            k = end_b;
        } else {
            i++;
            k++;
        }
    }
    return i == a.len && k == b.len;
}
