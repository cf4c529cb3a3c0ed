/* Columns that depend on each other: what the catalog's statistics say of each. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/cure.h"
#include "rules/finding.h"
#include "rules/survey.h"

enum { MOST_COLUMNS = 8 };

struct selectivity {
    struct str column;
    double share;
};

/* "= constant": the value's frequency, else an even part of what the common values leave. */
static double equal_share(const struct cat_stats *s, double rows, const struct pred_side *value)
{
    double common = 0;
    for (size_t i = 0; i < s->mcv_count; i++) {
        if (value->kind == SIDE_CONST && str_eq(s->mcv[i], value->value))
            return s->mcf[i];
        common += s->mcf[i];
    }
    double distinct = s->n_distinct < 0 ? -s->n_distinct * rows : s->n_distinct;
    double others = distinct - (double)s->mcv_count;
    double left = 1 - common - num_or(s->null_frac, 0);
    return others >= 1 && left > 0 ? left / others : NAN;
}

static void add_condition(const struct cat_rel *rel, const struct pred *p, struct selectivity *out,
                          size_t *count)
{
    const struct cat_column *col =
        p->left.kind == SIDE_COLUMN ? cat_find_column(rel, p->left.column) : NULL;
    if (p->kind != PRED_TEST || p->op != PRED_EQ || !col || !col->stats.known ||
        *count == MOST_COLUMNS)
        return;
    for (size_t i = 0; i < *count; i++)
        if (str_eq(out[i].column, p->left.column))
            return;
    double share = equal_share(&col->stats, num_or(rel->live_tuples, rel->tuples), &p->right);
    if (num_known(share))
        out[(*count)++] = (struct selectivity){p->left.column, share};
}

static size_t selectivities(struct rule_run *run, const struct cat_rel *rel, const struct node *n,
                            struct selectivity *out)
{
    static const enum prop_id conditions[] = {PROP_INDEX_COND, PROP_RECHECK_COND, PROP_FILTER};
    size_t count = 0;
    for (size_t k = 0; k < sizeof conditions / sizeof conditions[0]; k++) {
        const struct condition_list *list = conditions_of(run, n, conditions[k]);
        for (size_t i = 0; i < list->count; i++)
            add_condition(rel, list->item[i].pred, out, &count);
    }
    return count;
}

/* There are extended statistics on all of the columns already. */
static bool has_statistics(const struct cat_rel *rel, const struct selectivity *s, size_t count)
{
    for (const struct cat_ext_stats *x = rel->ext_stats; x; x = x->next) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
            for (size_t c = 0; c < x->column_count; c++)
                found += str_eq(x->columns[c], s[i].column);
        if (found == count && (x->dependencies || x->mcv))
            return true;
    }
    return false;
}

static void report(struct rule_run *run, struct finding *estimate, const struct cat_rel *rel,
                   const struct selectivity *s, size_t count, double product)
{
    const struct node *n = estimate->node;
    double rows = num_or(rel->live_tuples, rel->tuples), actual = metrics_of(run->metrics, n)->rows;
    struct str columns[MOST_COLUMNS];
    struct finding *f = finding_add(run, n, 0);
    finding_stake(run, f, estimate->stake);
    draft_of(f)->most = draft_of(estimate)->most;
    finding_title(run, f, "Conditions on %zu columns of %s go together: %s rows expected, %s found",
                  count, say_relation(run, n), say_count(run, n->num[PROP_PLAN_ROWS]),
                  say_count(run, n->num[PROP_ACTUAL_ROWS]));
    for (size_t i = 0; i < count; i++) {
        columns[i] = s[i].column;
        finding_figure(run, f, arena_printf(run->arena, "share of %.*s", STR_ARG(s[i].column)),
                       s[i].share, "share", say_share(run, s[i].share));
    }
    finding_figure(run, f, "multiplied", product, "share", say_share(run, product));
    finding_figure(run, f, "found", actual / rows, "share", say_share(run, actual / rows));
    finding_remedy(
        run, f,
        "CREATE STATISTICS on the columns: dependencies tell how one determines the other, "
        "mcv which combinations are frequent.");
    cure_create_statistics(run, f, n, columns, count, "dependencies, mcv");
}

static void judge(struct rule_run *run, struct finding *estimate)
{
    const struct cat_rel *rel = estimate->node ? conditions_rel(run, estimate->node) : NULL;
    struct selectivity s[MOST_COLUMNS];
    size_t count = rel ? selectivities(run, rel, estimate->node, s) : 0;
    const struct node_metrics *m =
        metrics_of(run->metrics, estimate->node ? estimate->node : run->plan->root);
    if (count < 2 || m->estimate != ESTIMATE_TOO_LOW || has_statistics(rel, s, count))
        return;
    double product = 1, least = 1;
    for (size_t i = 0; i < count; i++) {
        product *= s[i].share;
        least = fmin(least, s[i].share);
    }
    double rows = num_or(rel->live_tuples, rel->tuples),
           actual = m->rows / num_or(estimate->node->num[PROP_ACTUAL_LOOPS], 1);
    /* The single statistics explain what was found only if the columns depend on each other. */
    if (rows > 0 && actual / rows > 3 * product && actual / rows <= 1.5 * least)
        report(run, estimate, rel, s, count, product);
}

void check_stats_extended(struct rule_run *run)
{
    for (struct finding *f = run->findings; f && f->rule != run->rule; f = f->next)
        if (strcmp(f->rule->id, "misestimate") == 0 && draft_of(f)->most > SEVERITY_CLEARED)
            judge(run, f);
}
