/* Values as programs write them: quoted cells, literals of scripting languages, escapes. */
#include <ctype.h>

#include "read/dress_impl.h"

/* ---- quoted cells: CSV, pgAdmin, DataGrip, DBeaver ---- */

/* Offset behind the closing quote of the cell at s.p[i] ('"'), or -1: a cell ends where a
   separator or the line's end follows. */
static ptrdiff_t cell_end(struct str s, size_t i)
{
    for (i++; i < s.len; i++) {
        if (s.p[i] != '"')
            continue;
        if (i + 1 < s.len && s.p[i + 1] == '"') {
            i++;
            continue;
        }
        return i + 1 == s.len || strchr(",;\t\n", s.p[i + 1]) ? (ptrdiff_t)i + 1 : -1;
    }
    return -1;
}

static void add_cell(struct undress *u, size_t line, struct str cell)
{
    struct buf b = {0};
    for (size_t i = 0; i < cell.len; i++) {
        buf_addc(&b, cell.p[i]);
        i += cell.p[i] == '"' && i + 1 < cell.len && cell.p[i + 1] == '"';
    }
    struct str rest = buf_str(&b), part;
    while (str_line(&rest, &part))
        dress_add_at(u, line++, 1, part);
    if (cell.len == 0)
        dress_add_at(u, line, 1, (struct str){"", 0});
    buf_free(&b);
}

static size_t count_lines(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.p[i] == '\n';
    return n;
}

static const char heading[] = "QUERY PLAN";

/* Within the next few lines after an unquoted one: is any quoted, with its indentation? */
static bool is_quoted_soon(struct str s)
{
    struct dress_cursor c = dress_lines(s);
    bool titled = str_is(dress_peek(&c), heading);
    for (int i = 0; i < (titled ? 200 : 4) && dress_next(&c); i++)
        if ((titled ? str_starts(c.at, "\"") : str_starts(c.at, "\"  ")) &&
            cell_end(s, c.at_pos) > 0)
            return true;
    return false;
}

/* How a line of the table begins: the name of the column, where records are expanded. */
static size_t name_length(struct str line)
{
    size_t n = sizeof heading - 1;
    return str_starts(line, heading) && line.len > n && line.p[n] == ',' ? n + 1 : 0;
}

/*
 * Cells in double quotes that begin lines, and the unquoted lines among them: CSV quotes
 * only where it must. What stands in further columns is left out.
 */
bool undress_cells(struct undress *u)
{
    struct str s = u->text;
    bool expanded = name_length(s) > 0;
    size_t pos = 0, line = 0;
    if (!expanded && s.p[0] != '"' && !is_quoted_soon(s))
        return false;
    while (pos < s.len) {
        struct str rest = str_sub(s, pos, s.len), at;
        str_line(&rest, &at);
        size_t from = pos + name_length(at), next = (size_t)(rest.p - s.p);
        bool quote = from < s.len && s.p[from] == '"';
        ptrdiff_t end = quote ? cell_end(s, from) : -1;
        if (at.len == 0 || dress_is_footer(at) || (quote && end < 0) || (expanded && from == pos))
            break;
        if (pos == 0 && quote && !expanded && str_find(at, "\\n") >= 0)
            return false; /* a JSON string */
        if (quote) {
            add_cell(u, line, str_sub(s, from + 1, (size_t)end - 1));
            rest = str_sub(s, (size_t)end, s.len);
            str_line(&rest, &at);
            next = (size_t)(rest.p - s.p);
        } else {
            dress_add(u, line, at, str_sub(at, from - pos, at.len));
        }
        line += count_lines(str_sub(s, pos, next));
        u->end = pos = next;
    }
    return u->end > 0;
}

/* ---- literals of Python, JavaScript, Ruby ---- */

/* Writing a literal as JSON, token by token. */
struct literal {
    struct str s;
    size_t i;
    struct buf out;
    long depth;
    bool bad;
};

static const char *const hex_digits = "0123456789abcdef";

static void put_escaped(struct buf *b, unsigned char c)
{
    if (c == '"' || c == '\\') {
        buf_addc(b, '\\');
        buf_addc(b, (char)c);
    } else if (c == '\n') {
        buf_adds(b, "\\n");
    } else if (c < 0x20) {
        buf_adds(b, "\\u00");
        buf_addc(b, hex_digits[c >> 4]);
        buf_addc(b, hex_digits[c & 15]);
    } else {
        buf_addc(b, (char)c);
    }
}

static bool is_hex(struct str s, size_t i, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (i + k >= s.len || !isxdigit((unsigned char)s.p[i + k]))
            return false;
    return true;
}

/* An escape of the source; l->i at the character behind the backslash. */
static void put_escape(struct literal *l)
{
    static const char same[] = "nrtbf\"\\/u";
    char c = l->i < l->s.len ? l->s.p[l->i] : 0;
    if (c == 'x' && is_hex(l->s, l->i + 1, 2)) {
        buf_adds(&l->out, "\\u00");
        buf_add(&l->out, l->s.p + l->i + 1, 2);
        l->i += 3;
        return;
    }
    if (c && strchr(same, c)) {
        buf_addc(&l->out, '\\');
        buf_addc(&l->out, c);
    } else if (c != '\n' && c) {
        put_escaped(&l->out, (unsigned char)c);
    }
    l->i++;
}

static void put_quoted(struct literal *l)
{
    char quote = l->s.p[l->i++];
    buf_addc(&l->out, '"');
    while (l->i < l->s.len && l->s.p[l->i] != quote) {
        char c = l->s.p[l->i++];
        if (c == '\\')
            put_escape(l);
        else
            put_escaped(&l->out, (unsigned char)c);
        l->bad |= c == '\n' && quote != '`';
        if (l->bad)
            return;
    }
    l->bad |= l->i >= l->s.len;
    l->i++;
    buf_addc(&l->out, '"');
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '.';
}

/* True, None, a bare key; a name before a parenthesis (Decimal('1.5'), Row(...)) goes. */
static void put_word(struct literal *l)
{
    static const char *const words[][2] = {
        {"True", "true"},      {"False", "false"}, {"None", "null"},   {"nil", "null"},
        {"undefined", "null"}, {"true", "true"},   {"false", "false"}, {"null", "null"}};
    size_t from = l->i;
    while (l->i < l->s.len && is_word_char(l->s.p[l->i]))
        l->i++;
    struct str word = str_sub(l->s, from, l->i);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is(word, words[i][0])) {
            buf_adds(&l->out, words[i][1]);
            return;
        }
    char next = l->i < l->s.len ? l->s.p[l->i] : 0;
    if (next == '(' || next == '\'' || next == '"') /* a call; u'..', b'..' */
        return;
    double v;
    bool number = str_to_double(word, &v);
    if (!number)
        buf_addc(&l->out, '"');
    buf_addstr(&l->out, word);
    if (!number)
        buf_addc(&l->out, '"');
}

static void drop_trailing_comma(struct buf *b)
{
    size_t n = b->len;
    while (n && (b->data[n - 1] == ' ' || b->data[n - 1] == '\n'))
        n--;
    if (n && b->data[n - 1] == ',')
        b->data[n - 1] = ' ';
}

static void put_token(struct literal *l)
{
    char c = l->s.p[l->i];
    if (c == '\'' || c == '"' || c == '`') {
        put_quoted(l);
    } else if (c == '(' || c == '[' || c == '{') {
        buf_addc(&l->out, c == '(' ? '[' : c);
        l->depth++;
        l->i++;
    } else if (c == ')' || c == ']' || c == '}') {
        drop_trailing_comma(&l->out);
        buf_addc(&l->out, c == ')' ? ']' : c);
        l->depth--;
        l->i++;
    } else if (c == '=' && l->i + 1 < l->s.len && l->s.p[l->i + 1] == '>') {
        buf_addc(&l->out, ':');
        l->i += 2;
    } else if (is_word_char(c) || c == '-') {
        l->i += c == '-';
        if (c == '-')
            buf_addc(&l->out, '-');
        put_word(l);
    } else {
        l->bad |= !strchr(" \t\n,:", c);
        buf_addc(&l->out, c);
        l->i++;
    }
}

/* One literal from l->i on, to where its brackets balance. */
static bool put_literal(struct literal *l)
{
    do
        put_token(l);
    while (!l->bad && l->depth > 0 && l->i < l->s.len);
    return !l->bad && l->depth == 0;
}

/* A bracket, and then what no JSON has: a tuple, a quote of another kind, a bare key. */
static bool begins_literal(struct str s)
{
    size_t i = 0;
    bool odd = false;
    while (i < s.len && i < 12 && strchr("[({ \n", s.p[i]))
        odd |= s.p[i++] == '(';
    if (i == 0 || i == s.len)
        return false;
    if (s.p[i] == '\'' || s.p[i] == '`')
        return true;
    if (s.p[i] == '"')
        return odd || str_find(str_sub(s, i, i + 40), "\"=>") > 0;
    return s.p[i - 1] != '(' && isalpha((unsigned char)s.p[i]) &&
           str_find(str_sub(s, i, i + 40), ": ") > 0;
}

/* Lines of the JSON text have the numbers of the lines that they were made of. */
static void add_json_lines(struct undress *u, struct str json)
{
    struct str part;
    for (size_t line = 0; str_line(&json, &part); line++)
        dress_add_at(u, line, 0, part);
}

static void spend(size_t *budget, size_t n)
{
    *budget -= n < *budget ? n : *budget;
}

/* One literal, or several on lines of their own (rows printed one by one): then a list of them. */
bool undress_literal(struct undress *u)
{
    struct literal l = {.s = u->text};
    size_t count = 0;
    if (*u->budget == 0 || !begins_literal(u->text))
        return false;
    buf_addc(&l.out, '[');
    while (begins_literal(str_sub(l.s, l.i, l.s.len))) {
        size_t len = l.out.len;
        if (count)
            buf_addc(&l.out, ',');
        if (!put_literal(&l)) {
            l.out.len = len;
            spend(u->budget, l.i);
            break;
        }
        count++;
        u->end = l.i;
        while (l.i < l.s.len && strchr(" ,;\n", l.s.p[l.i]))
            buf_adds(&l.out, l.s.p[l.i++] == '\n' ? "\n" : "");
    }
    if (count) {
        l.out.data[l.out.len] = '\0';
        buf_addc(&l.out, ']');
        add_json_lines(u, buf_str(&l.out));
    }
    buf_free(&l.out);
    return count > 0;
}

/* ---- a plan with its line ends escaped: copied out of a JSON string without its quotes ---- */

static bool has_bare_quote(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return true;
    return false;
}

bool undress_escaped(struct undress *u)
{
    static const char *const signs[] = {"\\\"Plan\\\"",   "\\n  ->",      "\\n->",
                                        "\\n- Plan:",     "\\n  <Query>", "\\n    Node Type:",
                                        "\\n  Node Type:"};
    struct str line = u->text, rest = u->text, part;
    bool escaped = false;
    str_line(&rest, &line);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0] && !escaped; i++)
        escaped = str_find(line, signs[i]) >= 0;
    if (!escaped || has_bare_quote(line))
        return false;
    struct buf b = {0};
    for (size_t i = 0; i < line.len; i++) {
        char c = line.p[i], next = i + 1 < line.len ? line.p[i + 1] : 0;
        if (c == '\\' && next && strchr("nrt\"\\/", next)) {
            const char *from = "nrt\"\\/", *to = "\n\r\t\"\\/";
            buf_addc(&b, to[strchr(from, next) - from]);
            i++;
        } else {
            buf_addc(&b, c);
        }
    }
    struct str text = buf_str(&b);
    while (str_line(&text, &part))
        dress_add_at(u, 0, 0, part);
    u->end = (size_t)(rest.p - u->text.p);
    buf_free(&b);
    return true;
}
