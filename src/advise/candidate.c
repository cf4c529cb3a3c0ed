#include "advise/candidate.h"

#include <math.h>
#include <stdlib.h>

#include "advise/candidate_private.h"
#include "advise/form.h"
#include "base/arena.h"
#include "plan/plan.h"

/* Included columns may take this many bytes together: more, and the index is a second table. */
static const double INCLUDE_MAX_BYTES = 32;
enum { INCLUDE_MAX_COLUMNS = 3 };
/* The same where a planner judges. */
static const double WIDE_MAX_BYTES = 64;
enum { WIDE_MAX_COLUMNS = 5 };

/* At most this share of the table may be in a partial index, else it is hardly smaller than a whole
 * one. */
static const double PARTIAL_MAX_SHARE = 0.5;

/* ---- drafts ---- */

bool draft_has(const struct draft *d, struct str canonical)
{
    for (size_t i = 0; i < d->count; i++)
        if (str_eq(d->keys[i].canonical, canonical))
            return true;
    return false;
}

static struct ix_key key_of(struct arena *a, struct str name, bool is_expr,
                            const struct cat_column *column, enum ix_role role)
{
    return (struct ix_key){.name = name,
                           .canonical = is_expr ? pred_canonical(a, name) : name,
                           .is_expr = is_expr,
                           .column = column,
                           .role = role};
}

void draft_add(struct draft *d, struct ix_key key)
{
    if (d->count < IX_MAX_KEYS && !draft_has(d, key.canonical))
        d->keys[d->count++] = key;
}

struct ix_key draft_key(const struct maker *m, const struct need_cond *c, enum ix_role role)
{
    return key_of(m->arena, c->name, c->is_expr, c->column, role);
}

static void add_sorts(const struct maker *m, struct draft *d, enum ix_role role)
{
    for (size_t i = 0; i < m->need->sort_count && !m->need->sorts[i].knn; i++) {
        const struct need_sort *s = &m->need->sorts[i];
        struct ix_key key = key_of(m->arena, s->name, s->is_expr, s->column, role);
        key.desc = s->desc;
        key.nulls_first = s->nulls_first;
        key.collation = s->collation;
        draft_add(d, key);
    }
}

/* One index serves its exact reverse: begin ascending where all is turned round. */
static void normalise_directions(struct draft *d)
{
    bool all_desc = true;
    size_t sorts = 0;
    for (size_t i = 0; i < d->count; i++)
        if (d->keys[i].role == IX_SORT) {
            sorts++;
            all_desc &= d->keys[i].desc && d->keys[i].nulls_first;
        }
    for (size_t i = 0; sorts == 1 && all_desc && i < d->count; i++)
        d->keys[i].desc = d->keys[i].nulls_first = false;
}

/* ---- emitting ---- */

static bool is_known(const struct maker *m, const struct ix *x)
{
    for (size_t i = 0; i < m->existing_count; i++)
        if (ix_covered_by(x, m->existing[i]))
            return true;
    for (size_t i = 0; i < m->out->count; i++)
        if (ix_same(x, m->out->items[i]))
            return true;
    return false;
}

/* One that begins with all columns of a unique index finds no fewer rows than that does: one. */
static bool repeats_unique(const struct maker *m, const struct ix *x)
{
    for (size_t i = 0; i < m->existing_count; i++) {
        const struct ix *u = m->existing[i];
        bool repeats =
            u->unique && !u->predicate_count && u->am == x->am && u->key_count <= x->key_count;
        for (size_t k = 0; repeats && k < u->key_count; k++)
            repeats = ix_key_same(&u->keys[k], &x->keys[k]);
        if (repeats)
            return true;
    }
    return false;
}

void candidate_push(struct arena *a, struct candidate_list *list, struct ix *x)
{
    if (list->count == list->cap) {
        struct ix **old = list->items;
        list->cap = list->cap ? list->cap * 2 : 16;
        list->items = arena_calloc(a, list->cap, sizeof(struct ix *));
        if (old)
            memcpy(list->items, old, list->count * sizeof(struct ix *));
    }
    list->items[list->count++] = x;
}

static void set_predicate(const struct maker *m, const struct draft *d, struct ix *x)
{
    struct buf text = {0};
    double kept = 1;
    const struct pred **conjuncts = arena_calloc(m->arena, d->partial_count, sizeof *conjuncts);
    for (size_t i = 0; i < d->partial_count; i++) {
        struct str form = form_of(m->arena, d->partial[i]->pred);
        conjuncts[i] = pred_parse(m->arena, form);
        buf_adds(&text, i ? " AND " : "");
        buf_addstr(&text, form);
        kept *= num_or(d->partial[i]->share, 1);
    }
    x->kept = d->partial_count ? kept : NAN;
    if (d->partial_count)
        ix_set_predicate(m->arena, x, conjuncts, d->partial_count,
                         str_dup(m->arena, buf_str(&text)));
    buf_free(&text);
}

void draft_emit(const struct maker *m, const struct draft *d, enum cost_am am)
{
    if (d->count == 0)
        return;
    struct ix *x = arena_alloc(m->arena, sizeof *x);
    x->rel = m->need->rel;
    x->unchecked = m->need->unchecked;
    x->am = am;
    x->total_count = d->count;
    x->key_count = d->count - d->included;
    x->keys = arena_calloc(m->arena, d->count, sizeof *x->keys);
    memcpy(x->keys, d->keys, d->count * sizeof *x->keys);
    x->extension = d->extension;
    x->pages = x->tuples = x->size_bytes = NAN;
    x->table_rows = m->need->table_rows;
    x->table_pages = m->need->pages;
    x->height = -1;
    set_predicate(m, d, x);
    if (!is_known(m, x) && !repeats_unique(m, x))
        candidate_push(m->arena, m->out, x);
}

/* ---- covering ---- */

static double width_of(const struct cat_column *c)
{
    return c->stats.known && num_known(c->stats.avg_width) ? c->stats.avg_width
           : c->typlen > 0                                 ? c->typlen
                                                           : 32;
}

static bool predicate_reads_only(const struct draft *d, struct str column)
{
    for (size_t i = 0; i < d->partial_count; i++)
        if (!d->partial[i]->is_expr && str_eq(d->partial[i]->name, column))
            return true;
    return false;
}

/* An existing index that goes on behind these keys: it finds the same rows, and stays. */
static bool goes_on_elsewhere(const struct maker *m, const struct draft *d)
{
    for (size_t i = 0; i < m->existing_count; i++) {
        const struct ix *x = m->existing[i];
        bool leads = x->am == COST_BTREE && !x->predicate_count && x->key_count > d->count;
        for (size_t k = 0; leads && k < d->count; k++)
            leads = ix_key_same(&d->keys[k], &x->keys[k]);
        if (leads)
            return true;
    }
    return false;
}

/* The same keys with whatever else the query reads as INCLUDE columns, if that is little. */
static void emit_covering(const struct maker *m, const struct draft *d)
{
    const struct need *n = m->need;
    struct draft wide = *d;
    double bytes = 0;
    if (d->count == 0 || !n->columns_known || n->locks_rows || n->unchecked ||
        goes_on_elsewhere(m, d))
        return;
    for (size_t i = 0; i < n->column_count; i++) {
        const struct cat_column *c = cat_find_column(n->rel, n->columns[i]);
        if (!c)
            return;
        if (draft_has(d, c->name) || predicate_reads_only(d, c->name))
            continue;
        draft_add(&wide, key_of(m->arena, c->name, false, c, IX_COVERED));
        wide.included++;
        bytes += width_of(c);
    }
    bool whole = wide.count >= n->rel->column_count; /* a second table */
    size_t most = m->out->wide ? WIDE_MAX_COLUMNS : INCLUDE_MAX_COLUMNS;
    if (wide.included && !whole && wide.included <= most &&
        bytes <= (m->out->wide ? WIDE_MAX_BYTES : INCLUDE_MAX_BYTES))
        draft_emit(m, &wide, COST_BTREE);
}

static void emit_btree(const struct maker *m, struct draft *d)
{
    if (d->count > CANDIDATE_MAX_KEYS)
        d->count = CANDIDATE_MAX_KEYS;
    normalise_directions(d);
    draft_emit(m, d, COST_BTREE);
    emit_covering(m, d);
}

/* ---- which conditions can lead a B-tree ---- */

/* Types without a B-tree operator class, or whose values are too long for one (2704 bytes an
 * entry). */
bool candidate_fits_btree(const struct need_cond *c)
{
    static const char *const none[] = {"json", "xml",  "point",  "box",   "polygon",  "line",
                                       "lseg", "path", "circle", "jsonb", "tsvector", "aclitem"};
    if (c->is_expr || !c->column)
        return true;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (str_is(c->column->base_type, none[i]))
            return false;
    return !(c->column->stats.known && c->column->stats.avg_width > 1000);
}

static bool in_partial(const struct draft *d, const struct need_cond *c)
{
    for (size_t i = 0; i < d->partial_count; i++)
        if (d->partial[i] == c)
            return true;
    return false;
}

static int by_share(const void *a, const void *b)
{
    const struct need_cond *x = *(const struct need_cond *const *)a,
                           *y = *(const struct need_cond *const *)b;
    double sx = num_or(x->share, 0.5), sy = num_or(y->share, 0.5);
    if (sx != sy)
        return sx < sy ? -1 : 1;
    return str_cmp(x->name, y->name);
}

/* IS NULL that most rows pass ("deleted_at IS NULL") is not worth a column. */
static bool is_idle(const struct need_cond *c)
{
    return c->use == COND_NULL && c->share >= PARTIAL_MAX_SHARE;
}

/* Conditions of one use, the most selective first. */
static size_t conds_of(const struct need *n, const struct draft *d, enum cond_use use,
                       const struct need_cond **out)
{
    size_t count = 0;
    for (size_t i = 0; i < n->cond_count && count < IX_MAX_KEYS; i++)
        if (n->conds[i].use == use && candidate_fits_btree(&n->conds[i]) &&
            !in_partial(d, &n->conds[i]) && !is_idle(&n->conds[i]))
            out[count++] = &n->conds[i];
    qsort(out, count, sizeof *out, by_share);
    return count;
}

static void add_conds(const struct maker *m, struct draft *d, enum cond_use use, enum ix_role role)
{
    const struct need_cond *conds[IX_MAX_KEYS];
    size_t count = conds_of(m->need, d, use, conds);
    for (size_t i = 0; i < count; i++)
        draft_add(d, draft_key(m, conds[i], role));
}

static void add_equal(const struct maker *m, struct draft *d)
{
    add_conds(m, d, COND_EQUAL, IX_EQUAL);
    add_conds(m, d, COND_NULL, IX_EQUAL);
}

/* LIKE 'x%' is a range of bytes: it needs an operator class that compares bytes, or the C
 * collation. */
static struct ix_key prefix_key(const struct maker *m, const struct need_cond *c)
{
    struct ix_key key = draft_key(m, c, IX_RANGE);
    bool bytes = c->column && !c->is_expr && cat_column_is_c_collated(m->cat, c->column);
    bool bpchar = c->column && !c->is_expr && str_is(c->column->base_type, "character");
    if (!bytes)
        key.opclass = bpchar ? STR("bpchar_pattern_ops") : STR("text_pattern_ops");
    return key;
}

/* ---- shapes ---- */

enum part {
    PART_END,
    PART_EQUAL,
    PART_LIST,
    PART_ONE_RANGE,
    PART_ONE_PREFIX,
    PART_JOIN,
    PART_ORDER
};

/*
 * The orders in which a B-tree's columns can stand: equality columns, then the sort keys or one
 * range (index-rules: only leading equalities and one range after them narrow what is read). An
 * IN list does not keep an order, so it stands behind the sort keys or goes without them.
 */
static const enum part shapes[][5] = {
    {PART_EQUAL, PART_ORDER},
    {PART_EQUAL, PART_ORDER, PART_LIST},
    {PART_EQUAL, PART_ORDER, PART_ONE_RANGE},
    {PART_EQUAL, PART_LIST, PART_ONE_RANGE},
    {PART_EQUAL, PART_LIST},
    {PART_EQUAL, PART_ONE_RANGE},
    {PART_EQUAL},
    {PART_EQUAL, PART_ONE_PREFIX},
    {PART_JOIN},
    {PART_JOIN, PART_EQUAL, PART_ONE_RANGE},
    {PART_JOIN, PART_EQUAL},
    {PART_EQUAL, PART_JOIN},
    {PART_JOIN, PART_ORDER},
    {PART_JOIN, PART_EQUAL, PART_ORDER},
    {PART_ORDER},
};

static void draw(const struct maker *m, struct draft *d, const enum part *shape);

/* Each condition of the use in turn, since only one range narrows what is read. */
static void draw_each(const struct maker *m, const struct draft *d, enum cond_use use,
                      const enum part *rest)
{
    const struct need_cond *conds[IX_MAX_KEYS];
    size_t count = conds_of(m->need, d, use, conds);
    for (size_t i = 0; i < count; i++) {
        struct draft one = *d;
        draft_add(&one,
                  use == COND_PREFIX ? prefix_key(m, conds[i]) : draft_key(m, conds[i], IX_RANGE));
        draw(m, &one, rest);
    }
}

static void add_order(const struct maker *m, struct draft *d)
{
    if (m->need->sort_missing == 0)
        add_sorts(m, d, m->need->order == ORDER_GROUP ? IX_GROUP : IX_SORT);
}

static void draw(const struct maker *m, struct draft *d, const enum part *shape)
{
    size_t before = d->count;
    for (; *shape != PART_END; shape++, before = d->count) {
        switch (*shape) {
        case PART_EQUAL:
            add_equal(m, d);
            break;
        case PART_LIST:
            add_conds(m, d, COND_LIST, IX_LIST);
            break;
        case PART_JOIN:
            add_conds(m, d, COND_JOIN, IX_JOIN);
            break;
        case PART_ORDER:
            add_order(m, d);
            break;
        case PART_ONE_RANGE:
            draw_each(m, d, COND_RANGE, shape + 1);
            return;
        case PART_ONE_PREFIX:
            draw_each(m, d, COND_PREFIX, shape + 1);
            return;
        case PART_END:
            return;
        }
        if (d->count == before && *shape != PART_EQUAL)
            return; /* the part is empty: another shape stands for the rest */
    }
    emit_btree(m, d);
}

static void draw_single_columns(const struct maker *m, const struct draft *d)
{
    static const enum cond_use leading[] = {COND_EQUAL, COND_NULL, COND_LIST, COND_RANGE,
                                            COND_JOIN};
    static const enum ix_role roles[] = {IX_EQUAL, IX_EQUAL, IX_LIST, IX_RANGE, IX_JOIN};
    for (size_t u = 0; u < sizeof leading / sizeof leading[0]; u++) {
        const struct need_cond *conds[IX_MAX_KEYS];
        size_t count = conds_of(m->need, d, leading[u], conds);
        for (size_t i = 0; i < count; i++) {
            struct draft one = *d;
            draft_add(&one, draft_key(m, conds[i], roles[u]));
            emit_btree(m, &one);
        }
    }
}

static void draw_shapes(const struct maker *m, const struct draft *d)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct draft one = *d;
        enum part shape[6] = {PART_END};
        memcpy(shape, shapes[i], sizeof shapes[i]);
        draw(m, &one, shape);
    }
    draw_single_columns(m, d);
}

/* ---- partial predicates ---- */

/*
 * A condition makes a predicate when it is a literal in every execution and on a column of few
 * values: a flag, a NULL test, a <> of a status. An equality with a constant on any other column
 * is served as well by a key, which serves other constants too.
 */
static bool can_be_partial(const struct need_cond *c)
{
    if (!c->form.len)
        return false;
    bool small = num_known(c->share) ? c->share <= PARTIAL_MAX_SHARE : c->use != COND_NOT_NULL;
    if (!c->is_constant || c->is_expr || !small || c->pred->right.is_volatile)
        return false;
    switch (c->use) {
    case COND_NULL:
    case COND_NOT_NULL:
        return true;
    case COND_FILTER_ONLY:
        return c->pred->op == PRED_NE || c->pred->op == PRED_NOT_IN;
    case COND_EQUAL:
        return c->column && str_is(c->column->base_type, "boolean");
    case COND_LIST: {
        double distinct = c->column && c->column->stats.known ? c->column->stats.n_distinct : NAN;
        return distinct > 0 && distinct <= 20;
    }
    default:
        return false;
    }
}

/* A leg of an OR needs an index of its own: by its condition alone. */
static void draw_or_legs(const struct maker *m, const struct need_or *o)
{
    for (size_t i = 0; o->indexable && i < o->leg_count; i++) {
        const struct need_cond *c = &o->legs[i];
        struct draft d = {0};
        if (c->use <= COND_RANGE && candidate_fits_btree(c))
            draft_add(&d, draft_key(m, c, c->use == COND_RANGE ? IX_RANGE : IX_EQUAL));
        else if (c->use == COND_PREFIX)
            draft_add(&d, prefix_key(m, c));
        if (d.count)
            draft_emit(m, &d, COST_BTREE);
        else
            candidate_other_am(m, c);
    }
}

void candidates_for(struct arena *a, const struct catalog *cat, const struct need *need,
                    const struct ix *const *existing, size_t existing_count,
                    struct candidate_list *out)
{
    struct maker m = {a, cat, need, existing, existing_count, out};
    struct draft whole = {0}, partial = {0};
    for (size_t i = 0; i < need->cond_count; i++)
        if (can_be_partial(&need->conds[i]) && partial.partial_count < DRAFT_MAX_PARTIAL)
            partial.partial[partial.partial_count++] = &need->conds[i];
    draw_shapes(&m, &whole);
    for (size_t i = 0; i < need->cond_count; i++)
        candidate_other_am(&m, &need->conds[i]);
    candidate_knn(&m);
    for (size_t i = 0; i < need->or_count; i++)
        draw_or_legs(&m, &need->ors[i]);
    if (!partial.partial_count)
        return;
    draw_shapes(&m, &partial);
    for (size_t i = 0; partial.partial_count > 1 && i < partial.partial_count; i++) {
        struct draft one = {.partial = {partial.partial[i]}, .partial_count = 1};
        draw_shapes(&m, &one);
    }
}

struct ix *candidate_for_fk(struct arena *a, const struct cat_fk *fk)
{
    struct ix *x = arena_alloc(a, sizeof *x);
    x->rel = need_partition_root(fk->rel);
    x->am = COST_BTREE;
    x->key_count = x->total_count = fk->column_count;
    x->keys = arena_calloc(a, fk->column_count, sizeof *x->keys);
    for (size_t i = 0; i < fk->column_count; i++)
        x->keys[i] =
            key_of(a, fk->columns[i], false, cat_find_column(fk->rel, fk->columns[i]), IX_JOIN);
    x->pages = x->tuples = x->size_bytes = x->kept = NAN;
    x->table_rows = x->table_pages = NAN;
    x->height = -1;
    return x;
}
