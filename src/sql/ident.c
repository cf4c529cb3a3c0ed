#include "sql/ident.h"

#include <stdlib.h>

static const char *const keywords[] = {
#define KEYWORD(word, class) #word,
#include "sql/keyword.def"
#undef KEYWORD
};

static int compare_word(const void *key, const void *element)
{
    const struct str *word = key;
    const char *const *other = element;
    return str_cmp(*word, str_of(*other));
}

bool sql_is_keyword(struct str word)
{
    return bsearch(&word, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords,
                   compare_word);
}

static bool is_plain(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i && ((c >= '0' && c <= '9') || c == '$')))
            return false;
    }
    return name.len && !sql_is_keyword(name);
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

void sql_add_ident(struct buf *b, struct str name)
{
    if (is_plain(name))
        buf_addstr(b, name);
    else
        add_doubled(b, name, '"');
}

void sql_add_literal(struct buf *b, struct str text)
{
    add_doubled(b, text, '\'');
}

static const struct {
    const char *name, *display;
} types[] = {
#define TYPE(name, display) {#name, display},
#include "sql/type.def"
#undef TYPE
};

struct str sql_type_display(struct str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name, types[i].name))
            return str_of(types[i].display);
    return name;
}
