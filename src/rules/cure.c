#include "rules/cure.h"

#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/family.h"
#include "rules/survey.h"
#include "sql/pred.h"

enum { MOST_COLUMNS = 8 };

double cure_changed_share(const struct cat_rel *rel)
{
    double rows = rel ? num_or(rel->live_tuples, rel->tuples) : NAN;
    return rel && rows > 0 ? rel->modified_since_analyze / rows : NAN;
}

const char *cure_columns(struct rule_run *run, const struct str *columns, size_t count,
                         const char *between)
{
    const char *list = "";
    for (size_t i = 0; i < count; i++)
        list =
            arena_printf(run->arena, "%s%s%s", list, i ? between : "", say_ident(run, columns[i]));
    return list;
}

void cure_create_statistics(struct rule_run *run, struct finding *f, const struct node *n,
                            const struct str *columns, size_t count, const char *kinds)
{
    struct buf stem = {0};
    for (size_t i = 0; i < count; i++)
        buf_printf(&stem, "%s%.*s", i ? "_" : "", STR_ARG(columns[i]));
    struct str name =
        cat_make_name(run->arena, node_text(n, PROP_RELATION_NAME), buf_str(&stem), STR("stats"));
    finding_sql(run, f, "CREATE STATISTICS %s (%s) ON %s FROM %s;\nANALYZE %s;",
                say_ident(run, name), kinds, cure_columns(run, columns, count, ", "),
                say_sql_relation(run, n), say_sql_relation(run, n));
    buf_free(&stem);
}

void cure_analyze(struct rule_run *run, struct finding *f, const struct node *n)
{
    finding_sql(run, f, "ANALYZE %s;", say_sql_relation(run, n));
}

/* The scan below whose alias qualifies the group keys (any one, where they are not qualified). */
static const struct node *scan_named(const struct node *top, struct str qualifier)
{
    int left = 1000;
    for (const struct node *n = top; n && left > 0; n = node_walk(n, top), left--)
        if (node_text(n, PROP_RELATION_NAME).len &&
            (!qualifier.len || str_eq(node_text(n, PROP_ALIAS), qualifier) ||
             str_eq(family_alias(n), qualifier)))
            return n;
    return NULL;
}

static size_t group_columns(struct rule_run *run, const struct node *n, struct str *columns,
                            struct str *qualifier)
{
    const struct value *keys = node_value(n, PROP_GROUP_KEY);
    size_t count = 0;
    for (size_t i = 0; keys && keys->kind == VALUE_LIST && i < keys->count && count < MOST_COLUMNS;
         i++) {
        struct pred_side side;
        if (!pred_side_parse(run->arena, value_item(keys, i)->text, &side) ||
            side.kind != SIDE_COLUMN || (count && !str_eq(*qualifier, side.qualifier)))
            return 0;
        *qualifier = side.qualifier;
        columns[count++] = side.column;
    }
    return count;
}

static void advise_groups(struct rule_run *run, struct finding *f, const struct node *n)
{
    struct str columns[MOST_COLUMNS], qualifier = {0};
    size_t count = group_columns(run, n, columns, &qualifier);
    const struct node *scan = count ? scan_named(n, qualifier) : NULL;
    finding_why(
        run, f,
        "The number of groups is estimated from the numbers of distinct values of the keys%s.",
        count > 1 ? ", multiplied as if they had nothing to do with each other" : "");
    if (scan && count > 1) {
        finding_remedy(run, f, "ndistinct statistics of the keys together.");
        cure_create_statistics(run, f, scan, columns, count, "ndistinct");
    } else if (scan && count == 1) {
        finding_remedy(
            run, f,
            "ANALYZE %s; a sample underestimates distinct values of large tables: raise the "
            "statistics target, or set n_distinct by hand.",
            say_relation(run, scan));
        finding_sql(
            run, f,
            "ALTER TABLE %s ALTER COLUMN %s SET (n_distinct = -0.5); -- share of distinct values, "
            "negative\nANALYZE %s;",
            say_sql_relation(run, scan), say_ident(run, columns[0]), say_sql_relation(run, scan));
    } else {
        finding_remedy(run, f,
                       "Statistics on the grouped expressions (CREATE STATISTICS ON (...), 14 and "
                       "later), or group by plain columns.");
    }
}

static void advise_join(struct rule_run *run, struct finding *f, const struct node *n)
{
    finding_why(run, f,
                "Both inputs are estimated well; how many of their rows find a partner is not. The "
                "planner knows each column's statistics, not how values of one table go with "
                "conditions on another.");
    finding_remedy(
        run, f,
        "ANALYZE both tables. If that does not help, split the query: put the first part into a "
        "temporary table, ANALYZE it, and join to that.");
    finding_fact(run, f, "join condition", node_text(n, PROP_HASH_COND));
    finding_fact(run, f, "join condition", node_text(n, PROP_MERGE_COND));
    finding_fact(run, f, "join filter", node_text(n, PROP_JOIN_FILTER));
}

static void advise_function(struct rule_run *run, struct finding *f, const struct node *n)
{
    struct str name = node_text(n, PROP_FUNCTION_NAME);
    finding_why(run, f, "The planner assumes a fixed number of rows of a function.");
    finding_remedy(run, f, "Say how many rows it returns (ROWS), or write a support function.");
    if (name.len)
        finding_sql(run, f, "ALTER FUNCTION %s(...) ROWS %.0f;", say_ident(run, name),
                    fmax(1, num_or(n->num[PROP_ACTUAL_ROWS], 1)));
}

void cure_advise(struct rule_run *run, struct finding *f, const struct node *n)
{
    switch (n->type) {
    case NODE_FUNCTION_SCAN:
    case NODE_TABLE_FUNCTION_SCAN:
    case NODE_PROJECT_SET:
        advise_function(run, f, n);
        return;
    case NODE_RECURSIVE_UNION:
    case NODE_WORKTABLE_SCAN:
        finding_why(run, f,
                    "A recursive term is taken to return ten times the rows of the first one.");
        finding_remedy(
            run, f,
            "The guess cannot be set: put the result into a temporary table and ANALYZE it, "
            "if what follows suffers.");
        return;
    case NODE_CTE_SCAN:
    case NODE_SUBQUERY_SCAN:
    case NODE_NAMED_TUPLESTORE_SCAN:
        finding_why(run, f, "There are no statistics of columns that a sub-query computes.");
        finding_remedy(
            run, f,
            "Put the condition inside, inline the CTE (NOT MATERIALIZED), or use a temporary "
            "table with ANALYZE.");
        return;
    case NODE_FOREIGN_SCAN:
        finding_why(
            run, f,
            "Statistics of a foreign table are only there after ANALYZE here, or if the remote "
            "server is asked.");
        finding_remedy(run, f, "ANALYZE the foreign table, or set use_remote_estimate.");
        cure_analyze(run, f, n);
        return;
    case NODE_AGGREGATE:
    case NODE_GROUP:
    case NODE_UNIQUE:
        advise_groups(run, f, n);
        return;
    default:
        break;
    }
    if (node_has_trait(n, TRAIT_JOIN))
        advise_join(run, f, n);
    else if (node_text(n, PROP_RELATION_NAME).len)
        cure_scan(run, f, n);
}
