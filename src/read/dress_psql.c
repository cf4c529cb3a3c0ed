/* psql's ways of printing a result: aligned with any border and line style, expanded, HTML, LaTeX.
 */
#include "base/arena.h"
#include "base/text.h"
#include "read/dress_private.h"

static const char *const frames[] = {"|", "│", "║", "┃"};

static size_t frame_at(struct str s)
{
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        if (str_starts(s, frames[i]))
            return strlen(frames[i]);
    return 0;
}

/* Nothing but what rules are drawn with, and at least four of them. */
static bool is_rule(struct str line)
{
    struct str s = str_trim(line);
    size_t drawn = 0;
    while (s.len) {
        size_t n = text_utf8_len(s);
        uint32_t cp = n ? text_utf8_decode(s) : 0;
        bool draws = cp == '-' || cp == '+' || cp == '|' || cp == '=' || cp == '.' ||
                     (cp >= 0x2500 && cp <= 0x257F);
        if (!draws)
            return false;
        drawn++;
        s = str_sub(s, n, s.len);
    }
    return drawn >= 4;
}

static bool is_header(struct str line)
{
    struct str s = str_trim(line);
    return str_is(s, "QUERY PLAN") || str_is(s, "^l|QUERY PLAN") || str_is(s, "\"QUERY PLAN\"");
}

static bool is_asciidoc(struct str line)
{
    return str_starts(line, "[options=") || str_starts(line, "^l|") || str_starts(line, "|====");
}

/* "(82 rows)", "(1 Zeile)": a count in brackets alone on a line. */
static bool is_count(struct str line)
{
    struct str s = str_trim(line);
    if (s.len < 3 || s.p[0] != '(' || s.p[s.len - 1] != ')')
        return false;
    for (size_t i = 1; i + 1 < s.len; i++)
        if (s.p[i] == '(' || s.p[i] == '=')
            return false;
    return s.p[1] >= '0' && s.p[1] <= '9';
}

static bool is_framed(struct str line)
{
    return frame_at(str_trim(line)) > 0 || is_rule(line) || is_count(line);
}

static struct str cell_of(struct str line)
{
    struct str s = line;
    size_t n = frame_at(s);
    s = str_sub(s, n, s.len);
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        if (str_ends(s, frames[i]))
            s = str_sub(s, 0, s.len - strlen(frames[i]));
    return s;
}

static struct str rtrim(struct str s)
{
    while (s.len && s.p[s.len - 1] == ' ')
        s.len--;
    return s;
}

/* Cells go on in the next line: '+' at the right edge, after at least what fills the column. */
static void strip_marks(struct dress *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct str s = rtrim(d->lines[i].text);
        if (s.len && s.p[s.len - 1] == '+')
            s.len--;
        d->lines[i].text = rtrim(s);
    }
}

static struct str joined(struct arena *a, struct str head, struct str tail)
{
    struct buf b = {0};
    buf_addstr(&b, head);
    buf_addstr(&b, tail);
    struct str r = str_dup(a, buf_str(&b));
    buf_free(&b);
    return r;
}

/* The wrapped format cuts a cell with a '.' at the right edge and another at the left of the next
 * line. */
static void join_wrapped(struct dress *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->count; i++) {
        struct str s = d->lines[i].text, *last = kept ? &d->lines[kept - 1].text : NULL;
        if (last && s.len && s.p[0] == '.' && str_ends(*last, "."))
            *last = joined(d->arena, str_sub(*last, 0, last->len - 1), str_sub(s, 1, s.len));
        else
            d->lines[kept++] = d->lines[i];
    }
    d->count = kept;
}

static void strip_margin(struct dress *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->lines[i].text.len && d->lines[i].text.p[0] != ' ')
            return;
    for (size_t i = 0; i < d->count; i++)
        d->lines[i].text = str_sub(d->lines[i].text, 1, d->lines[i].text.len);
}

/* From the header on; what stands before it (echoed statements) is left as it is. */
static size_t find_header(const struct dress *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (is_header(cell_of(d->lines[i].text)) || is_header(d->lines[i].text))
            return i;
    return d->count;
}

static size_t find_end(const struct dress *d, size_t from)
{
    for (size_t i = from; i < d->count; i++)
        if (is_count(d->lines[i].text))
            return i;
    return d->count;
}

void undress_frame(struct dress *d)
{
    size_t header = find_header(d);
    size_t filled, framed = dress_tally(d, is_framed, &filled);
    if (header == d->count && (filled < 2 || framed < filled))
        return;
    size_t from = header == d->count ? 0 : header + 1, end = find_end(d, from);
    struct dress table = {.arena = d->arena}, out = {.arena = d->arena};
    for (size_t i = from; i < end; i++)
        if (!is_rule(d->lines[i].text) && !is_asciidoc(d->lines[i].text))
            dress_add(&table, cell_of(d->lines[i].text), d->lines[i].number);
    strip_marks(&table);
    join_wrapped(&table);
    strip_margin(&table);
    for (size_t i = 0; i + 1 < from; i++)
        if (!is_rule(d->lines[i].text) && !is_asciidoc(d->lines[i].text))
            dress_add(&out, d->lines[i].text, d->lines[i].number);
    for (size_t i = 0; i < table.count; i++)
        dress_add(&out, table.lines[i].text, table.lines[i].number);
    for (size_t i = end < d->count ? end + 1 : end; i < d->count; i++)
        dress_add(&out, d->lines[i].text, d->lines[i].number);
    *d = out;
}

/* ---- expanded ---- */

static bool is_record_line(struct str line)
{
    return str_find(line, "[ RECORD ") >= 0;
}

static bool is_cut_line(struct str line)
{
    return is_record_line(line) || is_rule(line) || str_trim(line).len == 0;
}

/* Past the bar that separates the column's name from its value. */
static struct str value_of(struct str line)
{
    struct str s = cell_of(line);
    for (size_t i = 0; i < s.len; i++) {
        size_t n = frame_at(str_sub(s, i, s.len));
        if (n)
            return str_sub(s, i + n + (i + n < s.len && s.p[i + n] == ' '), s.len);
    }
    return s;
}

void undress_record(struct dress *d)
{
    bool found = false;
    for (size_t i = 0; i < d->count; i++)
        found |= is_record_line(d->lines[i].text);
    if (!found)
        return;
    dress_drop(d, is_cut_line);
    for (size_t i = 0; i < d->count; i++)
        d->lines[i].text = value_of(d->lines[i].text);
    strip_marks(d);
}

/* ---- HTML and LaTeX ---- */

void undress_html(struct dress *d)
{
    static const struct dress_swap swaps[] = {
        {"<td align=\"left\">", ""},
        {"</td>", ""},
        {"<br />", ""},
        {"<br>", ""},
        {"&nbsp;", " "},
        {"&quot;", "\""},
        {"&gt;", ">"},
        {"&lt;", "<"},
        {"&amp;", "&"},
    };
    if (!dress_has(d, "<table") || !dress_has(d, "QUERY PLAN"))
        return;
    struct dress out = {.arena = d->arena};
    bool inside = false;
    for (size_t i = 0; i < d->count; i++) {
        struct str s = d->lines[i].text, t = str_trim(s);
        bool opens = str_starts(t, "<td");
        if (opens || inside)
            dress_add(&out, opens ? t : s, d->lines[i].number);
        inside = (opens || inside) && str_find(s, "</td>") < 0;
    }
    *d = out;
    dress_replace(d, swaps, sizeof swaps / sizeof swaps[0]);
}

static void split_at_breaks(struct dress *out, struct str s, int number)
{
    for (ptrdiff_t at; (at = str_find(s, "\\\\")) >= 0; s = str_sub(s, (size_t)at + 2, s.len))
        dress_add(out, str_sub(s, 0, (size_t)at), number);
    if (str_trim(s).len)
        dress_add(out, s, number);
}

void undress_latex(struct dress *d)
{
    static const struct dress_swap swaps[] = {
        {"\\textless{}", "<"},
        {"\\textgreater{}", ">"},
        {"\\_", "_"},
        {"\\$", "$"},
        {"\\%", "%"},
        {"\\&", "&"},
        {"\\{", "{"},
        {"\\}", "}"},
        {"\\#", "#"},
        {"\\^{}", "^"},
        {"\\~{}", "~"},
        {"\\textbackslash{}", "\\"},
        {"{[}", "["},
        {"{]}", "]"},
        {"\\", ""},
    };
    if (!dress_has(d, "\\begin{tabular}"))
        return;
    struct dress out = {.arena = d->arena};
    for (size_t i = 0; i < d->count; i++) {
        struct str s = d->lines[i].text;
        bool frame = str_starts(s, "\\begin") || str_starts(s, "\\end") ||
                     str_starts(s, "\\hline") || str_starts(s, "\\textit") ||
                     str_starts(s, "\\noindent");
        if (!frame)
            split_at_breaks(&out, s, d->lines[i].number);
    }
    *d = out;
    dress_replace(d, swaps, sizeof swaps / sizeof swaps[0]);
}
