/*
 * Depth and breadth: a chain of 50,000 nodes and an Append of 100,000, as JSON, YAML and XML, are
 * read in a small stack and in time that grows with their size.
 *
 * Block-style YAML is indented, so that a chain's text grows with the square of its depth; the
 * deep chain is in flow style, a shorter one in EXPLAIN's own.
 */
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "read/json.h"
#include "read/xml.h"
#include "read/yaml.h"
#include "tap.h"

typedef bool read_fn(struct build *b, struct str text, int line, size_t *used, struct err *err);
typedef void write_fn(struct buf *out, int n);

enum { STACK_BYTES = 256 * 1024 };

/* ---- documents of n nodes, the first one included ---- */

static void json_chain(struct buf *out, int n)
{
    buf_adds(out, "[{\"Plan\": {\"Node Type\": \"Limit\", \"Total Cost\": 1.5");
    for (int i = 1; i < n; i++)
        buf_printf(out, ", \"Plans\": [\n{\"Node Type\": \"Limit\", \"Plan Rows\": %d", i);
    for (int i = 1; i < n; i++)
        buf_adds(out, "}]");
    buf_adds(out, "}}]\n");
}

static void json_append(struct buf *out, int n)
{
    buf_adds(out, "[{\"Plan\": {\"Node Type\": \"Append\", \"Plans\": [");
    for (int i = 1; i < n; i++)
        buf_printf(out, "%s\n{\"Node Type\": \"Result\", \"Plan Rows\": %d}", i > 1 ? "," : "", i);
    buf_adds(out, "]}}]\n");
}

static void flow_chain(struct buf *out, int n)
{
    buf_adds(out, "- Plan: {Node Type: \"Limit\", Total Cost: 1.5");
    for (int i = 1; i < n; i++)
        buf_printf(out, ", Plans: [\n{Node Type: \"Limit\", Plan Rows: %d", i);
    for (int i = 1; i < n; i++)
        buf_adds(out, "}]");
    buf_adds(out, "}\n  Planning Time: 0.5\n");
}

static void block_chain(struct buf *out, int n)
{
    buf_adds(out, "- Plan: \n    Node Type: \"Limit\"\n    Total Cost: 1.5\n");
    for (int i = 1; i < n; i++) {
        buf_fill(out, ' ', (size_t)(4 * i));
        buf_adds(out, "Plans: \n");
        buf_fill(out, ' ', (size_t)(4 * i));
        buf_adds(out, "  - Node Type: \"Limit\"\n");
        buf_fill(out, ' ', (size_t)(4 * i));
        buf_printf(out, "    Plan Rows: %d\n", i);
    }
    buf_adds(out, "  Planning Time: 0.5\n");
}

static void yaml_append(struct buf *out, int n)
{
    buf_adds(out, "- Plan: \n    Node Type: \"Append\"\n    Plans: \n");
    for (int i = 1; i < n; i++)
        buf_printf(out, "      - Node Type: \"Result\"\n        Plan Rows: %d\n", i);
}

static const char xml_head[] =
    "<explain xmlns=\"http://www.postgresql.org/2009/explain\"><Query><Plan>";

static void xml_chain(struct buf *out, int n)
{
    buf_adds(out, xml_head);
    buf_adds(out, "<Node-Type>Limit</Node-Type><Total-Cost>1.5</Total-Cost>");
    for (int i = 1; i < n; i++)
        buf_printf(out, "<Plans>\n<Plan><Node-Type>Limit</Node-Type><Plan-Rows>%d</Plan-Rows>", i);
    for (int i = 1; i < n; i++)
        buf_adds(out, "</Plan></Plans>");
    buf_adds(out, "</Plan></Query></explain>");
}

static void xml_append(struct buf *out, int n)
{
    buf_adds(out, xml_head);
    buf_adds(out, "<Node-Type>Append</Node-Type><Plans>");
    for (int i = 1; i < n; i++)
        buf_printf(out, "<Plan>\n<Node-Type>Result</Node-Type><Plan-Rows>%d</Plan-Rows></Plan>", i);
    buf_adds(out, "</Plans></Plan></Query></explain>");
}

/* ---- reading ---- */

struct job {
    struct arena *arena;
    struct str text;
    enum plan_format format;
    read_fn *read;
    struct plan *plan;
    double seconds;
    struct err err;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* what others run does not count */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *run(void *data)
{
    struct job *j = data;
    size_t used, count;
    double start = now();
    struct build *b = build_new(j->arena, j->format);
    if (!j->read(b, j->text, 1, &used, &j->err))
        build_truncate(b);
    struct plan **plans = build_finish(b, &count);
    j->plan = j->err.code == ERR_NONE && count == 1 ? plans[0] : NULL;
    j->seconds = now() - start;
    return NULL;
}

static void run_in_small_stack(struct job *j)
{
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    if (pthread_create(&thread, &attr, run, j) == 0)
        pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
}

static bool is_chain(const struct plan *p, int n)
{
    if (!p || p->node_count != n)
        return false;
    for (int i = 1; i < n; i++)
        if (p->nodes[i]->parent != p->nodes[i - 1] || p->nodes[i]->num[PROP_PLAN_ROWS] != i ||
            p->nodes[i]->depth != i || p->nodes[i]->line != p->nodes[i - 1]->line + 1)
            return false;
    return true;
}

/* A chain in block style: a level takes three lines. */
static bool is_block_chain(const struct plan *p, int n)
{
    return p && p->node_count == n && p->nodes[n - 1]->depth == n - 1 &&
           p->nodes[n - 1]->line == 3 * n - 1 && p->planning_ms == 0.5;
}

static bool is_append(const struct plan *p, int n)
{
    if (!p || p->node_count != n)
        return false;
    for (int i = 1; i < n; i++)
        if (p->nodes[i]->parent != p->root || p->nodes[i]->num[PROP_PLAN_ROWS] != i)
            return false;
    return true;
}

/* Seconds for n nodes, the best of three runs; checks the tree. */
static double time_to_read(write_fn *write, int n, enum plan_format format, read_fn *read,
                           bool (*is_right)(const struct plan *, int), const char *what)
{
    double best = INFINITY;
    struct buf text = {0};
    write(&text, n);
    for (int i = 0; i < 3; i++) {
        struct job j = {
            .arena = arena_new(0), .text = buf_str(&text), .format = format, .read = read};
        run_in_small_stack(&j);
        if (i == 0)
            ok(is_right(j.plan, n), "%s: %d nodes (%zu bytes)%s%s", what, n, text.len,
               j.err.message[0] ? ": " : "", j.err.message);
        if (j.seconds < best)
            best = j.seconds;
        arena_free(j.arena);
    }
    buf_free(&text);
    return best;
}

static void grows_linearly(write_fn *write, int n, enum plan_format format, read_fn *read,
                           bool (*is_right)(const struct plan *, int), const char *what)
{
    double small = time_to_read(write, n / 10, format, read, is_right, what);
    double large = time_to_read(write, n, format, read, is_right, what);
    if (!ok(large < 25 * small + 0.02, "%s: time grows with the size", what))
        printf("# %d nodes %.4f s, %d nodes %.4f s\n", n / 10, small, n, large);
    else
        printf("# %d nodes in %.3f s, %d in %.3f s\n", n / 10, small, n, large);
}

/* Memory that was given back is used again, or the first touch of it is most of the time. */
static void keep_memory(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

int main(void)
{
    keep_memory();
    grows_linearly(json_chain, 50000, FORMAT_JSON, read_json, is_chain, "chain as JSON");
    grows_linearly(json_append, 100000, FORMAT_JSON, read_json, is_append, "Append as JSON");
    grows_linearly(flow_chain, 50000, FORMAT_YAML, read_yaml, is_chain, "chain as YAML (flow)");
    grows_linearly(json_chain, 50000, FORMAT_YAML, read_yaml, is_chain, "chain as JSON in YAML");
    grows_linearly(yaml_append, 100000, FORMAT_YAML, read_yaml, is_append, "Append as YAML");
    time_to_read(block_chain, 1500, FORMAT_YAML, read_yaml, is_block_chain,
                 "chain as YAML (block)");
    grows_linearly(xml_chain, 50000, FORMAT_XML, read_xml, is_chain, "chain as XML");
    grows_linearly(xml_append, 100000, FORMAT_XML, read_xml, is_append, "Append as XML");
    return done();
}
