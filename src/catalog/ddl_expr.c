/*
 * Expressions of indexes and partition keys, printed as pg_get_expr prints them.
 *
 * The server prints what its analysis made of the text: constants with their types, casts
 * that it put in, IN as = ANY. To say the same without a server, types are followed through
 * operators and functions as far as the printed form depends on them (see ddl_value.h); where
 * a type is not known, the text is left without a cast. Depth is bounded by the parse tree's
 * own limit, so recursion is safe here.
 */
#include "base/arena.h"
#include "catalog/ddl_state.h"
#include "catalog/ddl_value.h"

struct deparser {
    struct ddl *d;
    struct arena *a;
    const struct cat_rel *rel;
    struct str missing_column;
    struct str unsupported; /* kind of a node that is not in the table below */
    double location;
};

static struct ddl_value deparse(struct deparser *p, const struct json *node);

static struct ddl_value typed(struct str text, struct str type)
{
    return (struct ddl_value){.text = text, .type = type};
}

__attribute__((format(printf, 3, 4))) static struct ddl_value
printed(struct deparser *p, struct str type, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct ddl_value v = typed(str_of(arena_vprintf(p->a, fmt, ap)), type);
    va_end(ap);
    return v;
}

static struct str any_collation(const struct ddl_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i].collation.len)
            return values[i].collation;
    return (struct str){0};
}

/* Values of a list of nodes; *count of them in the arena. */
static struct ddl_value *deparse_list(struct deparser *p, const struct json *list, size_t *count)
{
    struct ddl_value *values = arena_calloc(p->a, list ? list->count : 0, sizeof *values);
    *count = 0;
    for (const struct json *e = json_first(list); e; e = e->next)
        values[(*count)++] = deparse(p, e);
    return values;
}

static struct str text_of(const struct buf *b, struct deparser *p)
{
    return str_dup(p->a, buf_str(b));
}

/* Values brought to a type, with something between them. */
static void add_coerced(struct deparser *p, struct buf *b, const struct ddl_value *values,
                        size_t count, struct str type, const char *separator)
{
    for (size_t i = 0; i < count; i++) {
        buf_adds(b, i ? separator : "");
        buf_addstr(b, cat_ddl_coerce(p->a, &values[i], type));
    }
}

static struct ddl_value column(struct deparser *p, const struct json *n)
{
    struct str name = cat_ddl_last_name(json_get(n, "fields"));
    const struct cat_column *col = cat_find_column(p->rel, name);
    if (!col && !p->missing_column.len) {
        p->missing_column = cat_ddl_keep(p->d, name);
        p->location = json_num(n, "location", DDL_NOWHERE);
    }
    struct buf b = {0};
    cat_add_ident(&b, name);
    struct ddl_value v = typed(text_of(&b, p), col ? col->base_type : (struct str){0});
    buf_free(&b);
    v.collation = col ? col->collation : (struct str){0};
    return v;
}

static struct ddl_value integer(struct deparser *p, double value)
{
    struct str raw = str_of(arena_printf(p->a, "%.0f", value));
    return typed(cat_ddl_constant(p->a, raw, STR("integer")), STR("integer"));
}

/* A number too large for integer, or with a point. */
static struct ddl_value number(struct deparser *p, struct str raw)
{
    long long ignored;
    struct str type = STR("numeric");
    if (str_to_int64(raw, &ignored))
        type = ignored >= INT32_MIN && ignored <= INT32_MAX ? STR("integer") : STR("bigint");
    return typed(cat_ddl_constant(p->a, raw, type), type);
}

static struct ddl_value constant(struct deparser *p, const struct json *n)
{
    const struct json *string = json_get(n, "sval"), *bits = json_get(n, "bsval");
    if (json_get(n, "isnull"))
        return (struct ddl_value){.text = STR("NULL"), .literal = true, .is_null = true};
    if (json_get(n, "boolval"))
        return typed(json_bool(json_get(n, "boolval"), "boolval", false) ? STR("true")
                                                                         : STR("false"),
                     STR("boolean"));
    if (json_get(n, "ival"))
        return integer(p, json_num(json_get(n, "ival"), "ival", 0));
    if (json_get(n, "fval"))
        return number(p, json_str(json_get(n, "fval"), "fval"));
    if (bits) {
        struct str raw = json_str(bits, "bsval");
        return typed(cat_ddl_constant(p->a, str_sub(raw, 1, raw.len), STR("\"bit\"")), STR("bit"));
    }
    struct str raw = json_str(string, "sval");
    return (struct ddl_value){
        .text = cat_ddl_constant(p->a, raw, (struct str){0}), .raw = raw, .literal = true};
}

static struct ddl_value array_of(struct deparser *p, const struct json *n, struct str element)
{
    size_t count;
    struct ddl_value *values = deparse_list(p, json_get(n, "elements"), &count);
    if (!element.len)
        element = cat_ddl_common_type(values, count);
    struct buf b = {0};
    buf_adds(&b, "ARRAY[");
    add_coerced(p, &b, values, count, element, ", ");
    buf_addc(&b, ']');
    struct ddl_value v = typed(text_of(&b, p), cat_ddl_array_type(p->a, element));
    buf_free(&b);
    return v;
}

static struct ddl_value array(struct deparser *p, const struct json *n)
{
    return array_of(p, n, (struct str){0});
}

static struct ddl_value cast(struct deparser *p, const struct json *n)
{
    struct ddl_type t;
    const struct json *arg = json_get(n, "arg");
    cat_ddl_resolve_type(p->d, json_get(n, "typeName"), &t);
    if (json_get(arg, "A_ArrayExpr") && cat_ddl_is_array(t.type))
        return array_of(p, json_get(arg, "A_ArrayExpr"), cat_ddl_element_type(t.base_type));
    struct ddl_value v = deparse(p, arg);
    struct str base = str_is(t.base_type, "bpchar") ? STR("character") : t.base_type;
    bool modified = !str_eq(t.type, t.base_type) && !str_is(t.type, "bpchar");
    struct ddl_value out = typed(cat_ddl_coerce(p->a, &v, t.type), base);
    if (v.literal || (str_eq(v.type, base) && !modified))
        out.text = v.literal ? out.text : v.text;
    else
        out = printed(p, base, "(%.*s)::%.*s", STR_ARG(v.text), STR_ARG(t.type));
    out.collation = v.collation;
    return out;
}

static struct ddl_value collate(struct deparser *p, const struct json *n)
{
    struct ddl_value v = deparse(p, json_get(n, "arg"));
    struct str name = cat_ddl_last_name(json_get(n, "collname"));
    struct buf b = {0};
    struct str text = cat_ddl_coerce(p->a, &v, v.literal ? STR("text") : v.type);
    buf_printf(&b, "(%.*s COLLATE ", STR_ARG(text));
    cat_add_ident(&b, name);
    buf_addc(&b, ')');
    struct ddl_value out = typed(text_of(&b, p), v.literal ? STR("text") : v.type);
    buf_free(&b);
    out.collation = cat_ddl_keep(p->d, name);
    return out;
}

static struct ddl_value binary(struct deparser *p, struct str op, const struct ddl_value *l,
                               const struct ddl_value *r)
{
    struct str sides[2], type = cat_ddl_operator(op, l, r, sides);
    struct str left = cat_ddl_coerce(p->a, l, sides[0]), right = cat_ddl_coerce(p->a, r, sides[1]);
    struct ddl_value v =
        printed(p, type, "(%.*s %.*s %.*s)", STR_ARG(left), STR_ARG(op), STR_ARG(right));
    v.collation = l->collation.len ? l->collation : r->collation;
    return v;
}

static struct ddl_value operation(struct deparser *p, struct str op, const struct json *n)
{
    struct ddl_value r = deparse(p, json_get(n, "rexpr"));
    if (json_get(n, "lexpr")) {
        struct ddl_value l = deparse(p, json_get(n, "lexpr"));
        return binary(p, op, &l, &r);
    }
    struct str text = cat_ddl_coerce(p->a, &r, r.literal ? STR("text") : r.type);
    return printed(p, r.type, "(%.*s %.*s)", STR_ARG(op), STR_ARG(text));
}

/* x = ANY (array), x <> ALL (array) */
static struct ddl_value over_array(struct deparser *p, struct str op, const char *word,
                                   const struct ddl_value *l, const struct ddl_value *r)
{
    struct ddl_value element = {.literal = r->literal, .type = cat_ddl_element_type(r->type)};
    struct str sides[2];
    cat_ddl_operator(op, l, &element, sides);
    struct str wanted = cat_ddl_array_type(p->a, sides[1]);
    struct str left = cat_ddl_coerce(p->a, l, sides[0]), right = cat_ddl_coerce(p->a, r, wanted);
    return printed(p, STR("boolean"), "(%.*s %.*s %s (%.*s))", STR_ARG(left), STR_ARG(op), word,
                   STR_ARG(right));
}

/* A list of constants with x: one array if there are several, else one comparison. */
static struct ddl_value in_list(struct deparser *p, struct str op, const struct json *n)
{
    const struct json *items = json_path(n, "rexpr", "List", "items", NULL);
    size_t count;
    struct ddl_value *values = deparse_list(p, items, &count);
    struct ddl_value left = deparse(p, json_get(n, "lexpr"));
    if (count == 1)
        return binary(p, op, &left, &values[0]);
    struct ddl_value *all = arena_calloc(p->a, count + 1, sizeof *all);
    all[0] = left;
    memcpy(all + 1, values, count * sizeof *all);
    struct str element = cat_ddl_common_type(all, count + 1);
    struct buf b = {0};
    buf_adds(&b, "ARRAY[");
    add_coerced(p, &b, values, count, element, ", ");
    buf_addc(&b, ']');
    struct ddl_value list = typed(text_of(&b, p), cat_ddl_array_type(p->a, element));
    buf_free(&b);
    if (str_is(element, "character varying")) /* no operators of its own: both go to text */
        list = printed(p, STR("text[]"), "(%.*s)::text[]", STR_ARG(list.text));
    return over_array(p, op, str_is(op, "=") ? "ANY" : "ALL", &left, &list);
}

static struct ddl_value between(struct deparser *p, const struct json *n, bool negated)
{
    size_t count;
    const struct json *items = json_path(n, "rexpr", "List", "items", NULL);
    struct ddl_value *bounds = deparse_list(p, items, &count);
    struct ddl_value left = deparse(p, json_get(n, "lexpr"));
    if (count != 2)
        return left;
    struct ddl_value low = binary(p, negated ? STR("<") : STR(">="), &left, &bounds[0]);
    struct ddl_value high = binary(p, negated ? STR(">") : STR("<="), &left, &bounds[1]);
    return printed(p, STR("boolean"), "(%.*s %s %.*s)", STR_ARG(low.text), negated ? "OR" : "AND",
                   STR_ARG(high.text));
}

/* BETWEEN SYMMETRIC: the bounds in either order. */
static struct ddl_value between_symmetric(struct deparser *p, const struct json *n, bool negated)
{
    size_t count;
    const struct json *items = json_path(n, "rexpr", "List", "items", NULL);
    struct ddl_value *bounds = deparse_list(p, items, &count);
    struct ddl_value left = deparse(p, json_get(n, "lexpr"));
    if (count != 2)
        return left;
    struct str low_op = negated ? STR("<") : STR(">="), high_op = negated ? STR(">") : STR("<=");
    const char *inner = negated ? "OR" : "AND", *outer = negated ? "AND" : "OR";
    struct str part[2];
    for (int i = 0; i < 2; i++) {
        struct ddl_value low = binary(p, low_op, &left, &bounds[i]);
        struct ddl_value high = binary(p, high_op, &left, &bounds[!i]);
        part[i] = str_of(
            arena_printf(p->a, "(%.*s %s %.*s)", STR_ARG(low.text), inner, STR_ARG(high.text)));
    }
    return printed(p, STR("boolean"), "(%.*s %s %.*s)", STR_ARG(part[0]), outer, STR_ARG(part[1]));
}

static struct ddl_value distinct(struct deparser *p, const struct json *n, const char *words)
{
    struct ddl_value l = deparse(p, json_get(n, "lexpr")), r = deparse(p, json_get(n, "rexpr"));
    struct str sides[2];
    cat_ddl_operator(STR("="), &l, &r, sides);
    struct str left = cat_ddl_coerce(p->a, &l, sides[0]),
               right = cat_ddl_coerce(p->a, &r, sides[1]);
    return printed(p, STR("boolean"), "(%.*s %s %.*s)", STR_ARG(left), words, STR_ARG(right));
}

static struct ddl_value nullif(struct deparser *p, const struct json *n)
{
    struct ddl_value l = deparse(p, json_get(n, "lexpr")), r = deparse(p, json_get(n, "rexpr"));
    struct str sides[2];
    cat_ddl_operator(STR("="), &l, &r, sides);
    struct str left = cat_ddl_coerce(p->a, &l, sides[0]),
               right = cat_ddl_coerce(p->a, &r, sides[1]);
    struct ddl_value v = printed(p, l.type, "NULLIF(%.*s, %.*s)", STR_ARG(left), STR_ARG(right));
    v.collation = l.collation;
    return v;
}

static struct ddl_value any_or_all(struct deparser *p, struct str op, const struct json *n,
                                   const char *word)
{
    struct ddl_value l = deparse(p, json_get(n, "lexpr")), r = deparse(p, json_get(n, "rexpr"));
    return over_array(p, op, word, &l, &r);
}

static struct ddl_value expression(struct deparser *p, const struct json *n)
{
    struct str kind = json_str(n, "kind"), op = cat_ddl_last_name(json_get(n, "name"));
    if (str_is(kind, "AEXPR_IN"))
        return in_list(p, op, n);
    if (str_is(kind, "AEXPR_OP_ANY"))
        return any_or_all(p, op, n, "ANY");
    if (str_is(kind, "AEXPR_OP_ALL"))
        return any_or_all(p, op, n, "ALL");
    if (str_is(kind, "AEXPR_DISTINCT"))
        return distinct(p, n, "IS DISTINCT FROM");
    if (str_is(kind, "AEXPR_NOT_DISTINCT")) {
        struct ddl_value v = distinct(p, n, "IS DISTINCT FROM");
        return printed(p, STR("boolean"), "(NOT %.*s)", STR_ARG(v.text));
    }
    if (str_is(kind, "AEXPR_NULLIF"))
        return nullif(p, n);
    if (str_is(kind, "AEXPR_BETWEEN") || str_is(kind, "AEXPR_NOT_BETWEEN"))
        return between(p, n, str_is(kind, "AEXPR_NOT_BETWEEN"));
    if (str_starts(kind, "AEXPR_BETWEEN_SYM") || str_starts(kind, "AEXPR_NOT_BETWEEN_SYM"))
        return between_symmetric(p, n, str_starts(kind, "AEXPR_NOT"));
    return operation(p, op, n);
}

static struct ddl_value boolean(struct deparser *p, const struct json *n)
{
    size_t count;
    struct ddl_value *values = deparse_list(p, json_get(n, "args"), &count);
    struct str kind = json_str(n, "boolop");
    struct buf b = {0};
    buf_adds(&b, str_is(kind, "NOT_EXPR") ? "(NOT " : "(");
    add_coerced(p, &b, values, count, STR("boolean"), str_is(kind, "OR_EXPR") ? " OR " : " AND ");
    buf_addc(&b, ')');
    struct ddl_value v = typed(text_of(&b, p), STR("boolean"));
    buf_free(&b);
    return v;
}

/* IS_NOT_NULL -> "IS NOT NULL" */
static struct ddl_value test(struct deparser *p, const struct json *n)
{
    struct ddl_value arg = deparse(p, json_get(n, "arg"));
    struct str kind = json_str(n, "nulltesttype");
    if (!kind.len)
        kind = json_str(n, "booltesttype");
    char *words = arena_strndup(p->a, kind.p ? kind.p : "", kind.len);
    for (char *c = words; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return printed(p, STR("boolean"), "(%.*s %s)", STR_ARG(arg.text), words);
}

/* A call in plain notation, with its values brought to one type. */
static struct ddl_value unified_call(struct deparser *p, const char *name, const struct json *args)
{
    size_t count;
    struct ddl_value *values = deparse_list(p, args, &count);
    struct str type = cat_ddl_common_type(values, count);
    struct buf b = {0};
    buf_printf(&b, "%s(", name);
    add_coerced(p, &b, values, count, type, ", ");
    buf_addc(&b, ')');
    struct ddl_value v = typed(text_of(&b, p), type);
    buf_free(&b);
    v.collation = any_collation(values, count);
    return v;
}

static struct ddl_value coalesce(struct deparser *p, const struct json *n)
{
    return unified_call(p, "COALESCE", json_get(n, "args"));
}

static struct ddl_value min_max(struct deparser *p, const struct json *n)
{
    bool greatest = str_is(json_str(n, "op"), "IS_GREATEST");
    return unified_call(p, greatest ? "GREATEST" : "LEAST", json_get(n, "args"));
}

static struct ddl_value row(struct deparser *p, const struct json *n)
{
    size_t count;
    struct ddl_value *values = deparse_list(p, json_get(n, "args"), &count);
    struct buf b = {0};
    buf_adds(&b, "ROW(");
    for (size_t i = 0; i < count; i++) {
        buf_adds(&b, i ? ", " : "");
        buf_addstr(
            &b, cat_ddl_coerce(p->a, &values[i], values[i].literal ? STR("text") : values[i].type));
    }
    buf_addc(&b, ')');
    struct ddl_value v = typed(text_of(&b, p), STR("record"));
    buf_free(&b);
    return v;
}

static struct str case_result_type(struct deparser *p, const struct json *n,
                                   struct ddl_value *otherwise)
{
    const struct json *whens = json_get(n, "args");
    size_t count = whens ? whens->count : 0, i = 0;
    struct ddl_value *results = arena_calloc(p->a, count + 1, sizeof *results);
    for (const struct json *e = json_first(whens); e; e = e->next)
        results[i++] = deparse(p, json_path(e, "CaseWhen", "result", NULL));
    *otherwise = (struct ddl_value){.text = STR("NULL"), .literal = true, .is_null = true};
    if (json_get(n, "defresult"))
        *otherwise = deparse(p, json_get(n, "defresult"));
    results[count] = *otherwise;
    return cat_ddl_common_type(results, count + 1);
}

static struct ddl_value case_when(struct deparser *p, const struct json *n)
{
    struct ddl_value otherwise, operand = {0};
    struct str type = case_result_type(p, n, &otherwise);
    struct buf b = {0};
    buf_adds(&b, "CASE");
    if (json_get(n, "arg")) {
        operand = deparse(p, json_get(n, "arg"));
        buf_printf(&b, " %.*s", STR_ARG(operand.text));
    }
    for (const struct json *e = json_first(json_get(n, "args")); e; e = e->next) {
        struct ddl_value when = deparse(p, json_path(e, "CaseWhen", "expr", NULL));
        struct ddl_value then = deparse(p, json_path(e, "CaseWhen", "result", NULL));
        buf_adds(&b, " WHEN ");
        buf_addstr(&b, cat_ddl_coerce(p->a, &when, when.literal ? operand.type : when.type));
        buf_adds(&b, " THEN ");
        buf_addstr(&b, cat_ddl_coerce(p->a, &then, type));
    }
    buf_adds(&b, " ELSE ");
    buf_addstr(&b, cat_ddl_coerce(p->a, &otherwise, type));
    buf_adds(&b, " END");
    struct ddl_value v = typed(text_of(&b, p), type);
    buf_free(&b);
    return v;
}

static struct ddl_value subscript(struct deparser *p, const struct json *n)
{
    struct ddl_value v = deparse(p, json_get(n, "arg"));
    bool bare = json_path(n, "arg", "ColumnRef", NULL);
    struct buf b = {0};
    buf_printf(&b, bare ? "%.*s" : "(%.*s)", STR_ARG(v.text));
    for (const struct json *e = json_first(json_get(n, "indirection")); e; e = e->next) {
        const struct json *index = json_get(e, "A_Indices");
        struct str field = cat_ddl_string(e);
        if (field.len) {
            if (b.len && bare && b.data[0] != '(') {
                buf_clear(&b);
                buf_printf(&b, "(%.*s)", STR_ARG(v.text));
            }
            buf_addc(&b, '.');
            cat_add_ident(&b, field);
            v.type = (struct str){0};
            continue;
        }
        buf_addc(&b, '[');
        if (json_get(index, "lidx"))
            buf_addstr(&b, deparse(p, json_get(index, "lidx")).text);
        if (cat_ddl_has(index, "is_slice"))
            buf_addc(&b, ':');
        if (json_get(index, "uidx"))
            buf_addstr(&b, deparse(p, json_get(index, "uidx")).text);
        buf_addc(&b, ']');
        if (!cat_ddl_has(index, "is_slice") && cat_ddl_is_array(v.type))
            v.type = cat_ddl_element_type(v.type);
    }
    struct ddl_value out = typed(text_of(&b, p), v.type);
    buf_free(&b);
    out.collation = v.collation;
    return out;
}

static struct ddl_value sql_value(struct deparser *p, const struct json *n)
{
    static const struct {
        const char *op, *text, *type;
    } ops[] = {{"SVFOP_CURRENT_DATE", "CURRENT_DATE", "date"},
               {"SVFOP_CURRENT_TIME", "CURRENT_TIME", "time with time zone"},
               {"SVFOP_CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "timestamp with time zone"},
               {"SVFOP_LOCALTIME", "LOCALTIME", "time without time zone"},
               {"SVFOP_LOCALTIMESTAMP", "LOCALTIMESTAMP", "timestamp without time zone"},
               {"SVFOP_CURRENT_USER", "CURRENT_USER", "name"},
               {"SVFOP_SESSION_USER", "SESSION_USER", "name"},
               {"SVFOP_USER", "USER", "name"}};
    struct str op = json_str(n, "op");
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (str_is(op, ops[i].op))
            return typed(str_of(ops[i].text), str_of(ops[i].type));
    return printed(p, (struct str){0}, "%.*s", STR_ARG(op));
}

/* The type that a parameter gives its argument; absent: it is left as it is. */
static struct str param_type(const struct ddl_function *f, size_t i, const struct ddl_value *arg)
{
    size_t first;
    struct str element;
    bool variadic = cat_ddl_variadic(f, &first, &element);
    if (variadic && i >= first)
        return element;
    if (f && f->params[i][0])
        return str_of(f->params[i]);
    bool texty = arg->literal || str_is(arg->type, "character varying");
    return !f && texty ? STR("text") : arg->literal ? STR("text") : arg->type;
}

static struct str result_of(const struct ddl_function *f, const struct ddl_value *args)
{
    if (!f)
        return (struct str){0};
    if (f->result[0] == '@')
        return args[f->result[1] - '1'].type;
    return str_of(f->result);
}

/* Notations that the server keeps as they were written (COERCE_SQL_SYNTAX, 14 and later). */
static bool add_sql_syntax(struct buf *b, struct str name, const struct str *args, size_t count,
                           const struct ddl_value *values)
{
    if (str_is(name, "extract") && count == 2) {
        buf_printf(b, "EXTRACT(%.*s FROM %.*s)", STR_ARG(values[0].raw), STR_ARG(args[1]));
    } else if (str_is(name, "timezone") && count == 2) {
        buf_printf(b, "(%.*s AT TIME ZONE %.*s)", STR_ARG(args[1]), STR_ARG(args[0]));
    } else if (str_is(name, "position") && count == 2) {
        buf_printf(b, "POSITION((%.*s) IN (%.*s))", STR_ARG(args[1]), STR_ARG(args[0]));
    } else if (str_is(name, "substring") && count >= 2) {
        buf_printf(b, "SUBSTRING(%.*s FROM %.*s", STR_ARG(args[0]), STR_ARG(args[1]));
        if (count == 3)
            buf_printf(b, " FOR %.*s", STR_ARG(args[2]));
        buf_addc(b, ')');
    } else if (str_is(name, "overlay") && count >= 3) {
        buf_printf(b, "OVERLAY(%.*s PLACING %.*s FROM %.*s", STR_ARG(args[0]), STR_ARG(args[1]),
                   STR_ARG(args[2]));
        if (count == 4)
            buf_printf(b, " FOR %.*s", STR_ARG(args[3]));
        buf_addc(b, ')');
    } else if (str_ends(name, "trim") && count) {
        const char *side = name.p[0] == 'b' ? "BOTH" : name.p[0] == 'l' ? "LEADING" : "TRAILING";
        buf_printf(b, "TRIM(%s ", side);
        if (count == 2)
            buf_printf(b, "%.*s ", STR_ARG(args[1]));
        buf_printf(b, "FROM %.*s)", STR_ARG(args[0]));
    } else {
        return false;
    }
    return true;
}

/* The schema of a function is printed only where it cannot be done without. */
static void add_function_name(struct deparser *p, struct buf *b, const struct json *names)
{
    struct str schema = cat_ddl_first_name(names);
    bool visible = str_is(schema, "pg_catalog") || str_is(schema, "public");
    for (size_t i = 0; i < p->d->seen_path_count; i++)
        visible |= str_eq(schema, p->d->seen_path[i]);
    cat_add_qualified(b, visible ? (struct str){0} : schema, cat_ddl_last_name(names));
}

/* Arguments, those of a VARIADIC parameter gathered in its array. */
static void add_args(struct deparser *p, struct buf *b, const struct ddl_function *f,
                     const struct str *args, const struct ddl_value *values, size_t count)
{
    size_t first = count;
    struct str element;
    bool variadic = cat_ddl_variadic(f, &first, &element);
    for (size_t i = 0; i < count && i < first; i++)
        buf_printf(b, "%s%.*s", i ? ", " : "", STR_ARG(args[i]));
    if (!variadic)
        return;
    buf_adds(b, first ? ", VARIADIC ARRAY[" : "VARIADIC ARRAY[");
    add_coerced(p, b, values + first, count - first, element, ", ");
    buf_addc(b, ']');
}

static struct ddl_value call(struct deparser *p, const struct json *n)
{
    const struct json *names = json_get(n, "funcname");
    struct str name = cat_ddl_last_name(names);
    size_t count;
    struct ddl_value *values = deparse_list(p, json_get(n, "args"), &count);
    const struct ddl_function *f = cat_ddl_function(name, count, values);
    struct str result = result_of(f, values);
    struct str *args = arena_calloc(p->a, count, sizeof *args);
    for (size_t i = 0; i < count; i++)
        args[i] = cat_ddl_coerce(p->a, &values[i], param_type(f, i, &values[i]));
    struct buf b = {0};
    bool syntax = str_is(json_str(n, "funcformat"), "COERCE_SQL_SYNTAX");
    for (size_t i = 0; syntax && i < count; i++)
        if (!values[i].literal) /* casts that the server put in are not shown in there */
            args[i] = values[i].text;
    if (!syntax || !add_sql_syntax(&b, name, args, count, values)) {
        add_function_name(p, &b, names);
        buf_addc(&b, '(');
        if (count && cat_ddl_has(n, "func_variadic")) { /* the array is written already */
            args[count - 1] =
                str_of(arena_printf(p->a, "VARIADIC %.*s", STR_ARG(values[count - 1].text)));
            f = NULL;
        }
        add_args(p, &b, f, args, values, count);
        buf_adds(&b, cat_ddl_has(n, "agg_star") ? "*)" : ")");
    }
    struct ddl_value v = typed(text_of(&b, p), result);
    buf_free(&b);
    v.collation = any_collation(values, count);
    return v;
}

static struct ddl_value named_arg(struct deparser *p, const struct json *n)
{
    struct ddl_value v = deparse(p, json_get(n, "arg"));
    struct str name = json_str(n, "name");
    struct str text = cat_ddl_coerce(p->a, &v, v.literal ? STR("text") : v.type);
    return printed(p, v.type, "%.*s => %.*s", STR_ARG(name), STR_ARG(text));
}

static const struct {
    const char *node;
    struct ddl_value (*deparse)(struct deparser *p, const struct json *n);
} nodes[] = {
    {"ColumnRef", column},        {"A_Const", constant},
    {"TypeCast", cast},           {"A_Expr", expression},
    {"BoolExpr", boolean},        {"NullTest", test},
    {"BooleanTest", test},        {"FuncCall", call},
    {"CoalesceExpr", coalesce},   {"MinMaxExpr", min_max},
    {"CaseExpr", case_when},      {"A_ArrayExpr", array},
    {"CollateClause", collate},   {"RowExpr", row},
    {"A_Indirection", subscript}, {"SQLValueFunction", sql_value},
    {"NamedArgExpr", named_arg},
};

static struct ddl_value deparse(struct deparser *p, const struct json *node)
{
    const struct json *body;
    struct str kind = cat_ddl_node(node, &body);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        if (str_is(kind, nodes[i].node))
            return nodes[i].deparse(p, body);
    p->unsupported = cat_ddl_keep(p->d, kind);
    return typed(STR("NULL"), (struct str){0});
}

struct ddl_expr cat_ddl_deparse(struct ddl *d, const struct cat_rel *rel, const struct json *node)
{
    struct deparser p = {.d = d, .a = d->scratch, .rel = rel};
    struct ddl_value v = deparse(&p, node);
    bool collatable = str_is(v.type, "text") || str_is(v.type, "character varying") ||
                      str_is(v.type, "character") || str_is(v.type, "citext");
    struct str text = cat_ddl_coerce(d->scratch, &v, v.literal ? STR("text") : v.type);
    return (struct ddl_expr){.text = cat_ddl_keep(d, text),
                             .type = cat_ddl_keep(d, v.type),
                             .collation =
                                 collatable ? cat_ddl_keep(d, v.collation) : (struct str){0},
                             .missing_column = p.missing_column,
                             .unsupported = p.unsupported,
                             .location = p.location};
}

bool cat_ddl_expr_is_good(struct ddl *d, const struct cat_rel *rel, const struct ddl_expr *e)
{
    if (e->missing_column.len && !(rel && rel->columns_open))
        cat_ddl_problem(d, e->location, "column \"%.*s\" does not exist",
                        STR_ARG(e->missing_column));
    else if (e->unsupported.len)
        cat_ddl_problem(d, DDL_NOWHERE, "an expression holds a %.*s, which is not understood",
                        STR_ARG(e->unsupported));
    else
        return true;
    return false;
}
