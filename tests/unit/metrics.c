/* Every figure here was worked out by hand from the definitions in plan/metrics.h. */
#include "../plans.h"
#include "../tap.h"

static struct arena *a;

static void loops(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Nested Loop\"," TIMED(
               0.1, 30.0, 1000,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Seq Scan\"," OUTER TIMED(
                      0.01, 4.0, 1000,
                      1) "},"
                         "{\"Node Type\":\"Index Scan\"," INNER TIMED(
                             0.01, 0.02, 1,
                             1000) ",\"Rows Removed by Filter\":3}]},\"Execution Time\":31.5}]");
    is_near(m->node[2].process_ms, 20, 1e-9, "time of an inner side is its mean times its loops");
    is_near(m->node[0].self_ms, 6, 1e-9, "self time of the join: 30 - 4 - 20");
    is_near(m->node[0].slack_ms, 0.0005 * (1 + 1 + 1000), 1e-9,
            "slack is half a microsecond a loop");
    is_near(m->node[2].rows, 1000, 0, "rows over all loops");
    is_near(m->node[2].rows_removed, 3000, 0, "rows removed are a mean per loop too");
    is_near(m->node[2].rows_low, 500, 0, "a printed 1 can be 0.5 per loop");
    is_near(m->node[2].rows_high, 1500, 0, "or 1.5");
    is_near(m->node[0].rows_low, 1000, 0, "one loop is exact");
    is_near(m->whole, 31.5, 0, "shares are of the execution time");
    is_near(m->node[2].share, 20 / 31.5, 1e-9, "share of the inner side");
    is_near(m->self_sum_ms, 30, 1e-9, "self times add up to the root");
    is_near(m->unaccounted_ms, 1.5, 1e-9, "the rest of the execution time is named");
    ok(m->hottest[0]->id == 3 && m->hottest[1]->id == 1, "hottest first");
}

static void fractional_rows(void)
{
    struct plan_metrics *m =
        metrics_for(a, "{\"Plan\":{\"Node Type\":\"Index Scan\"," TIMED(0.0, 0.1, 0.25, 400) "}}");
    is_near(m->node[0].rows, 100, 1e-9, "18: a mean of 0.25 over 400 loops");
    is_near(m->node[0].rows_high, 102, 1e-9, "18: two decimals leave 0.005 a loop");
}

/* Two workers and the leader: 3 loops. The Gather's own wall time is what is left of it. */
static void parallel(void)
{
    struct plan_metrics *m = metrics_for(
        a,
        "[{\"Plan\":{\"Node Type\":\"Gather\",\"Workers Planned\":2,\"Workers Launched\":2," TIMED(
            0.3, 100.0, 300,
            1) "," COSTED(1000.0,
                          240) ",\"Plans\":["
                               "{\"Node Type\":\"Seq Scan\",\"Parallel Aware\":true," OUTER
                                   TIMED(0.0, 90.0, 100, 3) "," COSTED(
                                       900.0,
                                       125) ",\"Workers\":["
                                            "{\"Worker Number\":0," TIMED(
                                                0.0, 95.0, 150,
                                                1) "},"
                                                   "{\"Worker Number\":1," TIMED(
                                                       0.0, 85.0, 60,
                                                       1) "}]}]},\"Execution Time\":101.0}]");
    is_near(m->node[1].processes, 3, 0, "processes are the ratio of loops");
    is_near(m->node[1].process_ms, 270, 1e-9, "time summed over processes");
    is_near(m->node[1].self_ms, 90, 1e-9, "wall time is a third of it");
    is_near(m->node[0].self_ms, 10, 1e-9, "Gather: 100 - 90");
    is_near(m->node[1].leader_ms, 90, 1e-9, "leader: 270 - 95 - 85");
    is_near(m->node[1].leader_rows, 90, 1e-9, "leader's rows: 300 - 150 - 60");
    is_near(m->node[1].skew, 95.0 / 90, 1e-9, "skew: slowest process over the mean");
    is_int(m->node[1].estimate, ESTIMATE_GOOD, "125 rows x 2.4 planned are 300");
    is_near(m->node[1].estimate_factor, 1, 1e-9, "to the row");

    m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Gather\",\"Workers Launched\":2," TIMED(
               0.3, 50.0, 10,
               1) ",\"Plans\":[{\"Node Type\":\"Seq Scan\"," OUTER TIMED(0.0, 40.0, 5, 2) "}]}}]");
    is_near(m->node[1].self_ms, 40, 1e-9, "without the leader two processes share the time");
    is_near(m->node[0].self_ms, 10, 1e-9, "and the Gather keeps 10");

    m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Gather\",\"Workers Launched\":0," TIMED(
               0.3, 50.0, 10,
               1) ",\"Plans\":[{\"Node Type\":\"Seq Scan\"," OUTER TIMED(0.0, 40.0, 10, 1) "}]}}]");
    is_near(m->node[1].processes, 1, 0, "no worker launched: one process");
}

/* The InitPlan is printed under the Limit but ran inside the Index Scan whose condition asks for
 * $0. */
static void init_plan(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Limit\"," TIMED(
               52.9, 53.0, 10,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Aggregate\",\"Parent Relationship\":\"InitPlan\",\"Subplan "
                  "Name\":\"InitPlan 1 (returns $0)\"," TIMED(
                      52.9, 52.9, 1,
                      1) "},"
                         "{\"Node Type\":\"Index Scan\",\"Index Cond\":\"(id > $0)\"," OUTER TIMED(
                             52.95, 52.98, 10, 1) "}]}}]");
    is_near(m->node[0].self_ms, 0.02, 1e-9, "the node it is printed under does not pay");
    is_near(m->node[2].self_ms, 0.08, 1e-9, "the node that asks does: 52.98 - 52.9");
    is_near(m->node[1].self_ms, 52.9, 1e-9, "its own time is counted once");
    ok(m->node[1].evaluator && m->node[1].evaluator->id == 3, "and it is known who asked");

    m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Append\"," TIMED(
               0.08, 0.082, 1,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Result\",\"Parent Relationship\":\"InitPlan\",\"Subplan "
                  "Name\":\"InitPlan 12\"," TIMED(
                      0.07, 0.07, 1,
                      1) "},"
                         "{\"Node Type\":\"Index Scan\",\"Parent Relationship\":\"Member\",\"Index "
                         "Cond\":\"(ts = (InitPlan 12).col1)\"," TIMED(0.005, 0.006, 1, 1) "}]}}]");
    ok(m->node[1].evaluator->id == 1,
       "an Append that prunes at run time asks for its members' sake");
    is_near(m->node[2].self_ms, 0.006, 1e-9, "so the member keeps its time");

    m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Gather\",\"Workers Launched\":2," TIMED(
               40.2, 60.9, 3,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Aggregate\",\"Parent Relationship\":\"InitPlan\",\"Subplan "
                  "Name\":\"InitPlan 1 (returns $1)\"," TIMED(
                      40.0, 40.0, 1,
                      1) "},"
                         "{\"Node Type\":\"Seq Scan\",\"Filter\":\"(x > $1)\"," OUTER TIMED(
                             0.1, 15.0, 1, 3) "}]}}]");
    ok(m->node[1].evaluator->id == 1,
       "below a Gather it is the leader who evaluates, in the Gather");
    is_near(m->node[0].self_ms, 60.9 - 15 - 40, 1e-9, "so the Gather pays");
    is_near(m->node[2].self_ms, 15, 1e-9, "and the scan does not");
}

/* $1 must not be taken for $12. */
static void parameter_numbers(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Nested Loop\"," TIMED(
               1.0, 50.0, 1,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Result\",\"Parent Relationship\":\"InitPlan\",\"Subplan "
                  "Name\":\"InitPlan 2 (returns $1)\"," TIMED(
                      5.0, 5.0, 1,
                      1) "},"
                         "{\"Node Type\":\"Seq Scan\",\"Filter\":\"(a = $12)\"," OUTER TIMED(
                             0.0, 30.0, 1,
                             1) "},"
                                "{\"Node Type\":\"Seq Scan\",\"Filter\":\"(a = $1)\"," INNER TIMED(
                                    0.0, 10.0, 1, 1) "}]}}]");
    ok(m->node[1].evaluator->id == 4, "$1 is not $12");
    is_near(m->node[3].self_ms, 5, 1e-9, "10 - 5");
}

/* CTE of 50 ms read by two scans: the first pulled it, the second found it stored. */
static void cte(void)
{
    struct plan_metrics *m = metrics_for(
        a,
        "[{\"Plan\":{\"Node Type\":\"Nested Loop\"," TIMED(
            1.0, 80.0, 1,
            1) ",\"Plans\":["
               "{\"Node Type\":\"Seq Scan\",\"Parent Relationship\":\"InitPlan\",\"Subplan "
               "Name\":\"CTE x\"," TIMED(
                   0.0, 50.0, 100,
                   1) "},"
                      "{\"Node Type\":\"CTE Scan\",\"CTE Name\":\"x\",\"Alias\":\"a\"," OUTER TIMED(
                          0.0, 60.0, 100,
                          1) "},"
                             "{\"Node Type\":\"CTE Scan\",\"CTE Name\":\"x\",\"Alias\":\"b\"," INNER
                                 TIMED(0.0, 0.1, 100, 100) "}]}}]");
    is_near(m->node[2].self_ms, 10, 1e-9, "the scan that pulled the rows: 60 - 50");
    is_near(m->node[3].self_ms, 10, 1e-9, "the other keeps its 100 x 0.1");
    is_near(m->node[1].self_ms, 50, 1e-9, "the CTE's own time is counted once");
    is_near(m->node[0].self_ms, 10, 1e-9, "80 - 60 - 10");
    ok(m->node[3].cte && m->node[3].cte->id == 2, "a scan knows its CTE");
    is_near(m->self_sum_ms, 80, 1e-9, "and everything adds up");
}

/* A data-modifying CTE that the main query reads in part runs on after it (root 19.1, execution
 * 215.8, CTE 214.0). */
static void cte_leftover(void)
{
    struct plan_metrics *m =
        metrics_for(a, "[{\"Plan\":{\"Node Type\":\"Limit\"," TIMED(
                           1.0, 19.1, 1,
                           1) ",\"Plans\":["
                              "{\"Node Type\":\"ModifyTable\",\"Operation\":\"Update\",\"Parent "
                              "Relationship\":\"InitPlan\",\"Subplan Name\":\"CTE u\"," TIMED(
                                  0.0, 214.0, 100,
                                  1) "},"
                                     "{\"Node Type\":\"CTE Scan\",\"CTE Name\":\"u\"," OUTER TIMED(
                                         0.0, 19.1, 1, 1) "}]},\"Execution Time\":215.8}]");
    is_near(m->post_plan_ms, 214 - 19.1, 1e-9, "what was not read is run after the plan");
    is_near(m->self_sum_ms, 19.1, 1e-9, "inside the root are 19.1 ms");
    is_near(m->unaccounted_ms, 215.8 - 214, 1e-9, "1.8 ms are left");
    is_near(m->node[1].share, 214 / 215.8, 1e-9, "no share is over the whole");
}

/* root 14.47 (of it 9.456 in a BEFORE trigger), foreign key trigger 12.395, execution 27.08. */
static void triggers(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"ModifyTable\",\"Operation\":\"Insert\",\"Relation "
           "Name\":\"t\"," TIMED(14.0, 14.47, 0, 1) ",\"Plans\":[{\"Node Type\":\"Seq Scan\"," OUTER
               TIMED(0.0, 1.0, 500,
                     1) "}]},\"Triggers\":["
                        "{\"Trigger Name\":\"b\",\"Relation\":\"t\",\"Time\":9.456,\"Calls\":500},"
                        "{\"Trigger Name\":\"RI_1\",\"Constraint "
                        "Name\":\"fk\",\"Relation\":\"t\",\"Time\":12.395,\"Calls\":500}],"
                        "\"Execution Time\":27.08}]");
    is_near(m->before_triggers_ms, 9.456, 1e-9, "no room outside the root: it ran before each row");
    is_near(m->node[0].before_trigger_ms, 9.456, 1e-9, "inside the ModifyTable");
    is_near(m->after_triggers_ms, 12.395, 1e-9, "constraint triggers run after the plan");
    is_near(m->unaccounted_ms, 27.08 - 14.47 - 12.395, 1e-9, "0.215 ms are left");
    is_int(m->node[0].estimate, ESTIMATE_UNKNOWN, "rows=0 of an INSERT is no misestimate");
}

/* An INSERT of which self_ms are its own and 5 ms its scan's, with triggers and what follows. */
static struct plan_metrics *with_triggers(double self_ms, const char *triggers, const char *end)
{
    static char text[2048];
    snprintf(text, sizeof text,
             "[{\"Plan\":{\"Node Type\":\"ModifyTable\",\"Operation\":\"Insert\",\"Relation "
             "Name\":\"t\",\"Actual Startup Time\":0,\"Actual Total Time\":%.3f,\"Actual "
             "Rows\":0,\"Actual Loops\":1,\"Plans\":[{\"Node Type\":\"Seq Scan\"," OUTER TIMED(
                 0.0, 5.0, 500, 1) "}]},\"Triggers\":[%s]%s}]",
             self_ms + 5, triggers, end);
    return metrics_for(a, text);
}
#define FIRED(name, time)                                                                          \
    "{\"Trigger Name\":\"" name "\",\"Relation\":\"t\",\"Time\":" #time ",\"Calls\":500}"
#define EXECUTION(time) ",\"Execution Time\":" #time

/* What the plan's times allow, and no more: room outside the root is execution - self - 5. */
static void triggers_by_room(void)
{
    /* 20.5 - 20 = 0.5 ms outside: 0.3 and 0.4 fit each, and inside the 15 ms both do */
    struct plan_metrics *m =
        with_triggers(15, FIRED("b", 0.3) "," FIRED("a", 0.4), EXECUTION(20.5));
    is_int(m->trigger_when[0], TRIGGER_UNCLEAR, "0.3 ms fit in 0.5 ms outside and in 15 ms inside");
    is_near(m->unclear_triggers_ms, 0.7, 1e-9, "neither of two small ones is guessed");
    is_near(m->before_triggers_ms + m->after_triggers_ms, 0, 0, "nor charged");
    is_near(m->unaccounted_ms, 0.5, 1e-9, "all that is outside is unaccounted");

    /* 32.5 - 20 = 12.5 ms outside; a trigger of 12 ms is 96 % of that */
    m = with_triggers(15, FIRED("a", 12.0), EXECUTION(32.5));
    is_int(m->trigger_when[0], TRIGGER_AFTER, "12 of 12.5 ms outside the root are the trigger's");
    is_near(m->unaccounted_ms, 0.5, 1e-9, "half a millisecond is the executor's");

    /* two of 5 and 7 ms together, one of which alone leaves most of it unexplained */
    m = with_triggers(15, FIRED("a", 5.0) "," FIRED("b", 7.0), EXECUTION(32.5));
    is_near(m->after_triggers_ms, 12, 1e-9, "two that explain the time outside together");

    /* 41.3 ms outside, 40 of them a trigger's for certain: its queue may take the rest as well */
    m = with_triggers(15, FIRED("a", 40.0) "," FIRED("b", 1.2), EXECUTION(61.3));
    is_int(m->trigger_when[0], TRIGGER_AFTER, "40 ms do not fit in a node of 15");
    is_int(m->trigger_when[1], TRIGGER_UNCLEAR, "1.3 ms beside 40 prove nothing");

    /* 51.4 ms outside, 51.6 inside: 32 and 51 fit in both, but only 51 is what is outside */
    m = with_triggers(51.6, FIRED("b", 32.2) "," FIRED("a", 51.1), EXECUTION(108.0));
    is_int(m->trigger_when[1], TRIGGER_AFTER, "51.1 of 51.4 ms");
    is_int(m->trigger_when[0], TRIGGER_BEFORE, "for the other there is no room beside it");

    /* the same with two of one length: one of them ran there, but which? */
    m = with_triggers(51.6, FIRED("b", 51.1) "," FIRED("a", 51.1), EXECUTION(108.0));
    is_near(m->unclear_triggers_ms, 102.2, 1e-9, "two of one length");

    /* 12.5 ms outside, 8 of them unexplained if the trigger took 4.5 there: nobody knows */
    m = with_triggers(15, FIRED("a", 4.5), EXECUTION(32.5));
    is_near(m->unclear_triggers_ms, 4.5, 1e-9, "4.5 of 12.5 ms explain nothing");

    /* 5 ms outside, 4.5 inside: 4.8 can be outside only, which leaves 0.2, too little for 0.3 */
    m = with_triggers(4.5, FIRED("y", 0.3) "," FIRED("x", 4.8), EXECUTION(14.5));
    is_int(m->trigger_when[1], TRIGGER_AFTER, "longer than the node: after it");
    is_int(m->trigger_when[0], TRIGGER_BEFORE, "what is left outside is too little for the other");
    is_near(m->unaccounted_ms, 0.2, 1e-9, "14.5 - 9.5 - 4.8");

    m = with_triggers(10, FIRED("y", 6.0) "," FIRED("x", 20.0), "");
    is_int(m->trigger_when[0], TRIGGER_UNCLEAR, "without an execution time there may be any room");
    is_int(m->trigger_when[1], TRIGGER_AFTER, "but a node has not");
}

static void never_executed(void)
{
    struct plan_metrics *m = metrics_for(
        a,
        "[{\"Plan\":{\"Node Type\":\"Append\"," TIMED(
            0.0, 1.0, 5, 1) ",\"Plans\":["
                            "{\"Node Type\":\"Seq Scan\",\"Parent Relationship\":\"Member\"," TIMED(
                                0.0, 0.0, 0, 0) "," COSTED(100.0, 1000) "}]}}]");
    is_near(m->node[1].self_ms, 0, 0, "never executed takes no time");
    is_int(m->node[1].estimate, ESTIMATE_UNKNOWN, "and is no misestimate");
    is_int((long long)m->hottest_count, 1, "nor among the hottest");
}

static const char *limit_over(const char *middle, const char *rows)
{
    static char text[1024];
    snprintf(text, sizeof text,
             "[{\"Plan\":{\"Node Type\":\"Limit\"," TIMED(0.0, 1.0, 10, 1) "," COSTED(
                 1.0, 10) ",\"Plans\":[{%s," OUTER
                          "\"Actual Rows\":%s,\"Actual Loops\":1," COSTED(
                              50.0, 1000) ",\"Plans\":["
                                          "{\"Node Type\":\"Seq Scan\"," OUTER TIMED(
                                              0.0, 0.5, 10, 1) "," COSTED(50.0, 1000) "}]}]}}]",
             middle, rows);
    return text;
}

static void early_stop(void)
{
    struct plan_metrics *m = metrics_for(a, limit_over("\"Node Type\":\"Subquery Scan\"", "10"));
    ok(m->node[2].early_stop, "a LIMIT stops what is below it");
    is_int(m->node[2].estimate, ESTIMATE_UNKNOWN, "10 of 1000 planned rows prove nothing there");
    m = metrics_for(a, limit_over("\"Node Type\":\"Sort\"", "10"));
    ok(m->node[1].early_stop && !m->node[2].early_stop, "but a Sort reads its input to the end");
    is_int(m->node[2].estimate, ESTIMATE_TOO_HIGH, "so 10 of 1000 are a misestimate below it");
    is_near(m->node[2].estimate_factor, 100, 1e-9, "of a factor of 100");

    m = metrics_for(a, "[{\"Plan\":{\"Node Type\":\"Limit\"," TIMED(0.0, 1.0, 3, 1) "," COSTED(
                           1.0, 10) ",\"Plans\":["
                                    "{\"Node Type\":\"Seq Scan\"," OUTER TIMED(
                                        0.0, 0.5, 3, 1) "," COSTED(50.0, 1000) "}]}}]");
    ok(!m->node[1].early_stop, "a LIMIT that was not reached stopped nothing");
    is_near(m->node[1].estimate_factor, 1000.0 / 3, 1e-9, "1000 planned, 3 met");
}

static void rounding_of_estimates(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Nested Loop\"," TIMED(0.0, 9.0, 200, 1) "," COSTED(
               9.0, 200) ",\"Plans\":["
                         "{\"Node Type\":\"Seq Scan\"," OUTER TIMED(0.0, 1.0, 515, 1) "," COSTED(
                             2.0, 50) "},"
                                      "{\"Node Type\":\"Index Scan\"," INNER TIMED(
                                          0.0, 0.01, 0, 515) "," COSTED(0.1, 1) "}]}}]");
    is_near(m->node[2].rows_high, 257.5, 1e-9, "rows=0 over 515 loops can be 257 rows");
    is_int(m->node[2].estimate, ESTIMATE_GOOD, "and one planned row is no misestimate of it");
    is_int(m->node[1].estimate, ESTIMATE_TOO_LOW, "50 planned, 515 met: too low");
    is_near(m->node[1].estimate_factor, 10.3, 1e-9, "by 10.3");
}

static void buffers(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Seq Scan\",\"Shared Hit Blocks\":100,\"Shared Read "
           "Blocks\":20,\"Local Hit Blocks\":3,"
           "\"Temp Read Blocks\":0,\"I/O Read Time\":5.5," TIMED(
               0.0, 9.0, 5,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Index Scan\",\"Parent Relationship\":\"SubPlan\",\"Subplan "
                  "Name\":\"SubPlan 1\","
                  "\"Shared Hit Blocks\":90,\"Shared Read Blocks\":15,\"I/O Read Time\":5.0," TIMED(
                      0.0, 0.5, 1, 10) "}]}}]");
    is_near(m->node[0].own_io.hit, 13, 0, "a SubPlan's buffers are inside its node's: 103 - 90");
    is_near(m->node[0].own_io.read, 5, 0, "20 - 15");
    is_near(m->node[0].own_io.read_ms, 0.5, 1e-9, "I/O time too");
    is_near(m->node[0].self_ms, 4, 1e-9, "and its time: 9 - 10 x 0.5");

    m = metrics_for(a, "[{\"Plan\":{\"Node Type\":\"Limit\",\"Shared Hit Blocks\":300," TIMED(
                           0.0, 9.0, 5, 1) ",\"Plans\":["
                                           "{\"Node Type\":\"Result\"," OUTER
                                           "\"Shared Hit Blocks\":40," TIMED(
                                               0.0, 9.0, 5, 1) ",\"Plans\":["
                                                               "{\"Node Type\":\"Seq Scan\"," OUTER
                                                               "\"Shared Hit Blocks\":280," TIMED(
                                                                   0.0, 9.0, 5, 1) "}]}]}}]");
    ok(m->node[1].io_late && m->node[1].own_io.hit == 0,
       "late worker counters never make own buffers negative");
    is_near(m->node[0].own_io.hit, 20, 0, "and the node above is not charged twice: 300 - 280");
}

static void without_timing(void)
{
    struct plan_metrics *m = metrics_for(
        a,
        "[{\"Plan\":{\"Node Type\":\"Aggregate\",\"Actual Rows\":1,\"Actual Loops\":1,\"Plans\":["
        "{\"Node Type\":\"Seq Scan\"," OUTER
        "\"Actual Rows\":60,\"Actual Loops\":1,\"Rows Removed by Filter\":39}]}}]");
    is_int(m->unit, UNIT_ROWS, "TIMING OFF without buffers: rows");
    is_near(m->whole, 100, 0, "1 + 60 + 39 rows were handled");
    is_near(m->node[1].share, 0.99, 1e-9, "99 of them by the scan");

    m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Nested Loop\",\"Total Cost\":1000.0,\"Plan "
           "Rows\":10,\"Plans\":["
           "{\"Node Type\":\"Seq Scan\"," OUTER "\"Total Cost\":100.0,\"Plan Rows\":80},"
           "{\"Node Type\":\"Index Scan\"," INNER "\"Total Cost\":10.0,\"Plan Rows\":1}]}}]");
    is_int(m->unit, UNIT_COST, "no ANALYZE: cost");
    is_near(m->node[2].weight, 800, 1e-9, "the inner side is planned to run 80 times");
    is_near(m->node[0].weight, 100, 1e-9, "1000 - 100 - 800");

    m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Limit\",\"Total Cost\":10.0,\"Plan Rows\":10,\"Plans\":["
           "{\"Node Type\":\"Seq Scan\"," OUTER
           "\"Total Cost\":10000000100.0,\"Plan Rows\":1000}]}}]");
    is_near(m->node[1].weight, 10, 1e-9,
            "under a LIMIT a child cannot claim more than its parent has");
    is_near(m->node[1].self_cost, 100, 1e-9, "disable_cost is taken out");
}

static void totals(void)
{
    struct plan_metrics *m = metrics_for(
        a, "[{\"Plan\":{\"Node Type\":\"Append\"," TIMED(
               0.0, 10.0, 5,
               1) ",\"Plans\":["
                  "{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"p1\",\"Parent "
                  "Relationship\":\"Member\"," TIMED(
                      0.0, 2.0, 3,
                      1) "},"
                         "{\"Node Type\":\"Seq Scan\",\"Relation Name\":\"p1\",\"Parent "
                         "Relationship\":\"Member\"," TIMED(
                             0.0, 3.0, 4,
                             1) "},"
                                "{\"Node Type\":\"Index Scan\",\"Index Name\":\"i\",\"Relation "
                                "Name\":\"p2\",\"Parent Relationship\":\"Member\"," TIMED(
                                    0.0, 4.0, 5, 1) "}]}}]");
    struct metric_totals t = metrics_totals(a, m);
    is_int((long long)t.type_count, 3, "three node types");
    ok(str_is(t.types[0].name, "Seq Scan") && t.types[0].nodes == 2,
       "Seq Scan, twice, is the heaviest");
    is_near(t.types[0].self_ms, 5, 1e-9, "2 + 3 ms");
    ok(str_is(t.relations[0].name, "p1"), "relation p1");
    is_near(t.relations[0].rows, 7, 0, "3 + 4 rows");
    ok(t.index_count == 1 && str_is(t.indexes[0].name, "i"), "index i");
}

int main(void)
{
    a = arena_new(0);
    loops();
    fractional_rows();
    parallel();
    init_plan();
    parameter_numbers();
    cte();
    cte_leftover();
    triggers();
    triggers_by_room();
    never_executed();
    early_stop();
    rounding_of_estimates();
    buffers();
    without_timing();
    totals();
    arena_free(a);
    return done();
}
