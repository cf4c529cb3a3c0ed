/* Workloads: grouping, sums, examples, merging; figures worked out by hand. */
#include <stdlib.h>

#include "tap.h"
#include "workload_feed.h"

static const struct work_query *only(struct workload *w, const char *part)
{
    static struct arena *a;
    size_t n;
    arena_free(a);
    a = arena_new(0);
    const struct work_query **all = workload_queries(a, w, &n), *found = NULL;
    for (size_t i = 0; i < n; i++)
        if (str_find(all[i]->text, part) >= 0)
            found = all[i];
    static const struct work_query none = {.text = {"no such query", 13}};
    return found ? found : &none;
}

static size_t queries(struct workload *w)
{
    struct arena *a = arena_new(0);
    size_t n;
    workload_queries(a, w, &n);
    arena_free(a);
    return n;
}

static void add(struct workload *w, enum log_kind kind, const char *sql, double ms, size_t line)
{
    struct log_event e = feed_event(kind, sql, ms, line);
    workload_add_event(w, &e);
}

static void test_grouping(void)
{
    struct workload *w = workload_new(NULL);
    add(w, LOG_STATEMENT, "select * from t where id = 1", 1, 1);
    add(w, LOG_STATEMENT, "SELECT *  FROM t /* x */ WHERE id = 42;", 2, 2);
    add(w, LOG_STATEMENT, "select * from t where id = $1", 3, 3);
    add(w, LOG_STATEMENT, "select * from t where id = 'x' -- y", 4, 4);
    is_int((long long)queries(w), 1, "constants, blanks, comments and letter case play no part");
    const struct work_query *q = only(w, "");
    is_int((long long)q->stat.calls, 4, "calls");
    is_int((long long)q->stat.total_ns, 10000000, "total");
    is_text(q->text.p, "SELECT * FROM t WHERE id = $1", "the text that shows");
    is_text(q->example.sql.p, "select * from t where id = 'x' -- y", "the slowest is the example");
    add(w, LOG_STATEMENT, "select * from u where id in (1, 2, 3)", 1, 5);
    add(w, LOG_STATEMENT, "select * from u where id in (4, 5, 6, 7, 8, 9)", 1, 6);
    is_int((long long)queries(w), 2, "lists of any length are one");
    is_text(only(w, "in (")->text.p, "select * from u where id in ($1, $2, ...)",
            "and show as two and dots");
    workload_free(w);
}

static void test_fallback(void)
{
    struct workload *w = workload_new(NULL);
    add(w, LOG_STATEMENT, "frobnicate t set x in (1, 2, 3) foo 'a'", 1, 1);
    add(w, LOG_STATEMENT, "FROBNICATE t SET x IN (7) foo 'b'", 1, 2);
    add(w, LOG_STATEMENT, "frobnicate u set x in (7) foo 'b'", 1, 3);
    is_int((long long)queries(w), 2, "what cannot be parsed is grouped by its tokens");
    ok(only(w, "t ")->own && only(w, "t ")->stat.calls == 2, "and marked so");
    workload_free(w);
}

static void test_kinds(void)
{
    struct workload *w = workload_new(NULL);
    const char *sql = "select 1 from t";
    add(w, LOG_PARSE, sql, 5, 1);
    add(w, LOG_BIND, sql, 7, 2);
    add(w, LOG_STATEMENT, sql, 11, 3);
    struct log_event fetch = feed_event(LOG_STATEMENT, sql, 13, 4);
    fetch.step = LOG_FETCH;
    workload_add_event(w, &fetch);
    struct log_event paired = feed_event(LOG_STATEMENT, sql, 17, 5);
    paired.paired = true;
    workload_add_event(w, &paired);
    add(w, LOG_ERROR, sql, NAN, 6);
    struct log_event temp = feed_event(LOG_TEMP_FILE, sql, NAN, 7);
    temp.temp_bytes = 1000;
    workload_add_event(w, &temp);
    add(w, LOG_DURATION, NULL, 19, 8);
    add(w, LOG_OTHER, NULL, NAN, 9);
    const struct work_query *q = only(w, "");
    const struct work_total *t = workload_total(w);
    is_int((long long)queries(w), 1, "one query");
    is_int((long long)q->stat.calls, 1, "one execution, whatever was told about it");
    is_int((long long)q->stat.total_ns, 11000000, "its time");
    is_int((long long)q->parse_ns, 5000000, "parsing apart");
    is_int((long long)q->bind_ns, 7000000, "binding apart");
    is_int((long long)q->fetch_ns, 13000000, "further fetches apart");
    is_int((long long)q->whole_ns, 17000000, "the whole time of a paired statement apart");
    is_int((long long)t->phase_ns, 25000000, "phases of the log");
    is_int((long long)t->unknown_ns, 19000000, "a duration alone is nobody's");
    is_int((long long)q->errors, 1, "errors");
    is_int((long long)q->temp.bytes, 1000, "temporary file of the query");
    is_int((long long)workload_counted(w, WORK_RECORDS), 9, "records");
    is_int((long long)workload_counted(w, WORK_OTHERS), 1, "other records");
    workload_free(w);
}

static void test_plans(void)
{
    struct workload *w = workload_new(NULL);
    const char *sql = "select * from t where a = 1";
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 1);
    feed_scan(w, e, sql, "t", false, 100, 10);
    e.line = 2;
    feed_scan(w, e, sql, "t", false, 300, 20);
    e.line = 3;
    feed_scan(w, e, sql, "t", true, 2, 10);
    e.line = 4;
    e.nested = true;
    feed_scan(w, e, "select * from t where a = 5", "t", true, 8, 40);
    const struct work_query *q = only(w, "");
    is_int((long long)queries(w), 1, "one query");
    is_int((long long)q->stat.calls, 4, "four executions");
    is_int((long long)q->nested, 1, "one of them inside another statement");
    is_int((long long)workload_total(w)->stat.total_ns, 402000000, "whose time is not the log's");
    is_int((long long)q->stat.total_ns, 410000000, "but the query's");
    is_int((long long)q->shape_count, 2, "two shapes");
    is_int((long long)q->rows_x100, 8000, "80 rows");
    is_int((long long)q->io.hit, 400, "blocks hit");
    is_int((long long)q->io.read, 80, "blocks read");
    is_int((long long)workload_total(w)->io.hit, 300, "of the log without those inside others");
    const struct work_shape *seq =
        q->shapes[0]->stat.total_ns > q->shapes[1]->stat.total_ns ? q->shapes[0] : q->shapes[1];
    is_int((long long)seq->stat.calls, 2, "of the first shape two");
    is_int((long long)seq->example.line, 2, "the slowest is its example");
    struct arena *a = arena_new(0);
    const struct plan *p = work_example_plan(a, &seq->example);
    ok(p && p->root->type == NODE_SEQ_SCAN && p->root->num[PROP_ACTUAL_TOTAL_TIME] == 300,
       "which can be read again");
    ok(str_is(workload_fixed_sql(a, q, STR("select * from t where a = 1")),
              "select * from t where a = ?"),
       "a constant that varied is none");
    const struct work_finding *f = NULL;
    for (size_t i = 0; i < q->finding_count; i++)
        if (strcmp(q->findings[i]->rule->id, "seq-scan-filter") == 0)
            f = q->findings[i];
    ok(f && f->executions == 2 && str_is(f->subject, "Seq Scan on t"), "finding: twice, where");
    ok(f && f->stake_ns > f->stake_max_ns && f->stake_max_ns > 200000000 && f->line == 2,
       "its stake is summed, the worst is told");
    arena_free(a);
    workload_free(w);
}

static void test_fixed(void)
{
    struct workload *w = workload_new(NULL);
    struct arena *a = arena_new(0);
    add(w, LOG_STATEMENT, "select * from t where status = 'open' and id = 5 and n = 1", 1, 1);
    add(w, LOG_STATEMENT, "select * from t where status = 'open' and id = 1 and n = 5", 1, 2);
    add(w, LOG_STATEMENT, "select * from t where status = 'open' and id = 7 and n = 1", 1, 3);
    ok(str_is(workload_fixed_sql(a, only(w, ""),
                                 STR("select * from t where status = 'open' and id = 5 and n = 1")),
              "select * from t where status = 'open' and id = ? and n = ?"),
       "what was equal in all executions stays, values that change places do not");
    arena_free(a);
    workload_free(w);
}

static void test_spill(void)
{
    struct workload *w = workload_new(NULL);
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 1);
    for (size_t i = 0; i < 20; i++) {
        e.line = i + 1;
        feed_sort(w, e, "select * from big order by b", 1000, i == 19 ? 80000 : 8000);
    }
    const struct work_query *q = only(w, "");
    is_int((long long)q->spill.executions, 20, "all spilled");
    is_int((long long)q->spill.blocks, 19 * 1000 + 10000, "blocks written");
    /* 8,000 kB of 100,000 rows: 81.92 bytes a row on disk, ceil(87.92 / 8) 8 = 88 in memory, with
     * 24 of the allocator 112; and 131,072 slots of 24 bytes: 14,345,728 bytes. p95 of 20 is the
     * 19th. */
    is_near(tally_hist_quantile(&q->spill.need, 0.95), 14345728, 14345728 / 128.0,
            "work_mem that would have held 95 %");
    workload_free(w);
}

static void test_batch(void)
{
    struct workload *w = workload_new(NULL);
    const char *sql = "begin; select * from a; update b set x = 1; select * from c; commit";
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 1);
    feed_scan(w, e, sql, "c", false, 10, 10);
    feed_scan(w, e, sql, "a", false, 20, 10);
    is_int((long long)queries(w), 2, "a text of several statements is not one query");
    ok(only(w, "from c")->stat.total_ns == 10000000 && only(w, "from a")->stat.calls == 1,
       "each plan finds its own");
    workload_free(w);
}

static void test_explain(void)
{
    struct workload *w = workload_new(NULL);
    struct log_event e = feed_event(LOG_PLAN, NULL, NAN, 1);
    feed_scan(w, e, "explain analyze select * from t", "t", false, 10, 10);
    is_int((long long)workload_total(w)->stat.calls, 0, "what people explain is left out");
    is_int((long long)workload_counted(w, WORK_EXPLAINS), 1, "and counted");
    feed_scan(w, e, "prepare p (int) as select * from t where id = $1", "t", false, 10, 10);
    ok(only(w, "select * from t where id = $1")->stat.calls == 1, "PREPARE is what it prepared");
    workload_free(w);
}

/* Parts of a random stream, merged in random trees of pairs, and through files. */
static void random_event(struct workload *w, size_t i)
{
    static const char *const tables[] = {"t", "u", "v"};
    char sql[100];
    size_t kind = i * 7 % 5, table = i * 13 % 3;
    struct log_event e = feed_event(LOG_STATEMENT, NULL, (double)(i * 31 % 97) / 10, i + 1);
    snprintf(sql, sizeof sql, "select %s from %s where a = %zu", i % 2 ? "*" : "b", tables[table],
             i % 4);
    e.sql = str_of(sql);
    e.nested = i % 11 == 0;
    if (kind < 2)
        workload_add_event(w, &e);
    else if (kind == 2)
        feed_sort(w, e, sql, (double)(i % 5), (double)(i % 7 * 800 + 80));
    else
        feed_scan(w, e, sql, tables[table], i % 3 == 0, (double)(i % 19), (double)(i % 100));
    if (i % 17 == 0)
        workload_add_problem(w, STR("a.log"), 1000 - i, STR("broken"));
}

static bool equal_bytes(const struct workload *a, const struct workload *b)
{
    struct buf x = feed_bytes(a), y = feed_bytes(b);
    bool equal = str_eq(buf_str(&x), buf_str(&y));
    buf_free(&x);
    buf_free(&y);
    return equal;
}

static void test_merge(void)
{
    enum { EVENTS = 300, PARTS = 6 };
    bool by_memory = true, by_file = true;
    struct workload *whole = workload_new(NULL);
    for (size_t i = 0; i < EVENTS; i++)
        random_event(whole, i);
    srand(3);
    for (int round = 0; round < 12; round++) {
        struct workload *part[PARTS], *files = workload_new(NULL);
        for (int p = 0; p < PARTS; p++)
            part[p] = workload_new(NULL);
        for (size_t i = 0; i < EVENTS; i++) /* any part, and half of the time backwards */
            random_event(part[rand() % PARTS], round % 2 ? i : EVENTS - 1 - i);
        for (int p = 0; p < PARTS; p++) {
            struct buf b = feed_bytes(part[PARTS - 1 - p]);
            struct err err = {0};
            by_file = by_file && workload_read(files, buf_str(&b), &err);
            buf_free(&b);
        }
        for (int left = PARTS; left > 1; left--) { /* the last two that chance picks */
            int into = rand() % left, from = (into + 1 + rand() % (left - 1)) % left;
            workload_merge(part[into], part[from]);
            workload_free(part[from]);
            part[from] = part[left - 1];
        }
        by_memory = by_memory && equal_bytes(whole, part[0]);
        by_file = by_file && equal_bytes(whole, files);
        workload_free(part[0]);
        workload_free(files);
    }
    ok(by_memory, "any split, any order, any tree of merges: the same bytes");
    ok(by_file, "the same by way of partial files");
    workload_free(whole);
}

static void test_bad_files(void)
{
    struct workload *w = workload_new(NULL), *into = workload_new(NULL);
    for (size_t i = 0; i < 40; i++)
        random_event(w, i);
    struct buf good = feed_bytes(w), empty = feed_bytes(into);
    bool refused = true;
    for (size_t cut = 0; cut < good.len; cut += 13) {
        struct err err = {0};
        refused = refused && !workload_read(into, str_sub(buf_str(&good), 0, cut), &err) &&
                  err.code != ERR_NONE;
    }
    ok(refused, "a file cut anywhere is refused");
    refused = true;
    for (size_t at = 0; at < good.len; at += 11) {
        struct err err = {0};
        good.data[at] ^= 0x20;
        refused = refused && !workload_read(into, buf_str(&good), &err) && err.code != ERR_NONE;
        good.data[at] ^= 0x20;
    }
    ok(refused, "a file with a byte changed is refused");
    struct buf after = feed_bytes(into);
    ok(str_eq(buf_str(&after), buf_str(&empty)), "and nothing of it was taken");
    struct err err = {0};
    ok(!workload_read(into, STR("pgsift-partial 99 1 0\nx"), &err) && err.code == ERR_VERSION,
       "a later version is told");
    ok(!workload_read(into, STR("{\"a\": 1}"), &(struct err){0}), "anything else, too");
    buf_free(&good);
    buf_free(&empty);
    buf_free(&after);
    workload_free(w);
    workload_free(into);
}

/* Content that is wrong inside, with the right length and checksum around it: read or refused. */
static void test_wrong_content(void)
{
    struct workload *w = workload_new(NULL);
    for (size_t i = 0; i < 30; i++)
        random_event(w, i);
    struct buf file = feed_bytes(w), plain = {0};
    struct str packed = buf_str(&file), line;
    unsigned long long len = 0;
    struct err err = {0};
    str_line(&packed, &line);
    sscanf(line.p, "pgsift-partial %*d %llu", &len);
    ok(io_unpack(&plain, packed, (size_t)len, &err), "the content of a partial result");
    size_t read = 0, refused = 0;
    srand(11);
    for (int round = 0; round < 3000; round++) {
        struct buf wrong = {0}, wrapped = {0};
        struct workload *into = workload_new(NULL);
        buf_addstr(&wrong, buf_str(&plain));
        for (int i = rand() % 3; i >= 0; i--)
            wrong.data[(size_t)rand() % wrong.len] ^= (char)(1 << rand() % 8);
        if (round % 5 == 0)
            wrong.len = (size_t)rand() % wrong.len;
        buf_printf(&wrapped, "pgsift-partial 2 %zu %08x\n", wrong.len,
                   (unsigned)io_crc(0, buf_str(&wrong)));
        io_pack(&wrapped, buf_str(&wrong));
        struct err e = {0};
        bool good = workload_read(into, buf_str(&wrapped), &e);
        if (good == (e.code != ERR_NONE))
            refused = (size_t)-100000;
        good ? read++ : refused++;
        struct buf again = feed_bytes(into);
        buf_free(&again);
        buf_free(&wrong);
        buf_free(&wrapped);
        workload_free(into);
    }
    ok(refused > 300 && read > 300, "wrong content is read or refused: %zu and %zu", read, refused);
    buf_free(&file);
    buf_free(&plain);
    workload_free(w);
}

static void test_masked(void)
{
    struct workload_options options = {.no_values = true};
    struct workload *w = workload_new(&options);
    struct arena *a = arena_new(0);
    struct read_result read = {0};
    struct log_event e = feed_event(LOG_PLAN, NULL, 5, 1);
    e.params = STR("$1 = 'secret'");
    read_plans(
        a,
        STR("{\"Query Text\": \"select * from t where name = 'secret' and n = 4711\", "
            "\"Query Parameters\": \"$1 = 'secret'\", \"Plan\": {\"Node Type\": \"Seq "
            "Scan\", \"Relation Name\": \"t\", \"Alias\": \"t\", \"Startup Cost\": 0.5, "
            "\"Total Cost\": 9.25, \"Plan Rows\": 1, \"Plan Width\": 8, \"Filter\": \"((name "
            "= 'secret'::text) AND (n = 4711))\", \"Workers\": [{\"Worker Number\": 0, "
            "\"Actual Loops\": 1}]}}"),
        &read);
    const struct plan *p = work_mask_plan(a, read.plans[0]);
    struct plan_metrics *m = metrics_new(a, p);
    workload_add_plan(w, &e, p, m, NULL);
    struct log_event s =
        feed_event(LOG_STATEMENT, "select * from u where name = 'secret' /* 4711 */", 1, 2);
    s.params = STR("$1 = 'secret'");
    workload_add_event(w, &s);
    struct buf b = {0};
    const struct work_query *q = only(w, "from t");
    struct str body = work_example_body(a, &q->shapes[0]->example);
    struct str all[] = {q->text, q->example.sql,          q->example.params,
                        body,    only(w, "from u")->text, only(w, "from u")->example.sql};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        buf_addstr(&b, all[i]);
    ok(b.len && !strstr(b.data, "secret") && !strstr(b.data, "4711"), "no values are kept");
    const struct plan *again = work_example_plan(a, &q->shapes[0]->example);
    ok(again && again->root->num[PROP_TOTAL_COST] == 9.25 && again->root->worker_count == 1 &&
           str_is(node_text(again->root, PROP_RELATION_NAME), "t"),
       "names and figures are");
    buf_free(&b);
    arena_free(a);
    workload_free(w);
}

int main(void)
{
    test_grouping();
    test_fallback();
    test_kinds();
    test_plans();
    test_fixed();
    test_spill();
    test_batch();
    test_explain();
    test_merge();
    test_bad_files();
    test_wrong_content();
    test_masked();
    return done();
}
