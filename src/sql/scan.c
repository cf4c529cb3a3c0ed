#include "sql/scan.h"

#include <stdlib.h>

#include "base/arena.h"
#include "sql/func.h"
#include "sql/raw.h"

static void visit(struct scan *s, const struct json *node, bool strict);

static void visit_all(struct scan *s, const struct json *list, bool strict)
{
    for (const struct json *e = json_first(list); e; e = e->next)
        visit(s, e, strict);
}

static void visit_column(struct scan *s, const struct json *body, bool strict)
{
    const struct json *fields = json_get(body, "fields");
    struct str qualifier, name = raw_last_name(fields, &qualifier);
    const struct json *first = json_first(fields);
    if (raw_is_plan_ref(raw_string(first))) {
        s->has_subplan = true;
        return;
    }
    if (!name.p)
        name = STR("*");
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 16;
        s->columns = xrealloc(s->columns, s->room * sizeof *s->columns);
    }
    s->columns[s->count++] = (struct pred_column){
        .qualifier = qualifier, .column = name, .strict = strict, .zoned = s->zoned};
}

/* All operators of PostgreSQL's own are strict, but for || of arrays. */
static void visit_operator(struct scan *s, const struct json *body, bool strict)
{
    enum aexpr_kind kind = raw_aexpr_kind(body);
    bool op = kind == AEXPR_OP || kind == AEXPR_LIKE || kind == AEXPR_ILIKE;
    if (op && str_is(raw_last_name(json_get(body, "name"), NULL), "||"))
        op = false;
    visit(s, json_get(body, "lexpr"), strict && op);
    visit(s, json_get(body, "rexpr"), strict && op);
}

/* to_tsvector(text) takes the session's default_text_search_config. */
static bool uses_default_config(struct str name, const struct json *body)
{
    const struct json *args = json_get(body, "args");
    return str_is(name, "to_tsvector") && args && args->count == 1;
}

static void visit_function(struct scan *s, const struct json *body, bool strict)
{
    struct str schema, name = raw_last_name(json_get(body, "funcname"), &schema);
    bool own = !schema.p || str_is(schema, "pg_catalog");
    enum func_volatility volatility = own ? func_volatility(name) : FUNC_UNKNOWN;
    s->is_volatile |= volatility == FUNC_VOLATILE;
    s->is_stable |= volatility == FUNC_STABLE || (own && uses_default_config(name, body));
    bool zoned = s->zoned;
    s->zoned = str_is(name, "timezone") ? false : zoned || volatility == FUNC_VARIES;
    visit_all(s, json_get(body, "args"), strict && own && func_is_strict(name));
    s->zoned = zoned;
    visit_all(s, json_get(body, "agg_order"), false);
    visit(s, json_get(body, "agg_filter"), false);
    const struct json *over = json_get(body, "over");
    visit_all(s, json_get(over, "partitionClause"), false);
    visit_all(s, json_get(over, "orderClause"), false);
}

static void visit_param(struct scan *s, const struct json *body)
{
    /* query parameters count from 1: $0 is the result of an InitPlan */
    if (json_num(body, "number", 0) < 1)
        s->has_subplan = true;
    else
        s->has_param = true;
}

/* Any other node: whatever its members hold. */
static void visit_members(struct scan *s, const struct json *body)
{
    for (const struct json *m = json_first(body); m; m = m->next)
        if (m->kind == JSON_ARRAY)
            visit_all(s, m, false);
        else if (m->kind == JSON_OBJECT)
            visit(s, m, false);
}

static void visit_cast(struct scan *s, const struct json *body, bool strict)
{
    bool zoned = s->zoned;
    s->zoned = true;
    visit(s, json_get(body, "arg"), strict);
    s->zoned = zoned;
}

static void visit(struct scan *s, const struct json *node, bool strict)
{
    const struct json *body = raw_body(node);
    if (!body)
        return;
    switch (raw_tag(node)) {
    case RAW_ColumnRef:
        visit_column(s, body, strict);
        break;
    case RAW_A_Const:
        break;
    case RAW_ParamRef:
        visit_param(s, body);
        break;
    case RAW_TypeCast:
    case RAW_CollateClause:
        visit_cast(s, body, strict);
        break;
    case RAW_A_Expr:
        visit_operator(s, body, strict);
        break;
    case RAW_FuncCall:
        visit_function(s, body, strict);
        break;
    case RAW_SQLValueFunction:
        s->is_stable = true;
        break;
    case RAW_SubLink:
        s->has_subplan = true;
        visit(s, json_get(body, "testexpr"), false);
        break;
    default:
        visit_members(s, body);
        break;
    }
}

void scan_expr(struct scan *s, const struct json *node)
{
    visit(s, node, true);
}
