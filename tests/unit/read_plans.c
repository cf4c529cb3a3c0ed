/*
 * Plans in every dress that people paste. How many nodes a file holds is counted in its bytes,
 * without a reader: "(cost=" in text, "Node Type" in JSON and YAML, "Node-Type" tags in XML.
 */
#include "read/read.h"

#include <dirent.h>
#include <stdlib.h>

#include "../tap.h"
#include "base/arena.h"
#include "plan/plan.h"

static struct str slurp(struct arena *a, const char *path)
{
    struct buf b = {0};
    char chunk[65536];
    FILE *f = fopen(path, "rb");
    for (size_t n; f && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, chunk, n);
    if (f)
        fclose(f);
    struct str s = str_dup(a, buf_str(&b));
    buf_free(&b);
    return s;
}

/* UTF-16 of ASCII text is found by leaving its zero bytes out. */
static int count_marks(struct str s, const char *mark)
{
    struct buf b = {0};
    int count = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i])
            buf_addc(&b, s.p[i]);
    for (const char *p = b.data; p && (p = strstr(p, mark)); p++)
        count++;
    buf_free(&b);
    return count;
}

static int nodes_in_bytes(struct str s, const char *format)
{
    if (strcmp(format, "text") == 0)
        return count_marks(s, "(cost=") + count_marks(s, "(COST=");
    if (strcmp(format, "xml") == 0)
        return count_marks(s, "Node-Type") / 2;
    return count_marks(s, "Node Type");
}

/* "Limit > Aggregate ...": types and depths in order. */
static void add_shape(struct buf *b, const struct plan *p)
{
    for (int i = 0; i < p->node_count; i++)
        buf_printf(b, "%d %.*s;", p->nodes[i]->depth, STR_ARG(p->nodes[i]->type_name));
}

static const char *base_shape;

static void check_file(const char *dir, const char *format, const char *name)
{
    char path[512];
    struct arena *a = arena_new(0);
    struct read_result r;
    struct buf shape = {0};
    snprintf(path, sizeof path, "%s/%s/%s", dir, format, name);
    struct str text = slurp(a, path);
    bool good = read_plans(a, text, &r);
    int nodes = 0;
    for (size_t i = 0; i < r.plan_count; i++)
        nodes += r.plans[i]->node_count;
    if (strstr(name, "trunc-")) {
        ok(good && r.plans[0]->truncated && r.problem_count > 0 && nodes > 0,
           "%s/%s: what there is is read, and said to be cut off", format, name);
    } else {
        ok(good && nodes == nodes_in_bytes(text, format) && r.problem_count == 0,
           "%s/%s: all nodes, no complaint", format, name);
        printf("# %d nodes of %d\n", nodes, nodes_in_bytes(text, format));
        if (good && nodes == 14) {
            add_shape(&shape, r.plans[0]);
            is_text(shape.data, base_shape, "and the tree is the plain plan's");
        }
    }
    buf_free(&shape);
    arena_free(a);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int check_dir(const char *dir)
{
    static const char *const formats[] = {"text", "json", "yaml", "xml"};
    int files = 0;
    for (size_t f = 0; f < 4; f++) {
        char path[512];
        struct dirent **entries;
        snprintf(path, sizeof path, "%s/%s", dir, formats[f]);
        int n = scandir(path, &entries, NULL, by_name);
        for (int i = 0; i < n; i++) {
            if (entries[i]->d_name[0] != '.') {
                check_file(dir, formats[f], entries[i]->d_name);
                files++;
            }
            free(entries[i]);
        }
        if (n >= 0)
            free(entries);
    }
    return files;
}

/* ---- by hand ---- */

#define ELIDED(i1, i2, i3, i4, i5)                                                                 \
    "Limit (cost=12847.23..12847.35 rows=50) (actual time=798.432..798.445 rows=50)\n" i1          \
    "-> Sort (cost=12847.23..12872.23 rows=10000) (actual time=798.429..798.435 rows=50)\n" i2     \
    "Sort Key: t.priority DESC, t.created_at DESC\n" i2                                            \
    "Sort Method: external merge Disk: 4096kB\n" i2                                                \
    "-> Hash Left Join (cost=5234.00..12597.23 rows=10000) (actual time=234.2..791.1 "             \
    "rows=10000)\n" i3 "Hash Cond: (ta.task_id = t.id)\n" i3                                       \
    "-> Seq Scan on tasks t (cost=0.00..7123.45 rows=10000) ...\n" i4                              \
    "Filter: ((status <> 'done') AND (project_id = $1))\n" i5

static void check_elided(const char *text, const char *what)
{
    struct arena *a = arena_new(0);
    struct read_result r;
    if (ok(read_plans(a, str_of(text), &r) && r.plans[0]->node_count == 4, "%s: four nodes",
           what)) {
        struct node **n = r.plans[0]->nodes;
        ok(n[1]->type == NODE_SORT && n[1]->parent == n[0], "the Sort is below the Limit");
        is_near(n[1]->num[PROP_SORT_SPACE_USED], 4096, 0, "it spilled 4096 kB");
        ok(n[2]->join == JOIN_LEFT && n[2]->parent == n[1], "the left join below the Sort");
        ok(n[3]->type == NODE_SEQ_SCAN && n[3]->parent == n[2], "the scan below the join");
        ok(str_is(node_text(n[3], PROP_FILTER), "((status <> 'done') AND (project_id = $1))"),
           "with its filter");
        is_near(n[3]->num[PROP_TOTAL_COST], 7123.45, 1e-9, "and its cost");
        ok(r.plans[0]->elided, "something was left out");
    }
    arena_free(a);
}

/* YAML that another program wrote: flow style, where brackets say where things end. */
static void check_flow_yaml(void)
{
    static const char text[] =
        "- Plan: {Node Type: \"Limit\", Actual Loops: 1, Plans: [\n"
        "{Node Type: \"Seq Scan\", Parent Relationship: \"Outer\", Relation Name: \"t\"}]}\n"
        "  Execution Time: 1.5\n";
    struct arena *a = arena_new(0);
    struct read_result r;
    ok(read_plans(a, str_of(text), &r) && r.plan_count == 1 && r.plans[0]->node_count == 2,
       "YAML in flow style is read");
    if (r.plan_count)
        is_near(r.plans[0]->execution_ms, 1.5, 0, "what stands beside the plan, too");
    arena_free(a);
}

static void check_refused(const char *text, size_t len, const char *message, const char *what)
{
    struct arena *a = arena_new(0);
    struct read_result r;
    bool refused = !read_plans(a, (struct str){text, len}, &r) && r.problem_count == 1;
    if (ok(refused, "%s is refused, with one message", what))
        is_text(r.problems[0].err.message, message, "which says why");
    arena_free(a);
}
#define REFUSED(text, message, what) check_refused(text, sizeof(text) - 1, message, what)

static void check_stream(void)
{
    static const char text[] = "Some prose first.\n\nEXPLAIN (ANALYZE) SELECT 1 FROM t;\n"
                               "Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n"
                               "  Filter: (a = 1)\n\nand then\n"
                               "[{\"Plan\": {\"Node Type\": \"Result\", \"Total Cost\": 0.01}}]\n"
                               "bye\n";
    struct arena *a = arena_new(0);
    struct read_result r;
    ok(read_plans(a, str_of(text), &r) && r.plan_count == 2,
       "two plans of two formats in one stream");
    if (r.plan_count == 2) {
        ok(str_is(r.plans[0]->query_text, "SELECT 1 FROM t"), "the echoed statement is kept");
        is_int(r.plans[0]->format, FORMAT_TEXT, "text first");
        is_int(r.plans[1]->format, FORMAT_JSON, "then JSON");
    }
    arena_free(a);
}

int main(void)
{
    const char *shared = getenv("PGSIFT_SHARED") ? getenv("PGSIFT_SHARED") : "../shared";
    char odd[400];
    struct arena *a = arena_new(0);
    struct read_result base;
    struct buf shape = {0};
    if (!read_plans(a, slurp(a, "fixtures/odd/json/base.json"), &base)) {
        printf("Bail out! fixtures/odd/json/base.json is not read\n");
        return 1;
    }
    add_shape(&shape, base.plans[0]);
    base_shape = shape.data;
    ok(check_dir("fixtures/odd") > 40, "the files of fixtures/odd are there");
    snprintf(odd, sizeof odd, "%s/plans/odd", shared);
    if (check_dir(odd) == 0)
        printf("# %s is not here: only fixtures/odd was read\n", odd);
    check_elided(ELIDED("  ", "     ", "        ", "             ", ""), "elided, indented");
    check_elided(ELIDED("", "", "", "", ""), "elided, indentation lost");
    check_stream();
    check_flow_yaml();
    REFUSED("", "expected EXPLAIN output, found nothing", "nothing");
    REFUSED("hello, world\n", "expected EXPLAIN output, found no plan", "prose");
    REFUSED("[{\"Plan\": {\"Node Type\": ,}}]", "expected a value, found ','", "a slip in JSON");
    REFUSED("[\"Utility Statement\"]", "a utility statement has no plan", "a utility statement");
    buf_free(&shape);
    arena_free(a);
    return done();
}
