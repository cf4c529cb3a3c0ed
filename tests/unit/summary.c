/* Summaries of workloads: order, shares, flips, rules, misestimates, advice; figures by hand. */
#include <stdlib.h>

#include "catalog/catalog.h"
#include "catalog/ddl.h"
#include "tap.h"
#include "work/summary.h"
#include "workload_feed.h"

static struct catalog *schema;

static struct summary *summarize(struct arena *a, const struct workload *w, bool advise)
{
    struct summary_options o;
    summary_options_init(&o);
    o.advise = advise;
    o.catalog = schema;
    return summary_new(a, w, &o);
}

static void add(struct workload *w, enum log_kind kind, const char *sql, double ms, size_t line)
{
    struct log_event e = feed_event(kind, sql, ms, line);
    workload_add_event(w, &e);
}

static void test_order(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    for (size_t i = 0; i < 100; i++)
        add(w, LOG_STATEMENT, "select 1 from often", 3, i + 1); /* 300 ms */
    add(w, LOG_STATEMENT, "select 1 from seldom", 500, 101);
    add(w, LOG_STATEMENT, "select 1 from middle", 100, 102);
    add(w, LOG_STATEMENT, "select 1 from middle", 90, 103);
    add(w, LOG_BIND, "select 1 from middle", 5, 104);
    add(w, LOG_DURATION, NULL, 5, 105);
    add(w, LOG_ERROR, "select 1 from broken", NAN, 106);
    struct summary *s = summarize(a, w, false);
    is_near(s->log_ms, 1000, 1e-9, "time of the log: 300 + 500 + 190 + 5 + 5");
    is_int((long long)s->query_count, 3, "executed queries");
    is_int((long long)s->failed_count, 1, "one that was not");
    is_text(s->queries[0].query->text.p, "select $1 from seldom", "the dearest first");
    is_near(s->queries[0].share, 0.5, 1e-12, "half of the log");
    is_near(s->queries[2].time_ms, 195, 1e-9, "phases are the query's time, too");
    is_near(s->queries[2].mean_ms, 95, 1e-9, "but not its executions'");
    is_near(s->queries[2].stddev_ms, 5, 1e-9, "deviation of 100 and 90");
    is_int((long long)s->by_calls[0], 1, "incessant ones by calls");
    is_int((long long)s->by_max[0], 0, "terrible ones by the slowest call");
    is_int((long long)s->by_max[2], 1, "where the incessant one is last");
    is_int(s->bucket_s, 5, "105 seconds in buckets of 5");
    double sum = 0;
    for (size_t i = 0; i < s->bucket_count; i++)
        sum += s->series[i];
    is_near(sum, 990, 1e-6, "the series holds all executions");
    is_near(s->queries[1].series[0], 12, 1e-9,
            "lines 1 to 4 lie in the first bucket of 5 s: four calls of 3 ms");
    workload_free(w);
    arena_free(a);
}

/* 10 calls of 10 ms by index, then 5 of 200 ms by scan. */
static void test_flip(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 0);
    for (size_t i = 1; i <= 15; i++) {
        struct log_event at = feed_event(LOG_PLAN, NULL, NAN, i);
        e.line = at.line;
        e.time_us = at.time_us;
        feed_scan(w, e, "select * from t where a = 1", "t", i <= 10, i <= 10 ? 10 : 200, 10);
    }
    struct summary *s = summarize(a, w, false);
    const struct summary_query *q = &s->queries[0];
    is_int((long long)q->shape_count, 2, "two shapes");
    is_text(q->shapes[0].name, "A", "the dearer one is A");
    is_near(q->shapes[0].share, 5 / 15.0, 1e-12, "a third of the executions");
    is_int((long long)q->flip_count, 1, "one flip");
    const struct summary_flip *f = &q->flips[0];
    ok(f->from == 1 && f->to == 0 && f->replaced, "from B to A, for good");
    is_int(f->at_us, 1700000011000000, "at the 11th second");
    is_near(f->cost_ms, 5 * (200 - 10), 1e-9, "5 calls x 190 ms");
    workload_free(w);
    arena_free(a);
}

static void test_beside(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    for (size_t i = 1; i <= 8; i++) {
        struct log_event e = feed_event(LOG_PLAN, NULL, NAN, i);
        feed_scan(w, e, "select * from t where a = 1", "t", i % 2, i % 2 ? 10 : 30, 10);
    }
    struct summary *s = summarize(a, w, false);
    const struct summary_query *q = &s->queries[0];
    ok(q->flip_count == 1 && !q->flips[0].replaced, "plans that take turns replace nothing");
    is_near(q->flips[0].cost_ms, 4 * 20, 1e-9, "4 calls x 20 ms");
    workload_free(w);
    arena_free(a);
}

static const struct summary_rule *rule_of(const struct summary *s, const char *id)
{
    for (size_t i = 0; i < s->rule_count; i++)
        if (strcmp(s->rules[i].rule->id, id) == 0)
            return &s->rules[i];
    static const struct summary_rule none;
    return &none;
}

static void test_rules(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 1);
    for (size_t i = 1; i <= 50; i++) {
        e.line = i;
        feed_scan(w, e, "select * from often where a = 1", "often", false, 10, 10);
    }
    e.line = 51;
    feed_scan(w, e, "select * from seldom where a = 1", "seldom", false, 2000, 10);
    struct summary *s = summarize(a, w, false);
    const struct summary_rule *r = rule_of(s, "seq-scan-filter");
    is_int((long long)r->executions, 51, "found in all executions");
    is_int((long long)r->query_count, 2, "of two queries");
    ok(r->case_count == 2 && r->cases[0].query == 0, "the dearest first");
    /* stake.h: a scan of 120 pages and 10,000 rows costs 120 + 10,000 x 0.0125 = 245; ten rows by
     * an index lie on 2 x 120 x 10 / 250 = 9.6 pages of 4 - 3 sqrt(0.08) = 3.15 each, so about 30,
     * and the descent some 4: 86 % are saved */
    is_near(r->stake_ms, 0.86 * 2500, 0.01 * 2500, "stake over all executions");
    is_near(r->share, r->stake_ms / 2500, 1e-12, "as a share of the log");
    is_near((double)r->cases[1].finding->stake_ns / 1e6,
            50.0 * (double)r->cases[1].finding->stake_max_ns / 1e6, 1e-3,
            "fifty alike are fifty times one");
    ok(s->queries[0].stake_ms > s->queries[1].stake_ms, "each query has its largest");
    workload_free(w);
    arena_free(a);
}

/* A nested loop for 10 rows expected that meets many. */
static void feed_loop(struct workload *w, size_t line, const char *table, int rows)
{
    char body[4096];
    struct log_event e = feed_event(LOG_PLAN, NULL, 100, line);
    snprintf(
        body, sizeof body,
        "{\"Query Text\": \"select * from %s join p using (id)\", \"Plan\": {\"Node Type\": "
        "\"Nested Loop\", \"Join Type\": \"Inner\", \"Startup Cost\": 0, \"Total Cost\": 300, "
        "\"Plan Rows\": 10, \"Plan Width\": 8, \"Actual Startup Time\": 0, \"Actual Total "
        "Time\": 100, \"Actual Rows\": %d, \"Actual Loops\": 1, \"Plans\": [{\"Node Type\": "
        "\"Seq Scan\", \"Parent Relationship\": \"Outer\", \"Relation Name\": \"%s\", \"Alias\": "
        "\"%s\", \"Startup Cost\": 0, \"Total Cost\": 200, \"Plan Rows\": 10, \"Plan Width\": 8, "
        "\"Actual Startup Time\": 0, \"Actual Total Time\": 10, \"Actual Rows\": %d, \"Actual "
        "Loops\": 1, \"Filter\": \"(b > 5)\", \"Rows Removed by Filter\": 5}, {\"Node Type\": "
        "\"Index Scan\", \"Parent Relationship\": \"Inner\", \"Index Name\": \"p_pkey\", "
        "\"Relation Name\": \"p\", \"Alias\": \"p\", \"Startup Cost\": 0, \"Total Cost\": 8, "
        "\"Plan Rows\": 1, \"Plan Width\": 8, \"Actual Startup Time\": 0, \"Actual Total Time\": "
        "0.01, \"Actual Rows\": 1, \"Actual Loops\": %d, \"Index Cond\": \"(id = %s.id)\"}]}}",
        table, rows, table, table, rows, rows, table);
    feed_plan(w, e, body);
}

/* Off by x800 and x400; once only is no repetition. */
static void test_misestimates(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    feed_loop(w, 1, "t", 8000);
    feed_loop(w, 2, "t", 4000);
    feed_loop(w, 3, "once", 8000);
    struct summary *s = summarize(a, w, false);
    is_int((long long)s->misestimate_count, 1, "one repeats");
    if (s->misestimate_count == 1) {
        const struct work_finding *f = s->misestimates[0].finding;
        is_text(f->subject.p, "Seq Scan on t", "where it begins");
        is_int((long long)f->executions, 2, "twice");
        is_int((long long)f->factor_min, 40000, "by x400");
        is_int((long long)f->factor_max, 80000, "to x800");
    }
    workload_free(w);
    arena_free(a);
}

/* An index on a saves nearly all of the scans of t; those of u are too few to count. */
static void test_advice(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 1);
    for (size_t i = 1; i <= 9; i++) {
        e.line = i;
        feed_scan(w, e, "select * from t where a = 1", "t", false, 100, 10);
    }
    e.line = 10;
    feed_scan(w, e, "select b from t where a = 1 order by c", "t", false, 99, 10);
    e.line = 11;
    feed_scan(w, e, "select * from u where a = 1", "u", false, 1, 10);
    struct summary *s = summarize(a, w, true);
    is_int((long long)s->index_count, 1, "one index");
    ok(s->index_count == 1 && str_is(s->indexes[0].index->table, "t"), "on t");
    ok(s->index_count == 1 && s->indexes[0].query_count == 2 && s->indexes[0].queries[0] == 0,
       "serves both queries on it, the dearer one first");
    ok(s->saved_ms > 0.8 * 999 && s->saved_ms <= 999, "saves most of 999 ms: %.0f", s->saved_ms);
    is_near(s->saved_share, s->saved_ms / 1000, 1e-9, "as a share of the log's 1,000 ms");
    ok(s->queries[0].index_count == 1 && s->queries[1].index_count == 1 &&
           s->queries[2].index_count == 0,
       "each query knows what serves it");
    is_near(s->advised_share, 1, 0.0051, "what was looked at");
    const struct summary_plan *plan;
    const struct advice *part = summary_advice_for(a, s, 0, s->queries[0].shapes[0].shape, &plan);
    ok(part && plan && part->index_count == 1 && part->query_count == 1, "advice for one plan");
    for (size_t i = 0; part && i < part->index_count; i++)
        for (size_t k = 0; k < part->indexes[i].effect_count; k++)
            ok(part->indexes[i].effects[k].node == plan->plan->root, "points at its own nodes");
    workload_free(w);
    arena_free(a);
}

/* A queue: few rows of many are not done. */
static void feed_queue(struct workload *w, size_t line, const char *status)
{
    char body[4096];
    struct log_event e = feed_event(LOG_PLAN, NULL, 100, line);
    snprintf(
        body, sizeof body,
        "{\"Query Text\": \"select * from t where status <> '%s' order by a\", \"Plan\": {\"Node "
        "Type\": \"Sort\", \"Startup Cost\": 20000, \"Total Cost\": 20001, \"Plan Rows\": 5, "
        "\"Plan Width\": 50, \"Actual Startup Time\": 100, \"Actual Total Time\": 100, \"Actual "
        "Rows\": 5, \"Actual Loops\": 1, \"Sort Key\": [\"a\"], \"Plans\": [{\"Node Type\": \"Seq "
        "Scan\", \"Parent Relationship\": \"Outer\", \"Relation Name\": \"t\", \"Alias\": \"t\", "
        "\"Startup Cost\": 0, \"Total Cost\": 20000, \"Plan Rows\": 5, \"Plan Width\": 50, "
        "\"Actual Startup Time\": 1, \"Actual Total Time\": 100, \"Actual Rows\": 5, \"Actual "
        "Loops\": 1, \"Filter\": \"(status <> '%s'::text)\", \"Rows Removed by Filter\": "
        "1000000}]}}",
        status, status);
    feed_plan(w, e, body);
}

/* The same constant in all executions may be the predicate of a partial index; one that varies may
 * not. */
static void test_partial_index(void)
{
    struct arena *a = arena_new(0);
    struct workload *same = workload_new(NULL), *other = workload_new(NULL);
    for (size_t i = 0; i < 4; i++) {
        feed_queue(same, i + 1, "done");
        feed_queue(other, i + 1, i % 2 ? "done" : "open");
    }
    struct err err = {0};
    schema = cat_from_ddl(STR("CREATE TABLE t (id bigint PRIMARY KEY, a int, status text);"),
                          "schema.sql", &err);
    struct summary *s = summarize(a, same, true), *o = summarize(a, other, true);
    ok(s->index_count == 1 && strstr(s->indexes[0].index->up, "WHERE status <> 'done'"),
       "a constant that never varies is the predicate of a partial index");
    bool varies = false;
    for (size_t i = 0; i < o->index_count; i++)
        varies = varies || strstr(o->indexes[i].index->up, "WHERE");
    ok(!varies, "one that varies is not");
    cat_free(schema);
    schema = NULL;
    workload_free(same);
    workload_free(other);
    arena_free(a);
}

/* Plans without ANALYZE: the log's durations are times, the advice goes by cost. */
static void test_unmeasured(void)
{
    struct arena *a = arena_new(0);
    struct workload *w = workload_new(NULL);
    struct log_event e = feed_event(LOG_PLAN, NULL, 250, 1);
    feed_plan(w, e,
              "{\"Query Text\": \"select * from t where a = 1\", \"Plan\": {\"Node Type\": \"Seq "
              "Scan\", \"Relation Name\": \"t\", \"Alias\": \"t\", \"Startup Cost\": 0, \"Total "
              "Cost\": 20000, \"Plan Rows\": 5, \"Plan Width\": 50, \"Filter\": \"(a = 1)\"}}");
    struct summary *s = summarize(a, w, true);
    const struct summary_query *q = &s->queries[0];
    is_near(q->mean_ms, 250, 1e-9, "its time is the record's");
    ok(isnan(q->rows), "rows are not known");
    is_int((long long)s->total->unmeasured, 1, "it is counted");
    is_int((long long)s->index_count, 1, "and advised on");
    const struct advice_query *x = &s->advice->queries[0];
    ok(x->cost_after < x->cost_before, "by cost");
    is_near(s->saved_ms, 250 * (1 - x->cost_after / x->cost_before), 1e-9,
            "what is saved is a share of its time");
    workload_free(w);
    arena_free(a);
}

int main(void)
{
    test_order();
    test_flip();
    test_beside();
    test_rules();
    test_misestimates();
    test_advice();
    test_partial_index();
    test_unmeasured();
    return done();
}
