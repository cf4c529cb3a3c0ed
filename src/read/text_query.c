#include "read/text_query.h"

#include <ctype.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static bool pair_at(struct str s, size_t i, char a, char b)
{
    return i + 1 < s.len && s.p[i] == a && s.p[i + 1] == b;
}

/* "$tag$" at i: its length; 0: none. */
static size_t tag_at(struct str s, size_t i)
{
    size_t end = i + 1;
    if (i && (is_word(s.p[i - 1]) || s.p[i - 1] == '$'))
        return 0;
    if (end < s.len && isdigit((unsigned char)s.p[end]))
        return 0;
    while (end < s.len && is_word(s.p[end]))
        end++;
    return end < s.len && s.p[end] == '$' ? end + 1 - i : 0;
}

static bool has_backslashes(struct str s, size_t i)
{
    return i && (s.p[i - 1] | 32) == 'e' && (i == 1 || !is_word(s.p[i - 2]));
}

/* One step outside of everything; how many bytes it takes. */
static size_t step_outside(struct text_query *q, struct str s, size_t i)
{
    size_t tag;
    if (s.p[i] == '\'') {
        q->in = has_backslashes(s, i) ? 'E' : '\'';
    } else if (s.p[i] == '"') {
        q->in = '"';
    } else if (pair_at(s, i, '-', '-')) {
        q->in = '-';
        return 2;
    } else if (pair_at(s, i, '/', '*')) {
        q->in = '*';
        q->depth = 1;
        return 2;
    } else if (s.p[i] == '$' && (tag = tag_at(s, i)) > 0) {
        q->in = '$';
        q->tag = str_sub(s, i, i + tag);
        return tag;
    }
    return 1;
}

static size_t step_in_quotes(struct text_query *q, struct str s, size_t i)
{
    char quote = q->in == '"' ? '"' : '\'';
    if (pair_at(s, i, quote, quote) || (q->in == 'E' && s.p[i] == '\\'))
        return 2;
    if (s.p[i] == quote)
        q->in = 0;
    return 1;
}

static size_t step_in_comment(struct text_query *q, struct str s, size_t i)
{
    if (pair_at(s, i, '/', '*')) {
        q->depth++;
        return 2;
    }
    if (!pair_at(s, i, '*', '/'))
        return 1;
    if (--q->depth == 0)
        q->in = 0;
    return 2;
}

static size_t step_in_dollars(struct text_query *q, struct str s, size_t i)
{
    if (s.p[i] != '$' || !str_eq(str_sub(s, i, i + q->tag.len), q->tag))
        return 1;
    q->in = 0;
    return q->tag.len;
}

void text_query_read(struct text_query *q, struct str line)
{
    size_t i = 0;
    while (i < line.len && q->in != '-') {
        if (q->in == 0)
            i += step_outside(q, line, i);
        else if (q->in == '*')
            i += step_in_comment(q, line, i);
        else if (q->in == '$')
            i += step_in_dollars(q, line, i);
        else
            i += step_in_quotes(q, line, i);
    }
    if (q->in == '-') /* ends with the line */
        q->in = 0;
}

bool text_query_is_open(const struct text_query *q)
{
    return q->in != 0;
}
