/* LIKE and regular expressions that a B-tree cannot serve. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/written.h"

static bool is_regex(const struct pred *p)
{
    return p->op == PRED_REGEX || p->op == PRED_IREGEX;
}

/* Letters in a row that trigrams can be made of; -1: the pattern is not known. */
static long longest_run(const struct pred *p)
{
    if (p->right.kind != SIDE_CONST || p->right.is_null)
        return -1;
    return (long)(is_regex(p) ? pred_regex_longest_run(p->right.value)
                              : pred_like_longest_run(p->right.value));
}

/* ---- like-leading-wildcard ---- */

static void report_wildcard(struct rule_run *run, const struct written *w,
                            const struct condition *c)
{
    const struct pred *p = c->pred;
    long run_length = longest_run(p);
    struct finding *f = written_add(run, w, c);
    finding_title(run, f, "%s of %s is searched with a pattern that no B-tree serves: %.*s",
                  written_left(run, p), say_relation(run, w->scan->node), STR_ARG(p->right.text));
    finding_fact(run, f, "pattern", p->right.text);
    if (run_length >= 0)
        finding_figure(run, f, "longest fixed run", (double)run_length, "characters", NULL);
    if (run_length < 0)
        f->sure = SURE_LIKELY;
    if (run_length >= 0 && run_length < 3) {
        finding_remedy(run, f,
                       "Trigrams need three letters or digits in a row, which the pattern does not "
                       "have: a longer pattern, or full-text search.");
        return;
    }
    finding_index(f, w->scan->node);
    if (run->catalog && run->catalog->extensions_known &&
        !cat_has_extension(run->catalog, "pg_trgm"))
        finding_sql(run, f, "CREATE EXTENSION IF NOT EXISTS pg_trgm;");
}

void check_like_leading_wildcard(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        struct written w;
        if (!written_badly(run, s, &w) || w.list->uses[COND_CAST] || w.list->uses[COND_WRAPPED] ||
            w.list->uses[COND_PREFIX])
            continue;
        const struct condition *c = conditions_first(w.list, COND_PATTERN);
        if (c)
            report_wildcard(run, &w, c);
    }
}

/* ---- like-prefix-collation ---- */

/* An index on the column that can serve a prefix: sorted byte by byte. */
static bool has_pattern_index(const struct rule_run *run, const struct node *n, struct str column)
{
    const struct cat_rel *rel = conditions_rel(run, n);
    const struct cat_column *col = rel ? cat_find_column(rel, column) : NULL;
    for (const struct cat_index *ix = rel ? rel->indexes : NULL; ix; ix = ix->next)
        if (ix->valid && ix->key_count && str_eq(ix->keys[0].column, column) &&
            (str_find(ix->keys[0].opclass, "_pattern_ops") >= 0 ||
             str_is(ix->keys[0].collation, "C") ||
             (col && cat_column_is_c_collated(run->catalog, col))))
            return true;
    return false;
}

static void report_prefix(struct rule_run *run, const struct written *w, const struct condition *c)
{
    const struct node *n = w->scan->node;
    const struct pred *p = c->pred;
    const struct cat_index *ix = conditions_index_on(conditions_rel(run, n), p->left.column);
    if (has_pattern_index(run, n, p->left.column))
        return;
    struct finding *f = written_add(run, w, c);
    f->sure = ix ? SURE_PLAN : SURE_LIKELY;
    finding_title(run, f, "Prefix %.*s of %.*s is looked for in all rows of %s",
                  STR_ARG(p->right.text), STR_ARG(p->left.column), say_relation(run, n));
    finding_fact(run, f, "pattern", p->right.text);
    finding_fact(run, f, "index on the column", ix ? ix->name : (struct str){0});
    if (run->catalog)
        finding_fact(run, f, "collation of the database", run->catalog->db_collate);
    finding_index(f, n);
}

void check_like_prefix_collation(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        struct written w;
        if (!written_badly(run, s, &w))
            continue;
        const struct condition *c = conditions_first(w.list, COND_PREFIX);
        if (c && c->pred->left.kind == SIDE_COLUMN)
            report_prefix(run, &w, c);
    }
}
