#include "catalog/query_names.h"

#include "catalog/catalog.h"

/* Every table has these; no catalog lists them. */
static bool is_system_column(struct str name)
{
    static const char *const names[] = {"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static enum query_answer has_column(void *ctx, struct str schema, struct str relation,
                                    struct str column)
{
    const struct cat_rel *rel = cat_find_rel(ctx, schema, relation);
    if (!rel)
        return QUERY_UNKNOWN;
    if (cat_find_column(rel, column) || is_system_column(column))
        return QUERY_YES;
    return rel->columns_open ? QUERY_UNKNOWN : QUERY_NO;
}

static struct str column_at(void *ctx, struct str schema, struct str relation, size_t n)
{
    const struct cat_rel *rel = cat_find_rel(ctx, schema, relation);
    return rel && n < rel->column_count ? rel->columns[n].name : (struct str){0};
}

/* A materialized view is read as a table. */
static struct str view_sql(void *ctx, struct str schema, struct str relation)
{
    const struct cat_rel *rel = cat_find_rel(ctx, schema, relation);
    return rel && rel->kind == 'v' ? rel->view_sql : (struct str){0};
}

struct query_names cat_query_names(const struct catalog *cat)
{
    if (!cat)
        return (struct query_names){0};
    return (struct query_names){.ctx = (void *)(uintptr_t)cat,
                                .has_column = has_column,
                                .column_at = column_at,
                                .view_sql = view_sql};
}
