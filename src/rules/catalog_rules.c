/* What the catalog says of the tables of the plan. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/finding.h"
#include "rules/survey.h"

/* ---- stats-stale ---- */

/* Stake: nothing that the plan shows; its misestimates say what it costs. */
void check_stats_stale(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        const struct cat_rel *rel = conditions_rel(run, s->node);
        double rows = rel ? fmax(num_or(rel->live_tuples, 0), num_or(rel->tuples, 0)) : NAN;
        double changed = rel ? rel->modified_since_analyze : NAN;
        if (!(rows > 0) || !(changed * 100 > rows * threshold(run, THRESHOLD_STALE)))
            continue;
        struct finding *f = finding_add(run, s->node, 0);
        finding_title(run, f, "%s changed much since its last ANALYZE", say_relation(run, s->node));
        finding_part(run, f, "rows changed since", changed, rows, "rows");
        finding_fact(run, f, "last ANALYZE", rel->last_analyze);
        finding_sql(run, f, "ANALYZE %s;", say_sql_relation(run, s->node));
    }
}

/* ---- indexes of the tables that the plan reads or changes ---- */

typedef void index_check(struct rule_run *run, const struct node *n, const struct cat_index *i);

static void each_index(struct rule_run *run, bool changed_only, index_check *check)
{
    const struct cat_rel *seen[64];
    size_t count = 0;
    for (int i = 0; i < run->plan->node_count && count < 64; i++) {
        const struct node *n = run->plan->nodes[i];
        bool wanted =
            n->type == NODE_MODIFY_TABLE || (!changed_only && node_has_trait(n, TRAIT_RELATION));
        const struct cat_rel *rel = wanted ? conditions_rel(run, n) : NULL;
        bool again = !rel;
        for (size_t k = 0; k < count; k++)
            again |= seen[k] == rel;
        if (again)
            continue;
        seen[count++] = rel;
        for (const struct cat_index *x = rel->indexes; x; x = x->next)
            check(run, n, x);
    }
}

static void say_invalid(struct rule_run *run, const struct node *n, const struct cat_index *i)
{
    if (i->valid)
        return;
    struct finding *f = finding_add(run, n, 0);
    finding_title(run, f, "Index %.*s on %s is invalid", STR_ARG(i->name), say_relation(run, n));
    finding_sql(run, f, "DROP INDEX CONCURRENTLY %s;", say_ident(run, i->name));
}

static void say_unused(struct rule_run *run, const struct node *n, const struct cat_index *i)
{
    bool needed =
        i->unique || i->constraint.len || i->exclusion || i->replica_identity || !i->valid;
    if (needed || i->scans != 0)
        return;
    struct finding *f = finding_add(run, n, 0);
    finding_title(run, f, "Index %.*s on %s was never used", STR_ARG(i->name),
                  say_relation(run, n));
    finding_fact(run, f, "counters since", run->catalog->stats_reset);
    finding_figure(run, f, "size", i->size_bytes, "bytes",
                   say_bytes(run, num_or(i->size_bytes, 0)));
    f->sure = SURE_LIKELY;
}

static bool same_key(const struct cat_key *a, const struct cat_key *b)
{
    return str_eq(a->column, b->column) && str_eq(a->expr, b->expr) &&
           str_eq(a->opclass, b->opclass) && str_eq(a->collation, b->collation) &&
           a->desc == b->desc && a->nulls_first == b->nulls_first;
}

/* a's columns are the first of b's, and a guarantees nothing that b does not. */
static bool is_prefix(const struct cat_index *a, const struct cat_index *b)
{
    bool plain = !a->unique && !a->constraint.len && !a->exclusion && !a->replica_identity;
    if (!plain || a == b || !str_is(a->am, "btree") || !str_is(b->am, "btree") || !b->valid ||
        !str_eq(a->predicate, b->predicate) || a->key_count > b->key_count ||
        a->total_count > a->key_count)
        return false;
    for (size_t k = 0; k < a->key_count; k++)
        if (!same_key(&a->keys[k], &b->keys[k]))
            return false;
    bool equal = a->key_count == b->key_count && b->total_count == b->key_count && !b->unique;
    return !equal || str_cmp(a->name, b->name) > 0; /* of two equal ones, one stays */
}

static void say_duplicate(struct rule_run *run, const struct node *n, const struct cat_index *i)
{
    for (const struct cat_index *b = i->rel->indexes; b; b = b->next) {
        if (!is_prefix(i, b))
            continue;
        struct finding *f = finding_add(run, n, 0);
        finding_title(run, f, "Index %.*s on %s is made redundant by %.*s", STR_ARG(i->name),
                      say_relation(run, n), STR_ARG(b->name));
        finding_sql(run, f, "DROP INDEX CONCURRENTLY %s;", say_ident(run, i->name));
        return;
    }
}

void check_index_invalid(struct rule_run *run)
{
    each_index(run, false, say_invalid);
}

void check_index_unused(struct rule_run *run)
{
    each_index(run, true, say_unused);
}

void check_index_duplicate(struct rule_run *run)
{
    each_index(run, false, say_duplicate);
}

/* ---- fk-unindexed ---- */

static bool is_indexed(const struct cat_fk *fk)
{
    for (const struct cat_index *i = fk->rel->indexes; i; i = i->next) {
        size_t found = 0;
        for (size_t k = 0; k < fk->column_count && k < i->key_count; k++)
            for (size_t c = 0; c < fk->column_count; c++)
                found += str_eq(i->keys[k].column, fk->columns[c]);
        if (i->valid && !i->predicate.len && str_is(i->am, "btree") && found == fk->column_count)
            return true;
    }
    return false;
}

static bool deletes_from(const struct node *n)
{
    struct str operation = node_text(n, PROP_OPERATION);
    return n->type == NODE_MODIFY_TABLE &&
           (str_is(operation, "Delete") || str_is(operation, "Merge"));
}

/* Stake: the time of the constraint's trigger is told by trigger-time; this names the key. */
void check_fk_unindexed(struct rule_run *run)
{
    for (int i = 0; i < run->plan->node_count; i++) {
        const struct node *n = run->plan->nodes[i];
        const struct cat_rel *rel = deletes_from(n) ? conditions_rel(run, n) : NULL;
        for (const struct cat_fk *fk = rel ? run->catalog->fks : NULL; fk; fk = fk->next) {
            if (fk->ref != rel || is_indexed(fk))
                continue;
            struct finding *f = finding_add(run, n, 0);
            finding_title(run, f, "Foreign key %.*s of %.*s has no index", STR_ARG(fk->name),
                          STR_ARG(fk->rel->name));
            finding_fact(run, f, "referencing column", fk->columns[0]);
        }
    }
}

/* ---- stats-extended ---- */

static bool has_statistics_on(const struct cat_rel *rel, const struct str *columns, size_t count)
{
    for (const struct cat_ext_stats *e = rel->ext_stats; e; e = e->next) {
        size_t found = 0;
        for (size_t c = 0; c < count; c++)
            for (size_t i = 0; i < e->column_count; i++)
                found += str_eq(e->columns[i], columns[c]);
        if (found == count)
            return true;
    }
    return false;
}

/* Stake: nothing by itself; what the wrong estimate caused is told by misestimate. */
void check_stats_extended(struct rule_run *run)
{
    for (const struct scan *s = run->survey->scans; s; s = s->next) {
        struct str columns[8];
        const struct node_metrics *m = metrics_of(run->metrics, s->node);
        const struct cat_rel *rel = conditions_rel(run, s->node);
        const struct condition_list *filter = conditions_of(run, s->node, PROP_FILTER);
        size_t count = conditions_columns(filter, 1u << COND_PLAIN, columns, 8);
        if (!rel || count < 2 || m->estimate != ESTIMATE_TOO_LOW ||
            !(m->estimate_factor >= threshold(run, THRESHOLD_MISESTIMATE)) ||
            has_statistics_on(rel, columns, count))
            continue;
        struct finding *f = finding_add(run, s->node, 0);
        finding_title(run, f, "Conditions on %s of %s belong together",
                      say_counted(run, (double)count, "column"), say_relation(run, s->node));
        finding_figure(run, f, "estimate off by", m->estimate_factor, "x",
                       say_factor(run, m->estimate_factor));
        finding_sql(
            run, f, "CREATE STATISTICS %s ON %s, %s FROM %s; ANALYZE %s;",
            say_ident(run, str_of(arena_printf(run->arena, "%.*s_stats", STR_ARG(rel->name)))),
            say_ident(run, columns[0]), say_ident(run, columns[1]), say_sql_relation(run, s->node),
            say_sql_relation(run, s->node));
        f->sure = SURE_LIKELY;
    }
}
