/* Names as SQL writes them, and the names that the server makes up. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "catalog/build.h"

enum { NAME_MAX_BYTES = 63 };

static const char *const keywords[] = {
#define KEYWORD(word) word,
#include "catalog/keyword.def"
#undef KEYWORD
};

static const char *const default_opclasses[] = {
#define OPCLASS(am_and_name) am_and_name,
#include "catalog/opclass.def"
#undef OPCLASS
};

static int compare(const void *key, const void *element)
{
    return str_cmp(*(const struct str *)key, str_of(*(const char *const *)element));
}

static bool is_keyword(struct str s)
{
    return bsearch(&s, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords, compare);
}

bool cat_is_default_opclass(struct str am, struct str opclass)
{
    struct buf b = {0};
    buf_addstr(&b, am);
    buf_addc(&b, '.');
    buf_addstr(&b, opclass);
    struct str key = buf_str(&b);
    bool found = bsearch(&key, default_opclasses, sizeof default_opclasses / sizeof(char *),
                         sizeof(char *), compare);
    buf_free(&b);
    return found;
}

/* As quote_ident: lower case letters, digits and underscores, no digit first, no key word. */
static bool is_plain(struct str s)
{
    if (s.len == 0 || (s.p[0] >= '0' && s.p[0] <= '9'))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return !is_keyword(s);
}

static void add_doubled(struct buf *b, struct str s, char quote)
{
    buf_addc(b, quote);
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == quote)
            buf_addc(b, quote);
        buf_addc(b, s.p[i]);
    }
    buf_addc(b, quote);
}

void cat_add_ident(struct buf *b, struct str name)
{
    if (is_plain(name))
        buf_addstr(b, name);
    else
        add_doubled(b, name, '"');
}

void cat_add_qualified(struct buf *b, struct str schema, struct str name)
{
    if (schema.len) {
        cat_add_ident(b, schema);
        buf_addc(b, '.');
    }
    cat_add_ident(b, name);
}

void cat_add_literal(struct buf *b, struct str text)
{
    if (!memchr(text.p ? text.p : "", '\\', text.len)) {
        add_doubled(b, text, '\'');
        return;
    }
    buf_adds(b, "E'");
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '\'' || text.p[i] == '\\')
            buf_addc(b, text.p[i]);
        buf_addc(b, text.p[i]);
    }
    buf_addc(b, '\'');
}

/* The longest start of s that is at most n bytes and ends between characters. */
static struct str clip(struct str s, size_t n)
{
    if (n >= s.len)
        return s;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return str_sub(s, 0, n);
}

/* After makeObjectName in PostgreSQL's indexcmds.c. */
struct str cat_make_name(struct arena *a, struct str name1, struct str name2, struct str label)
{
    size_t extra = (name2.p ? 1 : 0) + (label.p ? 1 + label.len : 0);
    size_t room = extra < NAME_MAX_BYTES ? NAME_MAX_BYTES - extra : 0;
    size_t n1 = name1.len, n2 = name2.len;
    while (n1 + n2 > room)
        if (n1 > n2)
            n1--;
        else
            n2--;
    struct str s1 = clip(name1, n1), s2 = clip(name2, n2);
    return str_of(arena_printf(a, "%.*s%s%.*s%s%.*s", STR_ARG(s1), name2.p ? "_" : "", (int)s2.len,
                               s2.p ? s2.p : "", label.p ? "_" : "", (int)label.len,
                               label.p ? label.p : ""));
}

/* name, or name with the first number that makes it differ from those before it. */
static struct str distinct_from(struct arena *a, const struct str *before, size_t n,
                                struct str name)
{
    struct str tried = name;
    for (int number = 0;;) {
        size_t i = 0;
        while (i < n && !str_eq(before[i], tried))
            i++;
        if (i == n)
            return tried;
        struct str digits = str_of(arena_printf(a, "%d", ++number));
        struct str head = clip(name, NAME_MAX_BYTES - digits.len);
        tried = str_of(arena_printf(a, "%.*s%.*s", STR_ARG(head), STR_ARG(digits)));
    }
}

/* Column names with underscores between them (ChooseIndexNameAddition). */
static struct str join_columns(struct arena *a, const struct str *columns, size_t n)
{
    struct str *names = arena_calloc(a, n, sizeof *names);
    struct buf b = {0};
    for (size_t i = 0; i < n; i++) {
        names[i] = distinct_from(a, names, i, columns[i]);
        if (b.len && b.len <= NAME_MAX_BYTES)
            buf_addc(&b, '_');
        if (b.len <= NAME_MAX_BYTES)
            buf_addstr(&b, names[i]);
    }
    struct str joined = str_dup(a, buf_str(&b));
    buf_free(&b);
    return joined;
}

struct str cat_choose_index_name(const struct catalog *cat, struct arena *a,
                                 const struct cat_rel *rel, const struct str *columns,
                                 size_t column_count, const char *label)
{
    struct str middle = {0};
    if (column_count)
        middle = join_columns(a, columns, column_count);
    struct str last = str_of(label);
    for (int number = 1;; number++) {
        struct str name = cat_make_name(a, rel->name, middle, last);
        if (!cat_name_taken(cat, rel->schema, name))
            return name;
        last = str_of(arena_printf(a, "%s%d", label, number));
    }
}

/* Where the quoted piece that starts at i ends (just behind its closing quote). */
static size_t skip_quoted(struct str s, size_t i)
{
    char quote = s.p[i++];
    while (i < s.len && s.p[i] != quote)
        i++;
    return i < s.len ? i + 1 : i;
}

static size_t next_separator(struct str s, size_t i, char separator)
{
    int depth = 0;
    while (i < s.len) {
        char c = s.p[i];
        if (c == separator && depth == 0)
            return i;
        if (c == '\'' || c == '"') {
            i = skip_quoted(s, i);
            continue;
        }
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        i++;
    }
    return s.len;
}

const struct str *cat_split(struct arena *a, struct str text, char separator, size_t *count)
{
    *count = 0;
    if (str_trim(text).len == 0)
        return NULL;
    size_t n = 1;
    for (size_t i = 0; (i = next_separator(text, i, separator)) < text.len; i++)
        n++;
    struct str *pieces = arena_calloc(a, n, sizeof *pieces);
    for (size_t from = 0; *count < n; (*count)++) {
        size_t to = next_separator(text, from, separator);
        pieces[*count] = str_trim(str_sub(text, from, to));
        from = to + 1;
    }
    return pieces;
}
