#include "rules/cure.h"

#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/conditions.h"
#include "rules/family.h"
#include "rules/survey.h"

enum { MOST_COLUMNS = 8 };

double cure_changed_share(const struct cat_rel *rel)
{
    double rows = rel ? num_or(rel->live_tuples, rel->tuples) : NAN;
    return rel && rows > 0 ? rel->modified_since_analyze / rows : NAN;
}

static void say_columns(struct buf *b, struct rule_run *run, const struct str *columns,
                        size_t count, const char *between)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(b, "%s%s", i ? between : "", say_ident(run, columns[i]));
}

void cure_create_statistics(struct rule_run *run, struct finding *f, const struct node *n,
                            const struct str *columns, size_t count, const char *kinds)
{
    struct str relation = node_text(n, PROP_RELATION_NAME);
    struct buf list = {0}, name = {0};
    say_columns(&list, run, columns, count, ", ");
    buf_addstr(&name, relation);
    for (size_t i = 0; i < count; i++)
        buf_printf(&name, "_%.*s", STR_ARG(columns[i]));
    struct str stem = str_sub(buf_str(&name), 0, 56); /* names have 63 bytes */
    const char *label = arena_printf(run->arena, "%.*s_stats", STR_ARG(stem));
    finding_sql(run, f, "CREATE STATISTICS %s (%s) ON %s FROM %s;\nANALYZE %s;",
                say_ident(run, str_of(label)), kinds, list.data, say_sql_relation(run, n),
                say_sql_relation(run, n));
    buf_free(&list);
    buf_free(&name);
}

static void analyze(struct rule_run *run, struct finding *f, const struct node *n)
{
    finding_sql(run, f, "ANALYZE %s;", say_sql_relation(run, n));
}

/* ---- scans ---- */

struct facts {
    struct str columns[MOST_COLUMNS]; /* plain columns compared */
    size_t column_count;
    const struct pred *wrapped;   /* an expression compared */
    const struct pred *parameter; /* a parameter whose value was not known */
    const struct pred *computed;  /* the value of a sub-query */
    const struct pred *pattern;
    const struct pred *joined; /* compared with another relation's column */
    bool any;
};

static bool has_name(const struct facts *x, struct str name)
{
    for (size_t i = 0; i < x->column_count; i++)
        if (str_eq(x->columns[i], name))
            return true;
    return false;
}

static void gather_test(struct facts *x, const struct condition *c)
{
    const struct pred *p = c->pred;
    x->any = true;
    if (c->use == COND_PATTERN || c->use == COND_PREFIX)
        x->pattern = p;
    if (p->kind != PRED_TEST)
        return;
    if (p->left.kind == SIDE_EXPR || c->use == COND_CAST)
        x->wrapped = p;
    if (p->right.kind == SIDE_SUBPLAN)
        x->computed = p;
    else if (p->right.kind == SIDE_PARAM)
        x->parameter = p;
    else if (p->right.column_count)
        x->joined = p;
    if (p->left.kind == SIDE_COLUMN && c->use != COND_CAST && x->column_count < MOST_COLUMNS &&
        !has_name(x, p->left.column))
        x->columns[x->column_count++] = p->left.column;
}

static struct facts facts_of(struct rule_run *run, const struct node *n)
{
    static const enum prop_id conditions[] = {PROP_INDEX_COND, PROP_RECHECK_COND, PROP_FILTER};
    struct facts x = {0};
    for (size_t k = 0; k < sizeof conditions / sizeof conditions[0]; k++) {
        const struct condition_list *list = conditions_of(run, n, conditions[k]);
        for (size_t i = 0; i < list->count; i++)
            gather_test(&x, &list->item[i]);
    }
    return x;
}

static bool say_stale(struct rule_run *run, struct finding *f, const struct node *n)
{
    const struct cat_rel *rel = conditions_rel(run, n);
    double changed = cure_changed_share(rel);
    bool never = rel && run->catalog->door != CAT_DOOR_DDL &&
                 num_known(rel->modified_since_analyze) && !rel->last_analyze.len;
    if (!never && !(changed * 100 >= threshold(run, THRESHOLD_STALE)))
        return false;
    finding_why(run, f,
                never ? "The table was never analyzed."
                      : "The table changed a good deal since its "
                        "last ANALYZE: the statistics are old.");
    if (!never) {
        finding_figure(run, f, "rows changed since", rel->modified_since_analyze, "rows", NULL);
        finding_fact(run, f, "last ANALYZE", rel->last_analyze);
    }
    finding_remedy(run, f, "ANALYZE %s.", say_relation(run, n));
    analyze(run, f, n);
    return true;
}

static void say_columns_depend(struct rule_run *run, struct finding *f, const struct node *n,
                               const struct facts *x)
{
    struct buf b = {0};
    say_columns(&b, run, x->columns, x->column_count, " and ");
    finding_why(run, f,
                "The conditions are on %s. The planner multiplies their selectivities, as if they "
                "had nothing to do with each other.",
                b.data);
    finding_remedy(run, f,
                   "ANALYZE %s first; if the estimate stays, extended statistics on the columns "
                   "tell the planner how they depend on each other (for AND of equalities; ranges "
                   "need mcv).",
                   say_relation(run, n));
    cure_create_statistics(run, f, n, x->columns, x->column_count, "dependencies, mcv");
    buf_free(&b);
}

static void say_one_column(struct rule_run *run, struct finding *f, const struct node *n,
                           const struct facts *x)
{
    const char *column = say_ident(run, x->columns[0]), *table = say_sql_relation(run, n);
    finding_why(
        run, f,
        "The estimate comes from the statistics of one column, %s: they are out of date, or "
        "too coarse for a value that is rarer or more frequent than the sample shows.",
        column);
    finding_remedy(run, f, "ANALYZE %s; if the estimate stays, a higher statistics target for %s.",
                   say_relation(run, n), column);
    finding_sql(
        run, f,
        "ANALYZE %s;\n-- if that is not enough:\nALTER TABLE %s ALTER COLUMN %s SET STATISTICS "
        "1000;\nANALYZE %s (%s);",
        table, table, column, table, column);
}

static void create_expression_statistics(struct rule_run *run, struct finding *f,
                                         const struct node *n, const struct pred_side *side)
{
    struct str column = side->column_count ? side->columns[0].column : STR("expr");
    const char *name = arena_printf(run->arena, "%.*s_%.*s_stats", /* names have 63 bytes */
                                    STR_ARG(str_sub(node_text(n, PROP_RELATION_NAME), 0, 28)),
                                    STR_ARG(str_sub(column, 0, 27)));
    finding_sql(run, f, "CREATE STATISTICS %s ON %.*s FROM %s;\nANALYZE %s;",
                say_ident(run, str_of(name)), STR_ARG(side->expr.len ? side->expr : side->text),
                say_sql_relation(run, n), say_sql_relation(run, n));
}

static void advise_scan(struct rule_run *run, struct finding *f, const struct node *n)
{
    struct facts x = facts_of(run, n);
    if (say_stale(run, f, n))
        return;
    if (!x.any) {
        finding_why(run, f, "There is no condition: the planner has the table's size wrong.");
        finding_remedy(run, f, "ANALYZE %s.", say_relation(run, n));
        analyze(run, f, n);
    } else if (x.computed) {
        finding_why(run, f,
                    "The value of %.*s is not known while planning; the planner takes a default "
                    "(a third for ranges, one distinct value for equality).",
                    STR_ARG(x.computed->right.text));
        finding_remedy(
            run, f, "Fetch the value first and pass it as a constant, or join to the sub-query.");
    } else if (x.parameter) {
        finding_why(run, f,
                    "The plan is generic: %.*s is a parameter whose value was not known, so the "
                    "average value was assumed.",
                    STR_ARG(x.parameter->right.text));
        finding_remedy(run, f,
                       "Have this query planned with its values: plan_cache_mode = "
                       "force_custom_plan.");
        finding_sql(run, f, "SET plan_cache_mode = force_custom_plan;");
    } else if (x.wrapped) {
        finding_why(run, f,
                    "There are no statistics of %.*s, so a fixed share of the rows was assumed.",
                    STR_ARG(x.wrapped->left.text));
        finding_remedy(
            run, f,
            "Statistics on the expression (14 and later; an index on it has them, too), or "
            "a condition on the column itself.");
        create_expression_statistics(run, f, n, &x.wrapped->left);
    } else if (x.pattern) {
        finding_why(run, f,
                    "How many rows match a pattern is guessed from a sample of values and from the "
                    "pattern's length.");
        finding_remedy(
            run, f,
            "A higher statistics target gives the planner more values to try the pattern "
            "on.");
        analyze(run, f, n);
    } else if (x.column_count >= 2) {
        say_columns_depend(run, f, n, &x);
    } else if (x.column_count == 1 && !x.joined) {
        say_one_column(run, f, n, &x);
    } else if (x.joined) {
        finding_why(run, f,
                    "Each look-up by %.*s finds another number of rows than the number of distinct "
                    "values suggests.",
                    STR_ARG(x.joined->left.text));
        finding_remedy(
            run, f,
            "ANALYZE %s; if the number of distinct values is wrong, set it: ALTER TABLE ... "
            "ALTER COLUMN ... SET (n_distinct = ...).",
            say_relation(run, n));
        analyze(run, f, n);
    } else {
        analyze(run, f, n);
    }
}

/* ---- other nodes ---- */

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
        analyze(run, f, n);
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
        advise_scan(run, f, n);
}
