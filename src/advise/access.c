#include "advise/access.h"

#include <math.h>

#include "advise/access_private.h"
#include "base/arena.h"
#include "plan/plan.h"

void access_model_init(struct access_model *m, struct arena *a, const struct catalog *cat)
{
    m->arena = a;
    m->cat = cat;
    cost_params_from(&m->params, cat);
}

/* ---- conditions on the keys of an index ---- */

static bool is_pattern_opclass(struct str opclass)
{
    return str_ends(opclass, "_pattern_ops");
}

/* From SQL it is known who gives the value: one relation, for all columns of a probe. */
static bool is_same_partner(const struct way *w, const struct need_cond *c)
{
    return !w->joins || !num_known(c->outer_rows) || str_eq(w->partner, c->partner);
}

static bool key_takes(const struct way *w, const struct ix_key *key, const struct need_cond *c)
{
    if (!str_eq(key->canonical, c->canonical) || key->is_expr != c->is_expr)
        return false;
    bool collated = str_eq(key->collation, c->side->collation);
    switch (c->use) {
    case COND_EQUAL:
    case COND_LIST:
        return collated;
    case COND_NULL:
        return true;
    case COND_JOIN:
        return w->probing && collated && is_same_partner(w, c);
    case COND_RANGE:
    case COND_NOT_NULL:
        return !is_pattern_opclass(key->opclass) && collated;
    case COND_PREFIX:
        return is_pattern_opclass(key->opclass) || str_is(key->collation, "C") ||
               (c->column && cat_column_is_c_collated(w->m->cat, c->column));
    default:
        return false;
    }
}

static void take_cond(struct cost_key *key, const struct need_cond *c)
{
    key->quals++;
    key->sel *= c->share;
    switch (c->use) {
    case COND_NULL:
        key->equal = key->is_null = true;
        break;
    case COND_LIST:
        key->equal = true;
        key->elements = (key->elements > 0 ? key->elements : 1) *
                        (c->other->value_count ? (double)c->other->value_count : 10);
        break;
    case COND_EQUAL:
    case COND_JOIN:
        key->equal = true;
        break;
    default:
        key->range = true;
        break;
    }
}

static void take_partner(struct way *w, const struct need_cond *c)
{
    if (c->use != COND_JOIN || w->joins)
        return;
    w->joins = true;
    w->partner = c->partner;
    w->probes = num_or(c->outer_rows, w->n->outer_rows);
}

static void match_keys(struct way *w)
{
    bool narrowing = true;
    for (size_t k = 0; k < w->x->key_count; k++) {
        struct cost_key *key = &w->keys[k];
        *key = (struct cost_key){.sel = 1, .distinct = NAN};
        for (size_t i = 0; i < w->n->cond_count; i++) {
            if (!key_takes(w, &w->x->keys[k], &w->n->conds[i]))
                continue;
            take_cond(key, &w->n->conds[i]);
            take_partner(w, &w->n->conds[i]);
            w->taken[i] = true;
        }
        if (narrowing && (key->equal || key->range))
            w->matched = k + 1;
        narrowing &= key->equal;
    }
}

/* ---- partial indexes ---- */

bool access_predicate_holds(const struct access_model *m, const struct need *n, const struct ix *x)
{
    const struct pred *conds[NEED_MAX_CONDS];
    size_t count = 0;
    for (size_t i = 0; i < n->cond_count && count < NEED_MAX_CONDS; i++)
        conds[count++] = n->conds[i].pred;
    for (size_t i = 0; i < n->or_count && count < NEED_MAX_CONDS; i++)
        conds[count++] = n->ors[i].pred;
    for (size_t i = 0; i < x->predicate_count; i++)
        if (!access_implied(m, n, conds, count, x->predicate[i]))
            return false;
    return true;
}

/*
 * Share of the rows that the predicate keeps beyond what the keys' conditions do. A condition
 * that the predicate repeats needs no check and is not counted twice.
 */
static double take_predicate(struct way *w)
{
    double sel = 1;
    bool repeated = false;
    for (size_t p = 0; p < w->x->predicate_count; p++)
        for (size_t i = 0; i < w->n->cond_count; i++)
            if (str_eq(w->n->conds[i].key, w->x->predicate_keys[p])) {
                if (!w->taken[i])
                    sel *= w->n->conds[i].share;
                w->taken[i] = repeated = true;
            }
    return w->x->predicate_count && !repeated ? num_or(w->x->kept, 1) : sel;
}

/* ---- order ---- */

/* Fixed to one value by an equality, so any order holds on it. */
static bool is_fixed(const struct way *w, struct str canonical)
{
    const struct need *n = w->n;
    for (size_t i = 0; i < n->cond_count; i++) {
        const struct need_cond *c = &n->conds[i];
        bool one_value =
            c->use == COND_EQUAL || c->use == COND_NULL || (c->use == COND_JOIN && w->probing);
        if (one_value && str_eq(c->canonical, canonical))
            return true;
    }
    return false;
}

enum turn { TURN_UNKNOWN, TURN_FORWARD, TURN_BACKWARD, TURN_NONE };

static enum turn turn_of(const struct ix_key *key, const struct need_sort *s)
{
    if (s->knn || !str_eq(key->collation, s->collation) || is_pattern_opclass(key->opclass))
        return TURN_NONE;
    if (key->desc == s->desc && key->nulls_first == s->nulls_first)
        return TURN_FORWARD;
    return key->desc != s->desc && key->nulls_first != s->nulls_first ? TURN_BACKWARD : TURN_NONE;
}

static const struct need_sort *sort_on(const struct need *n, struct str canonical)
{
    for (size_t i = 0; i < n->sort_count; i++)
        if (str_eq(n->sorts[i].canonical, canonical))
            return &n->sorts[i];
    return NULL;
}

static size_t sorts_wanted(const struct way *w)
{
    size_t wanted = 0;
    for (size_t i = 0; i < w->n->sort_count; i++)
        wanted += !is_fixed(w, w->n->sorts[i].canonical);
    return wanted;
}

/* Grouping takes the columns in any order and direction. */
static size_t grouped_keys(const struct way *w, size_t from)
{
    size_t k = from;
    while (k < w->x->key_count &&
           (sort_on(w->n, w->x->keys[k].canonical) || is_fixed(w, w->x->keys[k].canonical)))
        k++;
    return k - from;
}

/* How many of the sort keys the index delivers in order, those fixed by equalities left out. */
static size_t presorted(const struct way *w)
{
    const struct need *n = w->n;
    enum turn turn = TURN_UNKNOWN;
    size_t k = 0, delivered = 0;
    if (w->x->am == COST_GIST)
        return n->sort_count && n->sorts[0].knn && w->x->keys[0].opclass.len == 0 &&
               str_eq(w->x->keys[0].canonical, n->sorts[0].canonical);
    if (w->x->am != COST_BTREE)
        return 0;
    if (n->order == ORDER_GROUP) {
        while (k < w->x->key_count && is_fixed(w, w->x->keys[k].canonical))
            k++;
        return grouped_keys(w, k);
    }
    for (size_t s = 0; s < n->sort_count; s++) {
        if (is_fixed(w, n->sorts[s].canonical))
            continue;
        while (k < w->x->key_count && is_fixed(w, w->x->keys[k].canonical) &&
               !str_eq(w->x->keys[k].canonical, n->sorts[s].canonical))
            k++;
        if (k == w->x->key_count || !str_eq(w->x->keys[k].canonical, n->sorts[s].canonical))
            break;
        enum turn t = turn_of(&w->x->keys[k++], &n->sorts[s]);
        if (t == TURN_NONE || (turn != TURN_UNKNOWN && t != turn))
            break;
        turn = t;
        delivered++;
    }
    return delivered;
}

/* ---- index-only scans ---- */

static bool stores_all(const struct way *w)
{
    if (!w->n->columns_known || w->n->locks_rows || w->x->am != COST_BTREE)
        return false;
    for (size_t i = 0; i < w->n->column_count; i++) {
        bool stored = false;
        for (size_t k = 0; k < w->x->total_count && !stored; k++)
            stored = !w->x->keys[k].is_expr && str_eq(w->x->keys[k].name, w->n->columns[i]);
        for (size_t p = 0; p < w->x->predicate_count && !stored; p++)
            stored = str_eq(w->x->predicate[p]->left.column, w->n->columns[i]) &&
                     w->x->predicate[p]->left.column_count == 1;
        if (!stored)
            return false;
    }
    return true;
}

/* ---- one way ---- */

/* What it takes to check the conditions that the index does not see to, on one row. */
static struct cost_quals checked_on_rows(const struct way *w)
{
    struct cost_quals left = {0};
    for (size_t i = 0; i < w->n->or_count; i++)
        left.per_tuple += w->n->ors[i].check;
    for (size_t i = 0; i < w->n->cond_count; i++)
        if (!w->taken[i] && (w->n->conds[i].use != COND_JOIN || w->probing))
            left.per_tuple += w->n->conds[i].check;
    return left;
}

/* The same for all conditions. */
static struct cost_quals all_checked(const struct need *n)
{
    struct cost_quals all = {0};
    for (size_t i = 0; i < n->or_count; i++)
        all.per_tuple += n->ors[i].check;
    for (size_t i = 0; i < n->cond_count; i++)
        all.per_tuple += n->conds[i].check;
    return all;
}

static void fill_gin(const struct way *w, struct cost_probe *probe)
{
    probe->sel = probe->boundary_sel = 1;
    probe->searches = 1;
    for (size_t i = 0; i < w->n->cond_count; i++) {
        if (!w->taken[i])
            continue;
        const struct need_cond *c = &w->n->conds[i];
        probe->sel *= c->share;
        probe->boundary_sel = probe->sel;
        probe->quals++;
        probe->gin_exact += access_search_entries(c);
    }
}

static bool other_am_takes(const struct ix *x, const struct ix_key *key, const struct need_cond *c)
{
    bool search = c->use == COND_SEARCH || c->use == COND_CONTAINS ||
                  (c->use == COND_INFIX && str_ends(key->opclass, "trgm_ops")) ||
                  (c->use == COND_PREFIX && str_ends(key->opclass, "trgm_ops"));
    bool scalar = c->use == COND_EQUAL || c->use == COND_LIST;
    /* array_ops has "=" too; of other types only btree_gin has it */
    bool array = c->use == COND_EQUAL && c->column && str_ends(c->column->type, "[]");
    bool fits = x->am == COST_GIN    ? search || array || (scalar && x->key_count > 1)
                : x->am == COST_GIST ? search
                : x->am == COST_BRIN ? scalar || c->use == COND_RANGE
                                     : scalar; /* hash */
    bool knows = c->pred->op != PRED_HAS_KEY || !str_is(key->opclass, "jsonb_path_ops");
    return fits && knows && str_eq(key->canonical, c->canonical);
}

static void match_other_am(struct way *w)
{
    for (size_t k = 0; k < w->x->key_count; k++)
        for (size_t i = 0; i < w->n->cond_count; i++)
            if (other_am_takes(w->x, &w->x->keys[k], &w->n->conds[i])) {
                w->taken[i] = true;
                w->matched = k + 1;
            }
}

static void make_probe(struct way *w, struct cost_probe *probe)
{
    double predicate_sel;
    if (w->x->am == COST_BTREE)
        match_keys(w);
    else
        match_other_am(w);
    predicate_sel = take_predicate(w);
    *probe = (struct cost_probe){.loops = 1};
    if (w->x->am == COST_BTREE)
        cost_probe_btree(&w->m->params, &w->cix, w->x->unique, w->keys, w->x->key_count,
                         predicate_sel, probe);
    else
        fill_gin(w, probe);
    probe->loops = w->probing ? num_or(w->probes, 1) : 1;
    if (!(probe->loops >= 1))
        probe->loops = 1;
    probe->index_only = stores_all(w);
    probe->filter = checked_on_rows(w);
}

static double limit_of(const struct need *n)
{
    /* Rows of a joined need that it takes to fill a LIMIT: as many as the join makes of them. */
    double per_row = n->joined && num_known(n->order_rows) && n->order_rows > 0
                         ? n->rows_out / n->order_rows
                         : 1;
    return n->limit * (per_row > 0 ? per_row : 1);
}

/* What stands above the scan: the sort, if the order is not delivered, and the LIMIT. */
static double finish(const struct way *w, struct cost in, size_t delivered)
{
    const struct access_model *m = w->m;
    const struct need *n = w->n;
    size_t wanted = sorts_wanted(w);
    double limit = limit_of(n), width = access_width(n);
    if (n->order == ORDER_GROUP && wanted) {
        enum cost_agg how = delivered >= wanted ? COST_AGG_SORTED : COST_AGG_HASHED;
        struct cost_agg_work work = {
            .aggs = 1, .keys = n->sort_count, .groups = access_groups(n), .width = width};
        return cost_aggregate(&m->params, how, in, &work).total;
    }
    bool sorts = n->order == ORDER_SORT && n->sort_count && wanted;
    if (sorts && delivered < wanted) {
        bool incremental = delivered && m->params.version_num >= 130000;
        double groups = in.rows > 1 ? sqrt(in.rows) : 1;
        struct cost whole = cost_sort(&m->params, in, width, limit);
        struct cost part =
            incremental ? cost_incremental_sort(&m->params, in, groups, width, limit) : whole;
        in = part.total < whole.total ? part : whole;
    }
    bool limited = num_known(limit) && n->sort_missing == 0;
    return limited ? cost_limit(in, 0, limit).total : in.total;
}

/* The planner takes costs within 1 % for equal (STD_FUZZ_FACTOR) and the better order then. Of two
 * indexes that cost the same, the one that knows the order is what the query was made for. */
static const double FUZZ = 0.01;

static void keep(struct access *best, struct access a)
{
    bool alike = a.cost <= best->cost * (1 + FUZZ) && best->cost <= a.cost * (1 + FUZZ);
    bool better = alike && a.ordered != best->ordered   ? a.ordered
                  : alike && a.orderly != best->orderly ? a.orderly
                                                        : a.cost < best->cost;
    if (better)
        *best = a;
}

/* Rows that one execution of the scan gives */
static double rows_of(const struct way *w)
{
    if (!w->probing && !w->n->per_probe)
        return w->n->rows_out;
    double rows = w->n->rows_out;
    for (size_t i = 0; i < w->n->cond_count; i++)
        if (w->n->conds[i].use == COND_JOIN)
            rows *= w->n->conds[i].share;
    return rows > 1 ? rows : 1;
}

/* How often a scan that does not look its rows up by the join columns is run. */
static double repeats(const struct need *n)
{
    return n->per_probe && n->outer_rows >= 1 ? n->outer_rows : 1;
}

static void try_seq(const struct access_model *m, const struct need *n, const struct cost_table *t,
                    struct access *best)
{
    struct cost_quals quals = all_checked(n);
    int workers = cost_workers(&m->params, t->pages, -1);
    struct access a = {.way = WAY_SEQ};
    struct way w = {.m = m, .n = n};
    double times = repeats(n), rows = rows_of(&w);
    a.cost = finish(&w, cost_seq_scan(&m->params, t, quals, rows, 0), 0) * times;
    keep(best, a);
    if (workers > 0 && !n->locks_rows) {
        struct cost part = cost_seq_scan(&m->params, t, quals, rows, workers);
        a.cost = finish(&w, cost_gather(&m->params, part, rows), 0) * times;
        keep(best, a);
    }
}

/* Who looks up so much of a table one by one had better read it through. */
static const double MOST_PROBED = 0.5;

/*
 * An index that is read from one end to the other saves a sort, but fetches each row by itself:
 * worth proposing where a LIMIT stops it soon, or where the table need not be visited. A mere
 * narrower copy of the table is not.
 */
static bool is_worth_reading(const struct way *w, size_t delivered, bool index_only)
{
    bool stops = num_known(w->n->limit) && delivered >= sorts_wanted(w);
    return delivered && (stops || index_only);
}

/*
 * The planner takes the rows that a bitmap points to for scattered, and so charges a BRIN index
 * nearly the whole table. What is really read are the ranges found, one after the other. It counts
 * only where the planner would take the index by its own reckoning.
 */
static double brin_truth(const struct access_model *m, const struct cost_table *t,
                         const struct cost_access *reach, struct cost_quals quals)
{
    double per_page = m->params.seq_page;
    double per_row = m->params.cpu_tuple + quals.per_tuple;
    return reach->total + reach->sel * (t->pages * per_page + t->tuples * per_row);
}

static void try_index(const struct access_model *m, const struct need *n,
                      const struct cost_table *t, const struct ix *x, bool probing,
                      struct access *best)
{
    struct way w = {.m = m, .n = n, .x = x, .probing = probing};
    struct cost_probe probe;
    access_cost_index(x, &w.cix);
    make_probe(&w, &probe);
    if (probing && !w.joins)
        return;
    size_t delivered = probing && !n->per_probe ? 0 : presorted(&w);
    size_t wanted = sorts_wanted(&w);
    bool reads_all = !w.matched && !x->predicate_count;
    if (reads_all && !delivered && !probe.index_only)
        return;
    if (reads_all && !x->existing && !is_worth_reading(&w, delivered, probe.index_only))
        return;
    double rows = rows_of(&w), times = probing ? probe.loops : repeats(n);
    if (probing && !x->existing && !n->per_probe && rows * times > MOST_PROBED * n->table_rows)
        return;
    bool apart = probing && !n->per_probe; /* what stands above is not done for each probe */
    struct access a = {.ix = x,
                       .probed = probing,
                       .matched = w.matched,
                       .ordered = delivered && delivered >= wanted};
    a.orderly = a.ordered;
    if (x->am == COST_BTREE || x->am == COST_HASH || (x->am == COST_GIST && delivered)) {
        struct cost c = cost_index_scan(&m->params, t, &w.cix, &probe, rows, 0);
        a.way = probe.index_only ? WAY_INDEX_ONLY : WAY_INDEX;
        a.cost = (apart ? c.total : finish(&w, c, delivered)) * times;
        keep(best, a);
    }
    struct cost_access reach = cost_index_access(&m->params, t, &w.cix, &probe);
    struct cost_bitmap leg = cost_bitmap_leg(&m->params, &w.cix, &reach, rows);
    struct cost_quals all = all_checked(n);
    struct cost c = cost_bitmap_heap(&m->params, t, &leg, all, rows, probe.loops, 0);
    a.way = WAY_BITMAP;
    a.ordered = false;
    a.cost = (apart ? c.total : finish(&w, c, 0)) * times;
    if (x->am == COST_BRIN && a.cost < best->cost) {
        c.total = brin_truth(m, t, &reach, all);
        a.cost = fmin(a.cost, finish(&w, c, 0) * times);
    }
    if (w.matched)
        keep(best, a);
}

/* So few rows are looked through as soon as found. */
static const double FEW_ROWS = 10;
/* A condition that keeps more is not worth a column. */
static const double NARROWS = 0.5;

size_t access_rank(const struct access_model *m, const struct need *n, const struct ix *x)
{
    struct way w = {.m = m, .n = n, .x = x, .probing = n->per_probe};
    if (x->rel != n->rel || x->am != COST_BTREE || !access_predicate_holds(m, n, x))
        return 0;
    match_keys(&w);
    bool orders = n->order != ORDER_NONE && !n->sort_missing && sorts_wanted(&w) &&
                  presorted(&w) >= sorts_wanted(&w);
    double rows = n->table_rows;
    size_t narrowing = 0;
    for (size_t i = 0; i < n->cond_count && x->predicate_count; i++)
        for (size_t p = 0; p < x->predicate_count; p++)
            if (str_eq(n->conds[i].key, x->predicate_keys[p])) {
                narrowing++;
                rows *= n->conds[i].share;
            }
    for (size_t k = 0; k < w.matched && rows > FEW_ROWS; k++) {
        narrowing += w.keys[k].sel < NARROWS;
        rows *= w.keys[k].sel;
    }
    return orders + narrowing;
}

/* ---- combinations ---- */

static bool make_leg(const struct access_model *m, const struct need *n, const struct cost_table *t,
                     const struct ix *x, struct cost_bitmap *leg, bool *taken)
{
    struct way w = {.m = m, .n = n, .x = x};
    struct cost_probe probe;
    access_cost_index(x, &w.cix);
    make_probe(&w, &probe);
    if (!w.matched || !access_predicate_holds(m, n, x))
        return false;
    struct cost_access reach = cost_index_access(&m->params, t, &w.cix, &probe);
    *leg = cost_bitmap_leg(&m->params, &w.cix, &reach, n->rows_out);
    if (taken)
        memcpy(taken, w.taken, sizeof w.taken);
    return true;
}

static double heap_cost(const struct access_model *m, const struct need *n,
                        const struct cost_table *t, const struct cost_bitmap *b)
{
    struct cost_quals all = all_checked(n);
    struct way w = {.m = m, .n = n};
    return finish(&w, cost_bitmap_heap(&m->params, t, b, all, n->rows_out, 1, 0), 0) * repeats(n);
}

/* Two indexes by the same condition would be no better than one. */
static bool overlap(const bool *a, const bool *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] && b[i])
            return true;
    return false;
}

/* Pairs of indexes on different columns, as a BitmapAnd. */
static void try_and(const struct access_model *m, const struct need *n, const struct cost_table *t,
                    const struct ix *const *set, size_t count, struct access *best)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            struct cost_bitmap legs[2];
            bool taken[2][NEED_MAX_CONDS];
            bool apart = set[i]->rel == n->rel && set[j]->rel == n->rel &&
                         !str_eq(set[i]->keys[0].canonical, set[j]->keys[0].canonical);
            if (!apart || !make_leg(m, n, t, set[i], &legs[0], taken[0]) ||
                !make_leg(m, n, t, set[j], &legs[1], taken[1]) ||
                overlap(taken[0], taken[1], n->cond_count))
                continue;
            struct cost_bitmap both = cost_bitmap_and(&m->params, legs, 2);
            keep(best, (struct access){.way = WAY_BITMAP_AND,
                                       .ix = set[i],
                                       .ix2 = set[j],
                                       .matched = 1,
                                       .cost = heap_cost(m, n, t, &both)});
        }
}

/* The cheapest index for one leg of an OR: the leg's condition alone, as if it were the whole need.
 */
static const struct ix *best_leg(const struct access_model *m, const struct need *n,
                                 const struct cost_table *t, const struct need_cond *leg,
                                 const struct ix *const *set, size_t count, struct cost_bitmap *out)
{
    const struct ix *found = NULL;
    struct need alone = *n;
    struct need_cond cond = *leg;
    alone.conds = &cond;
    alone.cond_count = 1;
    alone.or_count = 0;
    alone.rows_out = n->table_rows * leg->share;
    for (size_t i = 0; i < count; i++) {
        struct cost_bitmap b;
        if (set[i]->rel != n->rel || !make_leg(m, &alone, t, set[i], &b, NULL))
            continue;
        if (!found || b.total < out->total) {
            found = set[i];
            *out = b;
        }
    }
    return found;
}

static void try_or(const struct access_model *m, const struct need *n, const struct cost_table *t,
                   const struct need_or *o, const struct ix *const *set, size_t count,
                   struct access *best)
{
    struct cost_bitmap legs[NEED_MAX_CONDS];
    struct access a = {.way = WAY_BITMAP_OR, .matched = 1};
    if (!o->indexable || o->leg_count > NEED_MAX_CONDS)
        return;
    for (size_t i = 0; i < o->leg_count; i++) {
        const struct ix *x = best_leg(m, n, t, &o->legs[i], set, count, &legs[i]);
        if (!x)
            return;
        if (a.leg_count < ACCESS_MAX_LEGS)
            a.legs[a.leg_count++] = x;
    }
    struct cost_bitmap any = cost_bitmap_or(&m->params, legs, o->leg_count);
    a.ix = a.legs[0];
    a.cost = heap_cost(m, n, t, &any);
    keep(best, a);
}

struct access access_best(const struct access_model *m, const struct need *n,
                          const struct ix *const *set, size_t count)
{
    struct access best = {.cost = INFINITY};
    struct cost_table t = access_table(n);
    bool can_probe = num_known(n->outer_rows);
    try_seq(m, n, &t, &best);
    for (size_t i = 0; i < count; i++) {
        if (set[i]->rel != n->rel || !access_predicate_holds(m, n, set[i]))
            continue;
        try_index(m, n, &t, set[i], false, &best);
        if (can_probe)
            try_index(m, n, &t, set[i], true, &best);
    }
    try_and(m, n, &t, set, count, &best);
    for (size_t i = 0; i < n->or_count; i++)
        try_or(m, n, &t, &n->ors[i], set, count, &best);
    return best;
}

struct access access_by(const struct access_model *m, const struct need *n, const struct ix *x)
{
    struct access best = {.cost = INFINITY};
    struct cost_table t = access_table(n);
    if (x->rel != n->rel)
        return best;
    try_index(m, n, &t, x, false, &best);
    if (num_known(n->outer_rows))
        try_index(m, n, &t, x, true, &best);
    return best;
}
