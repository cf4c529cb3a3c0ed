/*
 * Plans of ten versions as text and JSON, with and without VERBOSE, COSTS and ANALYZE. The
 * pairs with ANALYZE are two executions each: what varies between them is not compared.
 */
#include <stdlib.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "fixture.h"
#include "plan/build.h"
#include "read/json.h"
#include "read/text.h"
#include "tap.h"
#include "text_excuses.h"

/* ---- what two executions of one statement may differ in ---- */

static const char *const varying[] = {
    "Actual Startup Time",
    "Actual Total Time",
    "Shared Hit Blocks",
    "Shared Read Blocks",
    "Shared Dirtied Blocks",
    "Shared Written Blocks",
    "Temp Read Blocks",
    "Temp Written Blocks",
    "I/O Read Time",
    "I/O Write Time",
    "Shared I/O Read Time",
    "Shared I/O Write Time",
    "Temp I/O Read Time",
    "Temp I/O Write Time",
    "Local I/O Read Time",
    "Local I/O Write Time",
    "WAL Records",
    "WAL FPI",
    "WAL Bytes",
    "WAL Buffers Full",
    "WAL FPI Bytes",
    "Heap Fetches",
    "Memory Used",
    "Memory Allocated",
    "Time",
    "planning_ms",
    "execution_ms",
    "time_ms",
    "generation_ms",
    "deform_ms",
    "inlining_ms",
    "optimization_ms",
    "emission_ms",
    "total_ms",
    "printed",
    "has_buffers",
    "fractional_rows", /* the vectors' JSON was written anew: 1.00 became 1 */
    "Output Volume",
    "I/O Count",
    "I/O Waits",
    "Average I/O Size",
    "Average I/Os In Progress",
    "Average Prefetch Distance",
    "Max Prefetch Distance",
    "Prefetch Capacity",
};
/* The same below a Gather, where the processes share the work as it comes. */
static const char *const shared_out[] = {
    "Actual Rows",
    "Actual Loops",
    "Rows Removed by Filter",
    "Peak Memory Usage",
    "Sort Space Used",
    "Sort Method",
    "Sort Space Type",
    "Exact Heap Blocks",
    "Cache Hits",
    "Cache Misses",
    "Cache Evictions",
    "Lossy Heap Blocks",
    "Workers",
    "never_executed",
    "Hash Batches",
    "Hash Buckets",
    "Disk Usage",
    "HashAgg Batches",
    "Full-sort Groups",
    "Pre-sorted Groups",
    "Workers Launched",
    "Rows Removed by Join Filter",
    "Index Searches",
    "Original Hash Batches",
};

enum { MOST_EXCUSES = 256 };
struct excuses {
    struct plan_excuse list[MOST_EXCUSES];
    size_t count;
};

static bool has_node(const struct plan *p, enum node_type type)
{
    for (int i = 0; i < p->node_count; i++)
        if (p->nodes[i]->type == type)
            return true;
    return false;
}

static void add_excuses(struct excuses *x, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x->list[x->count++] = (struct plan_excuse){NULL, keys[i], EXCUSE_ANY};
}

/* Rows of a sample are drawn anew each time. */
static const char *const sampled[] = {"Actual Rows"};
/* A statement that writes finds a larger table the second time. */
static const char *const written[] = {"Startup Cost", "Total Cost", "Plan Rows"};

#define ADD_EXCUSES(x, keys) add_excuses(x, keys, sizeof(keys) / sizeof(keys)[0])

static struct excuses excuses_for(const struct plan *p, bool executed)
{
    struct excuses x = {.count = TEXT_EXCUSES};
    memcpy(x.list, text_excuses, sizeof text_excuses);
    if (!executed)
        return x;
    ADD_EXCUSES(&x, varying);
    if (has_node(p, NODE_GATHER) || has_node(p, NODE_GATHER_MERGE))
        ADD_EXCUSES(&x, shared_out);
    if (has_node(p, NODE_SAMPLE_SCAN))
        ADD_EXCUSES(&x, sampled);
    if (has_node(p, NODE_MODIFY_TABLE))
        ADD_EXCUSES(&x, written);
    return x;
}

/* ---- reading ---- */

static void write_value(struct json_writer *w, const struct json *v);

static void write_children(struct json_writer *w, const struct json *v)
{
    for (const struct json *c = v->child; c; c = c->next) {
        if (v->kind == JSON_OBJECT)
            json_key_str(w, c->key);
        write_value(w, c);
    }
}

static void write_value(struct json_writer *w, const struct json *v)
{
    switch (v->kind) {
    case JSON_NULL:
        json_null(w);
        break;
    case JSON_BOOL:
        json_boolean(w, v->boolean);
        break;
    case JSON_NUMBER:
        json_decimal(w, v->number, 3);
        break;
    case JSON_STRING:
        json_string(w, v->text);
        break;
    case JSON_ARRAY:
        json_open_array(w);
        write_children(w, v);
        json_close_array(w);
        break;
    case JSON_OBJECT:
        json_open_object(w);
        write_children(w, v);
        json_close_object(w);
        break;
    }
}

static struct plan **read_json_value(struct arena *a, const struct json *v, size_t *count)
{
    struct buf text = {0};
    struct json_writer w;
    struct err err = {0};
    size_t used;
    json_writer_init(&w, &text, false);
    write_value(&w, v);
    struct build *b = build_new(a, FORMAT_JSON);
    bool good = read_json(b, buf_str(&text), 1, &used, &err);
    buf_free(&text);
    if (good)
        return build_finish(b, count);
    build_abandon(b);
    return NULL;
}

static struct plan **read_texts(struct arena *a, struct str text, size_t *count)
{
    struct build *b = build_new(a, FORMAT_TEXT);
    struct err err = {0};
    while (str_trim(text).len) {
        size_t used;
        if (!read_text(b, text, 1, &used, &err)) {
            build_abandon(b);
            return NULL;
        }
        text = str_sub(text, used, text.len);
    }
    return build_finish(b, count);
}

/* ---- one pair ---- */

static void drop_costs(struct plan *p)
{
    for (int i = 0; i < p->node_count; i++)
        for (int id = PROP_STARTUP_COST; id <= PROP_PLAN_WIDTH; id++)
            p->nodes[i]->num[id] = NAN;
    for (int i = 0; i < p->node_count; i++) {
        for (int id = PROP_ESTIMATED_CAPACITY; id <= PROP_ESTIMATED_HIT_PERCENT; id++)
            p->nodes[i]->num[id] = NAN;
        p->nodes[i]->num[PROP_PLANNED_PARTITIONS] = NAN;
    }
    p->has_costs = false;
    p->jit = NULL;
}

struct pair {
    const char *text, *json;
    bool executed, no_costs;
};
static const struct pair pairs[] = {{"text", "json", false, false},
                                    {"vtext", "vjson", false, false},
                                    {"nctext", "json", false, true},
                                    {"atext", "ajson", true, false},
                                    {"dtext", "djson", true, false}};
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

static bool same_pair(struct arena *a, const struct json *record, const struct pair *pair,
                      const char *file)
{
    size_t count = 0, other = 0;
    struct plan **plans = read_json_value(a, json_get(record, pair->json), &count);
    struct plan **texts = read_texts(a, json_str(record, pair->text), &other);
    double number = json_num(record, "i", -1);
    if (!plans || !texts || count != other) {
        printf("# %s %g %s: %zu and %zu plans\n", file, number, pair->text, count, other);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct excuses x = excuses_for(plans[i], pair->executed);
        struct plan_comparison c = {
            .excuses = x.list, .excuse_count = x.count, .any_order = true, .by_value = true};
        if (pair->no_costs)
            drop_costs(plans[i]);
        text_forgive_member(plans[i]);
        text_forgive_io_names(plans[i]);
        if (!plan_equal(&c, plans[i], texts[i])) {
            printf("# %s %g %s: %s\n", file, number, pair->text, c.why);
            return false;
        }
    }
    return true;
}

struct tally {
    size_t pairs[PAIRS], same[PAIRS];
};

static void compare_record(const struct json *record, const char *file, struct tally *t)
{
    for (int i = 0; i < PAIRS; i++) {
        if (!json_str(record, pairs[i].text).p || !json_get(record, pairs[i].json))
            continue;
        struct arena *a = arena_new(0);
        t->pairs[i]++;
        t->same[i] += same_pair(a, record, &pairs[i], file);
        arena_free(a);
    }
}

static void report(const char *file, const struct tally *t)
{
    for (int i = 0; i < PAIRS; i++)
        if (t->pairs[i])
            ok(t->same[i] == t->pairs[i], "%s: %zu of %zu \"%s\" are the same", file, t->same[i],
               t->pairs[i], pairs[i].text);
}

/* ---- files ---- */

static struct buf read_gz(const char *path)
{
    struct buf b = {0};
    gzFile f = gzopen(path, "rb");
    int n = f ? 1 : 0;
    while (n > 0) {
        buf_reserve(&b, 1 << 16);
        n = gzread(f, b.data + b.len, 1 << 16);
        b.len += n > 0 ? (size_t)n : 0;
    }
    if (f)
        gzclose(f);
    return b;
}

static void compare_array(const char *path)
{
    struct buf b = read_gz(path);
    struct arena *a = arena_new(0);
    struct err err = {0};
    struct tally t = {{0}, {0}};
    struct json *records = json_parse(a, buf_str(&b), &err);
    for (const struct json *r = json_first(records); r; r = r->next)
        compare_record(r, path, &t);
    ok(t.pairs[0] > 0, "%s: has plans", path);
    report(path, &t);
    arena_free(a);
    buf_free(&b);
}

static void compare_lines(const char *path)
{
    struct buf b = read_gz(path);
    struct str rest = buf_str(&b), line;
    struct tally t = {{0}, {0}};
    while (str_line(&rest, &line)) {
        struct arena *a = arena_new(0);
        struct err err = {0};
        const struct json *record = json_parse(a, line, &err);
        if (record && !json_get(record, "err"))
            compare_record(record, path, &t);
        arena_free(a);
    }
    ok(t.pairs[0] > 0, "%s: has plans", path);
    report(path, &t);
    buf_free(&b);
}

int main(void)
{
    struct arena *a = arena_new(0);
    const char *shared = fixture_shared();
    compare_array("fixtures/vectors/plans/small_pg12.json.gz");
    compare_array("fixtures/vectors/plans/small_pg15.json.gz");
    compare_array("fixtures/vectors/plans/small_pg18.json.gz");
    for (int v = 10; shared && v <= 19; v++)
        compare_lines(arena_printf(a, "%s/facts/vectors/plans/pg%d.jsonl.gz", shared, v));
    arena_free(a);
    return done();
}
