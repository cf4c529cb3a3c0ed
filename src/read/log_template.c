/* A template of log_line_prefix made from the beginning of one line. */
#include "read/log_template.h"

#include <stdio.h>

#include "read/log_time.h"

/* ---- a template out of one line's prefix ---- */

struct maker {
    struct buf out;
    bool pid, time, user, database; /* given already */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static const struct label {
    const char *name;
    char escape;
} labels[] = {{"user", 'u'},
              {"usr", 'u'},
              {"username", 'u'},
              {"u", 'u'},
              {"db", 'd'},
              {"database", 'd'},
              {"dbname", 'd'},
              {"d", 'd'},
              {"app", 'a'},
              {"application", 'a'},
              {"application_name", 'a'},
              {"appname", 'a'},
              {"client", 'h'},
              {"host", 'h'},
              {"remote", 'r'},
              {"client_ip", 'h'},
              {"pid", 'p'},
              {"process", 'p'},
              {"session", 'c'},
              {"sess", 'c'},
              {"session_id", 'c'},
              {"line", 'l'},
              {"l", 'l'},
              {"xid", 'x'},
              {"txid", 'x'},
              {"tx", 'v'},
              {"vxid", 'v'},
              {"vtx", 'v'},
              {"query_id", 'Q'},
              {"queryid", 'Q'},
              {"qid", 'Q'},
              {"tag", 'i'},
              {"cmd", 'i'},
              {"command", 'i'},
              {"state", 'e'},
              {"sqlstate", 'e'},
              {"sql_error_code", 'e'},
              {"error_code", 'e'},
              {"backend", 'b'},
              {"type", 'b'}};

/* "user=" at s[at]: the escape of its value, and where that begins; 0: no label. */
static char label_at(struct str s, size_t at, size_t *value)
{
    size_t n = at;
    while (n < s.len && is_letter(s.p[n]))
        n++;
    struct str name = str_sub(s, at, n);
    size_t sep = n;
    while (sep < s.len && s.p[sep] == ' ')
        sep++;
    if (sep >= s.len || (s.p[sep] != '=' && s.p[sep] != ':') || (s.p[sep] == ':' && sep != n))
        return 0;
    sep++;
    while (sep < s.len && s.p[sep] == ' ' && s.p[n] == ' ')
        sep++;
    *value = sep;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (str_is_nocase(name, labels[i].name))
            return labels[i].escape;
    return 0;
}

static void put(struct maker *m, char escape)
{
    buf_addc(&m->out, '%');
    buf_addc(&m->out, escape);
}

static void put_literal(struct maker *m, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '%')
            buf_addc(&m->out, '%');
        buf_addc(&m->out, s.p[i]);
    }
}

/* Where the value of a label ends: before the next separator that another label, or the end,
 * follows; else at the first blank, comma or bracket. */
static size_t value_end(struct str s, size_t at)
{
    size_t value, first = s.len;
    for (size_t i = at; i < s.len; i++) {
        if (!strchr(" ,;|]):>", s.p[i]))
            continue;
        if (first == s.len)
            first = i;
        size_t next = i + 1;
        while (next < s.len && (s.p[next] == ' ' || s.p[next] == '['))
            next++;
        if (next >= s.len || label_at(s, next, &value))
            return i;
    }
    return first;
}

/* Numbers: sessions and processes by their looks. Length taken, 0 none. */
static size_t make_number(struct maker *m, struct str s)
{
    size_t n = 0, dot = 0;
    while (n < s.len &&
           (is_digit(s.p[n]) || (s.p[n] >= 'a' && s.p[n] <= 'f') || (s.p[n] == '.' && !dot))) {
        if (s.p[n] == '.')
            dot = n;
        n++;
    }
    bool ends = n == s.len || !is_letter(s.p[n]);
    if (dot == 8 && n > 9 && ends) {
        put(m, 'c');
        return n;
    }
    if (dot == 10 && n == 14) {
        put(m, 'n');
        return n;
    }
    for (n = 0; n < s.len && is_digit(s.p[n]);)
        n++;
    if (!n || (n < s.len && (is_letter(s.p[n]) || s.p[n] == '.')))
        return 0;
    if (n < s.len && s.p[n] == '/' && n + 1 < s.len && is_digit(s.p[n + 1])) {
        for (n++; n < s.len && is_digit(s.p[n]);)
            n++;
        put(m, 'v');
    } else if (str_starts(str_sub(s, n, s.len), "-1]")) {
        put(m, 'l');
    } else if (n == 5 && memcmp(s.p, "00000", 5) == 0) {
        put(m, 'e');
    } else {
        put(m, m->pid ? '*' : 'p');
        m->pid = true;
    }
    return n;
}

/* Hosts: "[local]", an address with or without a port. */
static size_t make_host(struct maker *m, struct str s)
{
    size_t n = 0;
    if (str_starts(s, "[local]"))
        n = 7;
    else if (s.len && is_digit(s.p[0]))
        while (n < s.len && (is_digit(s.p[n]) || strchr(".()", s.p[n])))
            n++;
    if (n < 7)
        return 0;
    put(m, 'r');
    return n;
}

/* A word without label: "user@db" is what it looks like, any other a field without a name. */
static size_t make_word(struct maker *m, struct str s)
{
    size_t n = 0, at = 0;
    if (str_starts(s, "[unknown]"))
        n = 9;
    while (n < s.len && !strchr(" ,;|[]():=/<>", s.p[n])) {
        if (s.p[n] == '@')
            at = n;
        n++;
    }
    if (at && str_starts(str_sub(s, n, s.len), "[unknown]"))
        n += 9;
    if (!n)
        return 0;
    if (at) {
        put(m, 'u');
        buf_addc(&m->out, '@');
        put(m, 'd');
    } else {
        put(m, '*');
    }
    return n;
}

static size_t make_item(struct maker *m, struct str s, size_t at)
{
    struct str rest = str_sub(s, at, s.len);
    int ms;
    size_t n = log_time_len(rest, &ms), value;
    if (n) {
        put(m, ms ? 'm' : 't');
        return n;
    }
    char escape = label_at(s, at, &value);
    if (escape) {
        size_t end = value_end(s, value);
        put_literal(m, str_sub(s, at, value));
        put(m, escape);
        m->pid |= escape == 'p';
        return end - at;
    }
    if ((n = make_host(m, rest)) || (n = make_number(m, rest)) || (n = make_word(m, rest)))
        return n;
    put_literal(m, str_sub(rest, 0, 1));
    return 1;
}

/* Runs of nameless fields with blanks between are one: names hold blanks. */
static void merge_nameless(struct buf *b)
{
    char *hit;
    while (b->len && (hit = memmem(b->data, b->len, "%* %*", 5))) {
        size_t at = (size_t)(hit - b->data);
        memmove(hit + 2, hit + 5, b->len - at - 5);
        b->len -= 3;
    }
}

/* The template, if it fits; the maker is done with. */
static bool hand_over(struct maker *m, char out[PREFIX_TEXT])
{
    bool fits = m->out.len < PREFIX_TEXT;
    if (fits && m->out.len)
        memcpy(out, m->out.data, m->out.len);
    out[fits ? m->out.len : 0] = '\0';
    buf_free(&m->out);
    return fits;
}

bool log_template_of_words(struct str prefix, char out[PREFIX_TEXT])
{
    struct maker m = {.pid = false};
    for (size_t at = 0; at < prefix.len && m.out.len < PREFIX_TEXT;)
        at += make_item(&m, prefix, at);
    merge_nameless(&m.out);
    return hand_over(&m, out);
}

/* ---- fields between bars ---- */

/* What a whole cell is, by its looks; 0: nothing that can be told. */
static char cell_escape(struct maker *m, struct str s)
{
    struct maker one = {.pid = m->pid};
    char escape = 0;
    int ms;
    if (s.len && log_time_len(s, &ms) == s.len)
        escape = ms ? 'm' : m->time ? 's' : 't';
    else if (s.len && make_number(&one, s) == s.len)
        escape = one.out.data[1];
    buf_free(&one.out);
    m->time |= escape == 't';
    m->pid |= escape == 'p';
    return escape == '*' ? 0 : escape;
}

/* The value of "key=" in the message of a new connection. */
static struct str who_value(struct str who, const char *key)
{
    ptrdiff_t at = str_find(who, key);
    struct str v = at < 0 ? (struct str){0} : str_sub(who, (size_t)at + strlen(key), who.len);
    const char *blank = v.len ? memchr(v.p, ' ', v.len) : NULL;
    return blank ? str_sub(v, 0, (size_t)(blank - v.p)) : v;
}

static void put_cell(struct maker *m, struct str cell, struct str who)
{
    struct str value = str_trim(cell);
    char escape = cell_escape(m, value), pad[16] = "";
    if (!escape && value.len && !m->user && str_eq(value, who_value(who, " user="))) {
        escape = 'u';
        m->user = true;
    } else if (!escape && value.len && !m->database &&
               str_eq(value, who_value(who, " database="))) {
        escape = 'd';
        m->database = true;
    }
    if (cell.len > value.len)
        snprintf(pad, sizeof pad, "%s%d", cell.p[0] == ' ' ? "" : "-", (int)cell.len);
    buf_printf(&m->out, "%%%s%c", pad, escape ? escape : '*');
}

bool log_template_of_cells(struct str prefix, struct str who, char out[PREFIX_TEXT])
{
    struct maker m = {.pid = false};
    size_t bars = 0, at = 0;
    for (size_t i = 0; i < prefix.len; i++)
        bars += prefix.p[i] == '|';
    if (bars < 2)
        return false;
    for (const char *bar; (bar = memchr(prefix.p + at, '|', prefix.len - at));) {
        size_t end = (size_t)(bar - prefix.p);
        put_cell(&m, str_sub(prefix, at, end), who);
        buf_addc(&m.out, '|');
        at = end + 1;
    }
    while (at < prefix.len) /* what follows the last bar is no cell: it ends in some other way */
        at += make_item(&m, prefix, at);
    return hand_over(&m, out);
}

/* ---- whose lines are these ---- */

static const char WHO[] = "connection authorized: user=";

struct str log_template_line(const struct str *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_find(lines[i], WHO) >= 0)
            return lines[i];
    return (struct str){0};
}

struct str log_template_who(const struct str *lines, size_t count)
{
    struct str line = log_template_line(lines, count);
    ptrdiff_t at = str_find(line, WHO);
    return at < 0 ? (struct str){0} : str_sub(line, (size_t)at, line.len);
}
