/* Tables as markup: HTML (also whole pages), LaTeX, AsciiDoc. */
#include <ctype.h>
#include <strings.h>

#include "read/dress_impl.h"

/* ---- HTML ---- */

static bool begins_tag(struct str s, const char *name)
{
    size_t n = strlen(name);
    return s.len > n && strncasecmp(s.p, name, n) == 0 && !isalnum((unsigned char)s.p[n]);
}

static bool begins_html(struct str s)
{
    static const char *const tags[] = {"<table", "<html", "<!doctype", "<pre",  "<div",       "<p",
                                       "<td",    "<tr",   "<code",     "<body", "<blockquote"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (begins_tag(s, tags[i]))
            return true;
    return false;
}

/* Offset behind the tag at s.p[i] ('<'); i when there is none. */
static size_t tag_end(struct str s, size_t i)
{
    if (i + 1 >= s.len || !(isalpha((unsigned char)s.p[i + 1]) || strchr("/!?", s.p[i + 1])))
        return i;
    const char *close = memchr(s.p + i, '>', s.len - i);
    return close ? (size_t)(close - s.p) + 1 : i;
}

/* A tag as text: the end of a line or of a row, or nothing. */
static const char *tag_text(struct str tag, struct str after)
{
    if (begins_tag(tag, "<br"))
        return str_starts(after, "\n") ? "" : "\n";
    if (begins_tag(tag, "</tr") || begins_tag(tag, "</td") || begins_tag(tag, "</table") ||
        begins_tag(tag, "</p") || begins_tag(tag, "</pre") || begins_tag(tag, "</div"))
        return "\n";
    return "";
}

/* Tags go, entities become characters. True when there was a tag. */
static bool add_html_text(struct buf *b, struct str line)
{
    bool tags = false;
    for (size_t i = 0; i < line.len;) {
        const char *hit = memchr(line.p + i, '<', line.len - i);
        size_t at = hit ? (size_t)(hit - line.p) : line.len, end = hit ? tag_end(line, at) : at;
        dress_add_entities(b, str_sub(line, i, at));
        if (hit && end == at) {
            buf_addc(b, '<');
            end++;
        } else if (hit) {
            tags = true;
            buf_adds(b, tag_text(str_sub(line, at, end), str_sub(line, end, line.len)));
        }
        i = end;
    }
    return tags;
}

/* A line that held tags only goes too. */
static void add_html_line(struct undress *u, size_t index, struct str line)
{
    struct buf b = {0};
    struct str out, part;
    bool tags = add_html_text(&b, line);
    out = buf_str(&b);
    if (out.len == 0 && !tags)
        dress_add_at(u, index, 0, out);
    if (!tags || str_trim(out).len)
        while (str_line(&out, &part))
            dress_add_at(u, index, 0, part);
    buf_free(&b);
}

/* Where the next cell with data begins in the line, behind its tag; -1: none does. A cell that
   spans columns holds "Record 1". */
static ptrdiff_t find_cell(struct str line)
{
    for (size_t i = 0; i < line.len; i++) {
        struct str rest = str_sub(line, i, line.len);
        size_t end = begins_tag(rest, "<td") ? tag_end(line, i) : i;
        if (end > i && str_find(str_sub(line, i, end), "colspan") < 0)
            return (ptrdiff_t)end;
    }
    return -1;
}

/* A line of a table: what is in its cells. inside: a cell is open. */
static void add_table_line(struct undress *u, size_t index, struct str line, bool *inside)
{
    while (line.len || *inside) {
        ptrdiff_t at = *inside ? 0 : find_cell(line);
        if (at < 0)
            return;
        line = str_sub(line, (size_t)at, line.len);
        ptrdiff_t end = str_find(line, "</td");
        *inside = end < 0;
        add_html_line(u, index, str_sub(line, 0, end < 0 ? line.len : (size_t)end));
        if (end < 0)
            return;
        line = str_sub(line, (size_t)end, line.len);
    }
}

bool undress_html(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    bool inside = false;
    if (!begins_html(str_trim(dress_peek(&c))))
        return false;
    bool table = str_find(u->text, "<td") >= 0;
    while (dress_next(&c)) {
        if (table)
            add_table_line(u, c.line, c.at, &inside);
        else
            add_html_line(u, c.line, c.at);
        u->end = c.pos;
    }
    u->framed = table;
    return true;
}

/* ---- LaTeX ---- */

static const struct {
    const char *latex, *text;
} latex_words[] = {
    {"\\textless{}", "<"},
    {"\\textgreater{}", ">"},
    {"\\textbackslash{}", "\\"},
    {"\\textbar{}", "|"},
    {"\\^{}", "^"},
    {"\\~{}", "~"},
    {"\\_", "_"},
    {"\\{", "{"},
    {"\\}", "}"},
    {"\\#", "#"},
    {"\\$", "$"},
    {"\\%", "%"},
    {"\\&", "&"},
    {"\\\\", "\n"},
    {"\\tabularnewline", "\n"},
    {"\\raggedright{", ""},
    {"\\hline", ""},
    {"\\endhead", ""},
    {"\\endfirsthead", ""},
    {"\\textasciicircum{}", "^"},
    {"\\textasciitilde{}", "~"},
};

static void add_latex(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        struct str rest = str_sub(s, i, s.len);
        size_t w = 0, words = sizeof latex_words / sizeof latex_words[0];
        while (s.p[i] == '\\' && w < words && !str_starts(rest, latex_words[w].latex))
            w++;
        if (s.p[i] == '\\' && w < words) {
            buf_adds(b, latex_words[w].text);
            i += strlen(latex_words[w].latex) - 1;
        } else if (!(s.p[i] == '}' && str_starts(rest, "} \\tabularnewline"))) {
            buf_addc(b, s.p[i]);
        }
    }
}

bool undress_latex(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    if (!str_starts(str_trim(dress_peek(&c)), "\\begin{"))
        return false;
    dress_next(&c);
    u->end = c.pos;
    bool expanded = false;
    while (dress_next(&c)) {
        struct buf b = {0};
        struct str out, part;
        u->end = c.pos;
        if (str_starts(c.at, "\\end{"))
            break;
        bool record = str_starts(c.at, "\\multicolumn{2}");
        expanded |= record;
        if (record || str_starts(c.at, "\\hline") || str_starts(c.at, "\\textit{"))
            continue;
        ptrdiff_t name = expanded ? str_find(c.at, " & ") : -1;
        add_latex(&b, name < 0 ? c.at : str_sub(c.at, (size_t)name + 3, c.at.len));
        out = buf_str(&b);
        while (str_line(&out, &part)) {
            size_t len = part.len;
            while (len && part.p[len - 1] == ' ')
                len--;
            if (len || part.len == 0)
                dress_add_at(u, c.line, 0, str_sub(part, 0, len));
        }
        buf_free(&b);
    }
    u->framed = true;
    return true;
}

/* ---- AsciiDoc ---- */

/* Where the cell's text begins: behind "|", "l|", "^l|", "<l|"; 0: no cell begins here. */
static size_t cell_start(struct str line)
{
    size_t i = 0;
    while (i < line.len && i < 8 &&
           (strchr("<>^.+lsmaedh", line.p[i]) || isdigit((unsigned char)line.p[i])))
        i++;
    return i < line.len && line.p[i] == '|' ? i + 1 : 0;
}

/* Expanded, "<l|QUERY PLAN <l|Sort ...": the second cell is the value. */
static size_t value_start(struct str line)
{
    ptrdiff_t value = str_starts(line, "<l|") ? str_find(line, " <l|") : -1;
    return value < 0 ? cell_start(line) : (size_t)value + 4;
}

static void add_asciidoc_line(struct undress *u, size_t index, struct str line)
{
    size_t start = value_start(line);
    struct str s = str_sub(line, start, line.len);
    if (str_find(s, "\\|") < 0) {
        dress_add(u, index, line, s);
        return;
    }
    struct buf b = {0};
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] != '\\' || i + 1 == s.len || s.p[i + 1] != '|')
            buf_addc(&b, s.p[i]);
    dress_add_at(u, index, (unsigned)start, buf_str(&b));
    buf_free(&b);
}

bool undress_asciidoc(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    struct str first = dress_peek(&c);
    bool options = str_starts(first, "[options=") || str_starts(first, "[cols=");
    if (!options && !str_starts(first, "|==="))
        return false;
    if (options && dress_next(&c) && !str_starts(dress_peek(&c), "|==="))
        return false;
    dress_next(&c);
    u->end = c.pos;
    while (dress_next(&c)) {
        u->end = c.pos;
        if (str_starts(c.at, "|==="))
            break;
        if (!str_starts(c.at, "^") && !str_starts(c.at, "2+^|") && str_trim(c.at).len)
            add_asciidoc_line(u, c.line, c.at);
    }
    u->framed = true;
    return true;
}

/* ---- troff ---- */

static void add_troff(struct undress *u, size_t index, struct str line, bool expanded)
{
    ptrdiff_t tab = expanded ? str_find(line, "\t") : -1;
    struct str s = str_sub(line, (size_t)(tab + 1), line.len);
    struct buf b = {0};
    for (size_t i = 0; i < s.len; i++) {
        bool backslash = str_starts(str_sub(s, i, s.len), "\\(rs");
        buf_addc(&b, s.p[i]);
        i += backslash ? 3 : 0;
    }
    dress_add_at(u, index, (unsigned)(tab + 1), buf_str(&b));
    buf_free(&b);
}

bool undress_troff(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    if (!str_starts(u->text, ".LP\n.TS") && !str_starts(u->text, ".TS"))
        return false;
    bool expanded = false;
    while (dress_next(&c) && !str_starts(c.at, ".TE")) {
        u->end = c.pos;
        expanded |= str_starts(c.at, ".T&");
        bool layout = str_starts(c.at, ".") || str_starts(c.at, "\\fI") || str_is(c.at, "_") ||
                      str_is(c.at, "center;") || str_is(c.at, "l.") || str_is(c.at, "c s.") ||
                      str_is(c.at, "c | l.");
        if (!layout)
            add_troff(u, c.line, c.at, expanded);
    }
    u->framed = true;
    return true;
}
