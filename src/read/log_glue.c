/*
 * Records broken off, with the next one on the same line.
 *
 * Text of users can hold anything, also what looks like a record. So a record inside another is
 * believed only where the first cannot be whole: in JSON that does not end in its brace, or in
 * which a line ends like the head of a plan; elsewhere in mid-line (a line break in a literal is
 * followed by the server's TAB, so what is glued never stands right behind one) and outside of
 * quotes.
 */
#include "read/log_impl.h"

static struct str line_at(struct str s, size_t at)
{
    const char *nl = memchr(s.p + at, '\n', s.len - at);
    return str_sub(s, at, nl ? (size_t)(nl - s.p) : s.len);
}

static size_t line_start(struct str s, size_t at)
{
    const char *nl = at ? memrchr(s.p, '\n', at) : NULL;
    return nl ? (size_t)(nl - s.p) + 1 : 0;
}

/* Does a prefix begin somewhere in s[from..word) so that its word is the one at `word`? */
static ptrdiff_t prefix_before(struct log *log, struct str s, size_t from, size_t word,
                               struct log_fields *f, size_t *text)
{
    struct log_prefix *p = &log->err.prefixes[0];
    if (log->err.prefix_count == 0 || !p->strong)
        return -1;
    for (size_t at = from; at < word; at++) {
        struct str line = line_at(s, at);
        enum log_word w = log_prefix_match(p, line, f, text);
        if (w != WORD_NONE && w != WORD_UNKNOWN && !log_word_is_section(w) && at + *text > word)
            return (ptrdiff_t)at;
    }
    return -1;
}

static bool inside_quotes(struct str s, size_t at)
{
    bool quoted = false;
    for (const char *p = s.p, *end = s.p + at; p < end && (p = memchr(p, '\'', (size_t)(end - p)));
         p++)
        quoted = !quoted;
    return quoted;
}

static ptrdiff_t find(struct log *log, struct str s, size_t from, bool json, struct log_fields *f,
                      size_t *text)
{
    for (size_t at = from; at < s.len;) {
        const char *colon = memchr(s.p + at, ':', s.len - at);
        if (!colon)
            return -1;
        size_t end = (size_t)(colon - s.p), start;
        if (end + 2 >= s.len || colon[1] != ' ' || colon[2] != ' ') {
            at = end + 1;
            continue;
        }
        start = line_start(s, end);
        ptrdiff_t word = log_word_find(str_sub(s, 0, end + 3), start > from ? start : from);
        at = end + 3;
        if (word < 0)
            continue;
        ptrdiff_t hit =
            prefix_before(log, s, json || start == 0 ? start : start + 1, (size_t)word, f, text);
        if (hit > 0 && (json || !inside_quotes(s, (size_t)hit)))
            return hit;
    }
    return -1;
}

/* Where the body of a plan begins; 0: the message is no plan. */
static size_t plan_body(struct str s)
{
    const char *nl = memchr(s.p ? s.p : "", '\n', s.len < 64 ? s.len : 64);
    size_t n = nl ? (size_t)(nl - s.p) : 0;
    return n && str_ends(str_sub(s, 0, n), " ms  plan:") ? n + 1 : 0;
}

/* auto_explain's JSON ends in a brace at the start of a line. */
static bool is_whole_json(struct str body)
{
    return str_ends(body, "\n}");
}

ptrdiff_t log_find_glued(struct log *log, struct str message, struct log_fields *f, size_t *text)
{
    size_t body = plan_body(message);
    bool json = body && body < message.len && message.p[body] == '{';
    if (json && !log->err.second_plan && is_whole_json(str_sub(message, body, message.len)))
        return -1;
    return find(log, message, body, json, f, text);
}
