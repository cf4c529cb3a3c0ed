/* Sizes and write costs of proposed indexes, from the statistics of their columns. */
#include <math.h>

#include "advise/access.h"
#include "advise/advise_private.h"
#include "advise/size.h"
#include "base/arena.h"
#include "plan/plan.h"

static struct size_key size_key(const struct ix_key *k, double rows)
{
    struct size_key key =
        k->column ? size_key_of(k->column, rows) : size_key_of_expr(k->stats, rows);
    key.opclass = k->opclass;
    return key;
}

/*
 * A foreign key's columns together have no more values than the table that they refer to has rows:
 * correlated as they mostly are, the product of their own numbers would be far off. NAN: the
 * columns are no foreign key of several columns.
 */
static double foreign_distinct(const struct catalog *cat, const struct cat_rel *rel,
                               const struct str *columns, const struct size_key *keys, size_t count)
{
    double product = 1;
    for (size_t k = 0; k < count; k++)
        product *= keys[k].distinct;
    for (const struct cat_fk *fk = cat ? cat->fks : NULL; fk && count > 1; fk = fk->next) {
        size_t found = 0;
        for (size_t i = 0; fk->rel == rel && i < fk->column_count; i++)
            for (size_t k = 0; k < count; k++)
                found += str_eq(fk->columns[i], columns[k]);
        if (found == count && found == fk->column_count && fk->ref && num_known(fk->ref->tuples))
            return fmin(num_or(product, INFINITY), fmax(fk->ref->tuples, 1));
    }
    return NAN;
}

static void fill_size_in(const struct access_model *m, const struct ix *x, struct size_in *in,
                         struct size_key *keys)
{
    struct cost_table t = {.tuples = NAN, .pages = NAN};
    if (!cost_table_from(&t, m->cat, x->rel))
        t = (struct cost_table){.tuples = x->table_rows, .pages = x->table_pages};
    struct str columns[IX_MAX_KEYS];
    for (size_t i = 0; i < x->total_count; i++) {
        keys[i] = size_key(&x->keys[i], t.tuples);
        columns[i] = x->keys[i].is_expr ? (struct str){NULL, 0} : x->keys[i].name;
    }
    *in = (struct size_in){.am = x->am,
                           .keys = keys,
                           .key_count = x->key_count,
                           .total_count = x->total_count,
                           .rows = t.tuples,
                           .pages = t.pages,
                           .kept = num_or(x->kept, 1),
                           .joint_distinct =
                               size_joint_distinct(x->rel, columns, x->key_count, t.tuples),
                           .unique = x->unique,
                           .fillfactor = NAN,
                           .pages_per_range = NAN,
                           .version_num = m->params.version_num};
    if (!num_known(in->joint_distinct))
        in->joint_distinct = foreign_distinct(m->cat, x->rel, columns, keys, x->key_count);
}

void access_size(const struct access_model *m, struct ix *x)
{
    struct size_in in;
    struct size_out out;
    struct size_key keys[IX_MAX_KEYS];
    bool complete = num_known(x->pages) && num_known(x->tuples) && x->height >= 0;
    if (complete || x->total_count > IX_MAX_KEYS)
        return;
    fill_size_in(m, x, &in, keys);
    if (!num_known(in.rows)) { /* nobody knows the table's size: only shapes are compared */
        in.rows = access_nominal_rows(m->cat, x->rel);
        in.pages = num_or(x->rel->pages, in.rows / 80);
    }
    size_estimate(&in, &out);
    if (!num_known(x->pages)) {
        x->pages = out.pages;
        x->size_bytes = out.bytes;
    }
    if (!num_known(x->tuples))
        x->tuples = out.tuples;
    x->height = out.height;
}

void run_write_cost(struct advise_run *r, const struct ix *x, struct advice_index *out)
{
    struct size_in in;
    struct size_out size;
    struct size_key keys[IX_MAX_KEYS];
    out->write_wal_bytes = out->write_us = out->build_seconds = NAN;
    fill_size_in(&r->model, x, &in, keys);
    if (!num_known(in.rows))
        return;
    size_estimate(&in, &size);
    struct size_write w = size_write_cost(&in, &size);
    out->write_wal_bytes = w.wal_bytes;
    out->write_us = w.us;
    out->build_seconds = size_build_seconds(&in, &size);
    /* No index but BRIN lets an update of its columns stay HOT (16+: not even that ends it). */
    double hot = x->rel->hot_updates, updates = x->rel->updates;
    out->loses_hot = x->am != COST_BRIN && num_known(hot) && updates > 0 && hot / updates >= 0.1;
}
