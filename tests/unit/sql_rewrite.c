#include "sql/rewrite.h"

#include "base/arena.h"
#include "tap.h"

/* deparse-grammar, section 3.1: the patterns and what they become. */
static const struct {
    const char *in, *out;
} cases[] = {
    {"(id < (InitPlan 1).col1)", "(id < \"InitPlan 1\".col1)"},
    {"(id < (InitPlan expr_1).col1)", "(id < \"InitPlan expr_1\".col1)"},
    {"(NOT (ANY (id = (hashed SubPlan 1).col1)))",
     "(NOT (\"ANY\" (id = \"hashed SubPlan 1\".col1)))"},
    {"(rescan SubPlan 1)", "(\"rescan SubPlan 1\")"},
    {"(SubPlan 1 (returns $1,$2))", "(\"SubPlan 1 (returns $1,$2)\")"},
    {"(SubPlan 1)", "(\"SubPlan 1\")"},
    {"(x > (SubPlan expr_1))", "(x > (\"SubPlan expr_1\"))"},
    {"EXISTS(SubPlan 2)", "EXISTS (SELECT \"SubPlan 2\")"},
    {"ARRAY(SubPlan array_1)", "ARRAY (SELECT \"SubPlan array_1\")"},
    {"ANY (a = 1)", "\"ANY\" (a = 1)"},
    {"(a = 1 AND ALL (b))", "(a = 1 AND \"ALL\" (b))"},
    {"(5 <> ALL (arr))", "(5 <> ALL (arr))"},
    {"(x = ANY ('{1,2}'::integer[]))", "(x = ANY ('{1,2}'::integer[]))"},
    {"CASE WHEN ANY (a = 1) THEN ALL (b) END", "CASE WHEN \"ANY\" (a = 1) THEN \"ALL\" (b) END"},
    {"PARTIAL sum(b)", " sum(b)"},
    {"(PARTIAL \"x y\"(b))", "( \"x y\"(b))"},
    {"row_number() OVER (?)", "row_number() OVER ()"},
    {"((alternatives: SubPlan 1 or hashed SubPlan 2) OR (id = 3))",
     "((\"alternatives: SubPlan 1 or hashed SubPlan 2\") OR (id = 3))"},
    {"(a = '(SubPlan 1)'::text)", "(a = '(SubPlan 1)'::text)"},
    {"(\"(InitPlan 1).col1\" = 1)", "(\"(InitPlan 1).col1\" = 1)"},
    {"(a = 'ANY (x'::text)", "(a = 'ANY (x'::text)"},
    {"(name = 'SubPlan'::text)", "(name = 'SubPlan'::text)"},
    {"(SubPlan", "(SubPlan"},
    {"(alternatives: SubPlan 1", "(alternatives: SubPlan 1"},
};

int main(void)
{
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str got = sql_rewrite_explain(a, str_of(cases[i].in));
        is_text(arena_strndup(a, got.p, got.len), cases[i].out, cases[i].in);
    }
    const char *plain = "(a = 1)";
    ok(sql_rewrite_explain(a, str_of(plain)).p == plain, "nothing to do: the slice itself");
    arena_free(a);
    return done();
}
