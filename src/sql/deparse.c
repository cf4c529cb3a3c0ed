#include "sql/deparse.h"

#include <stdlib.h>

#include "base/arena.h"
#include "sql/deparse_call.h"
#include "sql/ident.h"
#include "sql/raw.h"

/* ---- small pieces ---- */

static void add_str_literal(struct deparse *d, struct str text)
{
    sql_add_literal(&d->out, text);
}

void deparse_join(struct deparse *d, const struct json *items, const char *separator)
{
    for (const struct json *e = json_first(items); e; e = e->next) {
        deparse_expr(d, e);
        if (e->next)
            buf_adds(&d->out, separator);
    }
}

static void add_names(struct deparse *d, const struct json *names)
{
    for (const struct json *e = json_first(names); e; e = e->next) {
        if (raw_tag(e) == RAW_A_Star)
            buf_addc(&d->out, '*');
        else
            sql_add_ident(&d->out, raw_string(e));
        if (e->next)
            buf_addc(&d->out, '.');
    }
}

/* = or OPERATOR(schema.=) */
static void add_operator(struct deparse *d, const struct json *name)
{
    struct str schema, op = raw_last_name(name, &schema);
    if (!schema.p || str_is(schema, "pg_catalog")) {
        buf_addstr(&d->out, op);
        return;
    }
    buf_adds(&d->out, "OPERATOR(");
    sql_add_ident(&d->out, schema);
    buf_addc(&d->out, '.');
    buf_addstr(&d->out, op);
    buf_addc(&d->out, ')');
}

/* ---- leaves ---- */

/* (SubPlan 1) and (InitPlan 1).col1, which rewriting has turned into names. */
static void add_plan_ref(struct deparse *d, struct str plan, const struct json *rest)
{
    buf_addc(&d->out, '(');
    buf_addstr(&d->out, plan);
    buf_addc(&d->out, ')');
    if (rest) {
        buf_addc(&d->out, '.');
        buf_addstr(&d->out, raw_string(rest));
    }
}

static void write_column(struct deparse *d, const struct json *body)
{
    const struct json *fields = json_get(body, "fields");
    const struct json *first = json_first(fields);
    if (first && raw_is_plan_ref(raw_string(first))) {
        add_plan_ref(d, raw_string(first), first->next);
        return;
    }
    bool star = false;
    const struct json *last = first;
    for (const struct json *e = first; e; e = e->next)
        star = raw_tag(last = e) == RAW_A_Star;
    if (d->drop_qualifiers && !star)
        sql_add_ident(&d->out, raw_string(last));
    else
        add_names(d, fields);
}

static void write_const(struct deparse *d, const struct json *body)
{
    const struct json *v;
    if (json_bool(body, "isnull", false))
        buf_adds(&d->out, "NULL");
    else if ((v = json_get(body, "sval")))
        add_str_literal(d, json_str(v, "sval"));
    else if ((v = json_get(body, "ival")))
        buf_printf(&d->out, d->canonical ? "'%.0f'" : "%.0f", json_num(v, "ival", 0));
    else if ((v = json_get(body, "fval")))
        buf_printf(&d->out, d->canonical ? "'%s'" : "%s", json_str(v, "fval").p);
    else if ((v = json_get(body, "boolval")))
        buf_adds(&d->out, json_bool(v, "boolval", false) ? "true" : "false");
    else if ((v = json_get(body, "bsval"))) {
        struct str bits = json_str(v, "bsval"); /* "b101", "x1F" */
        buf_addc(&d->out, str_starts(bits, "x") ? 'X' : 'B');
        add_str_literal(d, str_sub(bits, 1, bits.len));
    }
}

static void write_param(struct deparse *d, const struct json *body)
{
    buf_printf(&d->out, "$%.0f", json_num(body, "number", 0));
}

/* ---- casts ---- */

static bool is_text_type(const struct json *type)
{
    struct str name = raw_last_name(json_get(type, "names"), NULL);
    return !json_get(type, "typmods") && !json_get(type, "arrayBounds") &&
           (str_is(name, "text") || str_is(name, "varchar") || str_is(name, "bpchar"));
}

/* A column, or an operator that gives text anyway. */
static bool is_text_already(const struct json *arg)
{
    struct str op = {0};
    if (raw_tag(arg) == RAW_A_Expr)
        op = raw_last_name(json_get(raw_body(arg), "name"), NULL);
    return raw_tag(arg) == RAW_ColumnRef || str_is(op, "->>") || str_is(op, "#>>");
}

static void add_cast_const(struct deparse *d, const struct json *constant, const struct json *type)
{
    const struct json *ival = json_get(constant, "ival"), *fval = json_get(constant, "fval");
    if (d->canonical || json_bool(constant, "isnull", false) || !(ival || fval))
        write_const(d, constant);
    else if (ival)
        buf_printf(&d->out, "'%.0f'", json_num(ival, "ival", 0));
    else
        add_str_literal(d, json_str(fval, "fval"));
    if (d->canonical)
        return;
    buf_adds(&d->out, "::");
    deparse_type(&d->out, type);
}

static void write_cast(struct deparse *d, const struct json *body)
{
    const struct json *arg = json_get(body, "arg"), *type = json_get(body, "typeName");
    const struct json *constant = raw_as(arg, RAW_A_Const);
    if (constant && !json_get(constant, "boolval")) {
        add_cast_const(d, constant, type);
        return;
    }
    bool top = d->out.len == 0;
    if (d->canonical && !top && is_text_type(type) && is_text_already(arg)) {
        deparse_expr(d, arg);
        return;
    }
    buf_addc(&d->out, '(');
    deparse_expr(d, arg);
    buf_adds(&d->out, ")::");
    deparse_type(&d->out, type);
}

static void write_collate(struct deparse *d, const struct json *body)
{
    const struct json *arg = json_get(body, "arg");
    const struct json *inner = raw_as(arg, RAW_TypeCast);
    bool constant = raw_as(inner ? json_get(inner, "arg") : arg, RAW_A_Const);
    buf_adds(&d->out, constant ? "" : "(");
    deparse_expr(d, arg);
    buf_adds(&d->out, " COLLATE ");
    add_names(d, json_get(body, "collname"));
    buf_adds(&d->out, constant ? "" : ")");
}

/* ---- operators ---- */

static void add_infix(struct deparse *d, const struct json *body, const char *words)
{
    deparse_expr(d, json_get(body, "lexpr"));
    buf_addc(&d->out, ' ');
    buf_adds(&d->out, words);
    buf_addc(&d->out, ' ');
    deparse_expr(d, json_get(body, "rexpr"));
}

static void add_plain_operator(struct deparse *d, const struct json *body)
{
    if (json_get(body, "lexpr")) {
        deparse_expr(d, json_get(body, "lexpr"));
        buf_addc(&d->out, ' ');
    }
    add_operator(d, json_get(body, "name"));
    if (json_get(body, "rexpr")) {
        buf_addc(&d->out, ' ');
        deparse_expr(d, json_get(body, "rexpr"));
    }
}

static void add_array_operator(struct deparse *d, const struct json *body, const char *quantifier)
{
    deparse_expr(d, json_get(body, "lexpr"));
    buf_addc(&d->out, ' ');
    add_operator(d, json_get(body, "name"));
    buf_adds(&d->out, quantifier);
    deparse_expr(d, json_get(body, "rexpr"));
    buf_addc(&d->out, ')');
}

static void add_in(struct deparse *d, const struct json *body)
{
    bool negated = str_is(raw_last_name(json_get(body, "name"), NULL), "<>");
    deparse_expr(d, json_get(body, "lexpr"));
    buf_adds(&d->out, negated ? " NOT IN (" : " IN (");
    deparse_join(d, json_path(body, "rexpr", "List", "items", NULL), ", ");
    buf_addc(&d->out, ')');
}

/* LIKE and SIMILAR TO: the parser hides ESCAPE in a call of like_escape or similar_to_escape. */
static void add_pattern(struct deparse *d, const struct json *body, const char *word)
{
    const struct json *right = json_get(body, "rexpr");
    const struct json *call = raw_as(right, RAW_FuncCall);
    struct str name = raw_last_name(json_get(call, "funcname"), NULL);
    bool escape = str_is(name, "like_escape") || str_is(name, "similar_to_escape");
    const struct json *args = escape ? json_first(json_get(call, "args")) : NULL;
    deparse_expr(d, json_get(body, "lexpr"));
    if (raw_last_name(json_get(body, "name"), NULL).p[0] == '!')
        buf_adds(&d->out, " NOT");
    buf_addc(&d->out, ' ');
    buf_adds(&d->out, word);
    buf_addc(&d->out, ' ');
    deparse_expr(d, args ? args : right);
    if (args && args->next) {
        buf_adds(&d->out, " ESCAPE ");
        deparse_expr(d, args->next);
    }
}

static void add_between(struct deparse *d, const struct json *body)
{
    const struct json *low = json_first(json_path(body, "rexpr", "List", "items", NULL));
    deparse_expr(d, json_get(body, "lexpr"));
    buf_addc(&d->out, ' ');
    buf_addstr(&d->out, raw_last_name(json_get(body, "name"), NULL));
    buf_addc(&d->out, ' ');
    deparse_expr(d, low);
    buf_adds(&d->out, " AND ");
    deparse_expr(d, low ? low->next : NULL);
}

static void write_nullif(struct deparse *d, const struct json *body)
{
    buf_adds(&d->out, "NULLIF(");
    deparse_expr(d, json_get(body, "lexpr"));
    buf_adds(&d->out, ", ");
    deparse_expr(d, json_get(body, "rexpr"));
    buf_addc(&d->out, ')');
}

static void add_aexpr(struct deparse *d, enum aexpr_kind kind, const struct json *body)
{
    switch (kind) {
    case AEXPR_OP_ANY:
        add_array_operator(d, body, " ANY (");
        break;
    case AEXPR_OP_ALL:
        add_array_operator(d, body, " ALL (");
        break;
    case AEXPR_DISTINCT:
        add_infix(d, body, "IS DISTINCT FROM");
        break;
    case AEXPR_NOT_DISTINCT:
        add_infix(d, body, "IS NOT DISTINCT FROM");
        break;
    case AEXPR_IN:
        add_in(d, body);
        break;
    case AEXPR_LIKE:
        add_pattern(d, body, "LIKE");
        break;
    case AEXPR_ILIKE:
        add_pattern(d, body, "ILIKE");
        break;
    case AEXPR_SIMILAR:
        add_pattern(d, body, "SIMILAR TO");
        break;
    case AEXPR_BETWEEN:
    case AEXPR_NOT_BETWEEN:
    case AEXPR_BETWEEN_SYM:
    case AEXPR_NOT_BETWEEN_SYM:
        add_between(d, body);
        break;
    case AEXPR_OP:
    case AEXPR_NULLIF:
    case AEXPR_UNKNOWN:
        add_plain_operator(d, body);
        break;
    }
}

static void write_aexpr(struct deparse *d, const struct json *body)
{
    enum aexpr_kind kind = raw_aexpr_kind(body);
    if (kind == AEXPR_NULLIF) {
        write_nullif(d, body);
        return;
    }
    buf_addc(&d->out, '(');
    add_aexpr(d, kind, body);
    buf_addc(&d->out, ')');
}

/* ---- Boolean expressions and tests ---- */

static void write_bool(struct deparse *d, const struct json *body)
{
    bool negated = raw_enum_is(body, "boolop", "NOT_EXPR");
    buf_adds(&d->out, negated ? "(NOT " : "(");
    deparse_join(d, json_get(body, "args"),
                 raw_enum_is(body, "boolop", "AND_EXPR") ? " AND " : " OR ");
    buf_addc(&d->out, ')');
}

static void write_null_test(struct deparse *d, const struct json *body)
{
    buf_addc(&d->out, '(');
    deparse_expr(d, json_get(body, "arg"));
    buf_adds(&d->out, raw_enum_is(body, "nulltesttype", "IS_NULL") ? " IS NULL)" : " IS NOT NULL)");
}

/* "IS_NOT_TRUE" -> " IS NOT TRUE" */
static void write_boolean_test(struct deparse *d, const struct json *body)
{
    struct str test = json_str(body, "booltesttype");
    buf_addc(&d->out, '(');
    deparse_expr(d, json_get(body, "arg"));
    buf_addc(&d->out, ' ');
    for (size_t i = 0; i < test.len; i++)
        buf_addc(&d->out, test.p[i] == '_' ? ' ' : test.p[i]);
    buf_addc(&d->out, ')');
}

/* ---- constructors ---- */

static void write_row(struct deparse *d, const struct json *body)
{
    buf_adds(&d->out, "ROW(");
    deparse_join(d, json_get(body, "args"), ", ");
    buf_addc(&d->out, ')');
}

static void write_array(struct deparse *d, const struct json *body)
{
    buf_adds(&d->out, "ARRAY[");
    deparse_join(d, json_get(body, "elements"), ", ");
    buf_addc(&d->out, ']');
}

static void write_list(struct deparse *d, const struct json *body)
{
    buf_addc(&d->out, '(');
    deparse_join(d, json_get(body, "items"), ", ");
    buf_addc(&d->out, ')');
}

static void add_subscript(struct deparse *d, const struct json *body)
{
    buf_addc(&d->out, '[');
    deparse_expr(d, json_get(body, "lidx"));
    if (json_bool(body, "is_slice", false))
        buf_addc(&d->out, ':');
    deparse_expr(d, json_get(body, "uidx"));
    buf_addc(&d->out, ']');
}

static void write_indirection(struct deparse *d, const struct json *body)
{
    const struct json *arg = json_get(body, "arg"), *steps = json_get(body, "indirection");
    bool first_is_field = raw_tag(json_first(steps)) != RAW_A_Indices;
    bool bare = !first_is_field && (raw_tag(arg) == RAW_ColumnRef || raw_tag(arg) == RAW_ParamRef);
    buf_adds(&d->out, bare ? "" : "(");
    deparse_expr(d, arg);
    buf_adds(&d->out, bare ? "" : ")");
    for (const struct json *e = json_first(steps); e; e = e->next) {
        if (raw_tag(e) == RAW_A_Indices) {
            add_subscript(d, raw_body(e));
            continue;
        }
        buf_addc(&d->out, '.');
        if (raw_tag(e) == RAW_A_Star)
            buf_addc(&d->out, '*');
        else
            sql_add_ident(&d->out, raw_string(e));
    }
}

static void write_case(struct deparse *d, const struct json *body)
{
    buf_adds(&d->out, "CASE");
    if (json_get(body, "arg")) {
        buf_addc(&d->out, ' ');
        deparse_expr(d, json_get(body, "arg"));
    }
    for (const struct json *w = json_first(json_get(body, "args")); w; w = w->next) {
        const struct json *when = raw_as(w, RAW_CaseWhen);
        buf_adds(&d->out, " WHEN ");
        deparse_expr(d, json_get(when, "expr"));
        buf_adds(&d->out, " THEN ");
        deparse_expr(d, json_get(when, "result"));
    }
    if (json_get(body, "defresult")) {
        buf_adds(&d->out, " ELSE ");
        deparse_expr(d, json_get(body, "defresult"));
    }
    buf_adds(&d->out, " END");
}

static void write_current_of(struct deparse *d, const struct json *body)
{
    buf_adds(&d->out, "CURRENT OF ");
    sql_add_ident(&d->out, json_str(body, "cursor_name"));
}

static void write_default(struct deparse *d, const struct json *body)
{
    (void)body;
    buf_adds(&d->out, "DEFAULT");
}

static void write_multi_assign(struct deparse *d, const struct json *body)
{
    deparse_expr(d, json_get(body, "source"));
}

/* ---- dispatch ---- */

typedef void writer(struct deparse *d, const struct json *body);

static writer *const writers[RAW_OTHER] = {
    [RAW_ColumnRef] = write_column,
    [RAW_A_Const] = write_const,
    [RAW_A_Expr] = write_aexpr,
    [RAW_TypeCast] = write_cast,
    [RAW_BoolExpr] = write_bool,
    [RAW_FuncCall] = deparse_function,
    [RAW_ParamRef] = write_param,
    [RAW_NullTest] = write_null_test,
    [RAW_BooleanTest] = write_boolean_test,
    [RAW_List] = write_list,
    [RAW_RowExpr] = write_row,
    [RAW_A_ArrayExpr] = write_array,
    [RAW_A_Indirection] = write_indirection,
    [RAW_CoalesceExpr] = deparse_coalesce,
    [RAW_CaseExpr] = write_case,
    [RAW_CollateClause] = write_collate,
    [RAW_SubLink] = deparse_sublink,
    [RAW_SQLValueFunction] = deparse_value_function,
    [RAW_MinMaxExpr] = deparse_min_max,
    [RAW_NamedArgExpr] = deparse_named_arg,
    [RAW_GroupingFunc] = deparse_grouping,
    [RAW_XmlExpr] = deparse_xml,
    [RAW_SetToDefault] = write_default,
    [RAW_MultiAssignRef] = write_multi_assign,
    [RAW_CurrentOfExpr] = write_current_of,
};

static size_t begin_mark(struct deparse *d, const struct json *node)
{
    if (d->mark_count == d->mark_room) {
        d->mark_room = d->mark_room ? d->mark_room * 2 : 32;
        d->marks = xrealloc(d->marks, d->mark_room * sizeof *d->marks);
    }
    d->marks[d->mark_count] = (struct deparse_mark){.node = node, .from = d->out.len};
    return d->mark_count++;
}

/* Recursion is as deep as the tree, whose reader stops at 1000 levels of JSON. */
void deparse_expr(struct deparse *d, const struct json *node)
{
    if (!node)
        return;
    enum raw_tag tag = raw_tag(node);
    size_t mark = d->want_marks ? begin_mark(d, node) : 0;
    if (tag != RAW_OTHER && writers[tag])
        writers[tag](d, raw_body(node));
    else if (node->child)
        buf_addstr(&d->out, node->child->key);
    if (d->want_marks)
        d->marks[mark].to = d->out.len;
}

void deparse_release(struct deparse *d)
{
    buf_free(&d->out);
    free(d->marks);
    *d = (struct deparse){0};
}
