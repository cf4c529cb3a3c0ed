/* Conditions that wrap the column in a function or in arithmetic. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/written.h"
#include "sql/ident.h"

enum rewrite { NONE, TRUNC, PART, COALESCE, PREFIX, ARITHMETIC };

static const struct wrap {
    const char *function;
    enum rewrite rewrite;
    const char *remedy;
} wraps[] = {
#define WRAP(function, rewrite, remedy) {function, rewrite, remedy},
#include "rules/wrap.def"
#undef WRAP
};

static const struct wrap *wrap_of(struct str function)
{
    for (size_t i = 0; i < sizeof wraps / sizeof wraps[0]; i++)
        if (str_is_nocase(function, wraps[i].function))
            return &wraps[i];
    return NULL;
}

/* The first string literal of an expression: 'day' of date_trunc('day'::text, ts). */
static struct str first_literal(struct str text)
{
    const char *open = text.len ? memchr(text.p, '\'', text.len) : NULL;
    size_t from = open ? (size_t)(open - text.p) + 1 : 0;
    const char *close = open ? memchr(text.p + from, '\'', text.len - from) : NULL;
    return close ? str_sub(text, from, (size_t)(close - text.p)) : (struct str){0};
}

static const char *quoted(struct rule_run *run, struct str value)
{
    struct buf b = {0};
    sql_add_literal(&b, value);
    const char *s = arena_strndup(run->arena, b.data, b.len);
    buf_free(&b);
    return s;
}

/* date_trunc('day', ts) = '2024-01-05': ts >= '2024-01-05' AND ts < '2024-01-05' + interval '1 day'
 */
static const char *trunc_range(struct rule_run *run, const struct pred *p, const char *column)
{
    struct str unit = first_literal(p->left.text);
    if (!unit.len || p->op != PRED_EQ || p->right.kind != SIDE_CONST || p->right.is_null)
        return NULL;
    const char *from = quoted(run, p->right.value);
    return arena_printf(run->arena, "%s >= %s AND %s < timestamp %s + interval '1 %.*s'", column,
                        from, column, from, STR_ARG(unit));
}

/* EXTRACT(year FROM ts) = 2024: ts >= '2024-01-01' AND ts < '2025-01-01' */
static const char *year_range(struct rule_run *run, const struct pred *p, const char *column)
{
    double year;
    bool is_year = str_find(p->left.text, "year") >= 0;
    if (!is_year || p->op != PRED_EQ || p->right.kind != SIDE_CONST ||
        !str_to_double(p->right.value, &year) || year < 1 || year > 9998)
        return NULL;
    return arena_printf(run->arena, "%s >= '%04.0f-01-01' AND %s < '%04.0f-01-01'", column, year,
                        column, year + 1);
}

/* left(code, 3) = 'abc': code LIKE 'abc%' */
static const char *prefix_pattern(struct rule_run *run, const struct pred *p, const char *column)
{
    struct str v = p->right.value;
    bool plain = p->op == PRED_EQ && p->right.kind == SIDE_CONST && !p->right.is_null && v.len &&
                 !memchr(v.p, '%', v.len) && !memchr(v.p, '_', v.len) && !memchr(v.p, '\\', v.len);
    if (!plain)
        return NULL;
    return arena_printf(run->arena, "%s LIKE %s", column,
                        quoted(run, str_of(arena_printf(run->arena, "%.*s%%", STR_ARG(v)))));
}

static const char *rewritten(struct rule_run *run, const struct pred *p, enum rewrite how)
{
    if (p->left.column_count != 1)
        return NULL;
    const char *column = say_ident(run, p->left.columns[0].column);
    switch (how) {
    case TRUNC:
        return trunc_range(run, p, column);
    case PART:
        return year_range(run, p, column);
    case PREFIX:
        return prefix_pattern(run, p, column);
    default:
        return NULL;
    }
}

/* An index of the catalog whose first key is this expression. */
static const struct cat_index *index_on_expression(struct rule_run *run, const struct node *n,
                                                   const struct pred_side *side)
{
    const struct cat_rel *rel = conditions_rel(run, n);
    struct str wanted = pred_canonical(run->arena, side->expr.len ? side->expr : side->text);
    for (const struct cat_index *ix = rel ? rel->indexes : NULL; ix; ix = ix->next)
        if (ix->valid && ix->key_count && ix->keys[0].expr.len &&
            str_eq(pred_canonical(run->arena, ix->keys[0].expr), wanted))
            return ix;
    return NULL;
}

static void advise(struct rule_run *run, struct finding *f, const struct node *n,
                   const struct pred *p)
{
    const struct wrap *wrap = wrap_of(p->left.function);
    bool indexable = !p->left.is_stable && !p->left.has_param && !p->left.is_volatile;
    const char *better = rewritten(run, p, wrap ? wrap->rewrite : NONE);
    if (indexable)
        finding_index(f, n);
    finding_remedy(run, f, "%s%s", wrap ? wrap->remedy : "An index on the expression.",
                   indexable
                       ? ""
                       : " No index can hold the expression as it is: it depends on the session "
                         "(time zone, settings) or on a parameter.");
    if (better)
        written_show(run, f, better);
}

static void report(struct rule_run *run, const struct written *w, const struct condition *c)
{
    const struct node *n = w->scan->node;
    const struct pred *p = c->pred;
    const struct cat_index *ix = index_on_expression(run, n, &p->left);
    struct str column = p->left.column_count ? p->left.columns[0].column : (struct str){0};
    if (ix) /* there is one: something else keeps the planner from it */
        return;
    const struct cat_index *plain = conditions_index_on(conditions_rel(run, n), column);
    struct finding *f = written_add(run, w, c);
    finding_title(run, f, "%s of %s is compared row by row", written_left(run, p),
                  say_relation(run, n));
    finding_fact(run, f, "expression", p->left.text);
    finding_fact(run, f, "compared with", p->right.text);
    finding_fact(run, f, "index on the column", plain ? plain->name : (struct str){0});
    advise(run, f, n, p);
}

void check_function_on_column(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        struct written w;
        if (!written_badly(run, s, &w) || w.list->uses[COND_CAST] || w.list->uses[COND_PREFIX])
            continue;
        const struct condition *c = conditions_first(w.list, COND_WRAPPED);
        if (c)
            report(run, &w, c);
    }
}
