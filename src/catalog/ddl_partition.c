/* Partition keys and bounds as the server prints them. */
#include "base/arena.h"
#include "catalog/ddl_state.h"

static void add_upper(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        buf_addc(b, s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i]);
}

static void add_key_part(struct ddl *d, struct buf *b, struct cat_rel *rel,
                         const struct json *element)
{
    struct str name = json_str(element, "name");
    if (name.len) {
        cat_add_ident(b, name);
        if (!cat_find_column(rel, name) && !rel->columns_open)
            cat_ddl_problem(d, json_num(element, "location", DDL_NOWHERE),
                            "column \"%.*s\" named in partition key does not exist", STR_ARG(name));
        return;
    }
    struct ddl_expr e = cat_ddl_deparse(d, rel, json_get(element, "expr"));
    bool call = json_path(element, "expr", "FuncCall", NULL);
    buf_adds(b, call ? "" : "(");
    buf_addstr(b, e.text);
    buf_adds(b, call ? "" : ")");
}

struct str cat_ddl_partition_key(struct ddl *d, struct cat_rel *rel, const struct json *spec)
{
    struct buf b = {0};
    add_upper(&b, json_str(spec, "strategy"));
    buf_adds(&b, " (");
    const struct json *first = json_first(json_get(spec, "partParams"));
    for (const struct json *e = first; e; e = e->next) {
        if (e != first)
            buf_adds(&b, ", ");
        add_key_part(d, &b, rel, json_get(e, "PartitionElem"));
    }
    buf_addc(&b, ')');
    struct str key = cat_ddl_keep(d, buf_str(&b));
    buf_free(&b);
    return key;
}

/* A bound: a constant as text, or MINVALUE and MAXVALUE, which parse as column names. */
static void add_datum(struct ddl *d, struct buf *b, const struct json *datum)
{
    struct str column = cat_ddl_last_name(json_path(datum, "ColumnRef", "fields", NULL));
    const struct json *c = json_get(datum, "A_Const");
    if (column.len)
        add_upper(b, column);
    else if (json_get(c, "sval"))
        cat_add_literal(b, json_str(json_get(c, "sval"), "sval"));
    else
        buf_addstr(b, cat_ddl_deparse(d, NULL, datum).text);
}

static void add_datums(struct ddl *d, struct buf *b, const char *before, const struct json *list)
{
    buf_adds(b, before);
    const struct json *first = json_first(list);
    for (const struct json *e = first; e; e = e->next) {
        if (e != first)
            buf_adds(b, ", ");
        add_datum(d, b, e);
    }
    buf_addc(b, ')');
}

struct str cat_ddl_partition_bound(struct ddl *d, const struct json *bound)
{
    struct buf b = {0};
    struct str strategy = json_str(bound, "strategy");
    if (cat_ddl_has(bound, "is_default")) {
        buf_adds(&b, "DEFAULT");
    } else if (str_is(strategy, "l")) {
        add_datums(d, &b, "FOR VALUES IN (", json_get(bound, "listdatums"));
    } else if (str_is(strategy, "h")) {
        buf_printf(&b, "FOR VALUES WITH (modulus %.0f, remainder %.0f)",
                   json_num(bound, "modulus", 0), json_num(bound, "remainder", 0));
    } else {
        add_datums(d, &b, "FOR VALUES FROM (", json_get(bound, "lowerdatums"));
        add_datums(d, &b, " TO (", json_get(bound, "upperdatums"));
    }
    struct str text = cat_ddl_keep(d, buf_str(&b));
    buf_free(&b);
    return text;
}
