/* What the catalog says about the tables of the plan. */
#include "base/arena.h"
#include "catalog/catalog.h"
#include "rules/checks.h"
#include "rules/conditions.h"
#include "rules/cure.h"
#include "rules/finding.h"
#include "rules/survey.h"

typedef void rel_check(struct rule_run *run, const struct cat_rel *rel, const struct node *n);

/* A node of the plan that stands for a relation: a scan or a change. */
struct seen {
    const struct cat_rel *rel;
    const struct node *node;
};

static bool was_seen(const struct seen *seen, size_t count, const struct cat_rel *rel)
{
    for (size_t i = 0; i < count; i++)
        if (seen[i].rel == rel)
            return true;
    return false;
}

/* Each relation of the plan once: scans that weigh something, and tables that are changed. */
static void each_rel(struct rule_run *run, bool changed_only, rel_check *check)
{
    enum { MOST_RELATIONS = 256 };
    struct seen seen[MOST_RELATIONS];
    size_t count = 0;
    struct node_span changes = survey_nodes(run, NODE_MODIFY_TABLE);
    const struct scan *s = changed_only ? NULL : run->survey->scans;
    for (size_t i = 0; (i < changes.count || s) && count < MOST_RELATIONS; i++) {
        const struct node *n = i < changes.count ? changes.node[i] : s->node;
        const struct cat_rel *rel = conditions_rel(run, n);
        if (i >= changes.count)
            s = s->next;
        if (!rel || was_seen(seen, count, rel))
            continue;
        seen[count++] = (struct seen){rel, n};
        check(run, rel, n);
    }
}

static const char *rel_name(struct rule_run *run, const struct cat_rel *rel)
{
    struct buf b = {0};
    cat_add_qualified(&b, rel->schema, rel->name);
    const char *s = arena_strndup(run->arena, b.data, b.len);
    buf_free(&b);
    return s;
}

static const char *index_name(struct rule_run *run, const struct cat_index *ix)
{
    struct buf b = {0};
    cat_add_qualified(&b, ix->schema, ix->name);
    const char *s = arena_strndup(run->arena, b.data, b.len);
    buf_free(&b);
    return s;
}

static size_t index_count(const struct cat_rel *rel)
{
    size_t count = 0;
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        count++;
    return count;
}

/* An index that need not be there costs a change its part: the table and each index take alike. */
static double index_part(const struct rule_run *run, const struct cat_rel *rel,
                         const struct node *n)
{
    return n->type == NODE_MODIFY_TABLE ? survey_weight(run, n) / (1 + (double)index_count(rel))
                                        : 0;
}

/* ---- stats-stale ---- */

static void judge_stale(struct rule_run *run, const struct cat_rel *rel, const struct node *n)
{
    double changed = cure_changed_share(rel);
    const struct finding *told = finding_of(run, "misestimate", n);
    if (!(changed * 100 >= threshold(run, THRESHOLD_STALE)) || told)
        return;
    struct finding *f = finding_add(run, n, 0);
    finding_title(run, f, "%s of the rows of %s changed since its last ANALYZE",
                  say_share(run, changed), rel_name(run, rel));
    finding_figure(run, f, "rows changed", rel->modified_since_analyze, "rows", NULL);
    finding_figure(run, f, "rows", num_or(rel->live_tuples, rel->tuples), "rows", NULL);
    finding_fact(run, f, "last ANALYZE", rel->last_analyze.len ? rel->last_analyze : STR("never"));
    finding_sql(run, f, "ANALYZE %s;", rel_name(run, rel));
}

void check_stats_stale(struct rule_run *run)
{
    each_rel(run, false, judge_stale);
}

/* ---- fk-unindexed ---- */

/* The foreign key's columns are the first ones of the index, in any order. */
static bool leads_with(const struct cat_index *ix, const struct cat_fk *fk)
{
    if (!ix->valid || ix->predicate.len || !str_is(ix->am, "btree") ||
        ix->key_count < fk->column_count)
        return false;
    for (size_t c = 0; c < fk->column_count; c++) {
        bool found = false;
        for (size_t k = 0; k < fk->column_count; k++)
            found |= str_eq(ix->keys[k].column, fk->columns[c]);
        if (!found)
            return false;
    }
    return true;
}

static bool is_indexed(const struct cat_fk *fk)
{
    for (const struct cat_index *ix = fk->rel->indexes; ix; ix = ix->next)
        if (leads_with(ix, fk))
            return true;
    return false;
}

static bool trigger_told(const struct rule_run *run, const struct cat_fk *fk)
{
    for (const struct finding *f = run->findings; f; f = f->next)
        if (strcmp(f->rule->id, "trigger-time") == 0)
            for (const struct evidence *e = f->evidence; e; e = e->next)
                if (strcmp(e->name, "constraint") == 0 && str_eq(str_of(e->text), fk->name))
                    return true;
    return false;
}

static void report_fk(struct rule_run *run, const struct cat_fk *fk, const struct node *n)
{
    struct buf columns = {0};
    for (size_t i = 0; i < fk->column_count; i++) {
        buf_adds(&columns, i ? ", " : "");
        cat_add_ident(&columns, fk->columns[i]);
    }
    struct finding *f = finding_add(run, n, 0);
    f->wants_index = true;
    finding_title(run, f, "Foreign key %.*s of %s has no index on (%s)", STR_ARG(fk->name),
                  rel_name(run, fk->rel), columns.data);
    finding_fact(run, f, "constraint", fk->name);
    finding_figure(run, f, "rows of the referencing table",
                   num_or(fk->rel->live_tuples, fk->rel->tuples), "rows", NULL);
    buf_free(&columns);
}

static void judge_fks(struct rule_run *run, const struct cat_rel *rel, const struct node *n)
{
    struct str operation = node_text(n, PROP_OPERATION);
    if (str_is(operation, "Insert"))
        return;
    for (const struct cat_fk *fk = run->catalog->fks; fk; fk = fk->next)
        if (fk->ref == rel && !fk->not_enforced && !is_indexed(fk) && !trigger_told(run, fk) &&
            (!str_is(operation, "Update") || fk->on_update != CAT_FK_NO_ACTION))
            report_fk(run, fk, n);
}

void check_fk_unindexed(struct rule_run *run)
{
    each_rel(run, true, judge_fks);
}

/* ---- index-invalid ---- */

static void judge_invalid(struct rule_run *run, const struct cat_rel *rel, const struct node *n)
{
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next) {
        if (ix->valid || rel->kind == 'p') /* invalid on a partitioned table: partitions lack it */
            continue;
        struct finding *f = finding_add(run, n, index_part(run, rel, n));
        finding_title(run, f, "Index %s is invalid", index_name(run, ix));
        finding_figure(run, f, "size", ix->size_bytes, "bytes", NULL);
        finding_fact(run, f, "definition", ix->definition);
        finding_sql(run, f, "DROP INDEX CONCURRENTLY %s;", index_name(run, ix));
    }
}

void check_index_invalid(struct rule_run *run)
{
    each_rel(run, false, judge_invalid);
}

/* ---- index-unused ---- */

static bool is_needed(const struct cat_index *ix)
{
    return ix->unique || ix->primary || ix->exclusion || ix->replica_identity || ix->constraint.len;
}

static void judge_unused(struct rule_run *run, const struct cat_rel *rel, const struct node *n)
{
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next) {
        if (ix->scans != 0 || !ix->valid || is_needed(ix))
            continue;
        struct finding *f = finding_add(run, n, index_part(run, rel, n));
        f->sure = SURE_LIKELY;
        finding_title(run, f, "Index %s was never used", index_name(run, ix));
        finding_figure(run, f, "scans", ix->scans, "scans", NULL);
        finding_figure(run, f, "size", ix->size_bytes, "bytes", NULL);
        finding_fact(run, f, "counting since", run->catalog->stats_reset);
        finding_fact(run, f, "definition", ix->definition);
        finding_sql(run, f, "DROP INDEX CONCURRENTLY %s;", index_name(run, ix));
    }
}

void check_index_unused(struct rule_run *run)
{
    each_rel(run, true, judge_unused);
}

/* ---- index-duplicate ---- */

static bool same_key(const struct cat_key *x, const struct cat_key *y)
{
    return str_eq(x->column, y->column) && str_eq(x->expr, y->expr) && x->desc == y->desc &&
           x->nulls_first == y->nulls_first && str_eq(x->opclass, y->opclass) &&
           str_eq(x->collation, y->collation);
}

/* Whatever x can do, y can: x's keys are y's first ones, and y has all columns that x carries. */
static bool is_covered(const struct cat_index *x, const struct cat_index *y)
{
    if (x == y || !y->valid || !str_eq(x->am, y->am) || !str_eq(x->predicate, y->predicate) ||
        x->key_count > y->key_count || x->total_count != x->key_count)
        return false;
    for (size_t i = 0; i < x->key_count; i++)
        if (!same_key(&x->keys[i], &y->keys[i]))
            return false;
    bool equal = x->key_count == y->key_count && x->total_count == y->total_count && !is_needed(y);
    return !equal || str_cmp(x->name, y->name) > 0; /* of two equal ones, one stays */
}

static void judge_duplicate(struct rule_run *run, const struct cat_rel *rel, const struct node *n)
{
    for (const struct cat_index *x = rel->indexes; x; x = x->next)
        for (const struct cat_index *y = rel->indexes; y && x->valid && !is_needed(x);
             y = y->next) {
            if (!is_covered(x, y))
                continue;
            struct finding *f = finding_add(run, n, index_part(run, rel, n));
            finding_title(run, f, "Index %s is made redundant by %s", index_name(run, x),
                          index_name(run, y));
            finding_fact(run, f, "redundant", x->definition);
            finding_fact(run, f, "covered by", y->definition);
            finding_figure(run, f, "size", x->size_bytes, "bytes", NULL);
            finding_sql(run, f, "DROP INDEX CONCURRENTLY %s;", index_name(run, x));
            break;
        }
}

void check_index_duplicate(struct rule_run *run)
{
    each_rel(run, false, judge_duplicate);
}
