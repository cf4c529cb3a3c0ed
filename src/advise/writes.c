/*
 * What an index takes from those who write: from the statements of the workload that insert,
 * update or delete, or, for a table that none of them writes to, from the server's counters.
 */
#include <math.h>

#include "advise/advise_private.h"
#include "advise/size.h"
#include "base/arena.h"
#include "plan/plan.h"

/* Planner cost of a microsecond: a table in memory is read at some five microseconds a unit. */
static const double US_PER_COST = 5;
/* Share of updates that stay on their page where nothing tells: half. */
static const double HOT_SHARE = 0.5;

/* Rows written to one relation by one execution of the workload, weighted. */
struct writes {
    double inserts;
    double updates_of; /* that assign one of the index's columns */
    double updates_else;
};

static bool reads_column(const struct ix *x, struct str column)
{
    for (size_t i = 0; i < x->total_count; i++) {
        const struct ix_key *k = &x->keys[i];
        /* What an expression reads is not listed: its text tells well enough. */
        if (k->is_expr ? memmem(k->name.p, k->name.len, column.p, column.len) != NULL
                       : str_eq(k->name, column))
            return true;
    }
    for (size_t p = 0; p < x->predicate_count; p++)
        for (size_t c = 0; c < x->predicate[p]->left.column_count; c++)
            if (str_eq(x->predicate[p]->left.columns[c].column, column))
                return true;
    return false;
}

static bool assigns(const struct query_block *b, const struct ix *x)
{
    for (size_t i = 0; i < b->set_count; i++)
        if (reads_column(x, b->set_columns[i]))
            return true;
    return false;
}

static double target_rows(const struct advise_run *r, size_t q, const struct query_block *b)
{
    double most = 1;
    for (size_t i = r->need_from[q]; i < r->need_from[q + 1]; i++) {
        const struct need *n = &r->needs.items[i];
        if (str_eq(n->alias, b->target->alias) && b->kind != QUERY_INSERT)
            return fmax(num_or(n->joined_rows, num_or(n->rows_out, 1)), 1);
        if (b->kind == QUERY_INSERT && !b->value_rows)
            most = fmax(most, num_or(n->joined_rows, num_or(n->rows_out, 1)));
    }
    return b->kind == QUERY_INSERT && b->value_rows ? b->value_rows : most;
}

/* Whether the statement writes to the index's table. */
static bool add_block(const struct advise_run *r, size_t q, const struct query_block *b,
                      const struct ix *x, struct writes *w)
{
    const struct cat_rel *target = cat_find_rel(r->cat, b->target->schema, b->target->name);
    while (target && target->parent && target->parent->kind == 'p')
        target = target->parent;
    if (!target || target != x->rel)
        return false;
    double rows = target_rows(r, q, b) * r->out->queries[q].weight;
    if (b->inserts)
        w->inserts += rows;
    if (b->updates && b->kind != QUERY_INSERT)
        *(assigns(b, x) ? &w->updates_of : &w->updates_else) += rows;
    return true;
}

static bool from_statements(const struct advise_run *r, const struct ix *x, struct writes *w)
{
    bool found = false;
    for (size_t q = 0; q < r->out->query_count; q++) {
        const struct query *text = r->analysed[q];
        for (size_t b = 0; text && b < text->block_count; b++)
            if (text->blocks[b]->target && !text->blocks[b]->merged)
                found |= add_block(r, q, text->blocks[b], x, w);
    }
    return found;
}

static double reads_counted(const struct cat_rel *rel)
{
    double reads = num_or(rel->seq_scans, 0);
    for (const struct cat_index *i = rel->indexes; i; i = i->next)
        reads += num_or(i->scans, 0);
    return reads;
}

/* How often the workload reads the table: what the counters' writes are set against. */
static double reads_of_workload(const struct advise_run *r, const struct cat_rel *rel)
{
    double reads = 0;
    for (size_t i = 0; i < r->needs.count; i++) {
        const struct need *n = &r->needs.items[i];
        if (n->rel == rel)
            reads += r->out->queries[n->query].weight * fmax(num_or(n->loops, 1), 1);
    }
    return reads;
}

/* Rows that are still there may have come in one load, which says nothing of daily business. */
static double inserts_counted(const struct cat_rel *rel)
{
    double there = num_or(rel->live_tuples, num_or(rel->tuples, 0));
    return fmax(num_or(rel->inserts, 0) - there, 0);
}

static void from_counters(const struct advise_run *r, const struct ix *x, struct writes *w)
{
    double counted = reads_counted(x->rel);
    if (!(counted > 0))
        return;
    double scale = reads_of_workload(r, x->rel) / counted;
    w->inserts = inserts_counted(x->rel) * scale;
    w->updates_else = num_or(x->rel->updates, 0) * scale;
}

static size_t index_count(const struct cat_rel *rel)
{
    size_t count = 0;
    for (const struct cat_index *i = rel->indexes; i; i = i->next)
        count++;
    return count;
}

/* Share of the table's updates that are HOT today. */
static double hot_share(const struct cat_rel *rel)
{
    bool known = num_known(rel->hot_updates) && rel->updates > 0;
    return known ? rel->hot_updates / rel->updates : HOT_SHARE;
}

static double write_us(struct advise_run *r, const struct ix *x)
{
    struct advice_index figures;
    struct writes w = {0};
    run_write_cost(r, x, &figures);
    if (!num_known(figures.write_us) || !r->cat || x->unchecked)
        return 0;
    if (!from_statements(r, x, &w))
        from_counters(r, x, &w);
    double hot = hot_share(x->rel);
    double entries = w.inserts + w.updates_of + w.updates_else * (1 - hot);
    double lost = x->am == COST_BRIN ? 0 : size_hot_loss(hot, 1, index_count(x->rel)).us;
    return entries * figures.write_us + w.updates_of * lost;
}

double *run_write_costs(struct advise_run *r)
{
    double *cost = arena_calloc(r->arena, r->cands.count, sizeof *cost);
    double us_per_unit = r->in_ms ? 1000 : US_PER_COST;
    for (size_t c = 0; c < r->cands.count; c++)
        cost[c] = r->limits->write_weight * write_us(r, r->cands.items[c]) / us_per_unit;
    return cost;
}
