/* Types as format_type writes them. */
#include "sql/deparse.h"
#include "sql/ident.h"
#include "sql/raw.h"

/* The modifier stands behind the first word: timestamp(0) without time zone. */
static void add_with_modifier(struct buf *b, struct str display, struct str modifier)
{
    ptrdiff_t cut = str_find(display, " with");
    size_t head = cut < 0 ? display.len : (size_t)cut;
    buf_add(b, display.p, head);
    buf_addstr(b, modifier);
    buf_addstr(b, str_sub(display, head, display.len));
}

static void add_modifiers(struct buf *b, const struct json *typmods, bool interval)
{
    size_t n = 0;
    for (const struct json *m = json_first(typmods); m; m = m->next, n++) {
        const struct json *ival = json_get(raw_as(m, RAW_A_Const), "ival");
        /* the first modifier of an interval is the mask of its fields */
        if (!ival || (interval && n == 0))
            continue;
        buf_addc(b, b->len ? ',' : '(');
        buf_printf(b, "%.0f", json_num(ival, "ival", 0));
    }
    if (b->len)
        buf_addc(b, ')');
}

static struct str display_of(struct str schema, struct str name, bool modified)
{
    bool builtin = str_is(schema, "pg_catalog");
    if (builtin && str_is(name, "bpchar") && modified)
        return STR("character");
    return builtin || !schema.p ? sql_type_display(name) : name;
}

void deparse_type(struct buf *b, const struct json *type)
{
    struct str schema, name = raw_last_name(json_get(type, "names"), &schema);
    const struct json *typmods = json_get(type, "typmods");
    bool builtin = str_is(schema, "pg_catalog");
    struct str display = display_of(schema, name, typmods != NULL);
    struct buf modifier = {0};
    add_modifiers(&modifier, typmods, str_is(name, "interval"));
    if (schema.p && !builtin) {
        sql_add_ident(b, schema);
        buf_addc(b, '.');
    }
    /* "char" is a type of its own, not the key word's */
    bool plain = builtin && !str_is(name, "char");
    if (plain || display.p != name.p)
        add_with_modifier(b, display, buf_str(&modifier));
    else {
        sql_add_ident(b, name);
        buf_addstr(b, buf_str(&modifier));
    }
    if (json_get(type, "arrayBounds"))
        buf_adds(b, "[]");
    buf_free(&modifier);
}
