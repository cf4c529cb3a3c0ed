/*
 * A text plan whose line ends became blanks (a chat, a web form, a shell's $(...)): lines are
 * made again where a node, a label or one of EXPLAIN's keys begins. The indentation is lost.
 */
#include <ctype.h>

#include "read/dress_impl.h"
#include "read/text.h"
#include "read/text_impl.h"

static bool begins_label(struct str s)
{
    static const char *const words[] = {"InitPlan ", "SubPlan ", "CTE "};
    for (size_t i = 0; i < 3; i++) {
        ptrdiff_t arrow = str_starts(s, words[i]) ? str_find(str_sub(s, 0, 120), " -> ") : -1;
        if (arrow > 0 && !memchr(s.p, ':', (size_t)arrow))
            return true;
    }
    return false;
}

/* Does a line of a plan begin at s, which stands behind a blank? line: the one before, so far. */
static bool begins_line(struct str s, struct str line)
{
    struct str key, value, head = str_sub(s, 0, 200);
    if (text_arrow(s))
        return true;
    if (!isupper((unsigned char)s.p[0]))
        return false;
    if (str_starts(s, "Trigger ") || begins_label(s))
        return true;
    return text_key(head, &key, &value) && (text_is_detail_key(key) || text_is_top_key(key)) &&
           !text_goes_on(line, key, value);
}

/* How many nodes a line names: more than one, and line ends are missing. */
static int count_nodes(struct str s)
{
    int n = 0;
    for (ptrdiff_t at; (at = str_find(s, " -> ")) >= 0; s = str_sub(s, (size_t)at + 4, s.len))
        n += text_begins(str_sub(s, (size_t)at + 1, (size_t)at + 300), false);
    return n;
}

static size_t skip_quoted(struct str s, size_t i)
{
    const char *close = memchr(s.p + i + 1, s.p[i], s.len - i - 1);
    return close ? (size_t)(close - s.p) : i;
}

static size_t skip_key(struct str s)
{
    struct str key, value;
    return text_key(str_sub(s, 0, 200), &key, &value) ? key.len : 0;
}

/* Cut s, the lines of the dress joined with blanks, into lines. */
static void add_flat(struct undress *u, struct str s)
{
    int depth = 0;
    size_t from = 0;
    for (size_t i = skip_key(s); i < s.len; i++) {
        char c = s.p[i];
        if (c == '\'' || c == '"')
            i = skip_quoted(s, i);
        depth += (c == '(') - (c == ')');
        if (c != ' ' || depth != 0 || i + 1 == s.len)
            continue;
        struct str rest = str_sub(s, i + 1, s.len);
        if (!begins_line(rest, str_sub(s, from, i)))
            continue;
        dress_add_at(u, 0, (unsigned)from, str_trim(str_sub(s, from, i)));
        from = i + 1;
        i += skip_key(rest);
    }
    dress_add_at(u, 0, (unsigned)from, str_trim(str_sub(s, from, s.len)));
}

bool undress_flat(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    struct str first = dress_peek(&c);
    if (first.len < 80 || str_find(first, " -> ") < 0 || !text_begins(first, false) ||
        count_nodes(first) == 0)
        return false;
    struct buf b = {0};
    while (str_trim(dress_peek(&c)).len && dress_next(&c)) {
        if (b.len)
            buf_addc(&b, ' ');
        buf_addstr(&b, str_trim(c.at));
        u->end = c.pos;
    }
    add_flat(u, buf_str(&b));
    buf_free(&b);
    return true;
}
