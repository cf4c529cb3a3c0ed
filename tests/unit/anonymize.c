/* Names and constants replaced token by token; the expected texts are worked out by hand. */
#include "work/anonymize.h"

#include "base/arena.h"
#include "tap.h"
#include "work/anon_text.h"

static struct arena *arena;

/* What becomes of an expression, or of a statement, in a run of its own. */
static const char *rewritten(const char *text, bool is_sql)
{
    struct anon *n = anon_new(arena);
    struct buf out = {0};
    (is_sql ? anon_add_sql : anon_add_expression)(n, &out, str_of(text));
    const char *copy = arena_strndup(arena, out.data ? out.data : "", out.len);
    buf_free(&out);
    return copy;
}

static void test_expressions(void)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"(status = 'paid'::text)", "(col1 = 'text1'::text)"},
        {"((o.status = 'paid'::text) AND (o.total > '499.5'::numeric))",
         "((a1.col1 = 'text1'::text) AND (a1.col2 > '1001.5'::numeric))"},
        {"(o.id = i.order_id)", "(a1.col1 = a2.col2)"},
        {"(id = ANY ('{17,42,17}'::integer[]))", "(col1 = ANY ('{1001,1002,1001}'::integer[]))"},
        {"(name ~~ '%Meier\\_%'::text)", "(col1 ~~ '%yyyyyyc%'::text)"},
        {"(lower(email) ~~* 'x@y.com%'::text)", "(lower(col1) ~~* 'yyyyyyc%'::text)"},
        {"(note ~ '^geheim'::text)", "(col1 ~ '^yyyyyc'::text)"},
        {"(created_at > '2024-06-01 00:00:00+02'::timestamp with time zone)",
         "(col1 > '1970-01-02 00:00:00'::timestamp with time zone)"},
        {"((price)::numeric(10,2) = 12.50)", "((col1)::numeric(10,2) = 1001.5)"},
        {"(n > 1) AND (m = 0) AND (k = 17)", "(col1 > 1) AND (col2 = 0) AND (col3 = 1001)"},
        {"(\"Order No\" = $1)", "(col1 = $1)"},
        {"(state = 'open'::crm.deal_state)", "(col1 = 'text1'::schema1.type1)"},
        {"crm.secret_score(o.id)", "schema1.func1(a1.col1)"},
        {"date_trunc('month'::text, t.day)", "date_trunc('month'::text, a1.col1)"},
        {"EXTRACT(year FROM t.day)", "EXTRACT(year FROM a1.col1)"},
        {"(NOT (hashed SubPlan 1))", "(NOT (hashed SubPlan 1))"},
        {"(x = (InitPlan 12).col1)", "(col1 = (InitPlan 12).col1)"},
        {"(alternatives: SubPlan 1 or hashed SubPlan 2)",
         "(alternatives: SubPlan 1 or hashed SubPlan 2)"},
        {"city COLLATE \"de_DE\" DESC NULLS LAST", "col1 COLLATE \"de_DE\" DESC NULLS LAST"},
        {"(data @> '{\"tier\": \"gold\", \"age\": 41}'::jsonb)",
         "(col1 @> '{\"text1\": \"text2\", \"text3\": 1001}'::jsonb)"},
        {"(seq = 'crm.deal_id_seq'::regclass)", "(col1 = 'table1.table2'::regclass)"},
        {"(\"*VALUES*\".column1 = 'it''s'::text)", "(\"*VALUES*\".col1 = 'text1'::text)"},
        {"row_number() OVER (?)", "row_number() OVER (?)"},
        {"(ctid = '(0,7)'::tid)", "(ctid = '(0,1001)'::tid)"},
        {"(a = 'unfinished", "(col1 = 'text1'"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        is_text(rewritten(cases[i].from, false), cases[i].to, cases[i].from);
}

static void test_statements(void)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"SELECT name FROM crm.deals d WHERE d.Owner = 'Eva' -- Eva's deals\nLIMIT 50",
         "SELECT col1 FROM schema1.table1 col2 WHERE a1.col3 = 'text1' LIMIT 50"},
        {"select count(*) from t where x like 'ab%'",
         "select count(*) from table1 where col1 like 'yc%'"},
        {"WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r ORDER BY 1 NULLS FIRST",
         "WITH RECURSIVE col1 AS (SELECT 1) SELECT * FROM table1 ORDER BY 1 NULLS FIRST"},
        {"SELECT DATE '2024-02-29', $q$top secret$q$, E'a\\'b'",
         "SELECT DATE '1970-01-02', 'text1', E'text2'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        is_text(rewritten(cases[i].from, true), cases[i].to, cases[i].from);
}

static void test_consistency(void)
{
    struct anon *n = anon_new(arena);
    struct buf out = {0}, map = {0};
    anon_add_expression(n, &out, STR("(a.x = b.x)"));
    anon_add_expression(n, &out, STR(" (b.x = 'k'::text)"));
    anon_add_expression(n, &out, STR(" (a.y <> 'k'::text)"));
    is_text(out.data, "(a1.col1 = a2.col1) (a2.col1 = 'text1'::text) (a1.col2 <> 'text1'::text)",
            "the same thing is replaced by the same");
    anon_add_map(n, &map);
    ok(str_find(buf_str(&map), "col1\tcolumn\tx\n") >= 0, "the map says what was what");
    buf_free(&out);
    buf_free(&map);
}

/* A replacement must not be called like something real. */
static void test_collisions(void)
{
    struct anon *n = anon_new(arena);
    struct buf out = {0};
    anon_add_expression(n, &out, STR("(col1 = col2)"));
    ok(str_find(buf_str(&out), "col1") < 0, "no name is left although names look like ours");
    buf_free(&out);
}

int main(void)
{
    arena = arena_new(0);
    test_expressions();
    test_statements();
    test_consistency();
    test_collisions();
    arena_free(arena);
    return done();
}
