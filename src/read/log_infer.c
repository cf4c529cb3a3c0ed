/* Finding out log_line_prefix: templates met in the field, then one made from the lines. */
#include "read/log_prefix.h"
#include "read/log_time.h"

/* Defaults of PostgreSQL, of packagers and of hosters, and what manuals of tools recommend. */
static const char *const known[] = {
    "%m [%p] ",
    "%m [%p] %q%u@%d ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p]: ",
    "%m [%p]: [%l-1] db=%d,user=%u ",
    "%m [%p] %q%u@%d/%a ",
    "%m [%p] %q%a ",
    "%m [%p] %u@%d ",
    "%m [%p] db=%d,user=%u ",
    "%m [%p] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p][%v] : [%l-1] %q[app=%a] ",
    "%m [%p] : [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m %r %u %a [%c] [%p] ",
    "%m [%p] %c ",
    "%m %p %u %d %a %h ",
    "%m-%c-",
    "%t-%c-",
    "%t [%p]: ",
    "%t [%p]: [%l-1] ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l] user=%u,db=%d ",
    "%t [%p]: [%l-1] %u@%d ",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d - PG-%e ",
    "%t [%p]: [%l-1] db=%d,user=%u ",
    "%t [%p]: db=%d,user=%u,app=%a,client=%h ",
    "%t [%p-%l] %q%u@%d ",
    "%t [%p] %q%u@%d ",
    "%t [%p] ",
    "%t:%r:%u@%d:[%p]:",
    "%t %u %d %h [%p] ",
    "%t ",
    "%m ",
    "%n %p ",
    "%p ",
    "",
    " sql_error_code = %e ",
    "sql_error_code = %e ",
    "%q%m [%p] app=%a ",
};

/* ---- a template out of one line's prefix ---- */

struct maker {
    struct buf out;
    bool pid, bare_name; /* given already; a nameless field was taken */
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
        if (!strchr(" ,;|]):", s.p[i]))
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
    while (n < s.len && !strchr(" ,;|[]():=/", s.p[n])) {
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

/* The template that the text before the word of one line suggests. */
static bool make_template(struct str prefix, char out[PREFIX_TEXT])
{
    struct maker m = {.pid = false};
    for (size_t at = 0; at < prefix.len && m.out.len < PREFIX_TEXT;)
        at += make_item(&m, prefix, at);
    merge_nameless(&m.out);
    bool fits = m.out.len < PREFIX_TEXT;
    if (fits && m.out.len)
        memcpy(out, m.out.data, m.out.len);
    out[fits ? m.out.len : 0] = '\0';
    buf_free(&m.out);
    return fits;
}

/* ---- choosing ---- */

static size_t score(const char *text, const struct str *lines, size_t count)
{
    struct log_prefix p = {.count = 0};
    struct log_fields fields;
    size_t matched = 0, at;
    if (!log_prefix_compile(&p, str_of(text)))
        return 0;
    for (size_t i = 0; i < count; i++) {
        enum log_word w = log_prefix_match(&p, lines[i], &fields, &at);
        matched += w != WORD_NONE && w != WORD_UNKNOWN;
    }
    log_prefix_release(&p);
    return matched;
}

struct choice {
    char *out;
    size_t best;
    const struct str *lines;
    size_t count;
};

static void consider(struct choice *c, const char *text)
{
    size_t n = score(text, c->lines, c->count);
    if (n <= c->best)
        return;
    c->best = n;
    strcpy(c->out, text);
}

/* The same with %q at each of the places where lines of the server's own processes may end. */
static void consider_stops(struct choice *c, const char *text)
{
    size_t len = strlen(text);
    char with[PREFIX_TEXT];
    consider(c, text);
    for (size_t at = 1; at < len && len + 2 < PREFIX_TEXT && c->best < c->count; at++) {
        if (text[at - 1] == '%')
            continue;
        memcpy(with, text, at);
        memcpy(with + at, "%q", 2);
        memcpy(with + at + 2, text + at, len - at + 1);
        consider(c, with);
    }
}

/* Templates made from some of the lines, each tried on all; the longest prefixes tell most. */
static void consider_made(struct choice *c)
{
    enum { TRIES = 12 };
    char made[PREFIX_TEXT];
    size_t step = c->count / TRIES + 1;
    for (size_t i = 0; i < c->count && c->best < c->count; i += step) {
        struct str line = c->lines[i];
        ptrdiff_t word = log_word_find(str_sub(line, 0, PREFIX_LINE), 0);
        if (word >= 0 && make_template(str_sub(line, 0, (size_t)word), made))
            consider_stops(c, made);
    }
}

size_t log_prefix_infer(const struct str *lines, size_t count, char out[PREFIX_TEXT])
{
    struct choice c = {.out = out, .lines = lines, .count = count};
    out[0] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof known[0] && c.best < count; i++)
        consider(&c, known[i]);
    if (c.best < count)
        consider_made(&c);
    return c.best;
}
