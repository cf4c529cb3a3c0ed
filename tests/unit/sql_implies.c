/* Partial predicates: what real servers proved and did not, and cases by hand. */
#include "sql/implies.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "tap.h"

/* The table of the vectors, and a few columns more. */
static const struct {
    const char *name, *type;
    char category;
    bool by_bytes;
} columns[] = {
    {"x", "integer", 'N', false},
    {"y", "integer", 'N', false},
    {"s", "text", 'S', false},
    {"v", "character varying", 'S', false},
    {"c", "text", 'S', true},
    {"k", "character", 'S', false},
    {"b", "boolean", 'B', false},
    {"d", "date", 'D', false},
    {"t", "timestamp without time zone", 'D', false},
    {"ts", "timestamp with time zone", 'D', false},
    {"n", "numeric", 'N', false},
    {"f", "double precision", 'N', false},
    {"arr", "integer[]", 'A', false},
    {"m", "mood", 'E', false},
    {"u", "uuid", 'U', false},
    {"z", "tsvector", 'U', false},
};

static bool find_column(void *ctx, struct str column, struct implies_column *out)
{
    (void)ctx;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (str_is(column, columns[i].name)) {
            *out = (struct implies_column){.type = str_of(columns[i].type),
                                           .category = columns[i].category,
                                           .sorts_by_bytes = columns[i].by_bytes};
            return true;
        }
    return false;
}

static const struct implies_names names = {.column = find_column};

static bool proves(struct arena *a, struct str condition, struct str predicate,
                   const struct implies_names *n)
{
    size_t count;
    const struct pred **conds = pred_conjuncts(a, pred_parse(a, condition), &count);
    return pred_implies(a, conds, count, pred_parse(a, predicate), n);
}

/* A custom plan has seen the parameter's value, and the planner a constant. */
static struct str without_mode(struct arena *a, struct str condition)
{
    static const struct {
        const char *param, *constant;
    } values[] = {{"x = $1 [force_custom_plan]", "x = 5"},
                  {"s = $1 [force_custom_plan]", "s = 's1'"},
                  {"x > $1 [force_custom_plan]", "x > 5"},
                  {"x = ANY($1) [force_custom_plan]", "x = ANY('{5,7}'::integer[])"}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (str_is(condition, values[i].param))
            return str_of(values[i].constant);
    ptrdiff_t mode = str_find(condition, " [force");
    return str_dup(a, mode < 0 ? condition : str_sub(condition, 0, (size_t)mode));
}

static void try_vector(struct arena *a, struct str predicate, struct str condition, bool want)
{
    bool got = proves(a, without_mode(a, condition), predicate, &names);
    ok(got == want, "%.*s %s %.*s", STR_ARG(condition), want ? "proves" : "does not prove",
       STR_ARG(predicate));
}

static struct str read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct buf b = {0};
    int c;
    while (f && (c = getc(f)) != EOF)
        buf_addc(&b, (char)c);
    struct str s = f ? str_dup(a, buf_str(&b)) : (struct str){0};
    if (f)
        fclose(f);
    buf_free(&b);
    return s;
}

static void try_fixture(struct arena *a)
{
    struct str rest = read_file(a, "fixtures/sql/implication.tsv");
    size_t rows = 0;
    for (struct str line; str_line(&rest, &line);) {
        if (str_starts(line, "#"))
            continue;
        size_t one = (size_t)str_find(line, "\t");
        struct str more = str_sub(line, one + 1, line.len);
        size_t two = (size_t)str_find(more, "\t");
        try_vector(a, str_sub(line, 0, one), str_sub(more, 0, two),
                   str_is(str_sub(more, two + 1, more.len), "yes"));
        rows++;
    }
    is_int((long long)rows, 102, "rows of the fixture");
}

static void try_shared(struct arena *a, const char *file)
{
    const char *shared = getenv("PGSIFT_SHARED");
    const char *path = arena_printf(a, "%s/facts/vectors/%s", shared ? shared : "../shared", file);
    struct str text = read_file(a, path);
    struct err err = {0};
    if (!text.p) {
        printf("# skipped: %s is not there\n", path);
        return;
    }
    size_t wrong = 0, rows = 0;
    for (const struct json *r = json_first(json_parse(a, text, &err)); r; r = r->next, rows++) {
        struct str condition = without_mode(a, json_str(r, "query_condition"));
        bool got = proves(a, condition, json_str(r, "index_predicate"), &names);
        wrong += got != json_bool(r, "implied", false);
    }
    ok(rows > 100 && wrong == 0, "%s: %zu rows", file, rows);
}

static const struct {
    const char *condition, *predicate;
    bool proved;
} cases[] = {
    /* the forms of a plan and of an index definition */
    {"((status)::text = 'open'::text)", "status = 'open'", true},
    {"(v = 'v1'::text)", "((v)::text = 'v1'::text)", true},
    {"((v)::text = ANY ('{v1,v2}'::text[]))",
     "((v)::text = ANY ((ARRAY['v1'::character varying, 'v2'::character varying])::text[]))", true},
    {"v IN ('v1', 'v3')", "((v)::text = ANY ('{v1,v2}'::text[]))", false},
    {"(x > 3)", "(x > 3)", true},
    {"NOT b", "(NOT b)", true},
    {"lower((v)::text) = 'a'", "(lower((v)::text) = 'a'::text)", true},
    {"(data ->> 'k') = 'a'", "((data ->> 'k'::text) = 'a'::text)", true},
    {"(data ->> 'k') = 'a'", "((data ->> 'k'::text) <> 'b'::text)", true},
    {"name LIKE 'a%'", "(name ~~ 'a%'::text)", true},
    {"arr @> '{1}'::integer[]", "arr @> '{1}'", true},
    {"deleted_at IS NULL", "(deleted_at IS NULL)", true},
    /* numbers */
    {"x = 10", "x > 9", true},
    {"x = 9", "x > 10", false},
    {"n = 1.10", "n = 1.1", true},
    {"n = 1e3", "n = 1000", true},
    {"n > 0.05", "n > 0.049", true},
    {"n > -1", "n > -2", true},
    {"n > -2", "n > -1", false},
    {"n = 0", "n <> -0.0", false},
    {"f > 2.5", "f > 2", true},
    {"x > 5.0", "x > 3", false},
    {"x = '7'", "x > 3", true},
    {"(x)::numeric > 5.0", "x > 3", false},
    {"x >= 99999999999", "x > 3", true},
    {"unknown_column > 5", "unknown_column > 3", true},
    {"unknown_column > 5.5", "unknown_column > 3", false},
    /* text: order only where it is known */
    {"s > 'b'", "s > 'a'", true},
    {"s > 'B'", "s > 'a'", false},
    {"c > 'b'", "c > 'B'", true},
    {"s = 'B'", "s <> 'b'", true},
    {"k = 'a'", "k = 'a  '", true},
    {"s COLLATE \"C\" > 'b'", "s > 'a'", false},
    /* others */
    {"m = 'sad'", "m <> 'ok'", true},
    {"m = 'sad'::mood", "m IN ('sad', 'ok')", true},
    {"m > 'sad'", "m > 'ok'", false},
    {"u = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'", "u > '00000000-0000-0000-0000-000000000000'",
     true},
    {"z = 'a'", "z <> 'b'", false},
    {"z = 'a'", "z = 'a'", true},
    {"d = '2024-03-01'", "d >= '2024-02-29'", true},
    {"t >= '2024-03-01 10:00'", "t > '2024-03-01 09:59:59.5'", true},
    {"t >= '2024-03-01'", "t >= '2024-03-01 00:00:00'", true},
    {"ts > '2024-03-01 00:00:00+02'", "ts >= '2024-02-29 22:00:00+00'", true},
    {"ts > '2024-03-01 00:00:00+00'", "ts > '2024-02-01 00:00:00'", false},
    {"ts > now() - interval '1 day'", "ts > '2020-01-01 00:00:00+00'", false},
    /* NULL */
    {"x = NULL", "x > 3", true},
    {"x > 5", "x > NULL", false},
    {"x IN (5, NULL)", "x > 3", true},
    {"x NOT IN (1, 2)", "x IS NOT NULL", true},
    {"x <> ALL ($1)", "x IS NOT NULL", false},
    {"x = ANY ($1)", "x IS NOT NULL", true},
    {"(s || 'a') = 'ba'", "s IS NOT NULL", false},
    {"lower(s) LIKE 'a%'", "s IS NOT NULL", true},
    {"lower(s) = 'a'", "lower(s) IS NOT NULL", true},
    {"my_function(s) = 'a'", "s IS NOT NULL", false},
    {"5 = ANY (arr)", "arr IS NOT NULL", true},
    {"NOT b", "b IS NOT NULL", false},
    {"b IS TRUE", "b IS NOT NULL", false},
    {"x IS NULL", "x IS NOT NULL", false},
    {"x IN (SELECT 1)", "x IS NOT NULL", false},
    {"(x, y) > (1, 2)", "x IS NOT NULL", false},
    /* AND, OR */
    {"x = 5 AND s = 'a'", "s = 'a' AND x > 3", true},
    {"x = 5 OR s = 'a'", "s = 'a' OR x > 3", true},
    {"x = 5 OR s = 'a'", "x > 3", false},
    {"(x = 5 AND s = 'a') OR (x = 7 AND s = 'b')", "x > 3", true},
    {"(x = 5 AND s = 'a') OR (x = 7 AND s = 'b')", "s IN ('a', 'b') AND x > 3", true},
    {"NOT (x = 1 OR x = 2)", "x NOT IN (1, 2)", true},
    {"x BETWEEN 5 AND 9", "x BETWEEN 1 AND 10", true},
    /* equivalence */
    {"x = y AND y = 7", "x > 5", true},
    {"x = y", "x = y", true},
    {"x = y AND y = 7", "x = y", false},
    {"x < y AND y = 7", "x < 8", false},
    /* nothing proves these */
    {"s = 'abc'", "s LIKE 'abc%'", false},
    {"x = $1", "x > 3", false},
    {"x = (SELECT 5)", "x > 3", false},
};

static void try_foreign_columns(struct arena *a)
{
    struct implies_names n = names;
    n.alias = STR("t1");
    ok(proves(a, STR("t1.x = 5"), STR("x > 3"), &n), "the relation's own column");
    ok(proves(a, STR("x = 5"), STR("x > 3"), &n), "a bare name is its own");
    ok(!proves(a, STR("t2.x = 5"), STR("x > 3"), &n), "another relation's column is not");
    ok(proves(a, STR("t1.x = t2.x"), STR("x IS NOT NULL"), &n), "a join is strict");
    ok(proves(a, STR("t2.id = t1.x"), STR("x IS NOT NULL"), &n), "either way round");
    ok(!proves(a, STR("t1.y = t2.x"), STR("x IS NOT NULL"), &n), "but not for the other's column");
    ok(!proves(a, STR("lower(t2.s) = 'a'"), STR("lower(s) = 'a'"), &n), "nor its expressions");
    ok(!proves(a, STR("t1.x = t2.y AND t2.y = 7"), STR("y = 7"), &n), "nor its constants");
}

static void try_size(struct arena *a)
{
    struct buf list = {0}, deep = {0};
    for (int i = 0; i < 101; i++)
        buf_printf(&list, "%s%d", i ? "," : "", i + 10);
    struct str in = str_of(arena_printf(a, "x IN (%s)", list.data));
    ok(!proves(a, in, STR("x > 3"), &names), "a list of more than 100 is not gone through");
    ok(proves(a, in, in, &names), "but is the same as itself");
    ok(proves(a, in, STR("x IS NOT NULL"), &names), "and strict");
    buf_adds(&deep, "x = 1");
    for (int i = 0; i < 60; i++) {
        struct str s = str_dup(a, buf_str(&deep));
        buf_clear(&deep);
        buf_printf(&deep, "(%.*s %s y = %d)", STR_ARG(s), i % 2 ? "AND" : "OR", i);
    }
    struct str goal = str_of(arena_printf(a, "%s AND y = 1000", deep.data));
    ok(!proves(a, buf_str(&deep), goal, &names), "sixty levels of AND and OR come to an end");
    buf_free(&list);
    buf_free(&deep);
}

int main(void)
{
    struct arena *a = arena_new(0);
    try_fixture(a);
    try_shared(a, "partial_implication_pg15.json");
    try_shared(a, "partial_implication_pg18.json");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(proves(a, str_of(cases[i].condition), str_of(cases[i].predicate), &names) ==
               cases[i].proved,
           "%s %s %s", cases[i].condition, cases[i].proved ? "proves" : "does not prove",
           cases[i].predicate);
    ok(!proves(a, STR("n = 5"), STR("n > 3.5"), NULL), "without a catalog: different literals");
    ok(proves(a, STR("n = 5"), STR("n > 3"), NULL), "without a catalog: alike literals");
    try_foreign_columns(a);
    try_size(a);
    arena_free(a);
    return done();
}
