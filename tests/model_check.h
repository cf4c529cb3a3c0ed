/*
 * Goes through plans of a real server and works out every row count and cost that the model
 * covers, from the server's statistics. Used by the unit test of the model and by the bench.
 */
#ifndef TESTS_MODEL_CHECK_H
#define TESTS_MODEL_CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "advise/cost.h"
#include "advise/gin.h"
#include "advise/selectivity.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "model_catalog.h"
#include "sql/pred.h"

/* One number: what the model says, what the plan printed. */
struct mk_result {
    const char *name, *node, *what;
    double model, planner;
    double slack; /* what rounding of printed inputs explains */
};
typedef void mk_report(void *ctx, const struct mk_result *r);

#define MK_MAX_RELS 16

struct mk {
    struct arena *a;
    const struct json *doc;
    struct catalog *cat;
    struct cost_params params;
    struct sel_rel rels[MK_MAX_RELS];
    size_t rel_count;
    struct sel_env env;
    double query_pages;
    const char *name;
    mk_report *report;
    void *ctx;
};

static struct str mk_get(const struct json *n, const char *key)
{
    return json_str(n, key);
}

static bool mk_is(const struct json *n, const char *type)
{
    return str_is(mk_get(n, "Node Type"), type);
}

/* A disabled node is charged that much before 18. */
static double mk_enabled(double cost)
{
    while (cost >= 1e10)
        cost -= 1e10;
    return cost;
}

static struct cost mk_cost(const struct json *n)
{
    return (struct cost){mk_enabled(json_num(n, "Startup Cost", NAN)),
                         mk_enabled(json_num(n, "Total Cost", NAN)), json_num(n, "Plan Rows", NAN)};
}

static const struct json *mk_child(const struct json *n, size_t i)
{
    const struct json *c = json_first(json_get(n, "Plans"));
    while (c && i--)
        c = c->next;
    return c;
}

static void mk_tell(struct mk *m, const struct json *n, const char *what, double model,
                    double planner, double slack)
{
    struct mk_result r = {m->name, mk_get(n, "Node Type").p, what,
                          model,   mk_enabled(planner),      slack};
    m->report(m->ctx, &r);
}

static void mk_tell_cost(struct mk *m, const struct json *n, struct cost c, double slack)
{
    mk_tell(m, n, "startup", c.startup, json_num(n, "Startup Cost", NAN), slack);
    mk_tell(m, n, "total", c.total, json_num(n, "Total Cost", NAN), slack);
}

/* ---- conditions ---- */

struct mk_conds {
    const struct pred *p[64];
    size_t count;
};

static void mk_add_conds(struct mk *m, struct str text, struct mk_conds *out)
{
    size_t n;
    if (!text.len)
        return;
    const struct pred **list = pred_conjuncts(m->a, pred_parse(m->a, text), &n);
    for (size_t i = 0; i < n && out->count < 64; i++)
        out->p[out->count++] = list[i];
}

static int mk_rel(const struct mk *m, struct str alias)
{
    for (size_t i = 0; i < m->rel_count; i++)
        if (str_eq(m->rels[i].alias, alias))
            return (int)i;
    return -1;
}

static void mk_collect(struct mk *m, const struct json *n)
{
    struct str table = mk_get(n, "Relation Name");
    if (table.len && m->rel_count < MK_MAX_RELS) {
        const struct cat_rel *rel = mc_rel(m->cat, table);
        struct sel_rel r = {rel, mk_get(n, "Alias"), NAN, json_num(n, "Plan Rows", NAN)};
        struct cost_table t;
        if (rel && cost_table_from(&t, m->cat, rel)) {
            m->query_pages += t.pages;
            r.tuples = t.tuples;
        }
        m->rels[m->rel_count++] = r;
    }
    for (const struct json *c = json_first(json_get(n, "Plans")); c; c = c->next)
        mk_collect(m, c);
}

/* ---- scans ---- */

static const struct cat_index *mk_index(const struct cat_rel *rel, struct str name)
{
    for (const struct cat_index *ix = rel->indexes; ix; ix = ix->next)
        if (str_eq(ix->name, name))
            return ix;
    return NULL;
}

static bool mk_table(const struct mk *m, int rel, struct cost_table *t)
{
    if (rel < 0 || !m->rels[rel].rel || !cost_table_from(t, m->cat, m->rels[rel].rel))
        return false;
    t->query_pages = m->query_pages;
    return true;
}

static bool mk_on_key(const struct mk *m, const struct pred *p, const struct cat_key *key)
{
    if (key->column.len)
        return p->left.kind == SIDE_COLUMN && str_eq(p->left.column, key->column);
    return p->left.kind == SIDE_EXPR &&
           str_eq(pred_canonical(m->a, p->left.expr), pred_canonical(m->a, key->expr));
}

static void mk_add_to_key(struct cost_key *k, const struct pred *p)
{
    k->quals++;
    k->equal |= p->op == PRED_EQ || p->op == PRED_IN || p->op == PRED_IS_NULL;
    k->is_null |= p->op == PRED_IS_NULL;
    k->range |= p->op == PRED_LT || p->op == PRED_LE || p->op == PRED_GT || p->op == PRED_GE;
    if (p->op == PRED_IN)
        k->elements = fmax(k->elements, 1) *
                      (p->right.kind == SIDE_CONST_LIST ? (double)p->right.value_count : 10);
}

/* Whether the index conditions imply the predicate, as far as the fixtures need it. */
static bool mk_implied(const struct pred *pred, const struct mk_conds *conds)
{
    for (size_t i = 0; i < conds->count; i++)
        if ((pred->op == PRED_IS_NOT_NULL && str_eq(conds->p[i]->left.column, pred->left.column)) ||
            str_eq(conds->p[i]->text, pred->text))
            return true;
    return false;
}

static double mk_predicate_sel(struct mk *m, int rel, const struct cat_index *ix,
                               const struct mk_conds *conds)
{
    struct mk_conds left = {.count = 0}, all = {.count = 0};
    mk_add_conds(m, ix->predicate, &all);
    for (size_t i = 0; i < all.count; i++)
        if (!mk_implied(all.p[i], conds))
            left.p[left.count++] = all.p[i];
    return sel_conjuncts(&m->env, (size_t)rel, left.p, left.count);
}

static void mk_btree_probe(struct mk *m, int rel, const struct cat_index *ix,
                           const struct cost_index *ci, const struct mk_conds *conds,
                           struct cost_probe *probe)
{
    struct cost_key keys[32] = {{0}};
    for (size_t k = 0; k < ix->key_count; k++) {
        struct mk_conds mine = {.count = 0};
        for (size_t i = 0; i < conds->count; i++)
            if (mk_on_key(m, conds->p[i], &ix->keys[k])) {
                mine.p[mine.count++] = conds->p[i];
                mk_add_to_key(&keys[k], conds->p[i]);
            }
        keys[k].sel = sel_conjuncts(&m->env, (size_t)rel, mine.p, mine.count);
        keys[k].distinct = NAN;
    }
    cost_probe_btree(&m->params, ci, ix->unique, keys, ix->key_count,
                     mk_predicate_sel(m, rel, ix, conds), probe);
}

static double mk_correlation(const struct cat_rel *rel, const struct cat_index *ix)
{
    const struct cat_key *key = &ix->keys[0];
    if (!key->column.len)
        return key->stats.known ? sel_float4(key->stats.correlation) : NAN;
    const struct cat_column *col = cat_find_column(rel, key->column);
    double c = col && col->stats.known ? col->stats.correlation : NAN;
    return sel_float4(key->desc ? -c : c);
}

static bool mk_describe_index(struct mk *m, int rel, struct str name, const struct cat_index **out,
                              struct cost_index *ci)
{
    const struct cat_rel *r = m->rels[rel].rel;
    const struct cat_index *ix = mk_index(r, name);
    if (!ix)
        return false;
    static const char *const names[] = {"btree", "hash", "gist", "gin", "brin"};
    *ci = (struct cost_index){.pages = ix->pages,
                              .tuples = ix->predicate.len ? ix->tuples : m->rels[rel].tuples,
                              .height = (int)json_num(json_get(m->doc, "heights"),
                                                      arena_strndup(m->a, name.p, name.len), -2),
                              .key_count = ix->key_count,
                              .correlation = mk_correlation(r, ix)};
    for (size_t i = 0; i < 5; i++)
        if (str_is(ix->am, names[i]))
            ci->am = (enum cost_am)i;
    const struct json *gin =
        json_get(json_get(m->doc, "gin"), arena_strndup(m->a, name.p, name.len));
    /* The metapage's counts are of the last VACUUM: the planner scales them. */
    double scale = ix->pages / json_num(gin, "total", ix->pages);
    ci->entry_pages = ceil(json_num(gin, "entry", 0) * scale);
    ci->data_pages = ceil(json_num(gin, "data", 0) * scale);
    ci->entries = ceil(json_num(gin, "entries", 0) * scale);
    ci->pending_pages = json_num(gin, "pending", 0);
    ci->entry_pages = fmin(ci->entry_pages, ix->pages - ci->pending_pages);
    ci->data_pages = fmin(ci->data_pages, ix->pages - ci->pending_pages - ci->entry_pages);
    *out = ix;
    return ci->am != COST_BTREE || ci->height >= 0;
}

/* Fill a probe from Index Cond; false when the model does not cover it. */
static bool mk_fill_probe(struct mk *m, int rel, const struct cat_index *ix,
                          const struct cost_index *ci, const struct mk_conds *conds,
                          struct cost_probe *probe)
{
    *probe = (struct cost_probe){.loops = 1, .searches = 1};
    if (ci->am == COST_BTREE) {
        mk_btree_probe(m, rel, ix, ci, conds, probe);
        return true;
    }
    probe->sel = sel_conjuncts(&m->env, (size_t)rel, conds->p, conds->count);
    probe->sel *= mk_predicate_sel(m, rel, ix, conds);
    probe->quals = conds->count;
    probe->boundary_sel = probe->sel;
    if (ci->am != COST_GIN)
        return true;
    for (size_t i = 0; i < conds->count; i++) {
        struct gin_search s;
        if (!gin_search_of(conds->p[i], ix->keys[0].opclass, &s))
            return false;
        probe->gin_exact += s.exact;
        probe->gin_prefixes += s.prefixes;
        probe->gin_full |= s.full;
    }
    return true;
}

static bool mk_probe(struct mk *m, int rel, const struct cat_index *ix, const struct cost_index *ci,
                     const struct mk_conds *conds, struct cost_probe *probe)
{
    m->env.as_index = true;
    bool covered = mk_fill_probe(m, rel, ix, ci, conds, probe);
    m->env.as_index = false;
    return covered;
}

static int mk_workers(const struct json *n, int workers)
{
    const struct json *aware = json_get(n, "Parallel Aware");
    return aware && aware->boolean ? workers : 0;
}

static void mk_tell_rows(struct mk *m, const struct json *n, double rows, int workers)
{
    if (workers)
        rows = sel_round_rows(rows / cost_parallel_divisor(workers));
    mk_tell(m, n, "rows", rows, json_num(n, "Plan Rows", NAN), 0.5);
}

static void mk_seq_scan(struct mk *m, const struct json *n, int rel, int workers)
{
    struct cost_table t;
    struct mk_conds filter = {.count = 0};
    if (!mk_table(m, rel, &t))
        return;
    mk_add_conds(m, mk_get(n, "Filter"), &filter);
    double rows = sel_rows(t.tuples, sel_conjuncts(&m->env, (size_t)rel, filter.p, filter.count));
    mk_tell_rows(m, n, rows, workers);
    struct cost c = cost_seq_scan(&m->params, &t, cost_quals_of(&m->params, filter.p, filter.count),
                                  rows, workers);
    mk_tell_cost(m, n, c, 0.0051);
}

static void mk_index_scan(struct mk *m, const struct json *n, int rel, double loops, int workers)
{
    struct cost_table t;
    const struct cat_index *ix;
    struct cost_index ci;
    struct cost_probe probe;
    struct mk_conds conds = {.count = 0}, all, filter = {.count = 0};
    if (!mk_table(m, rel, &t) || !mk_describe_index(m, rel, mk_get(n, "Index Name"), &ix, &ci))
        return;
    mk_add_conds(m, mk_get(n, "Index Cond"), &conds);
    mk_add_conds(m, mk_get(n, "Filter"), &filter);
    all = conds;
    mk_add_conds(m, mk_get(n, "Filter"), &all);
    double predicate = mk_predicate_sel(m, rel, ix, &all);
    double sel = predicate * sel_conjuncts(&m->env, (size_t)rel, all.p, all.count);
    mk_tell_rows(m, n, sel_rows(t.tuples, sel), workers);
    if (!mk_probe(m, rel, ix, &ci, &conds, &probe))
        return;
    probe.loops = loops;
    probe.index_only = mk_is(n, "Index Only Scan");
    probe.filter = cost_quals_of(&m->params, filter.p, filter.count);
    mk_tell_cost(m, n, cost_index_scan(&m->params, &t, &ci, &probe, NAN, workers), 0.0051);
}

/* A tree of bitmap nodes; heap_rows is the estimate of the heap scan above. */
static bool mk_bitmap(struct mk *m, const struct json *n, int rel, double heap_rows, double loops,
                      struct cost_bitmap *out)
{
    struct cost_bitmap legs[16];
    size_t count = 0;
    for (const struct json *c = json_first(json_get(n, "Plans")); c && count < 16; c = c->next)
        if (!mk_bitmap(m, c, rel, heap_rows, loops, &legs[count++]))
            return false;
    if (mk_is(n, "BitmapAnd") || mk_is(n, "BitmapOr")) {
        *out = mk_is(n, "BitmapAnd") ? cost_bitmap_and(&m->params, legs, count)
                                     : cost_bitmap_or(&m->params, legs, count);
        mk_tell(m, n, "total", out->total, json_num(n, "Total Cost", NAN), 0.0051);
        return true;
    }
    struct cost_table t;
    const struct cat_index *ix;
    struct cost_index ci;
    struct cost_probe probe;
    struct mk_conds conds = {.count = 0};
    if (!mk_table(m, rel, &t) || !mk_describe_index(m, rel, mk_get(n, "Index Name"), &ix, &ci))
        return false;
    mk_add_conds(m, mk_get(n, "Index Cond"), &conds);
    if (!mk_probe(m, rel, ix, &ci, &conds, &probe))
        return false;
    probe.loops = loops;
    struct cost_access a = cost_index_access(&m->params, &t, &ci, &probe);
    mk_tell(m, n, "rows", sel_round_rows(a.sel * t.tuples), json_num(n, "Plan Rows", NAN), 0.5);
    mk_tell(m, n, "total", a.total, json_num(n, "Total Cost", NAN), 0.0051);
    *out = cost_bitmap_leg(&m->params, &ci, &a, heap_rows);
    return true;
}

/* What the index decides of an OR whose arms it knows in part only, and a partial index's
 * predicate, are rechecked although they are no conditions of the query. */
static bool mk_bitmap_is_exact(const struct json *n, const struct mk_conds *conds, size_t rechecked)
{
    for (size_t i = 0; i < rechecked; i++)
        for (size_t k = rechecked; k < conds->count; k++)
            if (conds->p[i]->kind == PRED_OR && conds->p[k]->kind == PRED_OR)
                return false;
    return mk_get(mk_child(n, 0), "Index Cond").len || mk_child(mk_child(n, 0), 0);
}

static void mk_bitmap_scan(struct mk *m, const struct json *n, int rel, double loops, int workers)
{
    struct cost_table t;
    struct cost_bitmap b;
    struct mk_conds all = {.count = 0};
    if (!mk_table(m, rel, &t))
        return;
    mk_add_conds(m, mk_get(n, "Recheck Cond"), &all);
    size_t rechecked = all.count;
    mk_add_conds(m, mk_get(n, "Filter"), &all);
    if (!mk_bitmap_is_exact(n, &all, rechecked))
        return;
    double rows = sel_rows(t.tuples, sel_conjuncts(&m->env, (size_t)rel, all.p, all.count));
    mk_tell_rows(m, n, rows, workers);
    if (!mk_bitmap(m, mk_child(n, 0), rel, rows, loops, &b))
        return;
    /* A condition that the index decides without loss is still charged as recheck. */
    struct cost_quals quals = cost_quals_of(&m->params, all.p, all.count);
    mk_tell_cost(m, n, cost_bitmap_heap(&m->params, &t, &b, quals, rows, loops, workers), 0.0051);
}

/* ---- the rest ---- */

static double mk_sort_limit(const struct json *parent)
{
    return parent && mk_is(parent, "Limit") ? json_num(parent, "Plan Rows", NAN) : NAN;
}

static double mk_groups(struct mk *m, const struct json *n, const char *key, double rows)
{
    struct pred_side sides[16];
    size_t count = 0;
    const struct json *list = json_get(n, key);
    for (const struct json *e = json_first(list); e && count < 16; e = e->next)
        pred_side_parse(m->a, e->text, &sides[count++]);
    if (mk_is(n, "Incremental Sort"))
        for (size_t i = 0; i < m->rel_count; i++)
            m->rels[i].rows = NAN;
    return sel_groups(&m->env, sides, count, rows);
}

static void mk_aggregate(struct mk *m, const struct json *n)
{
    const struct json *child = mk_child(n, 0), *keys = json_get(n, "Group Key");
    struct str how = mk_get(n, "Strategy");
    struct cost in = mk_cost(child);
    size_t nkeys = keys ? keys->count : 0;
    double groups = json_num(n, "Plan Rows", NAN), width = json_num(child, "Plan Width", 0);
    if (nkeys)
        mk_tell_rows(m, n, mk_groups(m, n, "Group Key", in.rows), 0);
    double aggs = json_num(n, "Aggregates", NAN);
    if (isnan(aggs) || str_is(how, "Mixed"))
        return;
    enum cost_agg kind = str_is(how, "Plain")    ? COST_AGG_PLAIN
                         : str_is(how, "Sorted") ? COST_AGG_SORTED
                                                 : COST_AGG_HASHED;
    struct cost_agg_work w = {(size_t)aggs, (size_t)json_num(n, "Finals", 0), nkeys, groups, width};
    mk_tell_cost(m, n, cost_aggregate(&m->params, kind, in, &w), 0.011);
}

static void mk_sort(struct mk *m, const struct json *n, const struct json *parent)
{
    const struct json *child = mk_child(n, 0);
    double width = json_num(child, "Plan Width", 0), limit = mk_sort_limit(parent);
    if (mk_is(n, "Sort")) {
        mk_tell_cost(m, n, cost_sort(&m->params, mk_cost(child), width, limit), 0.011);
        return;
    }
    double groups = mk_groups(m, n, "Presorted Key", mk_cost(child).rows);
    mk_tell_cost(m, n, cost_incremental_sort(&m->params, mk_cost(child), groups, width, limit),
                 0.011);
}

static enum sel_join_kind mk_join_kind(const struct json *n)
{
    struct str type = mk_get(n, "Join Type");
    return str_is(type, "Left")   ? SEL_JOIN_LEFT
           : str_is(type, "Full") ? SEL_JOIN_FULL
           : str_is(type, "Semi") ? SEL_JOIN_SEMI
           : str_is(type, "Anti") ? SEL_JOIN_ANTI
                                  : SEL_JOIN_INNER;
}

/* The relation that a subtree scans, or -1 when there are several. */
static int mk_only_rel(const struct mk *m, const struct json *n)
{
    while (n) {
        if (mk_get(n, "Relation Name").len)
            return mk_rel(m, mk_get(n, "Alias"));
        n = mk_child(n, 0) && !mk_child(n, 1) ? mk_child(n, 0) : NULL;
    }
    return -1;
}

static void mk_hash_join(struct mk *m, const struct json *n)
{
    const struct json *outer = mk_child(n, 0), *hash = mk_child(n, 1);
    struct mk_conds conds = {.count = 0};
    int o = mk_only_rel(m, outer), i = mk_only_rel(m, hash);
    struct str type = mk_get(n, "Join Type");
    /* A semi join through distinct inner rows is planned by other rules. */
    if (mk_child(hash, 0) && mk_is(mk_child(hash, 0), "Aggregate"))
        return;
    if (o < 0 || i < 0 || mk_get(n, "Join Filter").len || str_starts(type, "Right") ||
        str_is(type, "Full"))
        return;
    mk_add_conds(m, mk_get(n, "Hash Cond"), &conds);
    enum sel_join_kind kind = mk_join_kind(n);
    struct cost oc = mk_cost(outer), ic = mk_cost(hash);
    double sel = sel_join(&m->env, kind, (size_t)o, ic.rows, conds.p, conds.count);
    mk_tell(m, n, "rows", sel_join_rows(kind, oc.rows, ic.rows, sel), mk_cost(n).rows, 0.5);

    struct sel_var v;
    bool guess;
    double bucket = 1;
    for (size_t c = 0; c < conds.count; c++) {
        const struct pred_side *side = &conds.p[c]->right;
        if (sel_resolve(&m->env, (size_t)i, side, &v) != i)
            sel_resolve(&m->env, (size_t)i, &conds.p[c]->left, &v);
        struct cost_hash_key key = {
            sel_distinct(&v, &guess), sel_null_frac(&v),
            sel_has_stats(&v) && v.stats->mcv_count ? sel_float4(v.stats->mcf[0]) : 0,
            m->rels[i].rows / m->rels[i].tuples};
        double b = cost_hash_bucket(&m->params, ic.rows, json_num(hash, "Plan Width", 0), &key);
        bucket = fmin(bucket, b);
    }
    const struct json *unique = json_get(n, "Inner Unique");
    struct cost_join j = {.rows = mk_cost(n).rows};
    j.single = kind == SEL_JOIN_SEMI || kind == SEL_JOIN_ANTI || (unique && unique->boolean);
    j.anti = kind == SEL_JOIN_ANTI;
    double inner = sel_join(&m->env, SEL_JOIN_INNER, (size_t)o, ic.rows, conds.p, conds.count);
    j.match_frac = kind == SEL_JOIN_SEMI || kind == SEL_JOIN_ANTI ? sel : inner;
    j.match_count = fmax(1, inner * ic.rows / j.match_frac);
    struct cost c = cost_hash_join(&m->params, oc, json_num(outer, "Plan Width", 0), ic,
                                   json_num(hash, "Plan Width", 0), conds.count, bucket,
                                   sel_join_rows(SEL_JOIN_INNER, oc.rows, ic.rows, inner), &j);
    mk_tell_cost(m, n, c, 0.011);
}

/* Conditions that a join's inner side gets from the outer one, and its own. */
static void mk_join_conds(struct mk *m, const struct json *n, struct mk_conds *conds)
{
    const struct json *inner = mk_child(n, 1);
    mk_add_conds(m, mk_get(n, "Join Filter"), conds);
    for (; inner; inner = mk_child(inner, 0))
        mk_add_conds(m, mk_get(inner, "Index Cond"), conds);
}

/* One further run of the inner side; false when the model does not cover its node. */
static bool mk_rescan(struct mk *m, const struct json *n, const struct json *inner, int o,
                      struct cost *out)
{
    double width = json_num(inner, "Plan Width", 0);
    *out = mk_cost(inner);
    if (mk_is(inner, "Materialize")) {
        *out = cost_materialize_rescan(&m->params, mk_cost(mk_child(inner, 0)), width);
    } else if (mk_is(inner, "Memoize")) {
        double calls = mk_cost(mk_child(n, 0)).rows;
        struct pred_side key;
        if (o < 0 || !pred_side_parse(m->a, mk_get(inner, "Cache Key"), &key))
            return false;
        double distinct = sel_groups(&m->env, &key, 1, calls);
        *out = cost_memoize_rescan(&m->params, mk_cost(mk_child(inner, 0)), width, calls, distinct);
    }
    return true;
}

static void mk_nested_loop(struct mk *m, const struct json *n)
{
    const struct json *outer = mk_child(n, 0), *inner = mk_child(n, 1);
    struct str type = mk_get(n, "Join Type");
    struct mk_conds filter = {.count = 0}, conds = {.count = 0};
    struct cost rescan, oc = mk_cost(outer), ic = mk_cost(inner);
    int o = mk_only_rel(m, outer), i = mk_only_rel(m, inner);
    if (str_is(type, "Semi") || str_is(type, "Anti") || i < 0 ||
        !mk_rescan(m, n, inner, o, &rescan))
        return;
    const struct json *unique = json_get(n, "Inner Unique");
    struct cost_join j = {.rows = mk_cost(n).rows, .single = unique && unique->boolean};
    mk_add_conds(m, mk_get(n, "Join Filter"), &filter);
    mk_join_conds(m, n, &conds);
    j.quals = cost_quals_of(&m->params, filter.p, filter.count);
    if (j.single && (o < 0 || mk_get(inner, "Filter").len || filter.count))
        return;
    if (j.single) { /* the conditions are the inner scan's: bare names are its columns */
        j.match_frac =
            sel_join(&m->env, SEL_JOIN_INNER, (size_t)i, m->rels[i].tuples, conds.p, conds.count);
        j.match_count = m->rels[i].tuples;
    }
    /* The printed cost of the inner side is rounded to a cent, and multiplied. */
    struct cost c = cost_nested_loop(&m->params, oc, ic, rescan, &j, !mk_is(inner, "Memoize"));
    mk_tell_cost(m, n, c, 0.006 * oc.rows + 0.01);
}

static void mk_merge_join(struct mk *m, const struct json *n)
{
    struct mk_conds conds = {.count = 0};
    mk_add_conds(m, mk_get(n, "Merge Cond"), &conds);
    const struct json *unique = json_get(n, "Inner Unique");
    if (!str_is(mk_get(n, "Join Type"), "Inner") || mk_get(n, "Join Filter").len)
        return;
    struct cost_join j = {.rows = mk_cost(n).rows, .single = unique && unique->boolean};
    struct cost_merge w = {conds.count, 0, 1, 0, 1, mk_cost(n).rows, false};
    mk_tell_cost(
        m, n, cost_merge_join(&m->params, mk_cost(mk_child(n, 0)), mk_cost(mk_child(n, 1)), &w, &j),
        0.02);
}

static void mk_gather(struct mk *m, const struct json *n)
{
    struct cost in = mk_cost(mk_child(n, 0)), c;
    double rows = mk_cost(n).rows;
    if (mk_is(n, "Gather"))
        c = cost_gather(&m->params, in, rows);
    else
        c = cost_gather_merge(&m->params, in, rows, (int)json_num(n, "Workers Planned", 0));
    mk_tell_cost(m, n, c, 0.02);
}

/*
 * How often the inner side runs, for the cost of its index scan: the planner takes the rows of the
 * relation that its conditions get their values from.
 */
static double mk_loops(struct mk *m, const struct json *n, int rel, double loops)
{
    struct mk_conds conds = {.count = 0};
    double least = NAN;
    mk_add_conds(m, mk_get(n, "Index Cond"), &conds);
    if (mk_is(n, "Bitmap Heap Scan"))
        mk_add_conds(m, mk_get(n, "Recheck Cond"), &conds);
    for (size_t i = 0; i < conds.count; i++)
        for (size_t r = 0; r < m->rel_count; r++) {
            struct sel_var v;
            if ((int)r != rel && sel_resolve(&m->env, r, &conds.p[i]->right, &v) == (int)r &&
                sel_resolve(&m->env, (size_t)rel, &conds.p[i]->right, &v) != rel)
                least = fmin(least, m->rels[r].rows);
        }
    return isnan(least) ? loops : least;
}

static void mk_walk(struct mk *m, const struct json *n, const struct json *parent, double loops,
                    int workers)
{
    int rel = mk_rel(m, mk_get(n, "Alias"));
    workers = (int)json_num(n, "Workers Planned", workers);
    int own = mk_workers(n, workers);
    if (rel >= 0)
        loops = mk_loops(m, n, rel, loops);
    if (mk_is(n, "Seq Scan"))
        mk_seq_scan(m, n, rel, own);
    else if (rel >= 0 && (mk_is(n, "Index Scan") || mk_is(n, "Index Only Scan")))
        mk_index_scan(m, n, rel, loops, own);
    else if (rel >= 0 && mk_is(n, "Bitmap Heap Scan"))
        mk_bitmap_scan(m, n, rel, loops, own);
    else if (mk_is(n, "Aggregate"))
        mk_aggregate(m, n);
    else if (mk_is(n, "Sort") || mk_is(n, "Incremental Sort"))
        mk_sort(m, n, parent);
    else if (mk_is(n, "Hash Join"))
        mk_hash_join(m, n);
    else if (mk_is(n, "Nested Loop"))
        mk_nested_loop(m, n);
    else if (mk_is(n, "Merge Join"))
        mk_merge_join(m, n);
    else if (mk_is(n, "Gather") || mk_is(n, "Gather Merge"))
        mk_gather(m, n);
    else if (mk_is(n, "Limit"))
        mk_tell_cost(m, n, cost_limit(mk_cost(mk_child(n, 0)), 0, mk_cost(n).rows), 0.011);
    for (const struct json *c = json_first(json_get(n, "Plans")); c; c = c->next) {
        bool inner = mk_is(n, "Nested Loop") && c == mk_child(n, 1);
        double times = inner ? mk_cost(mk_child(n, 0)).rows : loops;
        mk_walk(m, c, n, times, workers);
    }
}

/* What a check's session had SET. */
static void mk_set(struct cost_params *p, struct str set)
{
    double v = atof(set.p + str_find(set, "=") + 1);
    if (str_starts(set, "random_page_cost="))
        p->random_page = v;
    if (str_starts(set, "parallel_setup_cost="))
        p->parallel_setup = v;
    if (str_starts(set, "parallel_tuple_cost="))
        p->parallel_tuple = v;
    if (!str_starts(set, "work_mem="))
        return;
    double bytes = v * 1024 * (str_ends(set, "MB") ? 1024 : 1);
    p->hash_mem_bytes *= bytes / p->work_mem_bytes;
    p->work_mem_bytes = bytes;
}

static void mk_check(struct mk *m, const struct json *check)
{
    const struct json *plan = json_get(check, "plan");
    m->name = json_str(check, "name").p;
    m->rel_count = 0;
    m->query_pages = 0;
    cost_params_from(&m->params, m->cat);
    for (const struct json *s = json_first(json_get(check, "sets")); s; s = s->next)
        mk_set(&m->params, s->text);
    mk_collect(m, plan);
    m->env = (struct sel_env){m->cat, m->rels, m->rel_count, 0, NAN, false};
    mk_walk(m, plan, NULL, 1, 0);
}

/* All checks of one document; false when it cannot be read. */
static bool mk_run(struct str text, mk_report *report, void *ctx)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    struct mk m = {.a = a, .report = report, .ctx = ctx};
    m.doc = json_parse(a, text, &err);
    if (m.doc) {
        m.cat = mc_load(a, json_get(m.doc, "catalog"));
        for (const struct json *c = json_first(json_get(m.doc, "checks")); c; c = c->next)
            mk_check(&m, c);
    }
    bool ok_read = m.doc != NULL;
    arena_free(a);
    return ok_read;
}

static bool mk_read_file(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    char chunk[65536];
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0;)
        buf_add(out, chunk, n);
    fclose(f);
    return true;
}

#endif
