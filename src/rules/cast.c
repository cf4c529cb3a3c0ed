/* Conditions that cast the column. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/probe.h"
#include "rules/written.h"
#include "sql/ident.h"

static const struct cast_kind {
    const char *to;
    const char *why, *remedy;
} kinds[] = {
    {"numeric",
     "A numeric constant or parameter (one with a decimal point, BigDecimal, Decimal) makes the "
     "server "
     "compare as numeric, so an integer column is converted row by row.",
     "Pass an integer: no decimal point in the literal, setInt or setLong in JDBC, int in Python, "
     "::integer or ::bigint on the parameter."},
    {"double precision",
     "A floating-point parameter (double, float) makes the server compare as double precision.",
     "Pass the column's own type: ::integer, ::bigint or ::numeric on the parameter."},
    {"real", "A floating-point parameter makes the server compare as real.",
     "Pass the column's own type: ::integer, ::bigint or ::numeric on the parameter."},
    {"text", "The column is no text column, and the constant or parameter was given as text.",
     "Give the parameter the column's own type (::integer, ::uuid, ::bpchar ...), or let the "
     "server "
     "infer it: stringtype=unspecified in JDBC, an untyped parameter elsewhere."},
    {"date", "Each row's time stamp is cut down to its day before it is compared.",
     "A range on the column itself: from the day's start to before the next day's."},
    {"timestamp with time zone",
     "The column is converted with the session's time zone before it is compared, which no index "
     "can "
     "hold.",
     "Cast the constant or parameter to the column's type instead."},
    {"timestamp without time zone",
     "The column is converted with the session's time zone before it is compared.",
     "Cast the constant or parameter to the column's type instead."},
};

static const struct cast_kind *kind_of(struct str to)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_starts(to, kinds[i].to))
            return &kinds[i];
    return NULL;
}

static void say_kind(struct rule_run *run, struct finding *f, struct str to)
{
    const struct cast_kind *kind = kind_of(to);
    if (!kind)
        return;
    finding_why(run, f, "%s %s", run->rule->why, kind->why);
    finding_remedy(run, f, "%s", kind->remedy);
}

static const char *literal(struct rule_run *run, struct str value)
{
    struct buf b = {0};
    sql_add_literal(&b, value);
    const char *s = arena_strndup(run->arena, b.data, b.len);
    buf_free(&b);
    return s;
}

/* The day after which a comparison with a date ends: "= d" is a range of one day. */
static const char *day_range(struct rule_run *run, const struct pred *p, const char *column)
{
    const char *day = literal(run, p->right.value);
    switch (p->op) {
    case PRED_EQ:
        return arena_printf(run->arena, "%s >= date %s AND %s < date %s + 1", column, day, column,
                            day);
    case PRED_LT:
        return arena_printf(run->arena, "%s < date %s", column, day);
    case PRED_LE:
        return arena_printf(run->arena, "%s < date %s + 1", column, day);
    case PRED_GT:
        return arena_printf(run->arena, "%s >= date %s + 1", column, day);
    case PRED_GE:
        return arena_printf(run->arena, "%s >= date %s", column, day);
    default:
        return NULL;
    }
}

/* The condition as it could be, where the constant is known. */
static const char *rewritten(struct rule_run *run, const struct pred *p, struct str to)
{
    const char *column = say_ident(run, p->left.column);
    double number;
    if (p->right.kind != SIDE_CONST || p->right.is_null)
        return NULL;
    if (str_is(to, "date"))
        return day_range(run, p, column);
    bool whole =
        str_to_double(p->right.value, &number) && number == floor(number) && fabs(number) < 1e15;
    bool numeric = str_is(to, "numeric") || str_is(to, "double precision") || str_is(to, "text");
    if (whole && numeric)
        return arena_printf(run->arena, "%s %.*s %.0f", column, STR_ARG(p->op_name), number);
    return NULL;
}

static void report(struct rule_run *run, const struct written *w, const struct condition *c)
{
    const struct pred *p = c->pred;
    const struct node *n = w->scan->node;
    const struct cat_column *col = conditions_column(run, n, p->left.column);
    const struct cat_index *ix = conditions_index_on(conditions_rel(run, n), p->left.column);
    struct finding *f = written_add(run, w, c);
    finding_title(run, f, "%.*s of %s is compared after a cast to %.*s", STR_ARG(p->left.column),
                  say_relation(run, n), STR_ARG(p->left.cast_type));
    f->sure = c->sure && !w->scan->guessed ? SURE_PLAN : SURE_LIKELY;
    finding_fact(run, f, "column type", col ? col->type : (struct str){0});
    finding_fact(run, f, "cast to", p->left.cast_type);
    finding_fact(run, f, "compared with", p->right.text);
    finding_fact(run, f, "index on the column", ix ? ix->name : (struct str){0});
    say_kind(run, f, p->left.cast_type);
    const char *better = rewritten(run, p, p->left.cast_type);
    if (better)
        written_show(run, f, better);
    if (!ix) /* written as it should be, it still wants an index on the column */
        finding_index(f, n);
}

/* A join that casts a table's own column: an index on it cannot be used to look the rows up. */
static void judge_join(struct rule_run *run, struct finding *join_finding)
{
    static const enum prop_id conditions[] = {PROP_HASH_COND, PROP_MERGE_COND};
    const struct node *scan = join_finding->node, *join = join_finding->related;
    struct str alias = node_text(scan, PROP_ALIAS);
    for (size_t k = 0; k < 2; k++) {
        const struct condition_list *list = conditions_of(run, join, conditions[k]);
        for (size_t i = 0; i < list->count; i++) {
            const struct pred *p = list->item[i].pred;
            bool left = p->kind == PRED_TEST && str_eq(p->left.qualifier, alias), sure;
            const struct pred_side *side = left ? &p->left : &p->right;
            if (p->kind != PRED_TEST || side->kind != SIDE_COLUMN ||
                !str_eq(side->qualifier, alias) ||
                !conditions_cast_defeats(run, scan, p, left, &sure))
                continue;
            struct finding *f = finding_add(run, scan, 0);
            finding_stake(run, f, join_finding->stake);
            f->related = join;
            f->sure = sure ? SURE_PLAN : SURE_LIKELY;
            finding_title(run, f, "%.*s of %s is joined after a cast to %.*s",
                          STR_ARG(side->column), say_relation(run, scan), STR_ARG(side->cast_type));
            finding_fact(run, f, "join condition", p->text);
            finding_why(run, f, "%s The two sides have different types.", run->rule->why);
            finding_remedy(run, f,
                           "Give both columns the same type; until then cast the other side, or "
                           "build an index on the expression.");
            return;
        }
    }
}

void check_cast_on_column(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        struct written w;
        const struct condition *c =
            written_badly(run, s, &w) ? conditions_first(w.list, COND_CAST) : NULL;
        if (c)
            report(run, &w, c);
    }
    for (struct finding *f = run->findings; f && f->rule != run->rule; f = f->next)
        if (strcmp(f->rule->id, "seq-scan-join") == 0)
            judge_join(run, f);
}
