#include "sql/calls.h"

#include <stdlib.h>

#include "sql/func.h"
#include "sql/raw.h"

static const char *const aggregates[] = {
#define AGG(name) #name,
#include "sql/agg.def"
#undef AGG
};

static const char *const set_returning[] = {
    "generate_series",
    "generate_subscripts",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "json_populate_recordset",
    "json_to_recordset",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "jsonb_path_query",
    "jsonb_path_query_tz",
    "jsonb_populate_recordset",
    "jsonb_to_recordset",
    "regexp_matches",
    "regexp_split_to_table",
    "string_to_table",
    "unnest",
};

static int compare_name(const void *key, const void *element)
{
    const struct str *name = key;
    const char *const *other = element;
    return str_cmp(*name, str_of(*other));
}

static bool is_in(struct str name, const char *const *list, size_t n)
{
    return bsearch(&name, list, n, sizeof *list, compare_name);
}

static void look_at_call(struct calls *c, const struct json *body)
{
    struct str name = raw_last_name(json_get(body, "funcname"), NULL);
    bool marked = json_get(body, "agg_order") || json_get(body, "agg_filter") ||
                  json_bool(body, "agg_star", false) || json_bool(body, "agg_distinct", false);
    if (!json_get(body, "over"))
        c->aggregate |= marked || is_in(name, aggregates, sizeof aggregates / sizeof *aggregates);
    c->set_returning |= is_in(name, set_returning, sizeof set_returning / sizeof *set_returning);
    c->is_volatile |= func_volatility(name) == FUNC_VOLATILE;
}

void calls_find(struct calls *c, const struct json *v)
{
    if (!v)
        return;
    for (const struct json *e = v->child; e; e = e->next) {
        if (str_is(e->key, "SubLink")) {
            c->subquery = true;
            calls_find(c, json_get(e, "testexpr"));
            continue;
        }
        if (str_is(e->key, "FuncCall"))
            look_at_call(c, e);
        calls_find(c, e);
    }
}
