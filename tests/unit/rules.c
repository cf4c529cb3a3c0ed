/* Rules on plans made by hand: what fires, what must not, and what is at stake. */
#include "rules/rule.h"

#include "rules/doc.h"

#include "../plans.h"
#include "../tap.h"

static struct arena *a;

static struct finding_list run(const char *json)
{
    struct thresholds t;
    struct plan *p = plan_of(a, json);
    thresholds_init(&t);
    return rules_run(a, p, metrics_new(a, p), NULL, &t, NULL, 0);
}

static const struct finding *find(const struct finding_list *l, const char *id)
{
    for (const struct finding *f = l->first; f; f = f->next)
        if (strcmp(f->rule->id, id) == 0 && f->severity != SEVERITY_CLEARED)
            return f;
    return NULL;
}

static void fires(const char *id, const char *json, const char *what)
{
    struct finding_list l = run(json);
    ok(find(&l, id) != NULL, "%s: %s", id, what);
}

static void silent(const char *id, const char *json, const char *what)
{
    struct finding_list l = run(json);
    ok(find(&l, id) == NULL, "%s is silent: %s", id, what);
}

#define SCAN(more, rows, removed)                                                                  \
    "[{\"Plan\":{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"t\",\"Alias\":\"t\"," more         \
    "\"Filter\":\"(a = 1)\"," COSTED(5000.0, 100) ",\"Plan Width\":50," TIMED(                     \
        0.01, 100.0, rows, 1) ",\"Rows Removed by Filter\":" #removed                              \
                              ",\"Shared Hit Blocks\":4000,\"Shared Read Blocks\":0},"             \
                              "\"Execution Time\":101.0}]"

static void seq_scans(void)
{
    struct finding_list l = run(SCAN("", 100, 299900));
    const struct finding *f = find(&l, "seq-scan-filter");
    if (ok(f != NULL, "a scan that keeps 100 of 300,000 rows is told")) {
        is_int(f->severity, SEVERITY_HIGH, "as high");
        ok(f->stake_ms > 90 && f->stake_ms <= 100,
           "nearly all of its 100 ms are at stake, never more");
        ok(f->wants_index, "an index is the remedy");
    }
    silent("seq-scan-filter", SCAN("", 299900, 100), "most rows are kept");
}

#define SORT(type, method, kb)                                                                     \
    "[{\"Plan\":{\"Node Type\":\"Sort\",\"Sort Key\":[\"a\"],\"Sort Method\":\"" method            \
    "\",\"Sort Space Used\":" #kb ",\"Sort Space Type\":\"" type                                   \
    "\"," COSTED(900.0, 50000) ",\"Plan Width\":40," TIMED(                                        \
        80.0, 100.0, 50000,                                                                        \
        1) ",\"Temp Read Blocks\":500,"                                                            \
           "\"Temp Written Blocks\":500,\"Plans\":[{\"Node Type\":\"Function Scan\"," OUTER        \
               COSTED(500.0, 50000) "," TIMED(0.0, 10.0, 50000,                                    \
                                              1) "}]},\"Execution Time\":100.0}]"

static void sorts(void)
{
    struct finding_list l = run(SORT("Disk", "external merge", 4096));
    const struct finding *f = find(&l, "sort-spill");
    if (ok(f != NULL, "a sort on disk is told"))
        ok(f->stake_ms > 0 && f->stake_ms < 90, "part of the sort's own 90 ms is at stake");
    silent("sort-spill", SORT("Memory", "quicksort", 4096), "it fits in memory");
}

static void joins(void)
{
#define HASH(batches)                                                                              \
    "[{\"Plan\":{\"Node Type\":\"Hash Join\",\"Join Type\":\"Inner\",\"Hash Cond\":\"(a.x = "      \
    "b.x)\"," COSTED(900.0, 1000) "," TIMED(                                                       \
        10.0, 100.0, 1000,                                                                         \
        1) ",\"Temp Read Blocks\":900,"                                                            \
           "\"Temp Written Blocks\":900,\"Plans\":[{\"Node Type\":\"Function Scan\"," OUTER        \
               COSTED(100.0, 1000) "," TIMED(                                                      \
                   0.0, 10.0, 1000,                                                                \
                   1) "},{\"Node Type\":\"Hash\"," INNER                                           \
                      "\"Hash Buckets\":1024,\"Original Hash Buckets\":1024,\"Hash "               \
                      "Batches\":" #batches ",\"Original Hash Batches\":" #batches                 \
                      ",\"Peak Memory Usage\":3000,\"Temp Written "                                \
                      "Blocks\":400," COSTED(200.0, 90000) "," TIMED(                              \
                          50.0, 50.0, 90000,                                                       \
                          1) ",\"Plans\":[{\"Node Type\":\"Function Scan\"," OUTER                 \
                          COSTED(150.0, 90000) "," TIMED(0.0, 20.0, 90000,                         \
                                                         1) "}]}]},\"Execution Time\":100.0}]"
    fires("hash-spill", HASH(16), "sixteen batches");
    silent("hash-spill", HASH(1), "one batch");
}

static void outside_the_plan(void)
{
#define WHOLE(more)                                                                                \
    "[{\"Plan\":{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"t\"," TIMED(                       \
        0.0, 9.5, 10, 1) "}," more "\"Execution Time\":10.0}]"
    fires("planning-time", WHOLE("\"Planning Time\":30.0,"), "30 ms of planning for 10 ms");
    silent("planning-time", WHOLE("\"Planning Time\":3.0,"), "3 ms of planning");
    fires("jit-overhead", WHOLE("\"JIT\":{\"Functions\":4,\"Timing\":{\"Total\":6.0}},"),
          "6 of 10 ms");
    silent("jit-overhead", WHOLE("\"JIT\":{\"Functions\":4,\"Timing\":{\"Total\":0.001}},"),
           "a microsecond");
    struct finding_list l =
        run("[{\"Plan\":{\"Node Type\":\"ModifyTable\",\"Operation\":\"Delete\",\"Relation "
            "Name\":\"p\"," TIMED(0.1, 0.1, 0, 1) ",\"Plans\":[{\"Node Type\":\"Index Scan\"," OUTER
                TIMED(0.0, 0.05, 1, 1) "}]},\"Triggers\":[{\"Trigger "
                                       "Name\":\"RI_ConstraintTrigger_a_16398\",\"Constraint "
                                       "Name\":\"c_p_fkey\",\"Relation\":\"p\","
                                       "\"Time\":80.0,\"Calls\":2}],\"Execution Time\":81.0}]");
    const struct finding *f = find(&l, "trigger-time");
    if (ok(f != NULL, "a foreign key's check is told")) {
        is_near(f->stake_ms, 79.952, 1e-9, "80 ms less two look-ups of 0.024 are at stake");
        is_near(f->share, 79.952 / 81.0, 1e-9, "of 81 ms");
        is_int(f->severity, SEVERITY_HIGH, "so it is high");
        ok(f->wants_index, "and wants an index");
    }
    l = run("[{\"Plan\":{\"Node Type\":\"ModifyTable\",\"Operation\":\"Insert\",\"Relation "
            "Name\":\"p\"," TIMED(
                0.1, 0.1, 0,
                1) "},\"Triggers\":[{\"Trigger Name\":\"audit\","
                   "\"Constraint Name\":\"audit\",\"Relation\":\"p\",\"Time\":80.0,\"Calls\":40}],"
                   "\"Execution Time\":81.0}]");
    f = find(&l, "trigger-time");
    if (ok(f != NULL, "a constraint trigger that is no foreign key is told")) {
        is_text(f->title, "Trigger audit: 80.0ms in 40 calls", "by its own name");
        is_text(f->why, "Its function ran 40 times, 2.00ms each.", "80 / 40");
    }
    silent("trigger-time", WHOLE(""), "no trigger");
    fires("unexplained-time",
          "[{\"Plan\":{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"t\"," TIMED(
              0.0, 9.0, 10, 1) "},\"Execution Time\":50.0}]",
          "41 of 50 ms belong to no node");
    silent("unexplained-time", WHOLE(""), "1 of 10 ms");
}

static void workers(void)
{
#define GATHER(launched, loops)                                                                    \
    "[{\"Plan\":{\"Node Type\":\"Gather\",\"Workers Planned\":2,\"Workers Launched\":" #launched   \
    "," TIMED(0.3, 100.0, 300,                                                                     \
              1) ",\"Plans\":[{\"Node Type\":\"Seq Scan\",\"Parallel Aware\":true,"                \
                 "\"Relation Name\":\"t\"," OUTER TIMED(0.0, 90.0, 100,                            \
                                                        loops) "}]},\"Execution Time\":101.0}]"
    fires("workers-missing", GATHER(0, 1), "none of two workers");
    silent("workers-missing", GATHER(2, 3), "both workers");
}

static void estimates(void)
{
#define GUESS(planned)                                                                             \
    "[{\"Plan\":{\"Node Type\":\"Nested Loop\",\"Join Type\":\"Inner\"," COSTED(                   \
        100.0,                                                                                     \
        planned) "," TIMED(0.1, 400.0, 20000,                                                      \
                           1) ",\"Plans\":[{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"o\","   \
                              "\"Alias\":\"o\",\"Filter\":\"((a = 1) AND (b = 2))\"," OUTER        \
                                  COSTED(50.0, planned) "," TIMED(                                 \
                                      0.0, 10.0, 20000,                                            \
                                      1) ",\"Rows Removed by Filter\":10},{\"Node Type\":\"Index " \
                                         "Scan\","                                                 \
                                         "\"Relation Name\":\"i\",\"Alias\":\"i\",\"Index "        \
                                         "Name\":\"i_pkey\",\"Index Cond\":\"(id = o.id)\"," INNER \
                                             COSTED(8.0, 1) "," TIMED(                             \
                                                 0.01, 0.018, 1,                                   \
                                                 20000) "}]},\"Execution Time\":401.0}]"
    struct finding_list l = run(GUESS(5));
    const struct finding *f = find(&l, "misestimate");
    if (!f)
        f = find(&l, "nested-loop-underestimate");
    ok(f != NULL, "5 rows planned, 20,000 met: the nested loop over them is told");
    l = run(GUESS(19000));
    ok(!find(&l, "misestimate") && !find(&l, "nested-loop-underestimate"),
       "19,000 planned are near enough");
}

static void thresholds(void)
{
    struct thresholds t;
    struct err err = {0};
    thresholds_init(&t);
    ok(thresholds_set(&t, STR("high=60"), &err) && t.value[THRESHOLD_HIGH] == 60,
       "a threshold is set");
    ok(!thresholds_set(&t, STR("hihg=60"), &err) && err.code == ERR_USAGE,
       "an unknown one is refused");
    err_clear(&err);
    ok(!thresholds_set(&t, STR("high=x"), &err), "and so is what is no number");
}

/* A list of n values, planned in 20 ms: 0.008 ms each. */
static const char *long_list(int n)
{
    struct buf b = {0};
    buf_adds(&b, "[{\"Plan\":{\"Node Type\":\"Index Scan\",\"Relation Name\":\"t\",\"Alias\":\"t\","
                 "\"Index Name\":\"t_pkey\",\"Index Cond\":\"(id = ANY ('{");
    for (int i = 0; i < n; i++)
        buf_printf(&b, "%s%d", i ? "," : "", i);
    buf_adds(&b, "}'::integer[]))\"," TIMED(0.0, 79.0, 10, 1) "},\"Planning Time\":20.0,"
                                                              "\"Execution Time\":80.0}]");
    const char *json = arena_strndup(a, b.data, b.len);
    buf_free(&b);
    return json;
}

static void lists(void)
{
    struct finding_list l = run(long_list(2000));
    const struct finding *f = find(&l, "large-in-list");
    if (ok(f != NULL, "a list of 2,000 values is told")) {
        is_near(f->stake_ms, 16, 1e-9, "16 of 20 ms of planning are at stake");
        is_near(f->share, 0.16, 1e-9, "of planning and execution together");
    }
    silent("large-in-list", long_list(500), "500 values");
}

/* Rules that are switched off say nothing, and do not hide others inside them. */
static void disabling(void)
{
    struct thresholds t;
    const char *json = SCAN("", 100, 299900);
    struct plan *p = plan_of(a, json);
    struct str off[] = {STR("seq-scan-filter")};
    thresholds_init(&t);
    struct finding_list l = rules_run(a, p, metrics_new(a, p), NULL, &t, off, 1);
    ok(!find(&l, "seq-scan-filter"), "a rule that is switched off is silent");
    t.value[THRESHOLD_HIGH] = 99.9;
    l = rules_run(a, p, metrics_new(a, p), NULL, &t, NULL, 0);
    const struct finding *f = find(&l, "seq-scan-filter");
    is_int(f ? f->severity : SEVERITY_CLEARED, SEVERITY_MEDIUM, "thresholds make the severity");
    t.value[THRESHOLD_FLOOR] = 1000;
    l = rules_run(a, p, metrics_new(a, p), NULL, &t, NULL, 0);
    f = find(&l, "seq-scan-filter");
    is_int(f ? f->severity : SEVERITY_CLEARED, SEVERITY_INFO, "below the floor it is info");
}

/* Findings come by stake, cleared ones last; counts add up. */
static void ranking(void)
{
    struct finding_list l = run(GUESS(5));
    size_t count = 0, cleared = 0;
    bool ordered = true;
    for (const struct finding *f = l.first; f; f = f->next) {
        *(f->severity == SEVERITY_CLEARED ? &cleared : &count) += 1;
        if (f->next && f->severity != SEVERITY_CLEARED && f->next->severity != SEVERITY_CLEARED)
            ordered &= f->stake >= f->next->stake;
        ordered &=
            !(f->severity == SEVERITY_CLEARED && f->next && f->next->severity != SEVERITY_CLEARED);
    }
    ok(ordered, "ranked by stake");
    ok(count == l.count && cleared == l.cleared, "and counted");
}

static void documentation(void)
{
    struct buf text = {0}, roff = {0};
    bool all = true, narrow = true;
    doc_add_rules(&text, 72);
    doc_add_thresholds(&text, 72);
    doc_add_rules_roff(&roff);
    doc_add_thresholds_roff(&roff);
    for (size_t i = 0; i < rule_count; i++) {
        const char *id = rules[i].id;
        all &= str_find(buf_str(&text), arena_printf(a, "\n%s\n", id)) >= 0;
        all &=
            rules[i].fires && rules[i].why && rules[i].remedy && rule_find(str_of(id)) == &rules[i];
    }
    struct str rest = buf_str(&text), line;
    while (str_line(&rest, &line))
        narrow &= line.len <= 72;
    ok(all, "each rule is documented");
    ok(narrow, "in lines of 72 columns");
    ok(str_find(buf_str(&roff), ".TP\n.B seq\\-scan\\-filter\n") >= 0, "and in roff");
    ok(str_find(buf_str(&roff), ".BR misestimate \" (10 x)\"") >= 0, "thresholds with defaults");
    buf_free(&text);
    buf_free(&roff);
}

int main(void)
{
    a = arena_new(0);
    seq_scans();
    sorts();
    joins();
    outside_the_plan();
    workers();
    estimates();
    thresholds();
    lists();
    disabling();
    ranking();
    documentation();
    arena_free(a);
    return done();
}
