/* Estimates of scans: what the conditions are says what is wrong with the statistics. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/conditions.h"
#include "rules/cure.h"

enum { MOST_COLUMNS = 8 };

/* What a scan's conditions compare with what; NULL: none of that kind. */
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

/* Servers up to 16 write the value of an InitPlan like a parameter: "InitPlan 1 (returns $0)". */
static bool is_init_plan_value(const struct plan *p, struct str parameter)
{
    for (int i = 0; i < p->node_count; i++) {
        struct str name = p->nodes[i]->rel == REL_INITPLAN
                              ? node_text(p->nodes[i], PROP_SUBPLAN_NAME)
                              : (struct str){0};
        ptrdiff_t at = str_find(name, "(returns ");
        for (size_t k = at < 0 ? name.len : (size_t)at; k + parameter.len < name.len; k++)
            if (str_eq(str_sub(name, k, k + parameter.len), parameter) &&
                (name.p[k + parameter.len] == ')' || name.p[k + parameter.len] == ','))
                return true;
    }
    return false;
}

static void note_right_side(const struct rule_run *run, struct facts *x, const struct pred *p)
{
    if (p->right.kind == SIDE_SUBPLAN ||
        (p->right.kind == SIDE_PARAM && is_init_plan_value(run->plan, p->right.text)))
        x->computed = p;
    else if (p->right.kind == SIDE_PARAM)
        x->parameter = p;
    else if (p->right.column_count)
        x->joined = p;
}

static void note(const struct rule_run *run, struct facts *x, const struct condition *c)
{
    const struct pred *p = c->pred;
    x->any = true;
    if (c->use == COND_PATTERN || c->use == COND_PREFIX)
        x->pattern = p;
    if (p->kind != PRED_TEST)
        return;
    if (p->left.kind == SIDE_EXPR || c->use == COND_CAST)
        x->wrapped = p;
    note_right_side(run, x, p);
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
            note(run, &x, &list->item[i]);
    }
    return x;
}

/* ---- causes, each with what to do: true when it is this one ---- */

typedef bool cause(struct rule_run *run, struct finding *f, const struct node *n,
                   const struct facts *x);

static bool stale(struct rule_run *run, struct finding *f, const struct node *n,
                  const struct facts *x)
{
    const struct cat_rel *rel = conditions_rel(run, n);
    double changed = cure_changed_share(rel);
    bool counted = rel && num_known(rel->modified_since_analyze);
    bool never = counted && run->catalog->door != CAT_DOOR_DDL && !rel->last_analyze.len;
    (void)x;
    if (!never && !(changed * 100 >= threshold(run, THRESHOLD_STALE)))
        return false;
    if (never) {
        finding_why(run, f, "The table was never analyzed.");
    } else {
        finding_why(run, f,
                    "The table changed by %s since its last ANALYZE: the statistics are old.",
                    say_share(run, changed));
        finding_figure(run, f, "rows changed since", rel->modified_since_analyze, "rows", NULL);
        finding_fact(run, f, "last ANALYZE", rel->last_analyze);
    }
    finding_remedy(run, f, "ANALYZE %s.", say_relation(run, n));
    cure_analyze(run, f, n);
    return true;
}

static bool no_condition(struct rule_run *run, struct finding *f, const struct node *n,
                         const struct facts *x)
{
    if (x->any)
        return false;
    finding_why(run, f, "There is no condition: the planner has the table's size wrong.");
    finding_remedy(run, f, "ANALYZE %s.", say_relation(run, n));
    cure_analyze(run, f, n);
    return true;
}

static bool computed(struct rule_run *run, struct finding *f, const struct node *n,
                     const struct facts *x)
{
    (void)n;
    if (!x->computed)
        return false;
    finding_why(
        run, f,
        "The value of %.*s is not known while planning; the planner takes a default (a third "
        "of the rows for ranges, those of one average value for equality).",
        STR_ARG(x->computed->right.text));
    finding_remedy(run, f,
                   "Fetch the value first and pass it as a constant, or join to the sub-query.");
    return true;
}

static bool generic(struct rule_run *run, struct finding *f, const struct node *n,
                    const struct facts *x)
{
    (void)n;
    if (!x->parameter)
        return false;
    finding_why(run, f,
                "The plan is generic: %.*s is a parameter whose value was not known, so an average "
                "value was assumed.",
                STR_ARG(x->parameter->right.text));
    finding_remedy(run, f,
                   "Have this query planned with its values: plan_cache_mode = force_custom_plan.");
    finding_sql(run, f, "SET plan_cache_mode = force_custom_plan;");
    return true;
}

static bool wrapped(struct rule_run *run, struct finding *f, const struct node *n,
                    const struct facts *x)
{
    const struct pred_side *side = x->wrapped ? &x->wrapped->left : NULL;
    if (!side)
        return false;
    struct str column = side->column_count ? side->columns[0].column : STR("expr");
    struct str name =
        cat_make_name(run->arena, node_text(n, PROP_RELATION_NAME), column, STR("stats"));
    finding_why(run, f,
                "There are no statistics of %.*s, so a fixed share of the rows was assumed.",
                STR_ARG(side->text));
    finding_remedy(
        run, f,
        "Statistics on the expression (14 and later; an index on it has them, too), or a "
        "condition on the column itself.");
    finding_sql(run, f, "CREATE STATISTICS %s ON %.*s FROM %s;\nANALYZE %s;", say_ident(run, name),
                STR_ARG(side->expr.len ? side->expr : side->text), say_sql_relation(run, n),
                say_sql_relation(run, n));
    return true;
}

static bool pattern(struct rule_run *run, struct finding *f, const struct node *n,
                    const struct facts *x)
{
    if (!x->pattern)
        return false;
    finding_why(run, f,
                "How many rows match a pattern is guessed from a sample of values and from the "
                "pattern's length.");
    finding_remedy(
        run, f, "A higher statistics target gives the planner more values to try the pattern on.");
    cure_analyze(run, f, n);
    return true;
}

static bool columns_depend(struct rule_run *run, struct finding *f, const struct node *n,
                           const struct facts *x)
{
    if (x->column_count < 2)
        return false;
    finding_why(run, f,
                "The conditions are on %s. The planner multiplies their selectivities, as if they "
                "had nothing to do with each other.",
                cure_columns(run, x->columns, x->column_count, " and "));
    finding_remedy(
        run, f,
        "ANALYZE %s first; if the estimate stays, extended statistics on the columns tell "
        "the planner how they depend on each other (for AND of equalities; ranges need "
        "mcv).",
        say_relation(run, n));
    cure_create_statistics(run, f, n, x->columns, x->column_count, "dependencies, mcv");
    return true;
}

static bool looked_up(struct rule_run *run, struct finding *f, const struct node *n,
                      const struct facts *x)
{
    if (!x->joined)
        return false;
    finding_why(run, f,
                "Each look-up by %.*s finds another number of rows than the number of distinct "
                "values suggests.",
                STR_ARG(x->joined->left.text));
    finding_remedy(run, f,
                   "ANALYZE %s; if the number of distinct values is wrong, set it: ALTER TABLE ... "
                   "ALTER COLUMN ... SET (n_distinct = ...).",
                   say_relation(run, n));
    cure_analyze(run, f, n);
    return true;
}

static bool one_column(struct rule_run *run, struct finding *f, const struct node *n,
                       const struct facts *x)
{
    if (x->column_count == 0)
        return false;
    const char *column = say_ident(run, x->columns[0]), *table = say_sql_relation(run, n);
    finding_why(
        run, f,
        "The estimate comes from the statistics of one column, %s: they are out of date, or "
        "too coarse for a value that is rarer or more frequent than the sample shows.",
        column);
    finding_remedy(run, f, "ANALYZE %s; if the estimate stays, a higher statistics target for %s.",
                   say_relation(run, n), column);
    finding_sql(run, f,
                "ANALYZE %s;\n-- if that is not enough:\nALTER TABLE %s ALTER COLUMN %s SET "
                "STATISTICS 1000;\nANALYZE %s (%s);",
                table, table, column, table, column);
    return true;
}

/* The surest and most specific first. */
void cure_scan(struct rule_run *run, struct finding *f, const struct node *n)
{
    static cause *const causes[] = {stale,   no_condition,   computed,  generic,   wrapped,
                                    pattern, columns_depend, looked_up, one_column};
    struct facts x = facts_of(run, n);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (causes[i](run, f, n, &x))
            return;
    cure_analyze(run, f, n);
}
