#include "advise/ix.h"

#include <math.h>

#include "advise/form.h"
#include "base/arena.h"
#include "plan/plan.h"

static const char *const am_names[] = {[COST_BTREE] = "btree",
                                       [COST_HASH] = "hash",
                                       [COST_GIST] = "gist",
                                       [COST_GIN] = "gin",
                                       [COST_BRIN] = "brin"};

const char *ix_am_name(enum cost_am am)
{
    return am_names[am];
}

static enum cost_am find_am(struct str name)
{
    for (size_t i = 0; i < sizeof am_names / sizeof am_names[0]; i++)
        if (str_is(name, am_names[i]))
            return (enum cost_am)i;
    return COST_GIST; /* spgist, and those of extensions: a tree without an order */
}

static struct ix_key key_from_catalog(struct arena *a, const struct cat_rel *rel,
                                      const struct cat_key *k)
{
    struct ix_key key = {.opclass = k->opclass,
                         .collation = k->collation,
                         .desc = k->desc,
                         .nulls_first = k->nulls_first};
    if (k->column.len) {
        key.name = key.canonical = k->column;
        key.column = cat_find_column(rel, k->column);
    } else {
        key.is_expr = true;
        key.name = k->expr;
        key.canonical = pred_canonical(a, k->expr);
        key.stats = &k->stats;
    }
    return key;
}

void ix_set_predicate(struct arena *a, struct ix *x, const struct pred **conjuncts, size_t count,
                      struct str text)
{
    x->predicate = conjuncts;
    x->predicate_count = count;
    x->predicate_text = text;
    x->predicate_key = form_key_of_all(a, conjuncts, count);
    x->predicate_keys = arena_calloc(a, count, sizeof *x->predicate_keys);
    for (size_t i = 0; i < count; i++)
        x->predicate_keys[i] = form_key(a, conjuncts[i]);
}

struct ix *ix_from_catalog(struct arena *a, const struct cat_index *index)
{
    struct ix *x = arena_alloc(a, sizeof *x);
    x->rel = index->rel;
    x->am = find_am(index->am);
    x->key_count = index->key_count;
    x->total_count = index->total_count;
    x->keys = arena_calloc(a, x->total_count, sizeof *x->keys);
    for (size_t i = 0; i < x->total_count; i++) {
        x->keys[i] = key_from_catalog(a, index->rel, &index->keys[i]);
        x->keys[i].role = i < x->key_count ? IX_FILTER : IX_COVERED;
    }
    if (index->predicate.len) {
        size_t count;
        const struct pred **all = pred_conjuncts(a, pred_parse(a, index->predicate), &count);
        ix_set_predicate(a, x, all, count, index->predicate);
    }
    x->unique = index->unique;
    x->existing = index;
    x->table_rows = x->table_pages = NAN;
    x->kept = num_known(index->tuples) && index->rel->tuples > 0
                  ? index->tuples / index->rel->tuples
                  : NAN;
    x->pages = index->pages;
    x->tuples = index->tuples;
    x->size_bytes = index->size_bytes;
    x->height = -1;
    return x;
}

bool ix_key_same(const struct ix_key *a, const struct ix_key *b)
{
    return a->is_expr == b->is_expr && str_eq(a->canonical, b->canonical) &&
           str_eq(a->opclass, b->opclass) && str_eq(a->collation, b->collation);
}

/* Directions of the first n keys: all as in b, or all the other way round. */
static bool directions_agree(const struct ix *a, const struct ix *b, size_t n)
{
    bool same = true, opposite = true;
    for (size_t i = 0; i < n; i++) {
        const struct ix_key *x = &a->keys[i], *y = &b->keys[i];
        same &= x->desc == y->desc && x->nulls_first == y->nulls_first;
        opposite &= x->desc != y->desc && x->nulls_first != y->nulls_first;
    }
    return a->am != COST_BTREE || same || opposite;
}

static bool keys_lead(const struct ix *a, const struct ix *b)
{
    if (a->key_count > b->key_count)
        return false;
    for (size_t i = 0; i < a->key_count; i++)
        if (!ix_key_same(&a->keys[i], &b->keys[i]))
            return false;
    return directions_agree(a, b, a->key_count);
}

static bool same_kind(const struct ix *a, const struct ix *b)
{
    return a->rel == b->rel && a->am == b->am && str_eq(a->predicate_key, b->predicate_key);
}

static bool stores(const struct ix *x, const struct ix_key *k)
{
    for (size_t i = 0; i < x->total_count; i++)
        if (str_eq(x->keys[i].canonical, k->canonical))
            return true;
    return false;
}

static bool included_are_stored(const struct ix *a, const struct ix *b)
{
    for (size_t i = a->key_count; i < a->total_count; i++)
        if (!stores(b, &a->keys[i]))
            return false;
    return true;
}

bool ix_same(const struct ix *a, const struct ix *b)
{
    return same_kind(a, b) && a->key_count == b->key_count && a->total_count == b->total_count &&
           keys_lead(a, b) && included_are_stored(a, b);
}

/* Only a B-tree is of use by its leading keys alone; in the other kinds every key counts. */
bool ix_covered_by(const struct ix *a, const struct ix *b)
{
    if (!same_kind(a, b) || (a->unique && !b->unique))
        return false;
    if (a->unique && a->key_count != b->key_count)
        return false;
    if (a->am != COST_BTREE && a->key_count != b->key_count)
        return false;
    return keys_lead(a, b) && included_are_stored(a, b);
}

static void add_key(struct buf *b, const struct ix_key *k)
{
    if (k->is_expr)
        buf_addstr(b, k->name);
    else
        cat_add_ident(b, k->name);
    if (k->collation.len) {
        buf_adds(b, " COLLATE ");
        cat_add_ident(b, k->collation);
    }
    if (k->opclass.len)
        buf_printf(b, " %.*s", STR_ARG(k->opclass));
    if (k->desc)
        buf_adds(b, " DESC");
    if (k->nulls_first != k->desc)
        buf_adds(b, k->nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

static void add_keys(struct buf *b, const struct ix *x, size_t from, size_t to)
{
    buf_addc(b, '(');
    for (size_t i = from; i < to; i++) {
        if (i > from)
            buf_adds(b, ", ");
        add_key(b, &x->keys[i]);
    }
    buf_addc(b, ')');
}

void ix_add_columns(struct buf *b, const struct ix *x)
{
    add_keys(b, x, 0, x->key_count);
    if (x->total_count > x->key_count) {
        buf_adds(b, " INCLUDE ");
        add_keys(b, x, x->key_count, x->total_count);
    }
    if (x->predicate_text.len)
        buf_printf(b, " WHERE %.*s", STR_ARG(x->predicate_text));
}
