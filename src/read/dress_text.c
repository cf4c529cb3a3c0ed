/* What terminals, editors and mail programs do to a text. */
#include "base/arena.h"
#include "read/dress_private.h"

static bool has_high_byte(const struct dress *d)
{
    for (size_t i = 0; i < d->count; i++)
        for (size_t k = 0; k < d->lines[i].text.len; k++)
            if ((unsigned char)d->lines[i].text.p[k] >= 0x80)
                return true;
    return false;
}

/* Typographic quotes, arrows and blanks back to what PostgreSQL printed. */
void undress_characters(struct dress *d)
{
    static const struct dress_swap swaps[] = {
        {"\u00A0", " "},   {"\u202F", " "}, {"\uFEFF", ""},    {"\u200B", ""},   {"\u201C", "\""},
        {"\u201D", "\""},  {"\u2018", "'"}, {"\u2019", "'"},   {"\u2192", "->"}, {"\u2013>", "->"},
        {"\u2014>", "->"}, {"\u21B5", "+"}, {"\u2026", "..."},
    };
    if (has_high_byte(d))
        dress_replace(d, swaps, sizeof swaps / sizeof swaps[0]);
}

static struct str without_escapes(struct arena *a, struct str s)
{
    struct buf b = {0};
    for (size_t i = 0; i < s.len;) {
        if (s.p[i] == '\033' && i + 1 < s.len && s.p[i + 1] == '[') {
            i += 2;
            while (i < s.len && (s.p[i] < '@' || s.p[i] > '~'))
                i++;
            i++;
        } else {
            buf_addc(&b, s.p[i++]);
        }
    }
    struct str r = str_dup(a, buf_str(&b));
    buf_free(&b);
    return r;
}

static struct str expand_tabs(struct arena *a, struct str s)
{
    struct buf b = {0};
    size_t i = 0;
    for (; i < s.len && (s.p[i] == '\t' || s.p[i] == ' '); i++)
        buf_fill(&b, ' ', s.p[i] == '\t' ? 4 : 1);
    buf_addstr(&b, str_sub(s, i, s.len));
    struct str r = str_dup(a, buf_str(&b));
    buf_free(&b);
    return r;
}

/* YAML knows no tabs, and EXPLAIN prints none: an editor put them where four blanks were. */
void undress_tabs(struct dress *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (memchr(d->lines[i].text.p, '\t', d->lines[i].text.len))
            d->lines[i].text = expand_tabs(d->arena, d->lines[i].text);
}

void undress_ansi(struct dress *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (str_find(d->lines[i].text, "\033[") >= 0)
            d->lines[i].text = without_escapes(d->arena, d->lines[i].text);
}

/* ---- prefixes of every line: mail quotes, line numbers, grep's file names ---- */

static bool is_mail_quoted(struct str line)
{
    struct str s = str_trim(line);
    return s.len && s.p[0] == '>';
}

static size_t number_prefix(struct str line)
{
    size_t i = 0, digits = 0;
    while (i < line.len && line.p[i] == ' ')
        i++;
    while (i < line.len && line.p[i] >= '0' && line.p[i] <= '9')
        i++, digits++;
    bool ends = i < line.len && (line.p[i] == ':' || line.p[i] == '\t' || line.p[i] == '|');
    return digits && ends ? i + 1 : 0;
}

static bool is_numbered(struct str line)
{
    return number_prefix(line) > 0;
}

static void strip_mail_quotes(struct dress *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct str s = d->lines[i].text;
        size_t k = 0;
        while (k < s.len &&
               (s.p[k] == '>' || (s.p[k] == ' ' && k + 1 < s.len && s.p[k + 1] == '>')))
            k++;
        d->lines[i].text = str_sub(s, k && k < s.len && s.p[k] == ' ' ? k + 1 : k, s.len);
    }
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '/' || c == '-';
}

/* "plan.log:" in front of every line, without a blank in it. */
static size_t common_name(const struct dress *d)
{
    struct str first = d->count ? d->lines[0].text : (struct str){0};
    size_t len = 0;
    while (len < first.len && is_name_char(first.p[len]))
        len++;
    if (len == 0 || len == first.len || first.p[len] != ':' || d->count < 2)
        return 0;
    for (size_t i = 1; i < d->count; i++) {
        struct str s = d->lines[i].text;
        if (s.len && (s.len <= len || memcmp(s.p, first.p, len + 1) != 0))
            return 0;
    }
    return len + 1;
}

void undress_line_prefix(struct dress *d)
{
    if (dress_all(d, is_mail_quoted))
        strip_mail_quotes(d);
    size_t name = common_name(d);
    for (size_t i = 0; i < d->count && name; i++)
        d->lines[i].text = str_sub(d->lines[i].text, name, d->lines[i].text.len);
    if (!dress_all(d, is_numbered))
        return;
    for (size_t i = 0; i < d->count; i++)
        d->lines[i].text =
            str_sub(d->lines[i].text, number_prefix(d->lines[i].text), d->lines[i].text.len);
}

static bool is_fence(struct str line)
{
    struct str s = str_trim(line);
    return str_starts(s, "```") || str_starts(s, "~~~");
}

void undress_fence(struct dress *d)
{
    dress_drop(d, is_fence);
}

/* HTML entities in what is not HTML or XML by itself. */
void undress_entities(struct dress *d)
{
    static const struct dress_swap swaps[] = {{"&quot;", "\""}, {"&#34;", "\""}, {"&#39;", "'"},
                                              {"&apos;", "'"},  {"&gt;", ">"},   {"&lt;", "<"},
                                              {"&nbsp;", " "},  {"&amp;", "&"}};
    bool escaped =
        dress_has(d, "&quot;Plan&quot;") || dress_has(d, "-&gt;") || dress_has(d, "&lt;explain");
    if (escaped && !dress_has(d, "<explain"))
        dress_replace(d, swaps, sizeof swaps / sizeof swaps[0]);
}
