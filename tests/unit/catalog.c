/* Names, look-up, quoting, settings, index statements, widths. */
#include "catalog/build.h"
#include "catalog/catalog.h"
#include "catalog/ddl.h"
#include "catalog/names.h"
#include "catalog/type.h"

#include "base/arena.h"
#include "base/err.h"
#include "tap.h"

static struct catalog *from(const char *ddl)
{
    struct err err = {0};
    struct catalog *cat = cat_from_ddl(str_of(ddl), "test.sql", &err);
    if (!cat)
        ok(false, "the DDL is read: %s", err.message);
    return cat;
}

static const char *schema_found(const struct catalog *cat, const char *schema, const char *name)
{
    const struct cat_rel *rel = cat_find_rel(cat, str_of(schema), str_of(name));
    static char text[64];
    snprintf(text, sizeof text, "%.*s", rel ? (int)rel->schema.len : 4,
             rel ? rel->schema.p : "none");
    return text;
}

static void test_names(void)
{
    struct arena *a = arena_new(0);
    struct cat_names *n = cat_names_new(a);
    static int values[3000];
    char name[16];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "n%d", i % 1000);
        cat_names_put(n, str_dup(a, str_of(name)), &values[i]);
    }
    int wrong = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        const struct cat_name_entry *e = cat_names_find(n, str_of(name));
        wrong += !e || e->value != &values[i] || e->same->value != &values[i + 1000] ||
                 e->same->same->value != &values[i + 2000] || e->same->same->same;
    }
    is_int(wrong, 0, "a thousand names of three values each, in order");
    cat_names_remove(n, STR("n7"), &values[7]);
    ok(cat_names_find(n, STR("n7"))->value == &values[1007], "the first of three is taken out");
    cat_names_remove(n, STR("n7"), &values[2007]);
    ok(!cat_names_find(n, STR("n7"))->same, "then the last");
    cat_names_remove(n, STR("n7"), &values[2007]);
    ok(cat_names_find(n, STR("n7")), "one that is not there is left alone");
    cat_names_remove(n, STR("n7"), &values[1007]);
    ok(!cat_names_find(n, STR("n7")), "then the name is gone");
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        wrong += (i == 7) != !cat_names_find(n, str_of(name));
    }
    is_int(wrong, 0, "and no other name");
    arena_free(a);
}

static void test_look_up(void)
{
    struct catalog *cat = from("CREATE TABLE a.t (x int); CREATE TABLE b.t (x int);"
                               "CREATE TABLE b.only (x int); CREATE TABLE public.t (x int);"
                               "CREATE TABLE a.both (x int); CREATE TABLE b.both (x int);"
                               "CREATE TEMP TABLE tmp (x int); CREATE TABLE a.tmp (x int);"
                               "CREATE TABLE \"Odd\" (\"X y\" int);"
                               "CREATE INDEX i ON a.t (x); CREATE INDEX i ON b.t (x);");
    is_text(schema_found(cat, NULL, "t"), "public", "without schema: the search_path's");
    is_text(schema_found(cat, "", "t"), "public", "an empty schema counts as none");
    is_text(schema_found(cat, "b", "t"), "b", "with schema: exactly that");
    is_text(schema_found(cat, "c", "t"), "none", "in a schema that is not there: none");
    is_text(schema_found(cat, NULL, "only"), "b", "the only one of its name, wherever");
    is_text(schema_found(cat, NULL, "both"), "none", "of two outside the search_path: none");
    is_int((long long)cat_count_rels(cat, STR("both")), 2, "which can be told from unknown");
    is_int((long long)cat_count_rels(cat, STR("nope")), 0, "which counts none");
    is_text(schema_found(cat, NULL, "tmp"), "pg_temp", "a temporary table comes first");
    is_text(schema_found(cat, "pg_temp", "tmp"), "pg_temp", "by the alias of its schema");
    is_text(schema_found(cat, "pg_temp_12", "tmp"), "pg_temp", "or by the schema's real name");
    is_text(schema_found(cat, "a", "tmp"), "a", "the other one by its schema");
    is_text(schema_found(cat, NULL, "odd"), "none", "names are raw: case counts");
    const struct cat_rel *odd = cat_find_rel(cat, (struct str){0}, STR("Odd"));
    ok(cat_find_column(odd, STR("X y")) != NULL, "so it does for columns");
    ok(!cat_find_column(odd, STR("x y")), "which are not found otherwise");
    ok(!cat_find_column(NULL, STR("x")), "nor in no relation at all");
    const struct cat_index *ix = cat_find_index(cat, STR("b"), STR("i"));
    ok(ix && str_is(ix->rel->schema, "b"), "an index by schema and name");
    ok(!cat_find_index(cat, (struct str){0}, STR("i")), "of two of a name: none");
    cat_free(cat);
    cat_free(NULL);
}

static void test_search_path(void)
{
    struct arena *a = arena_new(0);
    size_t n;
    const struct str *path =
        cat_parse_search_path(a, STR("\"$user\", App ,\"Mixed \"\"Q\", pg_temp"), &n);
    is_int((long long)n, 3, "three schemas, without the user's");
    ok(n == 3 && str_is(path[0], "app"), "an unquoted name goes to lower case");
    ok(n == 3 && str_is(path[1], "Mixed \"Q"), "a quoted one keeps its case");
    cat_parse_search_path(a, STR("  "), &n);
    is_int((long long)n, 0, "an empty setting has none");
    arena_free(a);
    struct catalog *cat = from("SET search_path = one, two; CREATE TABLE t (x int);"
                               "CREATE TABLE two.t (x int); CREATE TABLE two.u (x int);"
                               "CREATE TABLE three.u (x int); CREATE TEMP TABLE w (x int);"
                               "CREATE TABLE one.w (x int);");
    is_text(schema_found(cat, NULL, "t"), "one", "new tables go to the first schema of the path");
    is_text(schema_found(cat, NULL, "u"), "two", "names are looked up along it");
    cat_free(cat);
    cat = from("SET search_path = one, pg_temp; CREATE TEMP TABLE w (x int);"
               "CREATE TABLE one.w (x int);");
    is_text(schema_found(cat, NULL, "w"), "one", "pg_temp in the path has its place there");
    cat_free(cat);
    cat = from("SELECT pg_catalog.set_config('search_path', '', false);"
               "CREATE TABLE public.t (x int); CREATE TABLE z.t (x int);");
    is_text(schema_found(cat, NULL, "t"), "public", "pg_dump's empty path is not the sessions'");
    cat_free(cat);
    cat = from("CREATE TABLE z.t (x int); CREATE TABLE public.t (x int);"
               "ALTER DATABASE d SET search_path = z, public; SET search_path = public;");
    is_text(schema_found(cat, NULL, "t"), "z", "what ALTER DATABASE sets is");
    cat_free(cat);
}

static const char *ident(const char *name)
{
    static char text[300];
    struct buf b = {0};
    cat_add_ident(&b, str_of(name));
    snprintf(text, sizeof text, "%s", b.data);
    buf_free(&b);
    return text;
}

static void test_idents(void)
{
    static const char *const pairs[][2] = {
        {"tasks", "tasks"},
        {"_x1$", "\"_x1$\""},
        {"Tasks", "\"Tasks\""},
        {"1st", "\"1st\""},
        {"a b", "\"a b\""},
        {"a\"b", "\"a\"\"b\""},
        {"", "\"\""},
        {"select", "\"select\""},           /* reserved */
        {"left", "\"left\""},               /* type or function name */
        {"between", "\"between\""},         /* column name */
        {"json_table", "\"json_table\""},   /* a key word since 17 */
        {"system_user", "\"system_user\""}, /* since 16 */
        {"name", "name"},
        {"user", "\"user\""},
        {"key", "key"},
        {"t\xC3\xA4sk", "\"t\xC3\xA4sk\""},
        {"order", "\"order\""},
        {"value", "value"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        is_text(ident(pairs[i][0]), pairs[i][1], pairs[i][1]);
    struct buf b = {0};
    cat_add_qualified(&b, STR("My"), STR("table"));
    is_text(b.data, "\"My\".\"table\"", "a qualified name");
    buf_clear(&b);
    cat_add_qualified(&b, (struct str){0}, STR("t"));
    is_text(b.data, "t", "without schema");
    buf_clear(&b);
    cat_add_literal(&b, STR("it's"));
    is_text(b.data, "'it''s'", "a literal");
    buf_clear(&b);
    cat_add_literal(&b, STR("a\\b'c"));
    is_text(b.data, "E'a\\\\b''c'", "one with a backslash");
    buf_free(&b);
}

/* Expected names: what a server made of the same CREATE INDEX statements. */
static void test_made_names(void)
{
    struct arena *a = arena_new(0);
    struct str long_name = STR("a_table_with_a_rather_long_name_that_goes_on_and_on_to_the_end");
    struct str name = cat_make_name(a, long_name, STR("customer_id"), STR("idx"));
    is_text(name.p, "a_table_with_a_rather_long_name_that_goes_on_an_customer_id_idx",
            "the longer part is cut");
    is_int((long long)name.len, 63, "to 63 bytes");
    is_text(cat_make_name(a, STR("t"), (struct str){0}, STR("pkey")).p, "t_pkey", "two parts");
    struct str umlauts = STR("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
                             "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
                             "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"
                             "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4");
    name = cat_make_name(a, umlauts, (struct str){0}, STR("idx"));
    is_int((long long)name.len, 62, "no character is cut in two");

    struct catalog *cat = from("CREATE TABLE t (a int, b text); CREATE INDEX t_a_idx ON t (b);"
                               "CREATE TABLE t_b_idx (x int);");
    const struct cat_rel *t = cat_find_rel(cat, (struct str){0}, STR("t"));
    struct str ab[] = {STR("a"), STR("b")}, lower[] = {STR("lower"), STR("lower"), STR("expr")};
    is_text(cat_choose_index_name(cat, a, t, ab, 2, "idx").p, "t_a_b_idx", "a free name");
    is_text(cat_choose_index_name(cat, a, t, ab, 1, "idx").p, "t_a_idx1",
            "a number when an index has it");
    is_text(cat_choose_index_name(cat, a, t, ab + 1, 1, "idx").p, "t_b_idx1", "or a table");
    is_text(cat_choose_index_name(cat, a, t, lower, 3, "idx").p, "t_lower_lower1_expr_idx",
            "expressions of one name are numbered");
    is_text(cat_choose_index_name(cat, a, t, NULL, 0, "pkey").p, "t_pkey", "no columns");
    static const char *const expressions[][2] = {{"lower(a)", "lower"},
                                                 {"a + b", "expr"},
                                                 {"a::text", "a"},
                                                 {"(a + b)::text", "text"},
                                                 {"data ->> 'k'", "expr"},
                                                 {"COALESCE(a, b)", "coalesce"},
                                                 {"CASE WHEN a THEN 1 END", "case"},
                                                 {"arr[1]", "arr"},
                                                 {"a COLLATE \"C\"", "a"}};
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct str got = cat_expression_name(a, str_of(expressions[i][0]));
        is_text(arena_strndup(a, got.p, got.len), expressions[i][1], expressions[i][0]);
    }
    cat_free(cat);
    arena_free(a);
}

static void test_split(void)
{
    struct arena *a = arena_new(0);
    size_t n;
    const struct str *p =
        cat_split(a, STR("lower((a)::text), f(b, 'x,)'), ARRAY[1, 2], \"q,\""), ',', &n);
    is_int((long long)n, 4, "four pieces");
    ok(n == 4 && str_is(p[1], "f(b, 'x,)')") && str_is(p[3], "\"q,\""),
       "brackets and quotes keep their commas");
    arena_free(a);
}

static void test_settings(void)
{
    struct catalog *cat = from("CREATE TABLE t (x int); CREATE EXTENSION pg_trgm;"
                               "ALTER DATABASE d SET random_page_cost = 1.1;"
                               "ALTER DATABASE d SET work_mem = '64MB';"
                               "ALTER ROLE r SET effective_cache_size TO '8GB';"
                               "ALTER DATABASE d SET enable_seqscan = off;"
                               "ALTER DATABASE d SET application_name = 'x';");
    is_near(cat_setting_num(cat, "random_page_cost", 4), 1.1, 1e-9, "a plain number");
    is_near(cat_setting_num(cat, "work_mem", 4096), 65536, 0, "64MB in kB");
    is_near(cat_setting_num(cat, "effective_cache_size", 0), 1048576, 0, "8GB in blocks");
    is_near(cat_setting_num(cat, "seq_page_cost", 1), 1, 0, "what is not set");
    ok(str_is(cat_setting_text(cat, "enable_seqscan"), "off"), "a word");
    ok(!cat_setting_text(cat, "application_name").len, "what no advisor uses is left out");
    ok(cat_has_extension(cat, "pg_trgm") && !cat_has_extension(cat, "pg_tr"), "extensions");
    cat_free(cat);
}

static bool c_collated(struct catalog *cat, const char *column)
{
    const struct cat_rel *t = cat_find_rel(cat, (struct str){0}, STR("t"));
    return cat_column_is_c_collated(cat, cat_find_column(t, str_of(column)));
}

static void test_collations(void)
{
    static const char ddl[] =
        "CREATE COLLATION own (locale = 'POSIX'); CREATE COLLATION icu (provider = icu, locale = "
        "'de');"
        "CREATE TABLE t (a text, b text COLLATE \"C\", c text COLLATE own, d name,"
        " e text COLLATE \"de_DE\", f text COLLATE \"default\", g text COLLATE icu)";
    struct catalog *cat = from(ddl);
    ok(!c_collated(cat, "a") && !c_collated(cat, "f"), "an unknown default is taken for no C");
    ok(c_collated(cat, "b"), "COLLATE \"C\"");
    ok(c_collated(cat, "c"), "a collation of one's own over POSIX");
    ok(c_collated(cat, "d"), "the type name");
    ok(!c_collated(cat, "e") && !c_collated(cat, "g"), "a language, ICU");
    cat->db_collate = STR("C.UTF-8");
    ok(!c_collated(cat, "a"), "C.UTF-8 does not count");
    cat->db_collate = STR("C");
    ok(c_collated(cat, "a") && c_collated(cat, "f"), "a database in C does");
    cat->db_provider = 'i';
    ok(!c_collated(cat, "a"), "unless ICU sorts it");
    cat->db_provider = 'b';
    cat->db_locale = STR("C.UTF-8");
    ok(!c_collated(cat, "a"), "the builtin C.UTF-8 is none");
    cat->db_locale = STR("C");
    ok(c_collated(cat, "a"), "the builtin C is one");
    cat_free(cat);
}

static void test_index_definition(void)
{
    struct catalog *cat = from(
        "CREATE TABLE \"My\".t (a int, \"B b\" text, c text, d int, PRIMARY KEY (a) INCLUDE (d));"
        "CREATE UNIQUE INDEX i ON \"My\".t USING btree (\"B b\" COLLATE \"C\" text_pattern_ops "
        "DESC,"
        " (a + d), lower(c) DESC NULLS LAST, d NULLS FIRST) INCLUDE (c) NULLS NOT DISTINCT"
        " WITH (fillfactor = 70, deduplicate_items = off) WHERE a > 5;");
    struct buf b = {0};
    cat_add_index_definition(&b, cat_find_index(cat, (struct str){0}, STR("i")), true);
    is_text(
        b.data,
        "CREATE UNIQUE INDEX CONCURRENTLY i ON \"My\".t USING btree (\"B b\" COLLATE \"C\" "
        "text_pattern_ops DESC, ((a + d)), lower(c) DESC NULLS LAST, d NULLS FIRST) INCLUDE (c) "
        "NULLS NOT DISTINCT WITH (fillfactor='70', deduplicate_items='off') WHERE (a > 5)",
        "all that an index can have");
    struct cat_key bare = {.expr = STR("a || lower(b)")}, call = {.expr = STR("f(a, ')')")};
    struct cat_key row = {.expr = STR("row(a, b)")}, two = {.expr = STR("f(a) || g(b)")};
    struct cat_key keys[] = {bare, call, row, two};
    struct cat_index ix = *cat_find_index(cat, (struct str){0}, STR("i"));
    ix = (struct cat_index){.schema = ix.schema,
                            .name = STR("j"),
                            .am = STR("gin"),
                            .rel = ix.rel,
                            .keys = keys,
                            .key_count = 4,
                            .total_count = 4};
    buf_clear(&b);
    cat_add_index_definition(&b, &ix, false);
    is_text(b.data,
            "CREATE INDEX j ON \"My\".t USING gin ((a || lower(b)), f(a, ')'), (row(a, b)), "
            "(f(a) || g(b)))",
            "only a lone function call goes without parentheses");
    buf_free(&b);
    cat_free(cat);
}

/* Widths that a server's EXPLAIN gave for empty tables of these columns. */
static void test_widths(void)
{
    static const struct {
        const char *type;
        double width;
    } cases[] = {{"int", 4},
                 {"text", 32},
                 {"varchar(7)", 32},
                 {"varchar(100)", 218},
                 {"varchar(2000)", 516},
                 {"char(20)", 84},
                 {"numeric(10,2)", 16},
                 {"numeric", 32},
                 {"bit(9)", 10},
                 {"uuid", 16},
                 {"timestamptz", 8},
                 {"text[]", 32},
                 {"name", 64},
                 {"jsonb", 32}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char ddl[100];
        snprintf(ddl, sizeof ddl, "CREATE TABLE t (a %s)", cases[i].type);
        struct catalog *cat = from(ddl);
        is_near(cat_column_width(&cat->rels->columns[0]), cases[i].width, 0, cases[i].type);
        cat_free(cat);
    }
}

static void test_sizes(void)
{
    struct catalog *cat = from("CREATE TABLE t (a int)");
    struct cat_rel *t = cat->rels;
    double pages, tuples;
    ok(!cat_current_size(cat, t, &pages, &tuples) && isnan(pages) && isnan(tuples),
       "nothing is known");
    t->size_bytes = 0;
    ok(cat_current_size(cat, t, &pages, &tuples), "an empty table that was never vacuumed");
    is_near(pages, 10, 0, "is ten pages to the planner");
    is_near(tuples, 2550, 0, "of 255 rows");
    t->size_bytes = 200 * 8192.0;
    t->pages = 100;
    t->tuples = 1000;
    cat_current_size(cat, t, &pages, &tuples);
    is_near(tuples, 2000, 0, "twice the pages, twice the rows");
    t->pages = t->size_bytes = NAN;
    t->tuples = 22600;
    cat_current_size(cat, t, &pages, &tuples);
    is_near(pages, 100, 0, "rows alone: 226 of 36 bytes a page");
    cat_free(cat);
}

static void test_types(void)
{
    struct arena *a = arena_new(0);
    static const char *const pairs[][2] = {
        {"numeric(10,2)", "numeric"},
        {"character varying(20)[]", "character varying[]"},
        {"timestamp(3) with time zone", "timestamp with time zone"},
        {"interval day to second(3)", "interval"},
        {"bpchar", "character"},
        {"\"bit\"", "bit"},
        {"app.\"Odd (1)\"", "app.\"Odd (1)\""}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        is_text(arena_strndup(a, cat_type_without_modifier(a, str_of(pairs[i][0])).p,
                              strlen(pairs[i][1])),
                pairs[i][1], pairs[i][0]);
    is_int(cat_type_modifier(STR("numeric(10,2)")), 10, "first number of a modifier");
    is_int(cat_type_modifier(STR("geometry(Point,4326)")), -1, "a word is none");
    is_int(cat_type_modifier(STR("text")), -1, "no modifier");
    ok(cat_type_of_oid(1043) == cat_type_named(STR("varchar")), "a type by oid and by name");
    ok(cat_type_spelled(STR("bpchar")) == cat_type_named(STR("bpchar")), "bpchar by its own name");
    arena_free(a);
}

int main(void)
{
    test_names();
    test_look_up();
    test_search_path();
    test_idents();
    test_made_names();
    test_split();
    test_settings();
    test_collations();
    test_index_definition();
    test_widths();
    test_sizes();
    test_types();
    return done();
}
