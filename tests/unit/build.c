/* The plan builder, driven by small JSON documents: what an object means shows in its members only.
 */
#include "plan/build.h"

#include "base/arena.h"
#include "base/err.h"
#include "fixture.h"
#include "plan_equal.h"
#include "read/json.h"
#include "tap.h"

static struct arena *arena;

struct outcome {
    struct plan **plans;
    size_t count;
    const struct str *embedded;
    size_t embedded_count;
};

static struct outcome read_text_of(struct str text)
{
    struct outcome o = {0};
    struct err err = {0};
    size_t used;
    struct build *b = build_new(arena, FORMAT_JSON);
    if (!read_json(b, text, 1, &used, &err)) {
        printf("# %zu:%zu: %s\n", err.line, err.column, err.message);
        build_truncate(b);
    }
    const struct str *embedded;
    o.embedded_count = build_embedded(b, &embedded);
    struct str *copy = arena_calloc(arena, o.embedded_count + 1, sizeof *copy);
    for (size_t i = 0; i < o.embedded_count; i++)
        copy[i] = embedded[i];
    o.embedded = copy;
    o.plans = build_finish(b, &o.count);
    return o;
}

static struct outcome read_of(const char *text)
{
    return read_text_of(str_of(text));
}

/* The only plan of a text; an empty one when there is none, so that checks fail and do not crash.
 */
static const struct plan *plan_of(const char *text)
{
    static struct node no_node;
    static struct plan no_plan = {.root = &no_node};
    struct outcome o = read_of(text);
    if (!ok(o.count == 1, "one plan in %.60s", text))
        return &no_plan;
    return o.plans[0];
}

static bool text_is(struct str s, const char *want)
{
    return str_is(s, want);
}

static void statement_in_any_order(void)
{
    const struct plan *p = plan_of(
        "[{\"JIT\":{\"Functions\":3},\"Plan\":{\"Alias\":\"t\",\"Plans\":[{\"Alias\":\"u\",\"Node "
        "Type\":\"Seq Scan\",\"Plan Rows\":7}],\"Node Type\":\"Limit\",\"Plan Rows\":5},"
        "\"Settings\":{\"jit\":\"on\"},\"Triggers\":[],\"Query Text\":\"select "
        "1\",\"Planning Time\":0.25,\"Execution Time\":1.5,\"Query Identifier\":-1}]");
    ok(p->node_count == 2 && p->root->type == NODE_LIMIT && p->root->num[PROP_PLAN_ROWS] == 5,
       "members sorted as jsonb does: the root");
    ok(p->root->child && p->root->child->type == NODE_SEQ_SCAN &&
           p->root->child->num[PROP_PLAN_ROWS] == 7 && p->root->child->parent == p->root,
       "members sorted as jsonb does: its child");
    ok(p->planning_ms == 0.25 && p->execution_ms == 1.5 && p->jit && p->jit->functions == 3,
       "times and JIT");
    ok(text_is(p->query_text, "select 1") && text_is(p->query_id, "-1"), "query text and id");
    ok(text_is(plan_setting(p, "jit"), "on") && p->settings_printed, "settings");
    ok(p->triggers_printed && p->trigger_count == 0, "triggers that were printed and are none");
}

static void scalars_before_the_plan(void)
{
    const struct plan *p = plan_of("{\"Execution Time\":2,\"Query Text\":\"q\",\"Odd\":true,"
                                   "\"Plan\":{\"Node Type\":\"Result\"},\"Planning Time\":1}");
    ok(p->execution_ms == 2 && p->planning_ms == 1 && text_is(p->query_text, "q"),
       "scalars before and after the plan");
    const struct value *odd = prop_value_by_key(p->extra, "Odd");
    ok(odd && odd->kind == VALUE_BOOL && odd->boolean, "an unknown one keeps its kind");
}

static void bare_node(void)
{
    const struct plan *p =
        plan_of("{\"Node Type\":\"Limit\",\"Plans\":[{\"Node Type\":\"Result\"}]}");
    ok(p->node_count == 2 && p->root->type == NODE_LIMIT, "a bare node");
    p = plan_of(
        "{\"Alias\":\"a\",\"Filter\":\"(x > 1)\",\"Plan Rows\":3,\"Node Type\":\"Seq Scan\"}");
    ok(p->root->num[PROP_PLAN_ROWS] == 3 && text_is(node_text(p->root, PROP_FILTER), "(x > 1)") &&
           text_is(node_text(p->root, PROP_ALIAS), "a"),
       "a bare node whose type comes last");
    p = plan_of("{\"Plans\":[{\"Node Type\":\"Result\"}],\"Node Type\":\"Limit\"}");
    ok(p->node_count == 2 && p->root->type == NODE_LIMIT && p->root->child->type == NODE_RESULT,
       "a bare node whose children come first");
    p = plan_of("{\"Plan Rows\":null,\"Parallel Aware\":true,\"Node Type\":\"Result\"}");
    const struct value *rows = node_value(p->root, PROP_PLAN_ROWS);
    ok(isnan(p->root->num[PROP_PLAN_ROWS]) && rows && rows->kind == VALUE_NULL &&
           p->root->parallel_aware,
       "... or null for a number");
    p = plan_of("{\"Output\":[\"a\"],\"Node Type\":\"Result\"}");
    ok(p->root->type == NODE_RESULT && node_value(p->root, PROP_OUTPUT), "... or its Output");
}

static void driver_wraps(void)
{
    static const char *const wraps[] = {
        "[{\"QUERY PLAN\":[{\"Plan\":{\"Node Type\":\"Result\"},\"Planning Time\":1}]}]",
        "[[{\"Plan\":{\"Node Type\":\"Result\"},\"Planning Time\":1}]]",
        "[[[{\"Plan\":{\"Node Type\":\"Result\"},\"Planning Time\":1}]]]",
        "{\"QUERY PLAN\":[{\"Plan\":{\"Node Type\":\"Result\"},\"Planning Time\":1}]}",
        "{\"rows\":[{\"QUERY PLAN\":[{\"Plan\":{\"Node Type\":\"Result\"},\"Planning "
        "Time\":1}]}],\"command\":\"EXPLAIN\",\"rowCount\":1}",
        "{\"Plan\":{\"Node Type\":\"Result\"},\"Planning Time\":1}",
    };
    for (size_t i = 0; i < sizeof wraps / sizeof wraps[0]; i++) {
        const struct plan *p = plan_of(wraps[i]);
        ok(p->root->type == NODE_RESULT && p->planning_ms == 1 && p->node_count == 1, "... read");
    }
}

static void embedded_strings(void)
{
    struct outcome o = read_of("[{\"QUERY PLAN\":\"[{\\\"Plan\\\": 1}]\",\"n\":1}]");
    ok(o.count == 0 && o.embedded_count == 1 && text_is(o.embedded[0], "[{\"Plan\": 1}]"),
       "a string in a driver's row is handed on");
    o = read_of("\"Seq Scan on t\"");
    ok(o.embedded_count == 1 && text_is(o.embedded[0], "Seq Scan on t"), "a JSON string too");
    o = read_of("[\"Utility Statement\",{\"Plan\":{\"Node Type\":\"Result\",\"Alias\":\"a\"}}]");
    ok(o.count == 1 && o.embedded_count == 1, "strings inside a plan are not");
    o = read_of("[[\"Limit\"],[\"  ->  Result\"]]");
    ok(o.embedded_count == 2 && text_is(o.embedded[1], "  ->  Result"), "rows of a text plan");
}

static void several_plans(void)
{
    struct outcome o = read_of("[{\"Plan\":{\"Node Type\":\"Limit\"},\"Planning Time\":1},"
                               "\n{\"Plan\":{\"Node Type\":\"Sort\"},\"Planning Time\":2}]");
    ok(o.count == 2 && o.plans[0]->root->type == NODE_LIMIT && o.plans[1]->root->type == NODE_SORT,
       "two plans in one array");
    ok(o.count == 2 && o.plans[0]->line == 1 && o.plans[1]->line == 2 && o.plans[1]->root->id == 1,
       "each with its line and its own ids");
    o = read_of("{\"Query Text\":\"a\",\"Plan\":{\"Node Type\":\"Limit\"},\"Odd\":1,"
                "\"Query Text\":\"b\",\"Plan\":{\"Node Type\":\"Sort\"},\"Even\":2}");
    ok(o.count == 2 && text_is(o.plans[0]->query_text, "a") && text_is(o.plans[1]->query_text, "b"),
       "two statements in one object, as concatenated YAML of auto_explain gives");
    ok(o.count == 2 && prop_value_by_key(o.plans[0]->extra, "Odd") &&
           !prop_value_by_key(o.plans[0]->extra, "Even") &&
           prop_value_by_key(o.plans[1]->extra, "Even"),
       "each with its own properties");
    o = read_of("{\"Plan\":{\"Node Type\":\"Limit\"},\"Plan\":{\"Node Type\":\"Sort\"}}");
    ok(o.count == 2 && o.plans[0]->node_count == 1 && o.plans[1]->root->type == NODE_SORT,
       "without query texts");
    ok(read_of("[]").count == 0 && read_of("{}").count == 0 && read_of("{\"Plan\":{}}").count == 1,
       "nothing in it: no plan");
}

static double worker_number(const struct node *n, size_t i, enum prop_id id)
{
    return i < n->worker_count ? n->workers[i].num[id] : NAN;
}

static void two_worker_lists(void)
{
    struct str text = fixture_read(arena, "fixtures/plans/extra/two-worker-lists-pg12.json");
    struct outcome o = read_text_of(text);
    if (!ok(o.count == 1 && o.plans[0]->node_count == 3, "version 12 prints two lists of workers"))
        return;
    const struct node *sort = o.plans[0]->nodes[1];
    ok(sort->worker_count == 2 && sort->workers[0].number == 0 && sort->workers[1].number == 1,
       "two workers, not four");
    ok(worker_number(sort, 0, PROP_SORT_SPACE_USED) == 410 &&
           worker_number(sort, 1, PROP_SORT_SPACE_USED) == 1038,
       "their sorts, from the first list");
    ok(worker_number(sort, 0, PROP_ACTUAL_TOTAL_TIME) == 46.878 &&
           worker_number(sort, 0, PROP_SHARED_HIT) == 654 &&
           worker_number(sort, 0, PROP_ACTUAL_ROWS) == 4016,
       "their times and buffers, from the second");
    const struct value *method = prop_value(sort->workers[1].props, PROP_SORT_METHOD);
    ok(method && text_is(method->text, "quicksort"), "and what is no number");
    ok(sort->num[PROP_SORT_SPACE_USED] == 685, "the leader's own stays the leader's");
}

static void odd_workers(void)
{
    const struct plan *p = plan_of(
        "{\"Node Type\":\"Sort\",\"Workers\":[{\"Worker Number\":2,\"Actual Rows\":2},"
        "{\"Worker Number\":0,\"Actual Rows\":10,\"x\":1},{\"Worker Number\":1,\"Actual Rows\":1}],"
        "\"Workers\":[{\"Worker Number\":0,\"Actual Loops\":5,\"y\":2,"
        "\"JIT\":{\"Functions\":9}},{\"Worker Number\":0,\"z\":3}]}");
    const struct node *n = p->root;
    ok(n->worker_count == 3 && n->workers[0].number == 0 && n->workers[2].number == 2,
       "workers come in the order of their numbers");
    ok(worker_number(n, 0, PROP_ACTUAL_ROWS) == 10 && worker_number(n, 0, PROP_ACTUAL_LOOPS) == 5 &&
           n->workers[0].jit && n->workers[0].jit->functions == 9,
       "entries of one worker complete each other");
    const struct prop *x = n->workers[0].props;
    ok(x && x->next && x->next->next && text_is(x->next->next->key, "z"),
       "and keep all their properties");
    p = plan_of("{\"Node Type\":\"Sort\",\"Workers\":[{\"Actual Rows\":2},{\"Actual Rows\":3}]}");
    ok(p->root->worker_count == 2 && p->root->workers[1].number == 1 &&
           worker_number(p->root, 1, PROP_ACTUAL_ROWS) == 3,
       "workers without a number are counted");
    p = plan_of("{\"Node Type\":\"Sort\",\"Workers\":[{\"Worker Number\":1e300}]}");
    ok(p->root->worker_count == 1 && p->root->workers[0].number == 0,
       "a number that none can have is no number");
    p = plan_of("{\"Node Type\":\"Gather\",\"Workers\":[]}");
    ok(p->root->worker_count == 0 && !p->root->props->next, "an empty list of workers");
}

static void unknown_keys(void)
{
    const struct plan *p = plan_of(
        "{\"Node Type\":\"Vector "
        "Scan\",\"Probes\":12,\"Recall\":\"high\",\"Lists\":[1,\"two\",null],"
        "\"Detail\":{\"a\":{\"b\":[[true]]},\"Time\":4.5,\"Relation Name\":\"5\"},\"None\":null}");
    const struct node *n = p->root;
    ok(n->type == NODE_UNKNOWN && text_is(n->type_name, "Vector Scan"), "an unknown node type");
    const struct value *v = prop_value_by_key(n->props, "Probes");
    ok(v && v->kind == VALUE_NUMBER && v->number == 12 && text_is(v->text, "12"), "a number");
    v = prop_value_by_key(n->props, "Recall");
    ok(v && v->kind == VALUE_STRING && text_is(v->text, "high"), "a string");
    v = prop_value_by_key(n->props, "Lists");
    ok(v && v->kind == VALUE_LIST && v->count == 3 && text_is(v->items->next->value.text, "two") &&
           v->items->next->next->value.kind == VALUE_NULL,
       "a list");
    v = prop_value_by_key(n->props, "Detail");
    ok(v && v->kind == VALUE_GROUP && v->count == 3, "a group");
    const struct value *time = v ? prop_value_by_key(v->items, "Time") : NULL;
    ok(time && time->kind == VALUE_NUMBER && time->number == 4.5,
       "a known key inside it keeps its kind");
    const struct value *a = v ? prop_value_by_key(v->items, "a") : NULL;
    ok(a && a->count == 1 && a->items->value.kind == VALUE_LIST &&
           a->items->value.items->value.kind == VALUE_LIST,
       "groups in groups");
    v = prop_value_by_key(n->props, "None");
    ok(v && v->kind == VALUE_NULL, "null");
}

static void numbers(void)
{
    const struct plan *p = plan_of(
        "[{\"Plan\":{\"Node Type\":\"Result\",\"Startup Cost\":\"0.43\",\"Plan Rows\":\"12\","
        "\"Total Cost\":1e400,\"Actual Rows\":\"many\",\"Parallel Aware\":\"true\"},"
        "\"Query Identifier\":-9223372036854775807,\"Planning Time\":\"0.5\"}]");
    const struct node *n = p->root;
    ok(n->num[PROP_STARTUP_COST] == 0.43 && n->num[PROP_PLAN_ROWS] == 12 && p->planning_ms == 0.5,
       "quoted numbers");
    ok(n->parallel_aware && node_flag(n, PROP_PARALLEL_AWARE), "a quoted boolean");
    ok(isnan(n->num[PROP_ACTUAL_ROWS]) && node_value(n, PROP_ACTUAL_ROWS),
       "what is no number is kept as text");
    ok(isnan(n->num[PROP_TOTAL_COST]), "a number beyond all measure is none");
    ok(text_is(p->query_id, "-9223372036854775807"), "a 64-bit identifier, every digit");
    p = plan_of("{\"Plan\":{\"Node Type\":\"Result\",\"Plan Rows\":1" /* clamp of 14+: 1e100 */
                "0000000000000000000000000000000000000000000000000000000000000000000000000000000000"
                "000000000000000000}}");
    ok(p->root->num[PROP_PLAN_ROWS] == 1e100, "a hundred digits of rows");
}

static void jit_by_version(void)
{
    const struct jit *j =
        plan_of("{\"Plan\":{\"Node Type\":\"Result\"},\"JIT\":{\"Functions\":4,\"Generation "
                "Time\":1.25,\"Inlining\":true,\"Inlining Time\":2.5,\"Optimization\":false,"
                "\"Optimization Time\":0.5,\"Emission Time\":3.5}}")
            ->jit;
    ok(j && j->functions == 4 && j->generation_ms == 1.25 && j->inlining == 1 &&
           j->inlining_ms == 2.5 && j->optimization == 0 && j->optimization_ms == 0.5 &&
           j->emission_ms == 3.5 && j->deforming == -1 && isnan(j->total_ms),
       "JIT of version 11");
    j = plan_of(
            "{\"Plan\":{\"Node Type\":\"Result\"},\"JIT\":{\"Functions\":4,\"Options\":{"
            "\"Inlining\":true,\"Optimization\":false,\"Expressions\":true,\"Deforming\":false},"
            "\"Timing\":{\"Generation\":1,\"Inlining\":2,\"Optimization\":3,\"Emission\":4,"
            "\"Total\":10}}}")
            ->jit;
    ok(j && j->inlining == 1 && j->optimization == 0 && j->expressions == 1 && j->deforming == 0 &&
           j->generation_ms == 1 && j->inlining_ms == 2 && j->optimization_ms == 3 &&
           j->emission_ms == 4 && j->total_ms == 10 && isnan(j->deform_ms),
       "JIT of version 12");
    j = plan_of("{\"Plan\":{\"Node Type\":\"Result\"},\"JIT\":{\"Functions\":4,\"Timing\":{"
                "\"Generation\":{\"Deform\":0.25,\"Total\":1},\"Inlining\":2,\"Total\":10}}}")
            ->jit;
    ok(j && j->deform_ms == 0.25 && j->generation_ms == 1 && j->total_ms == 10 && j->inlining == -1,
       "JIT of version 17");
}

static void statement_groups(void)
{
    const struct plan *p = plan_of(
        "{\"Plan\":{\"Node Type\":\"Result\"},\"Planning\":{\"Shared Hit Blocks\":3,\"Memory "
        "Used\":20,\"Odd\":{\"a\":1}},\"Serialization\":{\"Time\":0.5,\"Output Volume\":7,"
        "\"Format\":\"text\"},\"Triggers\":[{\"Trigger "
        "Name\":\"t\",\"Relation\":\"r\",\"Time\":1.5,"
        "\"Calls\":2,\"More\":[1]},{\"Constraint Name\":\"c\",\"Calls\":\"3\"}],\"Last\":1}");
    ok(p->planning && p->planning[PROP_SHARED_HIT] == 3 && p->planning[PROP_MEMORY_USED] == 20 &&
           isnan(p->planning[PROP_SHARED_READ]),
       "planning");
    ok(p->serialization && p->serialization[PROP_TIME] == 0.5 &&
           p->serialization[PROP_OUTPUT_VOLUME] == 7 && text_is(p->serialization_format, "text"),
       "serialization");
    ok(p->trigger_count == 2 && text_is(p->triggers[0].name, "t") &&
           text_is(p->triggers[0].relation, "r") && p->triggers[0].time_ms == 1.5 &&
           p->triggers[0].calls == 2 && !p->triggers[0].constraint.p,
       "a trigger");
    ok(p->trigger_count == 2 && text_is(p->triggers[1].constraint, "c") &&
           isnan(p->triggers[1].time_ms) && p->triggers[1].calls == 3,
       "a constraint's trigger without times");
    ok(prop_value_by_key(p->extra, "Odd") && prop_value_by_key(p->extra, "More") &&
           prop_value_by_key(p->extra, "Last"),
       "unknown groups inside them are kept with the statement");
    ok(!p->jit && !p->settings_printed && isnan(p->execution_ms), "and nothing else");
}

static const struct value *item(const struct value *v, size_t n)
{
    const struct prop *p = v ? v->items : NULL;
    while (p && n--)
        p = p->next;
    return p ? &p->value : NULL;
}

static void nested_lists(void)
{
    const struct plan *p = plan_of("{\"Node Type\":\"Aggregate\",\"Grouping Sets\":[{\"Sort "
                                   "Key\":[\"b\"],\"Group Keys\":[[\"a\","
                                   "\"b\"],[\"a\"],[]]},{\"Hash Keys\":[[\"c\"]]}]}");
    const struct value *sets = node_value(p->root, PROP_GROUPING_SETS);
    ok(sets && sets->kind == VALUE_LIST && sets->count == 2, "grouping sets");
    const struct value *first = item(sets, 0);
    const struct value *keys = first ? prop_value_by_key(first->items, "Group Keys") : NULL;
    ok(keys && keys->count == 3 && item(keys, 0)->count == 2 && item(keys, 2)->count == 0 &&
           text_is(item(item(keys, 0), 1)->text, "b"),
       "their keys");
    p = plan_of(
        "{\"Node Type\":\"ModifyTable\",\"Target Tables\":[{\"Relation Name\":\"p1\","
        "\"Alias\":\"p1\"},{\"Relation Name\":\"p2\"}],\"Plans\":[{\"Node Type\":\"Append\"}]}");
    const struct value *targets = node_value(p->root, PROP_TARGET_TABLES);
    const struct value *second = item(targets, 1);
    ok(targets && targets->count == 2 && second &&
           text_is(prop_value(second->items, PROP_RELATION_NAME)->text, "p2"),
       "target tables");
    ok(!node_text(p->root, PROP_RELATION_NAME).p && p->node_count == 2,
       "... are not the node's own");
}

static void typed_fields(void)
{
    const struct plan *p = plan_of(
        "{\"Node Type\":\"Hash Join\",\"Join Type\":\"Right Anti\",\"Parallel "
        "Aware\":true,\"Disabled\":"
        "true,\"Actual Loops\":1,\"Plans\":[{\"Node Type\":\"Index Scan\",\"Parent Relationship\":"
        "\"Outer\",\"Scan Direction\":\"Backward\",\"Async Capable\":true,\"Actual Loops\":0,"
        "\"Output\":[\"a\"]},{\"Node Type\":\"Aggregate\",\"Parent Relationship\":\"Inner\","
        "\"Strategy\":\"Mixed\",\"Partial Mode\":\"Finalize\",\"Total Cost\":2},{\"Node Type\":"
        "\"Result\",\"Parent Relationship\":\"InitPlan\",\"Subplan Name\":\"CTE x\"}]}");
    const struct node *n = p->root, *scan = n->child, *agg = scan ? scan->next : NULL;
    ok(n->join == JOIN_RIGHT_ANTI && n->parallel_aware && n->disabled && !n->never_executed,
       "join type and flags");
    ok(scan && scan->rel == REL_OUTER && scan->backward && scan->async_capable &&
           scan->never_executed,
       "scan");
    ok(agg && agg->rel == REL_INNER && agg->strategy == AGG_MIXED &&
           agg->partial == PARTIAL_FINALIZE && agg->next && node_is_cte(agg->next),
       "aggregate and CTE");
    ok(p->has_actual && !p->has_timing && p->has_costs && !p->has_buffers && p->has_verbose,
       "what EXPLAIN was asked for");
}

static void truncation(void)
{
    struct err err = {0};
    size_t used, count;
    struct build *b = build_new(arena, FORMAT_JSON);
    struct str text = STR("[{\"Plan\":{\"Node Type\":\"Limit\",\"Plans\":[{\"Node Type\":\"Sort\","
                          "\"Plan Rows\":4,\"Sort Key\":[\"a\",\"b");
    ok(!read_json(b, text, 1, &used, &err) && err.code == ERR_SYNTAX, "the input ends in a string");
    ok(build_depth(b) == 6 && build_open_nodes(b) == 2 && build_node_count(b) == 2 && build_plan(b),
       "what is open then");
    build_truncate(b);
    ok(build_depth(b) == 0 && build_open_nodes(b) == 0 && !build_plan(b), "all of it is closed");
    struct plan **plans = build_finish(b, &count);
    ok(count == 1 && plans[0]->truncated && plans[0]->node_count == 2 &&
           plans[0]->nodes[1]->num[PROP_PLAN_ROWS] == 4,
       "the plan is marked and has what was read");
    const struct value *key = node_value(plans[0]->nodes[1], PROP_SORT_KEY);
    ok(key && key->count == 1, "half a string is not taken");

    b = build_new(arena, FORMAT_JSON);
    read_json(b, STR("[{\"Plan\":{\"Node Type\":\"Limit\"}}, {\"Pl"), 1, &used, &err);
    build_truncate(b);
    plans = build_finish(b, &count);
    ok(count == 1 && !plans[0]->truncated, "a plan that was complete before is not marked");
    b = build_new(arena, FORMAT_JSON);
    read_json(b, STR("[{\"Plan\":{"), 1, &used, &err);
    build_abandon(b);
}

static void reader_with_known_properties(void)
{
    size_t count;
    struct build *b = build_new(arena, FORMAT_TEXT);
    build_open(b, (struct str){0}, BUILD_OBJECT, 3);
    build_scalar(b, STR("Node Type"), VALUE_STRING, STR("Seq Scan"));
    build_num(b, PROP_PLAN_ROWS, 12);
    build_text(b, PROP_FILTER, STR("(a > 1)"));
    build_flag(b, PROP_PARALLEL_AWARE, true);
    build_text(b, PROP_PARENT_RELATIONSHIP, STR("Outer"));
    build_close(b);
    struct plan **plans = build_finish(b, &count);
    const struct node *n = count == 1 ? plans[0]->root : NULL;
    ok(n && n->num[PROP_PLAN_ROWS] == 12 && n->parallel_aware && n->rel == REL_OUTER &&
           n->line == 3 && text_is(node_text(n, PROP_FILTER), "(a > 1)"),
       "properties by their ids");
}

int main(void)
{
    arena = arena_new(0);
    statement_in_any_order();
    scalars_before_the_plan();
    bare_node();
    driver_wraps();
    embedded_strings();
    several_plans();
    two_worker_lists();
    odd_workers();
    unknown_keys();
    numbers();
    jit_by_version();
    statement_groups();
    nested_lists();
    typed_fields();
    truncation();
    reader_with_known_properties();
    arena_free(arena);
    return done();
}
