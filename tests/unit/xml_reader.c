/* The XML reader: keys out of tags, lists out of elements, odd characters, entities, errors. */
#include "read/xml.h"

#include "base/arena.h"
#include "base/err.h"
#include "plan/build.h"
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
    struct build *b = build_new(arena, FORMAT_XML);
    o.good = read_xml(b, text, 1, &o.used, &o.err);
    if (!o.good)
        build_truncate(b);
    o.plans = build_finish(b, &o.count);
    return o;
}

static struct outcome read_of(const char *text)
{
    return read_text_of(str_of(text));
}

static struct plan *plan_of(const struct outcome *o)
{
    static struct node nothing;
    static struct plan no_plan = {.root = &nothing};
    if (o->err.message[0])
        printf("# %zu:%zu: %s\n", o->err.line, o->err.column, o->err.message);
    return o->good && o->count ? o->plans[0] : &no_plan;
}

#define HEAD "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n<Query>\n<Plan>\n"
#define TAIL "</Plan></Query></explain>"
#define NODE(members) HEAD "<Node-Type>Seq Scan</Node-Type>" members TAIL

static const struct value *member(const struct outcome *o, const char *key)
{
    return prop_value_by_key(plan_of(o)->root->props, key);
}

static void keys_and_kinds(void)
{
    struct outcome o =
        read_of(NODE("<Total-Cost> 12.50\n</Total-Cost><I-O-Read-Time>0.5</I-O-Read-Time>"
                     "<One-Time-Filter>false</One-Time-Filter><Parallel-Aware>true</Parallel-Aware>"
                     "<Odd-Number>7</Odd-Number><Odd-Flag>false</Odd-Flag><Odd-Text> x </Odd-Text>"
                     "<Odd-Digits>007</Odd-Digits><Alias>5</Alias><Schema></Schema>"));
    const struct node *n = plan_of(&o)->root;
    ok(n->num[PROP_TOTAL_COST] == 12.5, "blanks around a number");
    ok(n->num[PROP_IO_READ_TIME] == 0.5, "the key that a tag stands for");
    ok(str_is(node_text(n, PROP_ONE_TIME_FILTER), "false"),
       "a condition is text, even if \"false\"");
    ok(n->parallel_aware, "a flag");
    ok(str_is(node_text(n, PROP_ALIAS), "5"), "a name is text, even if a number");
    const struct value *v = node_value(n, PROP_SCHEMA);
    ok(v && v->kind == VALUE_STRING && v->text.len == 0, "an empty string");
    v = member(&o, "Odd Number");
    ok(v && v->kind == VALUE_NUMBER && v->number == 7, "an unknown number");
    v = member(&o, "Odd Flag");
    ok(v && v->kind == VALUE_BOOL && !v->boolean, "an unknown flag");
    v = member(&o, "Odd Text");
    ok(v && v->kind == VALUE_STRING && str_is(v->text, " x "), "unknown text, its blanks kept");
    v = member(&o, "Odd Digits");
    ok(v && v->kind == VALUE_STRING, "digits that are no JSON number");
}

static void lists_and_groups(void)
{
    struct outcome o = read_of(NODE(
        "<Output><Item>a</Item><Item>2</Item></Output><Sort-Key>\n</Sort-Key><Workers>\n</Workers>"
        "<Probes><Item>x</Item></Probes><Things><Thing><A>1</A></Thing></Things>"
        "<Thing><A>1</A></Thing><Nothing>\n  </Nothing>"
        "<Target-Tables><Target-Table><Alias>t</Alias></Target-Table></Target-Tables>"
        "<Grouping-Sets><Grouping-Set><Group-Keys><Group-Key><Item>a</Item></Group-Key>"
        "<Group-Key>\n</Group-Key></Group-Keys></Grouping-Set></Grouping-Sets>"));
    const struct node *n = plan_of(&o)->root;
    const struct value *v = node_value(n, PROP_OUTPUT);
    ok(v && v->kind == VALUE_LIST && v->count == 2 && v->items->next->value.kind == VALUE_STRING &&
           !v->items->key.len,
       "items");
    v = node_value(n, PROP_SORT_KEY);
    ok(v && v->kind == VALUE_LIST && v->count == 0, "an empty list");
    ok(n->worker_count == 0 && !member(&o, "Workers"), "no workers");
    v = member(&o, "Probes");
    ok(v && v->kind == VALUE_LIST && v->count == 1, "an unknown key with items");
    v = member(&o, "Things");
    ok(v && v->kind == VALUE_LIST && v->items->value.kind == VALUE_GROUP,
       "an unknown plural of groups");
    v = member(&o, "Thing");
    ok(v && v->kind == VALUE_GROUP && prop_value_by_key(v->items, "A"), "an unknown group");
    v = member(&o, "Nothing");
    ok(v && v->kind == VALUE_GROUP && v->count == 0, "an unknown group with nothing in it");
    v = node_value(n, PROP_TARGET_TABLES);
    ok(v && v->count == 1 && prop_value(v->items->value.items, PROP_ALIAS), "target tables");
    v = node_value(n, PROP_GROUPING_SETS);
    v = v ? prop_value_by_key(v->items->value.items, "Group Keys") : NULL;
    ok(v && v->kind == VALUE_LIST && v->count == 2 && v->items->value.kind == VALUE_LIST &&
           v->items->next->value.kind == VALUE_LIST && v->items->next->value.count == 0,
       "lists in lists, an empty one among them");
}

static void statement(void)
{
    struct outcome o = read_of(
        HEAD
        "<Node-Type>Result</Node-Type></Plan><Settings>\n</Settings><Planning>"
        "<Shared-Hit-Blocks>3</Shared-Hit-Blocks></Planning><Planning-Time>0.5</Planning-Time>"
        "<Triggers><Trigger><Trigger-Name>t</Trigger-Name><Calls>2</Calls></Trigger></Triggers>"
        "<JIT><Functions>4</Functions><Timing><Generation><Deform>0.25</Deform><Total>1</Total>"
        "</Generation></Timing></JIT><Execution-Time>2</Execution-Time></Query>"
        "<Query><Plan><Node-Type>Limit</Node-Type></Plan></Query></explain>");
    const struct plan *p = plan_of(&o);
    ok(o.count == 2 && o.plans[1]->root->type == NODE_LIMIT, "two statements");
    ok(p->settings_printed && !p->settings && p->planning && p->planning[PROP_SHARED_HIT] == 3,
       "settings and planning");
    ok(p->planning_ms == 0.5 && p->execution_ms == 2 && p->trigger_count == 1 &&
           str_is(p->triggers[0].name, "t") && p->triggers[0].calls == 2,
       "times and triggers");
    ok(p->jit && p->jit->functions == 4 && p->jit->deform_ms == 0.25 && p->jit->generation_ms == 1,
       "JIT");
    ok(p->line == 2 && p->root->line == 3, "lines");
    o = read_of(
        "<explain><Query-Text>select 1 &lt; 2;\n</Query-Text><Plan><Node-Type>Result</Node-Type>"
        "</Plan><Query-Identifier>-8077215812045466201</Query-Identifier></explain>");
    p = plan_of(&o);
    ok(str_is(p->query_text, "select 1 < 2;\n") && str_is(p->query_id, "-8077215812045466201"),
       "auto_explain's shape");
    o = read_of("<explain xmlns=\"x\">\n</explain>");
    ok(o.good && o.count == 0, "a query that was rewritten to nothing");
    o = read_of("<explain><CREATE-TABLE-AS /></explain>");
    ok(o.good && o.count == 0, "a utility statement");
    o = read_of(
        "<r:rows xmlns:r='x'><r:row><r:plan><explain><Query><Plan><Node-Type>Limit</Node-Type>"
        "</Plan></Query></explain></r:plan></r:row></r:rows>");
    ok(plan_of(&o)->root->type == NODE_LIMIT, "a plan inside another document");
}

#define SORT_GROUPS(methods, spaces)                                                               \
    "<Incremental-Sort-Groups><Group-Count>2</Group-Count><Sort-Methods-Used>" methods             \
    "</Sort-Methods-Used>" spaces "</Incremental-Sort-Groups>"
#define SPACE(n) "<Sort-Space><Peak-Sort-Space-Used>" #n "</Peak-Sort-Space-Used></Sort-Space>"

static double peak_of(const struct value *group, const char *space)
{
    const struct value *v = group ? prop_value_by_key(group->items, space) : NULL;
    v = v ? prop_value_by_key(v->items, "Peak Sort Space Used") : NULL;
    return v ? v->number : NAN;
}

static void incremental_sort(void)
{
    struct outcome o = read_of(
        NODE(SORT_GROUPS("<Item>quicksort</Item><Item>external merge</Item>", SPACE(30) SPACE(400))
                 SORT_GROUPS("<Item>external sort</Item>", SPACE(500))));
    const struct node *n = plan_of(&o)->root;
    const struct value *full = node_value(n, PROP_FULL_SORT_GROUPS);
    const struct value *pre = node_value(n, PROP_PRE_SORTED_GROUPS);
    ok(full && pre, "the two groups get back the names that XML takes from them");
    ok(peak_of(full, "Sort Space Memory") == 30 && peak_of(full, "Sort Space Disk") == 400,
       "memory first, then disk");
    ok(peak_of(pre, "Sort Space Disk") == 500 && isnan(peak_of(pre, "Sort Space Memory")),
       "disk alone when every sort went there");
    o = read_of(NODE(SORT_GROUPS("<Item>top-N heapsort</Item>", SPACE(30))));
    full = node_value(plan_of(&o)->root, PROP_FULL_SORT_GROUPS);
    ok(peak_of(full, "Sort Space Memory") == 30, "memory alone");
}

static void filter_is(struct str xml, struct str want, const char *what)
{
    struct buf text = {0};
    buf_adds(&text, HEAD "<Node-Type>Seq Scan</Node-Type><Filter>");
    buf_addstr(&text, xml);
    buf_adds(&text, "</Filter>" TAIL "  <rest");
    struct outcome o = read_text_of(buf_str(&text));
    struct str got = node_text(plan_of(&o)->root, PROP_FILTER);
    if (!ok(str_eq(got, want) && o.used == text.len - 7, "%s", what))
        printf("# \"%.*s\", %zu of %zu\n", STR_ARG(got), o.used, text.len);
    buf_free(&text);
}

static void characters(void)
{
    filter_is(STR("a &lt; b &amp;&amp; c &gt; &quot;d&apos;&#x0d;&#65;"),
              STR("a < b && c > \"d'\rA"), "entities");
    filter_is(STR("x<![CDATA[ <a> & ]]>y"), STR("x <a> & y"), "CDATA");
    filter_is(STR("a<!-- no -->b<?pi x?>c"), STR("abc"), "comments and instructions");
    filter_is(STR("a\n\tb\r\nc"), STR("a\n\tb\nc"), "line ends");
    filter_is(STR("\xE2\x86\x92 \xF0\x9F\x98\x80\x7F"), STR("\xE2\x86\x92 \xF0\x9F\x98\x80\x7F"),
              "characters beyond ASCII");
    filter_is(STR("a\x01\x1B[0m\0b"),
              STR("a\xE2\x90\x81\xE2\x90\x9B[0m\xE2\x90\x80"
                  "b"),
              "control characters, which XML forbids and EXPLAIN prints, become their pictures");
    filter_is(STR("a\xFF\xC3 \xEF\xBF\xBF"), STR("a\xEF\xBF\xBD\xEF\xBF\xBD \xEF\xBF\xBD"),
              "what is no character becomes U+FFFD");
    struct outcome o = read_of("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
                               "<explain><Query><Plan><Node-Type>Limit</Node-Type></Plan></Query>"
                               "</explain>");
    ok(plan_of(&o)->root->type == NODE_LIMIT, "byte order mark, declaration of what it was");
}

static void large_text(void)
{
    struct buf text = {0};
    buf_adds(&text, HEAD "<Node-Type>Seq Scan</Node-Type><Filter>");
    for (int i = 0; i < 300000; i++)
        buf_adds(&text, "(a &lt; 1) ");
    buf_adds(&text, "</Filter>" TAIL);
    struct outcome o = read_text_of(buf_str(&text));
    struct str got = node_text(plan_of(&o)->root, PROP_FILTER);
    ok(got.len == 300000 * 8 && str_ends(got, "(a < 1) "), "three megabytes of one text");
    buf_free(&text);
}

static void left_out(void)
{
    struct outcome o = read_of(NODE("<Alias>a</Alias> ... "));
    ok(plan_of(&o)->elided, "dots between elements: something was left out");
    o = read_of(NODE("<Plans>...<Plan><Node-Type>Sort</Node-Type></Plan></Plans>"));
    ok(plan_of(&o)->elided && plan_of(&o)->node_count == 2, "... before the first child");
    o = read_of(NODE("<Filter>a...b</Filter> \xC2\xA0 "));
    ok(!plan_of(&o)->elided, "dots in a value are its own");
}

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
    refuses("", 1, 1, "expected an element, found the end of the input");
    refuses("  hello", 1, 3, "expected an element, found 'h'");
    refuses("<explain>\n<Plan>\n<Alias>a</Alia>", 3, 11, "expected </Alias>, found </Alia>");
    refuses("<explain>\n<Plan>", 2, 7, "expected </Plan>, found the end of the input");
    refuses("<explain>\n<Pl", 2, 4, "expected the end of a tag, found the end of the input");
    refuses("<a>x < y</a>", 1, 7, "expected text or a tag, found ' '");
    refuses("<a>x & y</a>", 1, 7, "expected text or a tag, found ' '");
    refuses("<a>\x01\x02 &nbsp;</a>", 1, 7,
            "expected one of &lt; &gt; &amp; &quot; &apos;, found '&'");
    refuses("<a><![CDATA[x", 1, 14, "expected ']]>', found the end of the input");
    refuses("<a b='1' b='2'/>", 1, 10,
            "expected XML as EXPLAIN prints it (duplicate attribute), found 'b'");
    struct outcome o = read_of("<a>x < y</a>");
    ok(strstr(o.err.hint, "&lt;"), "a hint where one helps");
}

/* Ten lines of these would take gigabytes. */
static void bombs(void)
{
    static const char bomb[] = "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\">"
                               "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><explain>&b;</explain>";
    static const char external[] =
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><explain>&x;</explain>";
    refuses(bomb, 1, 16, "expected <explain> (EXPLAIN prints no document type), found '['");
    refuses(external, 1, 40, "expected <explain> (EXPLAIN prints no document type), found '>'");
}

static void documents(void)
{
    static const char two[] = "<explain><Query/></explain>\n<explain><Query/></explain>\n";
    struct outcome o = read_of(two);
    ok(o.good && o.used == 27, "one document and no more");
    o = read_of("<explain/> Seq Scan");
    ok(o.good && o.used == 10, "an empty element is one");
    o = read_of(NODE("<Plans><Plan><Node-Type>So"));
    ok(!o.good, "a document that ends early");
    o = read_of(HEAD
                "<Node-Type>Limit</Node-Type><Plans><Plan><Node-Type>Sort</Node-Type><Alias>x");
    ok(!o.good && o.count == 1 && o.plans[0]->truncated && o.plans[0]->node_count == 2 &&
           !node_text(o.plans[0]->nodes[1], PROP_ALIAS).p,
       "what was read before can be kept, half a value is not");
}

int main(void)
{
    arena = arena_new(0);
    keys_and_kinds();
    lists_and_groups();
    statement();
    incremental_sort();
    characters();
    large_text();
    left_out();
    errors();
    bombs();
    documents();
    arena_free(arena);
    return done();
}
