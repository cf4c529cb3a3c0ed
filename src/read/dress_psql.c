/* Tables of psql and its like: aligned, boxed, expanded, in every border and line style. */
#include <ctype.h>
#include <stdlib.h>

#include "base/text.h"
#include "read/dress_impl.h"

/* ---- characters that frames are made of ---- */

static size_t starts_with_any(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(s, words[i]))
            return strlen(words[i]);
    return 0;
}

static const char *const bars[] = {"|", "│", "║"};
/* In place of a bar before the second and later lines of a value (old-ascii), before the rest of
   one that was wrapped. */
static const char *const line_bars[] = {":", ";"};
static const char *const newline_marks[] = {"+", "↵"};
static const char *const wrap_marks[] = {".", "…"};
static const char *const rules[] = {"-", "─", "═", "=", "+", "┼", "╪",
                                    "╫", "╬", "|", ":", "┴", "┬"};
static const char *const corners[] = {"+", "┌", "╔", "╒", "╓", "├", "╠",
                                      "╟", "╞", "└", "╚", "╘", "╙"};
#define ANY_OF(s, words) starts_with_any(s, words, sizeof(words) / sizeof(words)[0])

static size_t ends_with_any(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_ends(s, words[i]))
            return strlen(words[i]);
    return 0;
}
#define ENDS_IN(s, words) ends_with_any(s, words, sizeof(words) / sizeof(words)[0])

static struct str right_trim(struct str s)
{
    while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* "-----", "────", "----+----": at least four dashes and nothing that is no part of a rule. */
static bool is_rule(struct str line)
{
    size_t n = 0;
    line = str_trim(line);
    if (str_starts(line, "- ") || (line.len && ANY_OF(line, bars)))
        return false;
    for (size_t i = 0, k; i < line.len; i += k, n++)
        if ((k = ANY_OF(str_sub(line, i, line.len), rules)) == 0)
            return false;
    return n >= 4 && (line.p[0] == '-' || (unsigned char)line.p[0] >= 0x80 || line.p[0] == '=');
}

/* "+-----+", "├────┤", "|-----|" of Markdown. */
static bool is_box_rule(struct str line)
{
    line = str_trim(line);
    size_t corner = ANY_OF(line, corners), n = 0;
    if (!corner)
        corner = ANY_OF(line, bars);
    if (!corner)
        return false;
    for (size_t i = corner, k; i < line.len; i += k, n++) {
        struct str rest = str_sub(line, i, line.len);
        k = ANY_OF(rest, rules);
        if (!k && (unsigned char)line.p[i] >= 0x80)
            k = 3; /* another corner */
        if (!k && rest.p[0] == ' ')
            k = 1;
        if (!k)
            return false;
    }
    return n >= 3 && (str_find(line, "--") >= 0 || (unsigned char)line.p[0] >= 0x80);
}

/* ---- marks at the end of a cell ---- */

/* How to know the mark of a line that goes on from a '+' of the data. */
struct marks {
    size_t width;  /* columns of a line that ends in a mark; 0: unknown */
    bool most;     /* most lines end in one: then it is one wherever it stands */
    bool wrapped;  /* the line before ended in a wrap mark */
    size_t margin; /* blanks (or a wrap mark) before the data */
    size_t beyond; /* columns by which a mark may stand further out */
};

enum mark { MARK_NONE, MARK_NEWLINE, MARK_WRAP };

static enum mark take_mark(struct str *line, const struct marks *m)
{
    struct str s = right_trim(*line);
    size_t n = ENDS_IN(s, newline_marks), w = ENDS_IN(s, wrap_marks);
    size_t width = (size_t)text_width(s);
    bool at_edge = m->width && width >= m->width && width <= m->width + m->beyond;
    if (n && (at_edge || (m->most && (s.len == n || s.p[s.len - n - 1] == ' ' || !m->width)))) {
        *line = str_sub(s, 0, s.len - n);
        return MARK_NEWLINE;
    }
    if (w && at_edge) {
        *line = str_sub(s, 0, s.len - w);
        return MARK_WRAP;
    }
    return MARK_NONE;
}

/* One line of a cell, its frame taken off but for the margin and the mark. */
static void add_cell_line(struct undress *u, struct marks *m, size_t index, struct str source,
                          struct str cell)
{
    enum mark mark = take_mark(&cell, m);
    size_t cut = 0;
    if (m->margin)
        cut = cell.len && cell.p[0] == ' ' ? 1 : ANY_OF(cell, wrap_marks);
    cell = str_sub(cell, cut, cell.len);
    if (mark != MARK_WRAP)
        cell = right_trim(cell);
    if (m->wrapped && u->count)
        dress_glue(u, cell);
    else
        dress_add(u, index, source, cell);
    m->wrapped = mark == MARK_WRAP;
}

static bool most_end_in_marks(struct dress_cursor c, size_t lines)
{
    size_t marked = 0, all = 0;
    for (; lines && dress_next(&c); lines--) {
        struct str s = right_trim(c.at);
        if (s.len && ENDS_IN(s, bars))
            s = right_trim(str_sub(s, 0, s.len - ENDS_IN(s, bars)));
        all += s.len > 0;
        marked += s.len && ENDS_IN(s, newline_marks);
    }
    return marked >= 2 && marked * 10 >= all * 6;
}

/* ---- aligned, border 0 and 1 ---- */

/* Pass the empty lines at the cursor when the table goes on behind them: an empty row
   separates plans. */
static bool skip_empty_rows(struct dress_cursor *c, size_t *rows)
{
    struct dress_cursor ahead = *c, before = *c;
    size_t empty = 0;
    for (; dress_next(&ahead) && str_trim(ahead.at).len == 0; empty++)
        before = ahead;
    bool goes_on = ahead.pos > before.pos && ahead.at.p[0] == ' ' && !is_rule(dress_peek(&ahead)) &&
                   !dress_is_footer(ahead.at);
    if (goes_on) {
        *c = before;
        *rows += empty;
    }
    return goes_on;
}

/* Lines of the table from the cursor on; *footer: one more says how many rows there were. */
static size_t count_rows(struct dress_cursor c, size_t margin, bool *footer)
{
    size_t rows = 0;
    *footer = false;
    while (!*footer) {
        struct str line = dress_peek(&c);
        if (str_trim(line).len == 0) {
            if (c.pos >= c.text.len || !margin || !skip_empty_rows(&c, &rows))
                break;
            continue;
        }
        *footer = dress_is_footer(line);
        if (*footer || (margin && line.p[0] != ' ' && !ANY_OF(line, wrap_marks)))
            break;
        dress_next(&c);
        rows++;
    }
    return rows;
}

static void add_rows(struct undress *u, struct dress_cursor *c, size_t rows, size_t rule_width)
{
    struct str first = dress_peek(c);
    struct marks m = {.margin = first.len && first.p[0] == ' '};
    m.width = rule_width + !m.margin;
    m.most = most_end_in_marks(*c, rows);
    while (rows-- && dress_next(c)) {
        u->end = c->pos;
        add_cell_line(u, &m, c->line, c->at, c->at);
    }
}

bool undress_aligned(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    bool footer;
    if (!dress_next(&c) || !is_rule(dress_peek(&c)) || is_rule(c.at) || !str_trim(c.at).len)
        return false;
    dress_next(&c);
    u->end = c.pos;
    size_t width = dress_chars(str_trim(c.at));
    struct str first = dress_peek(&c);
    size_t rows = count_rows(c, first.len && first.p[0] == ' ', &footer);
    add_rows(u, &c, rows, width);
    if (footer && dress_next(&c))
        u->end = c.pos;
    u->framed = true;
    return true;
}

/* Lines that end in marks, their header lost: "[      +", "  {     +". */
bool undress_marked(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text), again = c;
    size_t rows = 0;
    while (dress_next(&c)) {
        struct str s = right_trim(c.at);
        rows++;
        if (!s.len || !ENDS_IN(s, newline_marks) || s.len < 3 || s.p[s.len - 2] == '+')
            break;
        if (rows == 1 && !strchr("[{<-\"", str_trim(s).p[0]))
            return false;
    }
    if (rows < 3)
        return false;
    struct str first = dress_peek(&again);
    struct marks m = {.most = true, .margin = first.len && first.p[0] == ' '};
    while (rows-- && dress_next(&again)) {
        u->end = again.pos;
        add_cell_line(u, &m, again.line, again.at, again.at);
    }
    return true;
}

/* ---- boxed: border 2, Markdown tables ---- */

/* Between the bars; the margin and the mark stay. */
static struct str inside_bars(struct str line)
{
    struct str s = right_trim(line);
    size_t indent = 0;
    while (indent < s.len && s.p[indent] == ' ')
        indent++;
    s = str_sub(s, indent, s.len);
    size_t open = ANY_OF(s, bars), close = s.len > open ? ENDS_IN(s, bars) : 0;
    return str_sub(s, open, s.len - close);
}

static bool is_box_line(struct str line)
{
    struct str s = str_trim(line);
    return s.len && ANY_OF(s, bars);
}

/* Lines from the cursor on that are rows or rules of one box. */
static size_t count_box_lines(struct dress_cursor c)
{
    size_t n = 0;
    while (dress_next(&c) && (is_box_line(c.at) || is_box_rule(c.at)))
        n++;
    return n;
}

/* A heading is what stands above a rule. */
static bool is_heading(const struct dress_cursor *c)
{
    return is_box_rule(dress_peek(c));
}

bool undress_boxed(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    size_t lines = count_box_lines(c), index = 0;
    struct str first = dress_peek(&c);
    if (lines < 2 && !(lines == 1 && is_box_line(first) && ENDS_IN(right_trim(first), bars)))
        return false;
    struct marks m = {.margin = 1, .most = most_end_in_marks(c, lines)};
    bool heading = true;
    for (; index < lines && dress_next(&c); index++) {
        u->end = c.pos;
        if (is_box_rule(c.at))
            continue;
        struct str cell = inside_bars(c.at);
        if (heading && index < 3 && is_heading(&c) && index + 1 < lines) {
            m.width = (size_t)text_width(cell);
            heading = false;
            continue;
        }
        if (!m.width)
            m.width = (size_t)text_width(cell);
        add_cell_line(u, &m, c.line, c.at, cell);
    }
    u->framed = !heading;
    return true;
}

/* ---- expanded ---- */

/* "-[ RECORD 1 ]---", "+-[ RECORD 1 ]--+", "─[ RECORD 1 ]─", "* Record 1" */
static bool is_record_header(struct str line)
{
    struct str s = str_trim(line);
    if (str_starts(s, "* ") && s.len < 40 && isdigit((unsigned char)s.p[s.len - 1]))
        return str_find(str_sub(s, 2, s.len), " ") > 0 && isupper((unsigned char)s.p[2]);
    size_t i = 0, k;
    while (i < s.len && i < 24 && s.p[i] != '[') {
        struct str rest = str_sub(s, i, s.len);
        if (!(k = ANY_OF(rest, rules)) && !(k = ANY_OF(rest, corners)))
            return false;
        i += k;
    }
    ptrdiff_t close = str_find(s, " ]");
    return i > 0 && close > (ptrdiff_t)i && s.p[i] == '[' && isdigit((unsigned char)s.p[close - 1]);
}

/* Columns that the names take, up to where a value begins. */
struct name_columns {
    size_t bytes; /* up to the bar that separates them from values; 0: no bar (border 0) */
    bool boxed;   /* a bar at the start of the line too */
};

static struct name_columns find_name_columns(struct str line)
{
    struct name_columns names = {0, false};
    size_t from = ANY_OF(line, bars);
    names.boxed = from > 0;
    for (size_t i = from; i < line.len; i++)
        if (ANY_OF(str_sub(line, i, line.len), bars)) {
            names.bytes = i;
            return names;
        }
    return names;
}

/* The value part of a line; *name: it begins a value. */
static struct str value_part(struct str line, const struct name_columns *names, bool *name)
{
    static const char heading[] = "QUERY PLAN ";
    struct str s = line;
    if (!names->bytes) {
        *name = str_starts(s, heading);
        return str_sub(s, sizeof heading - 1, s.len);
    }
    struct str rest = str_sub(s, names->bytes, s.len);
    size_t bar = ANY_OF(rest, bars);
    *name = false;
    if (!bar)
        bar = ANY_OF(rest, line_bars);
    for (size_t i = names->boxed ? 1 : 0; i < names->bytes && i < s.len && bar; i++)
        *name |= isalnum((unsigned char)s.p[i]) != 0;
    return str_sub(rest, bar, rest.len);
}

static bool ends_record(struct str line)
{
    return str_trim(line).len == 0 || is_box_rule(line) || dress_is_footer(line);
}

static struct str drop_border(struct str s, const struct name_columns *names)
{
    s = right_trim(s);
    return names->boxed ? str_sub(s, 0, s.len - ENDS_IN(s, bars)) : s;
}

/* The lines of one record. Values of other columns are set apart by an empty line. */
static void add_record(struct undress *u, struct dress_cursor *c, size_t width)
{
    struct name_columns names = {0, false};
    if (!str_starts(c->at, "* ")) /* border 0 has no bars */
        names = find_name_columns(dress_peek(c));
    struct marks m = {.margin = 1, .beyond = !names.boxed};
    size_t lines = 0, values = 0;
    for (struct dress_cursor ahead = *c;
         dress_next(&ahead) && !ends_record(ahead.at) && !is_record_header(ahead.at);)
        lines++;
    m.most = most_end_in_marks(*c, lines);
    while (lines-- && dress_next(c)) {
        bool name;
        struct str value = drop_border(value_part(c->at, &names, &name), &names);
        u->end = c->pos;
        if (name && values++)
            dress_add_at(u, c->line, 0, (struct str){"", 0});
        if (!names.bytes)
            m.margin = 0;
        size_t prefix = value.p > c->at.p ? (size_t)(value.p - c->at.p) : 0;
        size_t taken = (size_t)text_width(str_sub(c->at, 0, prefix)) + names.boxed;
        m.width = width > taken ? width - taken : 0;
        add_cell_line(u, &m, c->line, c->at, value);
    }
}

bool undress_expanded(struct undress *u)
{
    struct dress_cursor c = dress_lines(u->text);
    if (!is_record_header(dress_peek(&c)))
        return false;
    while (is_record_header(dress_peek(&c)) && dress_next(&c)) {
        u->end = c.pos;
        add_record(u, &c, (size_t)text_width(right_trim(c.at)));
        if (is_box_rule(dress_peek(&c)) && dress_next(&c))
            u->end = c.pos;
    }
    u->framed = true;
    return true;
}

/* "QUERY PLAN|Limit ...", a record a line or with the lines of its value below it. */
bool undress_unaligned_expanded(struct undress *u)
{
    static const char heading[] = "QUERY PLAN|";
    struct dress_cursor c = dress_lines(u->text);
    if (!str_starts(u->text, heading))
        return false;
    while (dress_next(&c)) {
        bool record = str_starts(c.at, heading);
        struct str next = dress_peek(&c);
        if (!record && str_trim(c.at).len == 0 && !str_starts(next, heading))
            break;
        u->end = c.pos;
        if (record || str_trim(c.at).len)
            dress_add(u, c.line, c.at, str_sub(c.at, record ? sizeof heading - 1 : 0, c.at.len));
    }
    u->framed = true;
    return true;
}
