/* Names that the server gives to expressions (FigureColname of PostgreSQL's parse_target.c). */
#include "base/arena.h"
#include "base/err.h"
#include "catalog/ddl.h"
#include "catalog/ddl_state.h"
#include "sql/parse.h"

/* A name and how sure it is: 0 none, 1 a type or construct, 2 a column or function. */
struct figured {
    struct str name;
    int strength;
};

static struct figured figure(const struct json *node);

static struct figured figure_cast(const struct json *n)
{
    struct figured f = figure(json_get(n, "arg"));
    struct str type = cat_ddl_last_name(json_path(n, "typeName", "names", NULL));
    return f.strength <= 1 && type.len ? (struct figured){type, 1} : f;
}

static struct figured figure_case(const struct json *n)
{
    struct figured f = figure(json_get(n, "defresult"));
    return f.strength <= 1 ? (struct figured){STR("case"), 1} : f;
}

static struct figured figure_indirection(const struct json *n)
{
    struct str field = {0};
    for (const struct json *e = json_first(json_get(n, "indirection")); e; e = e->next)
        if (cat_ddl_string(e).len)
            field = cat_ddl_string(e);
    return field.len ? (struct figured){field, 2} : figure(json_get(n, "arg"));
}

static struct figured figure_value_function(const struct json *n)
{
    static const struct {
        const char *op, *name;
    } ops[] = {
        {"SVFOP_CURRENT_DATE", "current_date"},           {"SVFOP_CURRENT_TIME", "current_time"},
        {"SVFOP_CURRENT_TIMESTAMP", "current_timestamp"}, {"SVFOP_LOCALTIME", "localtime"},
        {"SVFOP_LOCALTIMESTAMP", "localtimestamp"},       {"SVFOP_CURRENT_USER", "current_user"},
        {"SVFOP_SESSION_USER", "session_user"},           {"SVFOP_USER", "user"}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (str_is(json_str(n, "op"), ops[i].op))
            return (struct figured){str_of(ops[i].name), 2};
    return (struct figured){0};
}

/* A subquery is named after its only column. */
static struct figured figure_sublink(const struct json *n)
{
    struct str kind = json_str(n, "subLinkType");
    if (str_is(kind, "EXISTS_SUBLINK"))
        return (struct figured){STR("exists"), 2};
    if (str_is(kind, "ARRAY_SUBLINK"))
        return (struct figured){STR("array"), 2};
    const struct json *target = json_path(
        json_first(json_path(n, "subselect", "SelectStmt", "targetList", NULL)), "ResTarget", NULL);
    struct str name = json_str(target, "name");
    return name.len ? (struct figured){name, 2} : figure(json_get(target, "val"));
}

static const struct {
    const char *node, *name;
    int strength;
} fixed[] = {{"A_ArrayExpr", "array", 2},
             {"RowExpr", "row", 2},
             {"CoalesceExpr", "coalesce", 2},
             {"GroupingFunc", "grouping", 2}};

/* Depth is bounded by the parse tree's own limit. */
static struct figured figure(const struct json *node)
{
    const struct json *n;
    struct str kind = cat_ddl_node(node, &n);
    if (str_is(kind, "ColumnRef"))
        return (struct figured){cat_ddl_last_name(json_get(n, "fields")), 2};
    if (str_is(kind, "FuncCall"))
        return (struct figured){cat_ddl_last_name(json_get(n, "funcname")), 2};
    if (str_is(kind, "A_Expr") && str_is(json_str(n, "kind"), "AEXPR_NULLIF"))
        return (struct figured){STR("nullif"), 2};
    if (str_is(kind, "MinMaxExpr"))
        return (struct figured){
            str_is(json_str(n, "op"), "IS_GREATEST") ? STR("greatest") : STR("least"), 2};
    if (str_is(kind, "TypeCast"))
        return figure_cast(n);
    if (str_is(kind, "CollateClause"))
        return figure(json_get(n, "arg"));
    if (str_is(kind, "CaseExpr"))
        return figure_case(n);
    if (str_is(kind, "A_Indirection"))
        return figure_indirection(n);
    if (str_is(kind, "SQLValueFunction"))
        return figure_value_function(n);
    if (str_is(kind, "SubLink"))
        return figure_sublink(n);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (str_is(kind, fixed[i].node))
            return (struct figured){str_of(fixed[i].name), fixed[i].strength};
    return (struct figured){0};
}

struct str cat_ddl_figure_name(const struct json *node)
{
    return figure(node).name;
}

struct str cat_expression_name(struct arena *a, struct str expression)
{
    struct str sql = str_of(arena_printf(a, "SELECT %.*s", STR_ARG(expression)));
    struct err ignored = {0};
    const struct json *tree = sql_parse(a, sql, &ignored);
    const struct json *stmt =
        json_path(json_first(json_get(tree, "stmts")), "stmt", "SelectStmt", NULL);
    const struct json *target = json_first(json_get(stmt, "targetList"));
    struct str name = figure(json_path(target, "ResTarget", "val", NULL)).name;
    return name.len ? name : STR("expr");
}
