/*
 * Works out the vectors of costs (fixtures/vectors/cost_pg*.json, join_cost_*, brin_hash_*) with
 * the model. What a vector's inputs leave out is a fact about its table: 400,000 rows, 6434 pages
 * (15) or 6435 (18), index shapes from the vectors before it. Used by the unit test and the bench.
 */
#ifndef TESTS_COST_VECTORS_H
#define TESTS_COST_VECTORS_H

#include <math.h>

#include "advise/cost.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct cv_result {
    const char *name;
    int version;
    struct cost model;
    double startup, total; /* as the planner printed them */
};
typedef void cv_report(void *ctx, const struct cv_result *r);

struct cv {
    struct cost_params p;
    struct cost_table t;
    struct cost_index ts, rnd, cat, sk, both; /* both: (cat, rnd) */
    const struct json *in;                    /* inputs of the vector at hand */
};

static double cv_num(const struct cv *v, const char *key)
{
    return json_num(v->in, key, NAN);
}

static struct cost cv_triple(const struct json *list)
{
    double n[4] = {0, 0, 0, 0};
    size_t i = 0;
    for (const struct json *e = json_first(list); e && i < 4; e = e->next)
        n[i++] = e->number;
    return (struct cost){n[0], n[1], n[2]};
}

static struct cost_index *cv_index(struct cv *v, struct str name)
{
    return str_find(name, " ts ") >= 0    ? &v->ts
           : str_find(name, " cat ") >= 0 ? &v->cat
           : str_find(name, " sk ") >= 0  ? &v->sk
                                          : &v->rnd;
}

static struct cost_probe cv_probe(double sel, size_t quals, double filter_ops, const struct cv *v)
{
    return (struct cost_probe){.sel = sel,
                               .boundary_sel = sel,
                               .searches = 1,
                               .quals = quals,
                               .loops = 1,
                               .filter = cost_ops(&v->p, filter_ops)};
}

static struct cost cv_scan(struct cv *v, struct str name)
{
    struct cost_index *ix = cv_index(v, name);
    const struct json *shape = json_get(v->in, "index");
    if (shape && shape->kind == JSON_OBJECT) {
        double corr = cv_num(v, "corr");
        *ix = (struct cost_index){.pages = json_num(shape, "pages", NAN),
                                  .tuples = json_num(shape, "tuples", NAN),
                                  .height = (int)json_num(shape, "height", 2),
                                  .key_count = 1,
                                  .correlation = isnan(corr) ? ix->correlation : corr};
    }
    struct cost_probe probe = cv_probe(cv_num(v, "sel"), 1, 0, v);
    probe.index_only = str_starts(name, "index only");
    if (probe.index_only)
        v->t.visible = cv_num(v, "allvis");
    return cost_index_scan(&v->p, &v->t, ix, &probe, NAN, 0);
}

static struct cost cv_unique(struct cv *v)
{
    struct cost_index ix = {
        .pages = 1099, .tuples = v->t.tuples, .height = 2, .key_count = 1, .correlation = 1};
    struct cost_probe probe = cv_probe(1 / v->t.tuples, 1, 0, v);
    probe.one_row = true;
    return cost_index_scan(&v->p, &v->t, &ix, &probe, NAN, 0);
}

static struct cost cv_bitmap_index(struct cv *v, struct str name)
{
    struct cost_probe probe = cv_probe(cv_num(v, "sel"), 1, 0, v);
    struct cost_access a = cost_index_access(&v->p, &v->t, cv_index(v, name), &probe);
    return (struct cost){0, a.total, 0};
}

static struct cost cv_bitmap_heap(struct cv *v)
{
    struct cost_bitmap b = {.total = cv_num(v, "index_total"), .sel = cv_num(v, "sel")};
    return cost_bitmap_heap(&v->p, &v->t, &b, cost_ops(&v->p, 1), 0, 1, 0);
}

static struct cost cv_lossy(struct cv *v)
{
    struct cost_params small = v->p;
    small.work_mem_bytes = 64 * 1024;
    struct cost_probe probe = cv_probe(cv_num(v, "sel"), 1, 0, v);
    struct cost_access a = cost_index_access(&v->p, &v->t, &v->rnd, &probe);
    struct cost_bitmap b = cost_bitmap_leg(&v->p, &v->rnd, &a, rint(probe.sel * v->t.tuples));
    return cost_bitmap_heap(&small, &v->t, &b, cost_ops(&v->p, 1), 0, 1, 0);
}

/* Conditions on (cat, rnd) by key. */
static struct cost cv_two_keys(struct cv *v, bool equal_first)
{
    double sel = cv_num(v, "sel");
    v->both = v->cat;
    v->both.pages = 1099;
    v->both.key_count = 2;
    struct cost_key keys[2] = {
        {.equal = equal_first, .quals = equal_first, .sel = 1, .distinct = 490},
        {.range = true, .quals = 1, .sel = sel, .distinct = NAN}};
    struct cost_probe probe = {.loops = 1};
    cost_probe_btree(&v->p, &v->both, false, keys, 2, 1, &probe);
    return cost_index_scan(&v->p, &v->t, &v->both, &probe, NAN, 0);
}

static struct cost cv_list(struct cv *v)
{
    struct cost_key key = {.equal = true,
                           .elements = cv_num(v, "num_sa"),
                           .quals = 1,
                           .sel = cv_num(v, "sel"),
                           .distinct = NAN};
    struct cost_probe probe = {.loops = 1};
    cost_probe_btree(&v->p, &v->rnd, false, &key, 1, 1, &probe);
    return cost_index_scan(&v->p, &v->t, &v->rnd, &probe, NAN, 0);
}

static struct cost cv_partial(struct cv *v)
{
    struct cost_index ix = v->rnd;
    ix.pages = json_num(json_get(v->in, "idx"), "pages", NAN);
    ix.tuples = json_num(json_get(v->in, "idx"), "tuples", NAN);
    struct cost_probe probe = cv_probe(cv_num(v, "sel"), 1, 0, v);
    return cost_index_scan(&v->p, &v->t, &ix, &probe, NAN, 0);
}

static struct cost cv_combine(struct cv *v, bool all)
{
    struct cost_bitmap legs[4];
    size_t n = 0;
    for (const struct json *e = json_first(json_get(v->in, "legs")); e && n < 4; e = e->next) {
        struct cost_access a = {.total = e->number};
        legs[n++] = cost_bitmap_leg(&v->p, &v->rnd, &a, cv_num(v, "heap_rows"));
    }
    double total =
        all ? cost_bitmap_and(&v->p, legs, n).total : cost_bitmap_or(&v->p, legs, n).total;
    return (struct cost){total, total, 0};
}

static struct cost cv_sort(struct cv *v)
{
    struct cost_params p = v->p;
    p.work_mem_bytes = cv_num(v, "work_mem_kb") * 1024;
    struct cost in = {0, cv_num(v, "input_total"), cv_num(v, "rows")};
    return cost_sort(&p, in, cv_num(v, "width"), cv_num(v, "limit"));
}

static struct cost cv_incremental(struct cv *v)
{
    return cost_incremental_sort(&v->p, cv_triple(json_get(v->in, "child")), cv_num(v, "groups"),
                                 58, cv_num(v, "limit"));
}

static struct cost cv_inner(struct cv *v)
{
    struct cost_table t = v->t;
    t.query_pages = cv_num(v, "total_table_pages");
    struct cost_probe probe = cv_probe(cv_num(v, "sel"), 1, 0, v);
    probe.loops = cv_num(v, "loop");
    return cost_index_scan(&v->p, &t, &v->rnd, &probe, NAN, 0);
}

static struct cost cv_nested_loop(struct cv *v)
{
    struct cost inner = cv_triple(json_get(v->in, "inner"));
    inner.rows = cv_num(v, "inner_rows");
    struct cost_join j = {.rows = 0};
    return cost_nested_loop(&v->p, cv_triple(json_get(v->in, "outer")), inner, inner, &j, true);
}

static struct cost cv_agg(struct cv *v, bool hashed)
{
    struct cost in = cost_seq_scan(&v->p, &v->t, cost_ops(&v->p, 0), v->t.tuples, 0);
    struct cost_agg_work w = {.aggs = 1, .keys = hashed, .groups = cv_num(v, "groups"), .width = 4};
    return cost_aggregate(&v->p, hashed ? COST_AGG_HASHED : COST_AGG_PLAIN, in, &w);
}

static struct cost cv_seq(struct cv *v, struct str name)
{
    struct cost_quals quals = cost_ops(&v->p, cv_num(v, "ops"));
    struct pred list = {.kind = PRED_TEST, .op = PRED_IN};
    list.right.kind = SIDE_CONST_LIST;
    if (str_starts(name, "seqscan SAOP")) {
        const struct pred *p = &list;
        list.right.value_count = (size_t)cv_num(v, "n");
        quals = cost_quals_of(&v->p, &p, 1);
    }
    return cost_seq_scan(&v->p, &v->t, quals, 0, 0);
}

/* False for a name that is not one of the vectors'. */
static bool cv_one(struct cv *v, struct str name, struct cost *out)
{
    if (str_starts(name, "seqscan"))
        *out = cv_seq(v, name);
    else if (str_is(name, "index scan unique eq"))
        *out = cv_unique(v);
    else if (str_starts(name, "index scan + 2 filter quals")) {
        struct cost_probe probe = cv_probe(cv_num(v, "sel"), 1, 2, v);
        *out = cost_index_scan(&v->p, &v->t, &v->cat, &probe, NAN, 0);
    } else if (str_starts(name, "index scan range") || str_starts(name, "index only scan"))
        *out = cv_scan(v, name);
    else if (str_starts(name, "bitmap index scan"))
        *out = cv_bitmap_index(v, name);
    else if (str_starts(name, "bitmap heap scan"))
        *out = cv_bitmap_heap(v);
    else if (str_starts(name, "bitmap heap lossy"))
        *out = cv_lossy(v);
    else if (str_starts(name, "multicol"))
        *out = cv_two_keys(v, true);
    else if (str_starts(name, "non-leading") || str_starts(name, "skip scan"))
        *out = cv_two_keys(v, false);
    else if (str_starts(name, "IN list"))
        *out = cv_list(v);
    else if (str_starts(name, "partial"))
        *out = cv_partial(v);
    else if (str_starts(name, "Bitmap"))
        *out = cv_combine(v, str_is(name, "BitmapAnd"));
    else if (!isnan(cv_num(v, "work_mem_kb")))
        *out = cv_sort(v);
    else if (str_starts(name, "limit 10 offset 20"))
        *out = cost_limit(cv_triple(json_get(v->in, "child")), 20, 10);
    else if (str_starts(name, "incremental"))
        *out = cv_incremental(v);
    else if (str_starts(name, "inner parameterized"))
        *out = cv_inner(v);
    else if (str_starts(name, "nested loop"))
        *out = cv_nested_loop(v);
    else if (str_starts(name, "HashAggregate") || str_is(name, "plain agg"))
        *out = cv_agg(v, str_starts(name, "Hash"));
    else
        return false;
    return true;
}

static void cv_init(struct cv *v, int version)
{
    *v = (struct cv){.t = {.pages = version == 15 ? 6434 : 6435, .tuples = 400000}};
    cost_params_default(&v->p, version * 10000);
}

/* One file of vectors; false when it cannot be read or has a vector that is not known. */
static bool cv_run(struct str text, cv_report *report, void *ctx)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    const struct json *doc = json_parse(a, text, &err), *e = json_first(doc);
    struct cv v;
    bool all = e != NULL;
    cv_init(&v, (int)json_num(e, "version", 15));
    for (; e; e = e->next) {
        struct cv_result r = {.name = json_str(e, "name").p,
                              .version = (int)json_num(e, "version", 0)};
        v.in = json_get(e, "inputs");
        struct cost printed = cv_triple(json_get(e, "pg"));
        r.startup = printed.startup;
        r.total = printed.total;
        if (cv_one(&v, json_str(e, "name"), &r.model))
            report(ctx, &r);
        else
            all = false;
    }
    arena_free(a);
    return all;
}

#endif
