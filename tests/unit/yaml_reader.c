/* The YAML reader: EXPLAIN's peculiarities, what YAML forbids, where documents end, errors. */
#include "read/yaml.h"

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
#include "plan_equal.h"
#include "read/flow.h"
#include "read/json.h"
#include "tap.h"

static struct arena *arena;

struct outcome {
    bool good;
    struct err err;
    size_t used;
    struct plan **plans;
    size_t count;
};

static struct outcome read_text_of(struct str text)
{
    struct outcome o = {0};
    struct build *b = build_new(arena, FORMAT_YAML);
    o.good = read_yaml(b, text, 1, &o.used, &o.err);
    if (!o.good)
        build_truncate(b);
    o.plans = build_finish(b, &o.count);
    return o;
}

static struct outcome read_of(const char *text)
{
    return read_text_of(str_of(text));
}

static struct node *root_of(const struct outcome *o)
{
    static struct node nothing;
    return o->good && o->count ? o->plans[0]->root : &nothing;
}

static void empty_groups(void)
{
    struct outcome o = read_of("- Plan: \n"
                               "    Node Type: \"Gather\"\n"
                               "    Parallel Aware: false\n"
                               "    Total Cost: 10.50\n"
                               "    Odd: \n"
                               "    Alias: \"\"\n"
                               "    Output: \n"
                               "    Workers: \n"
                               "  Settings: \n"
                               "  Planning Time: 0.100\n"
                               "  Triggers: \n"
                               "  Execution Time: 1.500\n");
    if (!ok(o.good && o.count == 1, "a plan with empty groups"))
        return;
    struct plan *p = o.plans[0];
    ok(p->triggers_printed && p->trigger_count == 0 && p->settings_printed && !p->settings,
       "\"Triggers: \" is an empty list, \"Settings: \" an empty object");
    ok(p->planning_ms == 0.1 && p->execution_ms == 1.5 && p->root->num[PROP_TOTAL_COST] == 10.5,
       "bare numbers");
    const struct value *output = node_value(p->root, PROP_OUTPUT);
    ok(output && output->kind == VALUE_LIST && output->count == 0, "an empty Output");
    const struct value *odd = prop_value_by_key(p->root->props, "Odd");
    ok(odd && odd->kind == VALUE_NULL, "an unknown key without a value is null");
    ok(node_value(p->root, PROP_ALIAS)->kind == VALUE_STRING, "an empty string is a string");
    ok(p->line == 1 && p->root->line == 2, "lines");
}

static void values(void)
{
    struct outcome o = read_of("- Plan: \n"
                               "    Node Type: Seq Scan\n"
                               "    Filter: \"(a <> E'\\\\x'::text)\\n\\t\\\"q\\\" \\u00e4/\\/\"\n"
                               "    Alias: 'it''s'\n"
                               "    A: 007\n"
                               "    B: \"12\"\n"
                               "    C: -1.5e3\n"
                               "    D: true\n"
                               "    E: ~\n"
                               "    F: !!str 5\n"
                               "    G: [\"x\", [], {y: 1}]\n"
                               "    Group Keys: \n"
                               "      - [\"a\", \"b\"]\n"
                               "      - []\n");
    const struct node *n = root_of(&o);
    ok(n->type == NODE_SEQ_SCAN, "a plain string");
    ok(str_is(node_text(n, PROP_FILTER), "(a <> E'\\x'::text)\n\t\"q\" \xC3\xA4//"),
       "JSON's escapes");
    ok(str_is(node_text(n, PROP_ALIAS), "it's"), "single quotes");
    static const struct {
        const char *key;
        enum value_kind kind;
        const char *text;
    } want[] = {{"A", VALUE_STRING, "007"},    {"B", VALUE_STRING, "12"},
                {"C", VALUE_NUMBER, "-1.5e3"}, {"D", VALUE_BOOL, NULL},
                {"E", VALUE_NULL, NULL},       {"F", VALUE_STRING, "5"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const struct value *v = prop_value_by_key(n->props, want[i].key);
        ok(v && v->kind == want[i].kind && (!want[i].text || str_is(v->text, want[i].text)),
           "kind of %s", want[i].key);
    }
    const struct value *g = prop_value_by_key(n->props, "G");
    ok(g && g->count == 3 && g->items->next->value.kind == VALUE_LIST &&
           g->items->next->next->value.kind == VALUE_GROUP,
       "flow collections");
    g = prop_value_by_key(n->props, "Group Keys");
    ok(g && g->count == 2 && g->items->value.count == 2 && g->items->next->value.count == 0,
       "lists in lists");
}

static void auto_explain(void)
{
    struct outcome o = read_of("Query Text: \"select 1;\\n\"\n"
                               "Plan: \n"
                               "  Node Type: \"Result\"\n"
                               "Query Identifier: -8077215812045466201\n"
                               "Query Text: \"select 2\"\n"
                               "Query Parameters: \"$1 = '7'\"\n"
                               "Plan: \n"
                               "  Node Type: \"Limit\"\n");
    ok(o.good && o.count == 2, "two statements of auto_explain, one behind the other");
    ok(o.count == 2 && str_is(o.plans[0]->query_text, "select 1;\n") &&
           str_is(o.plans[0]->query_id, "-8077215812045466201") && !o.plans[0]->query_params.p,
       "the first");
    ok(o.count == 2 && str_is(o.plans[1]->query_text, "select 2") && !o.plans[1]->query_id.p &&
           str_is(o.plans[1]->query_params, "$1 = '7'") && o.plans[1]->root->type == NODE_LIMIT,
       "the second");
}

/* ---- characters ---- */

static void filter_is(struct str yaml_string, struct str want, const char *what)
{
    struct buf text = {0};
    buf_adds(&text, "- Plan: \n    Node Type: \"Seq Scan\"\n    Filter: ");
    buf_addstr(&text, yaml_string);
    buf_adds(&text, "\n    Plans: \n      - Node Type: \"Result\"\n");
    struct outcome o = read_text_of(buf_str(&text));
    const struct node *n = root_of(&o);
    struct str got = node_text(n, PROP_FILTER);
    if (!ok(str_eq(got, want) && n->child && n->child->line == 5, "%s", what))
        printf("# %s \"%.*s\"\n", o.err.message, STR_ARG(got));
    buf_free(&text);
}

static void characters(void)
{
    filter_is(STR("\"a\x7F"
                  "b\""),
              STR("a\x7F"
                  "b"),
              "DEL, which YAML forbids and EXPLAIN prints");
    filter_is(STR("\"\xC2\x85|\xC2\x9B|\xE2\x80\xA8|\xE2\x80\xA9|\xEF\xBB\xBF|\xEF\xBF\xBF\""),
              STR("\xC2\x85|\xC2\x9B|\xE2\x80\xA8|\xE2\x80\xA9|\xEF\xBB\xBF|\xEF\xBF\xBF"),
              "other characters that are breaks or forbidden in YAML");
    filter_is(STR("\"\xE2\x86\x92 \xF0\x9F\x98\x80 \xC3\xA4\""),
              STR("\xE2\x86\x92 \xF0\x9F\x98\x80 \xC3\xA4"), "characters beyond ASCII");
    filter_is(STR("\"a\x01\x1B[0m\""), STR("a\x01\x1B[0m"), "raw control characters");
    filter_is(STR("\"a\0\xFF\xC3\""), STR("a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"),
              "NUL and bytes that are no UTF-8 become U+FFFD");
    filter_is(STR("\"a\tb\""), STR("a\tb"), "a raw tab");
    struct outcome o = read_of("\xEF\xBB\xBF- Plan: \r\n    Node Type: \"Result\"\r\n");
    ok(o.good && root_of(&o)->type == NODE_RESULT && o.used == 38, "byte order mark, CR LF");
    o = read_of("- Plan: \n    Node Type: \"Seq\n  Scan\"\n    Plan Rows: 5\n");
    ok(root_of(&o)->type == NODE_SEQ_SCAN && root_of(&o)->num[PROP_PLAN_ROWS] == 5,
       "a string that was wrapped");
}

/* ---- the end of a document ---- */

static void one_of(const char *text, size_t used, size_t plans, const char *what)
{
    struct outcome o = read_of(text);
    bool complete = o.good && o.err.code == ERR_NONE && o.used == used && o.count == plans;
    for (size_t i = 0; i < o.count; i++)
        complete &= !o.plans[i]->truncated;
    if (!ok(complete, "%s", what))
        printf("# %zu of %zu bytes, %zu plans: %s\n", o.used, strlen(text), o.count, o.err.message);
}
#define LIST_PLAN "- Plan: \n    Node Type: \"Result\"\n"
#define BARE_PLAN "Plan: \n  Node Type: \"Result\"\n"

static void ends(void)
{
    size_t list = strlen(LIST_PLAN), bare = strlen(BARE_PLAN);
    one_of("", 0, 0, "nothing");
    one_of("\n  \n# a comment\n", 16, 0, "blank lines and a comment");
    one_of(LIST_PLAN, list, 1, "to the end");
    one_of(LIST_PLAN LIST_PLAN, 2 * list, 2, "a list of two");
    one_of(LIST_PLAN "---\n" LIST_PLAN, list, 1, "up to the next document's mark");
    one_of(LIST_PLAN "...\n" LIST_PLAN, list + 3, 1, "the document's end mark");
    one_of(LIST_PLAN "(2 rows)\n", list, 1, "up to a line that is no YAML");
    one_of(LIST_PLAN "Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n", list, 1,
           "up to a text plan");
    one_of(LIST_PLAN "{\"Plan\": 1}\n", list, 1, "up to JSON");
    one_of(BARE_PLAN "2026-01-01 10:00:00.000 UTC [1] LOG:  duration: 1.0 ms\n", bare, 1,
           "auto_explain's plan up to a log line");
    one_of(BARE_PLAN "\tat tab\n", bare, 1, "... or to anything else");
    one_of("  - Plan: \n      Node Type: \"Result\"\nSeq Scan\n", 37, 1,
           "an indented list up to what is less indented");
}

/* ---- errors ---- */

static void refuses(const char *text, size_t line, size_t column, const char *message)
{
    struct outcome o = read_of(text);
    bool pass = !o.good && o.err.code == ERR_SYNTAX && o.err.line == line &&
                o.err.column == column && strcmp(o.err.message, message) == 0;
    if (!ok(pass, "refused: %s", message))
        printf("# %zu:%zu: %s\n", o.err.line, o.err.column, o.err.message);
}

static void errors(void)
{
    refuses("hello", 1, 1, "expected a list of plans or the keys of one, found 'h'");
    refuses("\"- Plan: \"", 1, 1, "expected a list of plans or the keys of one, found '\"'");
    refuses("- Plan: \n    Node Type: \"Lim", 2, 20,
            "expected the closing quote of a string, found the end of the input");
    refuses("- Plan: \n    Node Type: \"Limit\"\n    Plan Rows 5\n    A: 1\n", 3, 5,
            "expected a key with ':' behind it, found 'P'");
    refuses("- Plan: \n    Node Type: \"Limit\"\n    Actual Ro", 3, 5,
            "expected a key with ':' behind it, found 'A'");
    refuses("- Plan: \n    Node Type: \"Limit\"\n     Plan Rows: 5\n", 3, 6,
            "expected a key at this indentation, found 'P'");
    refuses("- Plan: \n    Node Type: a: b\n", 2, 17, "expected the end of the line, found ':'");
    refuses("- Plan: \n\tNode Type: \"Limit\"\n", 2, 1, "expected a key or a value, found a tab");
    refuses("- Plan: \n    Filter: \"\\q\"\n", 2, 14, "expected an escape sequence, found '\\'");
    refuses("a: [1, 2\nb: 3\n", 2, 2, "expected ',' or ']', found ':'");
    refuses("a: &x 1\nb: *x\n", 2, 4, "expected a value (EXPLAIN prints no aliases), found '*'");
    refuses("? [a]\n: b\n", 1, 3, "expected a key, found '['");
    refuses("- Plan: \n\xC2\xA0  Node Type: \"Limit\"\n", 2, 1,
            "expected '-' at this indentation, found a non-breaking space");
    refuses("a: @x\n", 1, 4, "expected a key or a value, found '@'");
    struct outcome o = read_of("- Plan: \n\tNode Type: \"Limit\"\n");
    ok(strstr(o.err.hint, "tabs") && strcmp(o.err.near, "\tNode Type: \"Limit\"") == 0 &&
           o.err.near_caret == 0,
       "the line and a hint come with it");
    o = read_of("- Plan: \n    Node Type: \"Limit\"\n    Plans: \n      - Node Type: \"Sor");
    ok(!o.good && o.count == 1 && o.plans[0]->truncated && o.plans[0]->root->type == NODE_LIMIT,
       "what was read before can be kept");
}

/* ---- deep flow collections ---- */

static size_t cuts_of(const char *text, size_t levels, struct flow_cuts *cuts)
{
    flow_find_cuts(str_of(text), levels, cuts);
    return cuts->count;
}

static void cut_is(const struct flow_cuts *cuts, size_t i, size_t start, size_t end, size_t next)
{
    const struct flow_cut *c = i < cuts->count ? &cuts->cut[i] : NULL;
    if (!ok(c && c->start == start && c->end == end && c->next == next, "cut %zu", i) && c)
        printf("# [%zu, %zu), next %zu\n", c->start, c->end, c->next);
}

static void cuts(void)
{
    struct flow_cuts c;
    ok(cuts_of("[[], [[[]]]]", 5, &c) == 0, "no cut in what is shallow");
    flow_release_cuts(&c);
    ok(cuts_of("[[[[[]]], [[]]]]", 2, &c) == 3, "every second level is cut");
    cut_is(&c, 0, 2, 8, 2); /* "[[[]]]" */
    cut_is(&c, 1, 4, 6, 2);
    cut_is(&c, 2, 10, 14, 3);
    flow_release_cuts(&c);
    ok(cuts_of("{a: [\"]}\\\"[\", ']', it's, # ]\n {b: [[", 2, &c) == 2,
       "strings and comments are passed over, plain text is not");
    cut_is(&c, 0, 30, 36, 2);
    cut_is(&c, 1, 35, 36, 2);
    flow_release_cuts(&c);
    ok(cuts_of("a: b [c [d [e [\nf - [\nk: x\n", 1, &c) == 0,
       "brackets in plain text open nothing");
    flow_release_cuts(&c);
    ok(cuts_of("- [\"a\":[1],\"b\":{\"c\":[]}]\n", 1, &c) == 3, "JSON without blanks");
    flow_release_cuts(&c);
}

/* A chain as JSON with strings that look like the end of it, and something behind each child. */
static void nasty_chain(struct buf *out, int n)
{
    buf_adds(out, "{\"Plan\": {\"Node Type\": \"Limit\"");
    for (int i = 1; i < n; i++)
        buf_printf(out, ",\"Filter\":\"]}'\\\"[{\",\n\"Plans\": [{\"Node Type\": \"Limit %d\"", i);
    for (int i = 1; i < n; i++)
        buf_printf(out, "},{\"Node Type\": \"it's %d\"}],\"Odd\":[\"[\", \"\x7F\xC3\xA4\"]%s", i,
                   i % 7 ? "" : "\n");
    buf_adds(out, "},\n\"Execution Time\": 4}\n");
}

static void deep_flow(void)
{
    struct buf text = {0};
    size_t used, count;
    struct err err = {0};
    struct plan_comparison c = {0};
    nasty_chain(&text, 1200);
    struct outcome o = read_text_of(buf_str(&text));
    struct build *b = build_new(arena, FORMAT_JSON);
    bool good = read_json(b, buf_str(&text), 1, &used, &err);
    struct plan **plans = build_finish(b, &count);
    bool same =
        good && o.good && count == 1 && o.count == 1 && plan_equal(&c, plans[0], o.plans[0]);
    if (!ok(same, "a deep chain gives the same plan as with the JSON reader"))
        printf("# %s %s\n", c.why, o.err.message);
    bool lines = same && plans[0]->node_count == 2399;
    for (int i = 0; lines && i < plans[0]->node_count; i++)
        lines = plans[0]->nodes[i]->line == o.plans[0]->nodes[i]->line;
    ok(lines, "and the same lines");
    ok(o.used == text.len, "to the end");

    char *odd = strstr(text.data, "it's 600");
    odd[8] = 'x'; /* the quote: the error shows in the string after it */
    o = read_text_of(buf_str(&text));
    size_t before = 1;
    for (char *p = text.data; p < odd; p++)
        before += *p == '\n';
    if (!ok(!o.good && o.err.line == before && strstr(o.err.message, "found ':'"),
            "an error in the depth has its line"))
        printf("# %zu:%zu: %s, want line %zu\n", o.err.line, o.err.column, o.err.message, before);

    buf_clear(&text);
    buf_fill(&text, '[', 256);
    buf_adds(&text, "\n{\"a\":\n1}, \"\\q\"");
    buf_fill(&text, ']', 256);
    o = read_text_of(buf_str(&text));
    ok(!o.good && o.err.line == 3 && o.err.column == 6 && o.used == 256 + 12,
       "one right behind a collection that is read apart, too");
    buf_free(&text);
}

int main(void)
{
    arena = arena_new(0);
    empty_groups();
    values();
    auto_explain();
    characters();
    ends();
    errors();
    cuts();
    deep_flow();
    arena_free(arena);
    return done();
}
