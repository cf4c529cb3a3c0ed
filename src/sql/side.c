#include "sql/side.h"

#include <stdlib.h>

#include "base/arena.h"
#include "sql/raw.h"
#include "sql/scan.h"

void side_build_init(struct side_build *b, struct arena *a, const struct json *expr)
{
    *b = (struct side_build){.a = a, .d = {.want_marks = true}};
    if (raw_tag(expr) == RAW_SortBy)
        deparse_sort_item(&b->d, expr);
    else
        deparse_expr(&b->d, expr);
    b->text = str_dup(a, buf_str(&b->d.out));
}

void side_build_release(struct side_build *b)
{
    deparse_release(&b->d);
    free(b->scan.columns);
}

struct str side_node_text(struct side_build *b, const struct json *node)
{
    size_t n = b->d.mark_count;
    for (size_t i = 0; i < n; i++) {
        size_t at = (b->cursor + i) % n;
        const struct deparse_mark *m = &b->d.marks[at];
        if (m->node == node) {
            b->cursor = at;
            return str_sub(b->text, m->from, m->to);
        }
    }
    return (struct str){0};
}

/* The text without the parentheses around all of it. */
static struct str without_parentheses(const struct json *node, struct str text)
{
    switch (raw_tag(node)) {
    case RAW_A_Expr:
    case RAW_BoolExpr:
    case RAW_NullTest:
    case RAW_BooleanTest:
    case RAW_List:
        break;
    case RAW_SubLink:
        if (!json_get(raw_body(node), "testexpr"))
            return text;
        break;
    case RAW_CollateClause:
    case RAW_FuncCall:
        /* (x AT TIME ZONE y), (x COLLATE "C"): whoever begins with one ends with it */
        if (!str_starts(text, "("))
            return text;
        break;
    default:
        return text;
    }
    bool around = str_starts(text, "(") && str_ends(text, ")");
    return around ? str_sub(text, 1, text.len - 1) : text;
}

/* ---- casts and collations around a value ---- */

struct peeled {
    const struct json *core;  /* what is under them */
    const struct json *inner; /* type of the innermost cast; NULL: none */
    const struct json *outer;
    struct str collation;
};

static struct peeled peel(const struct json *node)
{
    struct peeled p = {.core = node};
    for (;;) {
        const struct json *body = raw_body(p.core);
        if (raw_tag(p.core) == RAW_TypeCast) {
            p.inner = json_get(body, "typeName");
            p.outer = p.outer ? p.outer : p.inner;
        } else if (raw_tag(p.core) == RAW_CollateClause) {
            if (!p.collation.p)
                p.collation = raw_last_name(json_get(body, "collname"), NULL);
        } else {
            return p;
        }
        p.core = json_get(body, "arg");
    }
}

static struct str type_text(struct arena *a, const struct json *type)
{
    if (!type)
        return (struct str){0};
    struct buf b = {0};
    deparse_type(&b, type);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

static struct str dup_name(struct arena *a, struct str s)
{
    return s.p ? str_dup(a, s) : s;
}

/* ---- constants ---- */

/* The number behind a minus sign that stands before a cast: - 5::bigint. */
static const struct json *negated_number(const struct json *node)
{
    const struct json *body = raw_as(node, RAW_A_Expr);
    if (!body || json_get(body, "lexpr") || raw_aexpr_kind(body) != AEXPR_OP ||
        !str_is(raw_last_name(json_get(body, "name"), NULL), "-"))
        return NULL;
    struct peeled p = peel(json_get(body, "rexpr"));
    const struct json *c = raw_as(p.core, RAW_A_Const);
    return json_get(c, "ival") || json_get(c, "fval") ? json_get(body, "rexpr") : NULL;
}

static struct str const_value(struct arena *a, const struct json *c)
{
    const struct json *v;
    if ((v = json_get(c, "sval")))
        return str_dup(a, json_str(v, "sval"));
    if ((v = json_get(c, "ival")))
        return str_of(arena_printf(a, "%.0f", json_num(v, "ival", 0)));
    if ((v = json_get(c, "fval")))
        return str_dup(a, json_str(v, "fval"));
    if ((v = json_get(c, "boolval")))
        return json_bool(v, "boolval", false) ? STR("true") : STR("false");
    struct str bits = json_str(json_get(c, "bsval"), "bsval");
    return bits.p ? str_dup(a, str_sub(bits, 1, bits.len)) : (struct str){0};
}

static enum pred_literal literal_kind(const struct json *c)
{
    long long whole;
    if (json_get(c, "ival") || str_to_int64(json_str(json_get(c, "fval"), "fval"), &whole))
        return LITERAL_INTEGER;
    return json_get(c, "sval")      ? LITERAL_STRING
           : json_get(c, "boolval") ? LITERAL_BOOLEAN
           : json_get(c, "fval")    ? LITERAL_DECIMAL
           : json_get(c, "bsval")   ? LITERAL_BITS
                                    : LITERAL_NONE;
}

/* ('2024-01-10'::cstring)::timestamptz is what EXPLAIN shows of an input function's call. */
static bool is_cstring(const struct json *type)
{
    return str_is(raw_last_name(json_get(type, "names"), NULL), "cstring");
}

/* A literal under casts. */
struct literal {
    struct str value; /* absent: NULL */
    enum pred_literal kind;
    const struct json *type; /* outermost cast; NULL: none */
};

/* False when the node is no literal. */
static bool read_literal(struct arena *a, const struct json *node, struct literal *out)
{
    const struct json *number = negated_number(node);
    struct peeled p = peel(number ? number : node);
    const struct json *c = raw_as(p.core, RAW_A_Const);
    if (!c || is_cstring(p.inner))
        return false;
    *out = (struct literal){.kind = literal_kind(c), .type = p.outer};
    if (out->kind != LITERAL_NONE)
        out->value = const_value(a, c);
    if (number)
        out->value = str_of(arena_printf(a, "-%s", out->value.p));
    return true;
}

bool side_array_elements(struct arena *a, struct str s, const struct str **out, size_t *count)
{
    s = str_trim(s);
    if (s.len < 2 || s.p[0] != '{' || s.p[s.len - 1] != '}')
        return false;
    size_t room = 1;
    for (size_t i = 0; i < s.len; i++)
        room += s.p[i] == ',';
    struct str *v = arena_calloc(a, room, sizeof *v);
    struct buf element = {0};
    size_t n = 0, i = 1;
    bool quoted = false, in_quotes = false, good = true;
    if (str_trim(str_sub(s, 1, s.len - 1)).len == 0)
        i = s.len;
    for (; i < s.len && good; i++) {
        char c = s.p[i];
        bool end = !in_quotes && (c == ',' || i == s.len - 1);
        if (end) {
            struct str e = buf_str(&element);
            e = quoted ? e : str_trim(e);
            v[n++] = !quoted && str_is_nocase(e, "null") ? (struct str){0} : str_dup(a, e);
            buf_clear(&element);
            quoted = false;
        } else if (c == '\\' && i + 2 < s.len) {
            buf_addc(&element, s.p[++i]);
        } else if (c == '"') {
            in_quotes = !in_quotes;
            quoted = true;
        } else if (!in_quotes && (c == '{' || c == '}')) {
            good = false;
        } else if (in_quotes || !quoted) {
            buf_addc(&element, c);
        }
    }
    buf_free(&element);
    *out = v;
    *count = n;
    return good && !in_quotes;
}

struct pred_side side_boolean(bool value)
{
    struct str text = value ? STR("true") : STR("false");
    return (struct pred_side){
        .kind = SIDE_CONST, .text = text, .value = text, .literal = LITERAL_BOOLEAN};
}

/* ---- expressions ---- */

bool side_has_columns(const struct pred_side *s)
{
    return s->column_count > 0;
}

/* Columns and flags of an expression; the kind it has by them when it is no simpler thing. */
static enum pred_side_kind take_contents(struct side_build *b, const struct json *node,
                                         struct pred_side *out)
{
    b->scan = (struct scan){.columns = b->scan.columns, .room = b->scan.room};
    scan_expr(&b->scan, node);
    const struct scan *s = &b->scan;
    out->has_param = s->has_param;
    out->is_volatile = s->is_volatile;
    out->is_stable = s->is_stable;
    struct pred_column *columns = arena_calloc(b->a, s->count, sizeof *columns);
    for (size_t i = 0; i < s->count; i++) {
        columns[i].qualifier = dup_name(b->a, s->columns[i].qualifier);
        columns[i].column = dup_name(b->a, s->columns[i].column);
        columns[i].strict = s->columns[i].strict;
        columns[i].zoned = s->columns[i].zoned;
    }
    out->columns = columns;
    out->column_count = s->count;
    return s->has_subplan ? SIDE_SUBPLAN : s->count ? SIDE_EXPR : SIDE_STABLE;
}

/* What needs no parentheses of its own as an index column (ruleutils.c, looks_like_function). */
static bool looks_like_function(const struct json *node)
{
    switch (raw_tag(node)) {
    case RAW_FuncCall:
    case RAW_CoalesceExpr:
    case RAW_MinMaxExpr:
    case RAW_SQLValueFunction:
    case RAW_XmlExpr:
        return true;
    case RAW_A_Expr:
        return raw_aexpr_kind(raw_body(node)) == AEXPR_NULLIF;
    default:
        return false;
    }
}

static struct str index_text(struct arena *a, const struct json *node, bool canonical)
{
    struct deparse d = {.drop_qualifiers = true, .canonical = canonical};
    deparse_expr(&d, node);
    struct str bare = buf_str(&d.out);
    bool wrapped = without_parentheses(node, bare).len != bare.len;
    bool need = !wrapped && !looks_like_function(node) && raw_tag(node) != RAW_ColumnRef;
    struct str s = str_of(arena_printf(a, need ? "(%.*s)" : "%.*s", STR_ARG(bare)));
    deparse_release(&d);
    return s;
}

static struct str function_name(struct arena *a, const struct json *core)
{
    const struct json *body = raw_body(core);
    switch (raw_tag(core)) {
    case RAW_FuncCall:
        return dup_name(a, raw_function_name(body));
    case RAW_A_Expr:
        if (raw_aexpr_kind(body) == AEXPR_NULLIF)
            return STR("nullif");
        return dup_name(a, raw_last_name(json_get(body, "name"), NULL));
    case RAW_CoalesceExpr:
        return STR("coalesce");
    case RAW_MinMaxExpr:
        return raw_enum_is(body, "op", "IS_LEAST") ? STR("least") : STR("greatest");
    case RAW_CaseExpr:
        return STR("case");
    case RAW_A_Indirection:
        return raw_tag(json_first(json_get(body, "indirection"))) == RAW_A_Indices ? STR("[]")
                                                                                   : STR(".");
    case RAW_A_ArrayExpr:
        return STR("array");
    case RAW_BoolExpr:
        return raw_enum_is(body, "boolop", "AND_EXPR")  ? STR("and")
               : raw_enum_is(body, "boolop", "OR_EXPR") ? STR("or")
                                                        : STR("not");
    case RAW_NullTest:
    case RAW_BooleanTest:
        return STR("is");
    default:
        return (struct str){0};
    }
}

static void take_expression(struct side_build *b, const struct json *node, const struct peeled *p,
                            struct pred_side *out)
{
    out->kind = take_contents(b, node, out);
    out->cast_type = type_text(b->a, p->outer);
    out->function = function_name(b->a, p->core);
    if (out->kind == SIDE_EXPR)
        out->expr = index_text(b->a, node, false);
}

/* ---- the other kinds ---- */

static void take_column(struct side_build *b, const struct json *node, const struct peeled *p,
                        struct pred_side *out)
{
    out->kind = take_contents(b, node, out);
    if (out->kind != SIDE_EXPR)
        return;
    bool star = str_is(out->columns[0].column, "*");
    out->kind = star ? SIDE_NONE : SIDE_COLUMN;
    if (star)
        return;
    out->qualifier = out->columns[0].qualifier;
    out->column = out->columns[0].column;
    out->cast_type = type_text(b->a, p->inner);
    if (p->core != node)
        out->expr = index_text(b->a, node, false);
}

static struct str array_of(struct arena *a, struct str type)
{
    return str_of(arena_printf(a, "%.*s[]", STR_ARG(type)));
}

/* Whether the cast is the one of the elements before, if they had one. */
static bool same_type(struct arena *a, struct str *so_far, const struct json *type)
{
    struct str text = type_text(a, type);
    bool same = !so_far->p || str_eq(*so_far, text);
    *so_far = text;
    return same;
}

/* A list, array or row by what its elements are. */
static void take_elements(struct side_build *b, const struct json *items, struct pred_side *out)
{
    size_t n = items ? items->count : 0;
    struct str *values = arena_calloc(b->a, n, sizeof *values);
    struct str type = {0};
    bool mixed = false; /* the list's type is another than its casts say */
    size_t params = 0, others = 0, i = 0;
    bool subplan = false;
    for (const struct json *e = json_first(items); e; e = e->next, i++) {
        struct literal lit;
        struct pred_side one = {0};
        if (read_literal(b->a, e, &lit)) {
            values[i] = lit.value;
            out->literal = lit.kind > out->literal ? lit.kind : out->literal;
            mixed |= lit.type ? !same_type(b->a, &type, lit.type) : lit.kind == LITERAL_DECIMAL;
            continue;
        }
        enum pred_side_kind kind = take_contents(b, e, &one);
        params += raw_tag(peel(e).core) == RAW_ParamRef;
        others++;
        subplan |= kind == SIDE_SUBPLAN;
        out->is_volatile |= one.is_volatile;
        out->is_stable |= one.is_stable;
        out->has_param |= one.has_param;
        out->column_count += one.column_count;
    }
    out->value_count = n;
    out->values = others ? NULL : values;
    out->kind = !others             ? SIDE_CONST_LIST
                : subplan           ? SIDE_SUBPLAN
                : out->column_count ? SIDE_EXPR
                : params == others  ? SIDE_PARAM
                                    : SIDE_STABLE;
    if (type.p && !mixed)
        out->cast_type = array_of(b->a, type);
}

/* The columns of all elements together. */
static void take_element_columns(struct side_build *b, const struct json *items,
                                 struct pred_side *out)
{
    if (!out->column_count)
        return;
    struct pred_column *all = arena_calloc(b->a, out->column_count, sizeof *all);
    size_t n = 0;
    for (const struct json *e = json_first(items); e; e = e->next) {
        struct pred_side one = {0};
        take_contents(b, e, &one);
        for (size_t i = 0; i < one.column_count; i++)
            all[n++] = one.columns[i];
    }
    out->columns = all;
}

static void take_list(struct side_build *b, const struct json *items, struct pred_side *out)
{
    take_elements(b, items, out);
    take_element_columns(b, items, out);
}

static void take_row(struct side_build *b, const struct json *items, struct pred_side *out)
{
    take_list(b, items, out);
    out->cast_type = (struct str){0};
    if (!out->column_count)
        return;
    out->kind = out->kind == SIDE_SUBPLAN ? SIDE_SUBPLAN : SIDE_ROW;
    out->row_is_plain = out->column_count == items->count;
    for (const struct json *e = json_first(items); e; e = e->next)
        out->row_is_plain &= raw_tag(peel(e).core) == RAW_ColumnRef;
}

static void take_literal(struct side_build *b, const struct literal *lit, struct pred_side *out)
{
    out->kind = SIDE_CONST;
    out->value = lit->value;
    out->is_null = lit->kind == LITERAL_NONE;
    out->literal = lit->kind;
    out->cast_type = type_text(b->a, lit->type);
}

void side_from_node(struct side_build *b, const struct json *node, struct pred_side *out)
{
    *out = (struct pred_side){0};
    out->text = without_parentheses(node, side_node_text(b, node));
    struct peeled p = peel(node);
    out->collation = dup_name(b->a, p.collation);
    struct literal lit;
    if (read_literal(b->a, node, &lit)) {
        take_literal(b, &lit, out);
        return;
    }
    switch (raw_tag(p.core)) {
    case RAW_ColumnRef:
        take_column(b, node, &p, out);
        break;
    case RAW_ParamRef:
        take_contents(b, p.core, out);
        out->kind = out->has_param ? SIDE_PARAM : SIDE_SUBPLAN;
        out->cast_type = type_text(b->a, p.outer);
        break;
    case RAW_RowExpr:
        take_row(b, json_get(raw_body(p.core), "args"), out);
        break;
    case RAW_A_ArrayExpr:
        take_list(b, json_get(raw_body(p.core), "elements"), out);
        if (p.outer)
            out->cast_type = type_text(b->a, p.outer);
        if (out->kind == SIDE_EXPR)
            take_expression(b, node, &p, out);
        break;
    default:
        take_expression(b, node, &p, out);
        break;
    }
}

void side_from_list(struct side_build *b, const struct json *items, struct pred_side *out)
{
    *out = (struct pred_side){0};
    const struct json *first = json_first(items), *last = first;
    while (last && last->next)
        last = last->next;
    struct str from = side_node_text(b, first), to = side_node_text(b, last);
    out->text = (struct str){from.p, (size_t)(to.p + to.len - from.p)};
    take_list(b, items, out);
}

void side_from_array(struct side_build *b, const struct json *node, struct pred_side *out)
{
    side_from_node(b, node, out);
    if (out->kind != SIDE_CONST || out->is_null)
        return;
    if (side_array_elements(b->a, out->value, &out->values, &out->value_count))
        out->kind = SIDE_CONST_LIST;
}

void side_from_row(struct side_build *b, const struct json *items, struct str text,
                   struct pred_side *out)
{
    *out = (struct pred_side){.text = text};
    take_row(b, items, out);
}
