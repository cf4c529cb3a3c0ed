/* An index as a statement. */
#include "catalog/build.h"

/* Where the parenthesis at `open` closes; the text's length if it does not. */
static size_t closing(struct str s, size_t open)
{
    int depth = 0;
    char quote = 0;
    for (size_t i = open; i < s.len; i++) {
        char c = s.p[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else {
            depth += (c == '(') - (c == ')');
            if (depth == 0)
                return i;
        }
    }
    return s.len;
}

/* A function call and nothing else: the one expression that needs no parentheses in an index. */
static bool is_call(struct str expr)
{
    size_t i = 0;
    while (i < expr.len && !strchr("( '[", expr.p[i]))
        i++;
    if (i == 0 || i == expr.len || expr.p[i] != '(' || str_is_nocase(str_sub(expr, 0, i), "row"))
        return false;
    return closing(expr, i) + 1 == expr.len;
}

static void add_key_name(struct buf *b, const struct cat_key *k)
{
    if (k->column.len) {
        cat_add_ident(b, k->column);
    } else if (is_call(k->expr)) {
        buf_addstr(b, k->expr);
    } else {
        buf_addc(b, '(');
        buf_addstr(b, k->expr);
        buf_addc(b, ')');
    }
}

static void add_key(struct buf *b, const struct cat_key *k)
{
    add_key_name(b, k);
    if (k->collation.len) {
        buf_adds(b, " COLLATE ");
        cat_add_ident(b, k->collation);
    }
    if (k->opclass.len) {
        buf_addc(b, ' ');
        cat_add_ident(b, k->opclass);
    }
    if (k->desc)
        buf_adds(b, " DESC");
    if (k->desc != k->nulls_first)
        buf_adds(b, k->nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

static void add_keys(struct buf *b, const struct cat_index *ix, size_t from, size_t to)
{
    buf_addc(b, '(');
    for (size_t i = from; i < to; i++) {
        if (i > from)
            buf_adds(b, ", ");
        add_key(b, &ix->keys[i]);
    }
    buf_addc(b, ')');
}

/* WITH (fillfactor='70'): values are quoted, whatever they are. */
static void add_options(struct buf *b, const struct cat_index *ix)
{
    for (size_t i = 0; i < ix->option_count; i++) {
        struct str option = ix->options[i];
        ptrdiff_t equals = str_find(option, "=");
        size_t at = equals < 0 ? option.len : (size_t)equals;
        buf_adds(b, i ? ", " : " WITH (");
        cat_add_ident(b, str_sub(option, 0, at));
        buf_addc(b, '=');
        cat_add_literal(b, str_sub(option, at + 1, option.len));
    }
    if (ix->option_count)
        buf_addc(b, ')');
}

static void add_tail(struct buf *b, const struct cat_index *ix)
{
    if (ix->total_count > ix->key_count) {
        buf_adds(b, " INCLUDE ");
        add_keys(b, ix, ix->key_count, ix->total_count);
    }
    if (ix->nulls_not_distinct)
        buf_adds(b, " NULLS NOT DISTINCT");
    add_options(b, ix);
    if (ix->predicate.len) {
        buf_adds(b, " WHERE ");
        buf_addstr(b, ix->predicate);
    }
}

void cat_add_index_definition(struct buf *b, const struct cat_index *ix, bool concurrently)
{
    buf_adds(b, ix->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    if (concurrently)
        buf_adds(b, "CONCURRENTLY ");
    cat_add_ident(b, ix->name);
    buf_adds(b, ix->rel->kind == 'p' ? " ON ONLY " : " ON ");
    cat_add_qualified(b, ix->rel->schema, ix->rel->name);
    buf_adds(b, " USING ");
    cat_add_ident(b, ix->am);
    buf_addc(b, ' ');
    add_keys(b, ix, 0, ix->key_count);
    add_tail(b, ix);
}
