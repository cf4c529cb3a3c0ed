#include "sql/deparse_call.h"

#include "sql/ident.h"
#include "sql/raw.h"

static void add_arg(struct deparse *d, const struct json *args, int n)
{
    const struct json *e = json_first(args);
    while (e && n-- > 0)
        e = e->next;
    deparse_expr(d, e);
}

/* A string constant as bare words: the field of EXTRACT, the form of NORMALIZE. */
static void add_word(struct deparse *d, const struct json *arg)
{
    struct str word = json_str(json_get(raw_as(arg, RAW_A_Const), "sval"), "sval");
    if (word.p)
        buf_addstr(&d->out, word);
    else
        deparse_expr(d, arg);
}

/* ---- functions with a syntax of their own (COERCE_SQL_SYNTAX) ---- */

static void write_extract(struct deparse *d, const struct json *args)
{
    buf_adds(&d->out, "EXTRACT(");
    add_word(d, json_first(args));
    buf_adds(&d->out, " FROM ");
    add_arg(d, args, 1);
    buf_addc(&d->out, ')');
}

static void write_timezone(struct deparse *d, const struct json *args)
{
    buf_addc(&d->out, '(');
    add_arg(d, args, 1);
    buf_adds(&d->out, " AT TIME ZONE ");
    add_arg(d, args, 0);
    buf_addc(&d->out, ')');
}

static void write_substring(struct deparse *d, const struct json *args)
{
    buf_adds(&d->out, "SUBSTRING(");
    add_arg(d, args, 0);
    buf_adds(&d->out, " FROM ");
    add_arg(d, args, 1);
    if (args && args->count > 2) {
        buf_adds(&d->out, " FOR ");
        add_arg(d, args, 2);
    }
    buf_addc(&d->out, ')');
}

static void write_position(struct deparse *d, const struct json *args)
{
    buf_adds(&d->out, "POSITION((");
    add_arg(d, args, 1);
    buf_adds(&d->out, ") IN (");
    add_arg(d, args, 0);
    buf_adds(&d->out, "))");
}

static void write_overlay(struct deparse *d, const struct json *args)
{
    static const char *const words[] = {"", " PLACING ", " FROM ", " FOR "};
    buf_adds(&d->out, "OVERLAY(");
    for (int i = 0; args && i < (int)args->count && i < 4; i++) {
        buf_adds(&d->out, words[i]);
        add_arg(d, args, i);
    }
    buf_addc(&d->out, ')');
}

static void write_trim(struct deparse *d, const struct json *args, const char *side)
{
    buf_adds(&d->out, "TRIM(");
    buf_adds(&d->out, side);
    if (args && args->count > 1) {
        buf_addc(&d->out, ' ');
        add_arg(d, args, 1);
    }
    buf_adds(&d->out, " FROM ");
    add_arg(d, args, 0);
    buf_addc(&d->out, ')');
}

static void write_btrim(struct deparse *d, const struct json *args)
{
    write_trim(d, args, "BOTH");
}

static void write_ltrim(struct deparse *d, const struct json *args)
{
    write_trim(d, args, "LEADING");
}

static void write_rtrim(struct deparse *d, const struct json *args)
{
    write_trim(d, args, "TRAILING");
}

static void write_normalize(struct deparse *d, const struct json *args)
{
    buf_adds(&d->out, "NORMALIZE(");
    add_arg(d, args, 0);
    if (args && args->count > 1) {
        buf_adds(&d->out, ", ");
        add_word(d, json_first(args)->next);
    }
    buf_addc(&d->out, ')');
}

static void write_is_normalized(struct deparse *d, const struct json *args)
{
    buf_addc(&d->out, '(');
    add_arg(d, args, 0);
    buf_adds(&d->out, " IS ");
    if (args && args->count > 1) {
        add_word(d, json_first(args)->next);
        buf_addc(&d->out, ' ');
    }
    buf_adds(&d->out, "NORMALIZED)");
}

static void write_overlaps(struct deparse *d, const struct json *args)
{
    static const char *const before[] = {"((", ", ", ") OVERLAPS (", ", "};
    for (int i = 0; i < 4; i++) {
        buf_adds(&d->out, before[i]);
        add_arg(d, args, i);
    }
    buf_adds(&d->out, "))");
}

static void write_collation_for(struct deparse *d, const struct json *args)
{
    buf_adds(&d->out, "COLLATION FOR (");
    add_arg(d, args, 0);
    buf_addc(&d->out, ')');
}

static void write_xmlexists(struct deparse *d, const struct json *args)
{
    buf_adds(&d->out, "XMLEXISTS((");
    add_arg(d, args, 0);
    buf_adds(&d->out, ") PASSING (");
    add_arg(d, args, 1);
    buf_adds(&d->out, "))");
}

static const struct {
    const char *name;
    void (*write)(struct deparse *d, const struct json *args);
} syntaxes[] = {
    {"extract", write_extract},     {"timezone", write_timezone},
    {"substring", write_substring}, {"position", write_position},
    {"overlay", write_overlay},     {"btrim", write_btrim},
    {"ltrim", write_ltrim},         {"rtrim", write_rtrim},
    {"normalize", write_normalize}, {"is_normalized", write_is_normalized},
    {"overlaps", write_overlaps},   {"pg_collation_for", write_collation_for},
    {"xmlexists", write_xmlexists},
};

static bool write_syntax(struct deparse *d, struct str name, const struct json *args)
{
    for (size_t i = 0; i < sizeof syntaxes / sizeof *syntaxes; i++)
        if (str_is(name, syntaxes[i].name)) {
            syntaxes[i].write(d, args);
            return true;
        }
    return false;
}

/* ---- plain calls, aggregates, window functions ---- */

static void add_sort_options(struct deparse *d, const struct json *by)
{
    if (raw_enum_is(by, "sortby_dir", "SORTBY_DESC"))
        buf_adds(&d->out, " DESC");
    if (raw_enum_is(by, "sortby_dir", "SORTBY_USING")) {
        buf_adds(&d->out, " USING ");
        buf_addstr(&d->out, raw_last_name(json_get(by, "useOp"), NULL));
    }
    if (raw_enum_is(by, "sortby_nulls", "SORTBY_NULLS_FIRST"))
        buf_adds(&d->out, " NULLS FIRST");
    if (raw_enum_is(by, "sortby_nulls", "SORTBY_NULLS_LAST"))
        buf_adds(&d->out, " NULLS LAST");
}

void deparse_sort_item(struct deparse *d, const struct json *sort_by)
{
    const struct json *by = raw_as(sort_by, RAW_SortBy);
    deparse_expr(d, json_get(by, "node"));
    add_sort_options(d, by);
}

static void add_order(struct deparse *d, const struct json *order)
{
    buf_adds(&d->out, "ORDER BY ");
    for (const struct json *e = json_first(order); e; e = e->next) {
        deparse_sort_item(d, e);
        if (e->next)
            buf_adds(&d->out, ", ");
    }
}

static void add_args(struct deparse *d, const struct json *body)
{
    const struct json *args = json_get(body, "args");
    if (json_bool(body, "agg_star", false))
        buf_addc(&d->out, '*');
    if (json_bool(body, "agg_distinct", false))
        buf_adds(&d->out, "DISTINCT ");
    for (const struct json *e = json_first(args); e; e = e->next) {
        if (!e->next && json_bool(body, "func_variadic", false))
            buf_adds(&d->out, "VARIADIC ");
        deparse_expr(d, e);
        if (e->next)
            buf_adds(&d->out, ", ");
    }
}

static void add_function_name(struct deparse *d, const struct json *names)
{
    struct str schema, name = raw_last_name(names, &schema);
    if (schema.p && !str_is(schema, "pg_catalog")) {
        sql_add_ident(&d->out, schema);
        buf_addc(&d->out, '.');
    }
    sql_add_ident(&d->out, name);
}

/* What follows the arguments: WITHIN GROUP, FILTER, OVER. */
static void add_tail(struct deparse *d, const struct json *body)
{
    const struct json *over = json_get(body, "over");
    if (json_bool(body, "agg_within_group", false)) {
        buf_adds(&d->out, " WITHIN GROUP (");
        add_order(d, json_get(body, "agg_order"));
        buf_addc(&d->out, ')');
    }
    if (json_get(body, "agg_filter")) {
        buf_adds(&d->out, " FILTER (WHERE ");
        deparse_expr(d, json_get(body, "agg_filter"));
        buf_addc(&d->out, ')');
    }
    if (!over)
        return;
    buf_adds(&d->out, " OVER ");
    struct str window = json_str(over, "name");
    if (window.p)
        sql_add_ident(&d->out, window);
    else
        buf_adds(&d->out, "(?)");
}

/* (ANY (x = (SubPlan 1).col1)), which rewriting has turned into a call of "ANY". */
static bool write_plan_quantifier(struct deparse *d, struct str name, const struct json *args)
{
    if (!str_is(name, "ANY") && !str_is(name, "ALL"))
        return false;
    buf_addc(&d->out, '(');
    buf_addstr(&d->out, name);
    buf_addc(&d->out, ' ');
    deparse_join(d, args, ", ");
    buf_addc(&d->out, ')');
    return true;
}

void deparse_function(struct deparse *d, const struct json *body)
{
    const struct json *names = json_get(body, "funcname"), *args = json_get(body, "args");
    struct str name = raw_last_name(names, NULL);
    if (write_plan_quantifier(d, name, args))
        return;
    if (raw_enum_is(body, "funcformat", "COERCE_SQL_SYNTAX") && write_syntax(d, name, args))
        return;
    add_function_name(d, names);
    buf_addc(&d->out, '(');
    add_args(d, body);
    if (json_get(body, "agg_order") && !json_bool(body, "agg_within_group", false)) {
        buf_addc(&d->out, ' ');
        add_order(d, json_get(body, "agg_order"));
    }
    buf_addc(&d->out, ')');
    add_tail(d, body);
}

static void write_call(struct deparse *d, const char *name, const struct json *args)
{
    buf_adds(&d->out, name);
    buf_addc(&d->out, '(');
    deparse_join(d, args, ", ");
    buf_addc(&d->out, ')');
}

void deparse_coalesce(struct deparse *d, const struct json *body)
{
    write_call(d, "COALESCE", json_get(body, "args"));
}

void deparse_min_max(struct deparse *d, const struct json *body)
{
    write_call(d, raw_enum_is(body, "op", "IS_LEAST") ? "LEAST" : "GREATEST",
               json_get(body, "args"));
}

void deparse_grouping(struct deparse *d, const struct json *body)
{
    write_call(d, "GROUPING", json_get(body, "args"));
}

/* "value AS name" of XMLFOREST and XMLATTRIBUTES. */
static void add_xml_names(struct deparse *d, const struct json *targets)
{
    for (const struct json *e = json_first(targets); e; e = e->next) {
        const struct json *target = raw_as(e, RAW_ResTarget);
        struct str name = json_str(target, "name");
        deparse_expr(d, json_get(target, "val"));
        if (name.p) {
            buf_adds(&d->out, " AS ");
            sql_add_ident(&d->out, name);
        }
        if (e->next)
            buf_adds(&d->out, ", ");
    }
}

/* XMLELEMENT(NAME foo, XMLATTRIBUTES(id AS bar), content); options are left out. */
static void add_xml_arguments(struct deparse *d, const struct json *body, bool element)
{
    struct str name = json_str(body, "name");
    const struct json *named = json_get(body, "named_args"), *args = json_get(body, "args");
    if (name.p) {
        buf_adds(&d->out, "NAME ");
        sql_add_ident(&d->out, name);
    }
    if (named) {
        buf_adds(&d->out, name.p ? ", " : "");
        buf_adds(&d->out, element ? "XMLATTRIBUTES(" : "");
        add_xml_names(d, named);
        buf_adds(&d->out, element ? ")" : "");
    }
    if (args)
        buf_adds(&d->out, name.p || named ? ", " : "");
    deparse_join(d, args, ", ");
}

void deparse_xml(struct deparse *d, const struct json *body)
{
    struct str op = json_str(body, "op");
    if (str_is(op, "IS_DOCUMENT")) {
        deparse_join(d, json_get(body, "args"), ", ");
        buf_adds(&d->out, " IS DOCUMENT");
        return;
    }
    buf_addstr(&d->out, str_sub(op, sizeof "IS_" - 1, op.len));
    buf_addc(&d->out, '(');
    add_xml_arguments(d, body, str_is(op, "IS_XMLELEMENT"));
    buf_addc(&d->out, ')');
}

void deparse_named_arg(struct deparse *d, const struct json *body)
{
    sql_add_ident(&d->out, json_str(body, "name"));
    buf_adds(&d->out, " => ");
    deparse_expr(d, json_get(body, "arg"));
}

/* "SVFOP_LOCALTIMESTAMP_N" with a precision of 2 -> LOCALTIMESTAMP(2) */
void deparse_value_function(struct deparse *d, const struct json *body)
{
    struct str op = json_str(body, "op");
    op = str_sub(op, sizeof "SVFOP_" - 1, op.len);
    bool precision = str_ends(op, "_N");
    buf_addstr(&d->out, precision ? str_sub(op, 0, op.len - 2) : op);
    if (precision)
        buf_printf(&d->out, "(%.0f)", json_num(body, "typmod", 0));
}

/* ---- subqueries ---- */

/* Name of the plan in "EXISTS (SELECT "SubPlan 1")", which rewriting has made; else absent. */
static struct str plan_of(const struct json *body)
{
    const struct json *target =
        json_first(json_path(body, "subselect", "SelectStmt", "targetList", NULL));
    const struct json *column =
        raw_as(json_get(raw_as(target, RAW_ResTarget), "val"), RAW_ColumnRef);
    struct str name = raw_string(json_first(json_get(column, "fields")));
    return raw_is_plan_ref(name) ? name : (struct str){0};
}

static void add_test(struct deparse *d, const struct json *body, const char *quantifier)
{
    struct str op = raw_last_name(json_get(body, "operName"), NULL);
    deparse_expr(d, json_get(body, "testexpr"));
    if (op.p) {
        buf_addc(&d->out, ' ');
        buf_addstr(&d->out, op);
        buf_adds(&d->out, quantifier);
    } else {
        buf_adds(&d->out, " IN ");
    }
}

void deparse_sublink(struct deparse *d, const struct json *body)
{
    struct str plan = plan_of(body), type = json_str(body, "subLinkType");
    bool test = str_is(type, "ANY_SUBLINK") || str_is(type, "ALL_SUBLINK");
    if (test) {
        buf_addc(&d->out, '(');
        add_test(d, body, str_is(type, "ANY_SUBLINK") ? " ANY " : " ALL ");
    } else if (str_is(type, "EXISTS_SUBLINK")) {
        buf_adds(&d->out, "EXISTS");
    } else if (str_is(type, "ARRAY_SUBLINK")) {
        buf_adds(&d->out, "ARRAY");
    }
    if (plan.p) {
        buf_addc(&d->out, '(');
        buf_addstr(&d->out, plan);
        buf_addc(&d->out, ')');
    } else {
        buf_adds(&d->out, "(SELECT ...)");
    }
    buf_adds(&d->out, test ? ")" : "");
}
