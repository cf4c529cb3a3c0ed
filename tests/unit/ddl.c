/* The DDL door: what goes into the catalog, and what is said of what does not. */
#include "catalog/ddl.h"

#include "base/arena.h"
#include "base/err.h"
#include "catalog/build.h"
#include "catalog/ddl_split.h"
#include "catalog/snapshot.h"
#include "tap.h"

static struct catalog *from(const char *ddl)
{
    struct err err = {0};
    struct catalog *cat = cat_from_ddl(str_of(ddl), "schema.sql", &err);
    if (!cat)
        ok(false, "the DDL is read: %s", err.message);
    return cat;
}

/* The n-th problem as FILE:LINE:COLUMN: MESSAGE. */
static const char *problem(const struct catalog *cat, int n)
{
    static char text[300];
    const struct cat_problem *p = cat->problems;
    while (p && n-- > 0)
        p = p->next;
    if (!p)
        return "none";
    snprintf(text, sizeof text, "%.*s:%zu:%zu: %.*s", STR_ARG(p->file), p->line, p->column,
             STR_ARG(p->message));
    return text;
}

static struct cat_rel *rel(const struct catalog *cat, const char *name)
{
    return cat_find_rel(cat, (struct str){0}, str_of(name));
}

static struct cat_index *index_of(const struct catalog *cat, const char *name)
{
    return cat_find_index(cat, (struct str){0}, str_of(name));
}

static const char *copy(struct str s)
{
    static char text[400];
    snprintf(text, sizeof text, "%.*s", (int)s.len, s.p ? s.p : "");
    return text;
}

/* All statements of a text, each in brackets. */
static const char *statements(const char *sql)
{
    static char text[1000];
    struct ddl_source s = {.text = str_of(sql)};
    struct str one;
    size_t n = 0;
    text[0] = '\0';
    while (cat_ddl_next(&s, &one))
        n += (size_t)snprintf(text + n, sizeof text - n, "[%.*s]", STR_ARG(one));
    return text;
}

static void test_split(void)
{
    is_text(statements("a; b ;; c"), "[a][b][c]", "semicolons");
    is_text(statements("-- x;\n/* y; /* z; */ */ a 'b;''c' \"d;\" -- e;\n f;"),
            "[a 'b;''c' \"d;\" -- e;\n f]", "comments and quotes keep theirs");
    is_text(statements("a E'\\';' b; c '\\'; d"), "[a E'\\';' b][c '\\'][d]",
            "a backslash escapes in E'' only");
    is_text(statements("a $$b;$$ c; d $t$ $$;$t $t$ e; f $1; g$x$h"),
            "[a $$b;$$ c][d $t$ $$;$t $t$ e][f $1][g$x$h]", "dollar quotes");
    is_text(statements("\\set x 'y;\n\\i a;b\na \\g out\nb; \\echo c;d\ne"), "[a][b][e]",
            "psql's commands take their line");
    is_text(statements("COPY t FROM stdin;\n1\ta;b 'c\n\\N\n\\.\nd; COPY t TO stdout; e;"),
            "[COPY t FROM stdin][d][COPY t TO stdout][e]", "COPY data are passed over");
    is_text(statements("COPY t FROM stdin;\n1"), "[COPY t FROM stdin]", "even without their end");
    is_text(statements("CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; c; END; d"),
            "[CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; c; END][d]",
            "an SQL body is one statement");
    is_text(statements("CREATE OR REPLACE RULE r AS ON x DO (a; b); c"),
            "[CREATE OR REPLACE RULE r AS ON x DO (a; b)][c]", "so are the actions of a rule");
    is_text(statements("BEGIN; a; END; b"), "[BEGIN][a][END][b]", "a transaction is not");
    is_text(statements("a (b; c"), "[a (b][c]", "a bracket left open swallows nothing");
    is_text(statements(" \n-- only a comment"), "", "nothing at all");
}

static void test_rows(void)
{
    struct catalog *cat = from("-- rows: 500000\n"
                               "CREATE TABLE above (a int);\n"
                               "CREATE TABLE same (a int); -- rows: 1,500\n"
                               "CREATE TABLE below (a int);\n"
                               "-- rows: 2.5M\n"
                               "\n"
                               "CREATE TABLE inside ( -- rows: 12_000\n  a int);\n"
                               "\n"
                               "/* rows = 7k */\n"
                               "CREATE TABLE block (a int);\n"
                               "-- rows: 1e5\n"
                               "CREATE TABLE next (a int);\n"
                               "-- rows: many\n"
                               "-- throws: 3\n"
                               "CREATE TABLE none (a int);\n"
                               "CREATE INDEX ON none (a); -- rows: 5\n"
                               "CREATE TABLE last (a int);\n"
                               "-- rows: 9 (estimated)\n");
    static const struct {
        const char *table;
        double rows;
    } cases[] = {{"above", 500000}, {"same", 1500},   {"below", 2500000}, {"inside", 12000},
                 {"block", 7000},   {"next", 100000}, {"last", 9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_near(rel(cat, cases[i].table)->tuples, cases[i].rows, 0, cases[i].table);
    ok(isnan(rel(cat, "none")->tuples), "no number, no hint");
    is_int((long long)cat->problem_count, 0, "and no problem");
    cat_free(cat);
}

static void test_bad_statements(void)
{
    struct catalog *cat = from("CREATE TABLE one (a int);\n"
                               "CREATE TABLE two (a int,, b int);\n"
                               "CREATE TABLE three (a int);\n");
    is_text(problem(cat, 0), "schema.sql:2:25: syntax error at or near \",\"",
            "a syntax error has its place");
    ok(rel(cat, "one") && !rel(cat, "two") && rel(cat, "three"), "the rest is used");
    is_int((long long)cat->problem_count, 1, "one problem");
    cat_free(cat);

    cat = from("CREATE TABLE one (a int, b text DEFAULT 'x);\n"
               "CREATE TABLE two (a int);\n"
               "CREATE TABLE three (b text DEFAULT 'y');\n");
    ok(rel(cat, "two") && rel(cat, "three"), "a quote left open swallows no statement");
    ok(strstr(problem(cat, 0), "schema.sql:1:") == problem(cat, 0), "and is found on its line");
    cat_free(cat);

    cat = from("CREATE TABLE one (a int\n\nCREATE TABLE two (a int);\nCREATE TABLE three (a int);");
    ok(!rel(cat, "one") && rel(cat, "three"), "nor does a bracket");
    cat_free(cat);

    cat = from("CREATE TABLE one (a int)\n\nCREATE TABLE two (a int)\nCREATE INDEX i ON two (a);\n"
               "CREATE TABLE \xC3\xA4 (b int) CREATE");
    ok(rel(cat, "one") && rel(cat, "two") && index_of(cat, "i"),
       "missing semicolons are made up for");
    is_text(problem(cat, 0), "schema.sql:3:1: expected a semicolon before the next statement",
            "the first is named");
    is_text(problem(cat, 1), "schema.sql:4:1: expected a semicolon before the next statement",
            "so is the second");
    is_text(problem(cat, 2), "schema.sql:5:24: syntax error at or near \"CREATE\"",
            "columns are characters, not bytes");
    cat_free(cat);
}

static void test_bad_references(void)
{
    struct catalog *cat = from("CREATE TABLE t (a int, b nosuchtype, c text);\n"
                               "CREATE TABLE t (other int);\n"
                               "CREATE TABLE IF NOT EXISTS t (other int);\n"
                               "CREATE INDEX i1 ON nosuch (a);\n"
                               "CREATE INDEX i2 ON t (nosuch);\n"
                               "CREATE INDEX i3 ON t (lower(nosuch));\n"
                               "CREATE INDEX i4 ON t (a) WHERE nosuch > 1;\n"
                               "CREATE INDEX i5 ON t (a); CREATE INDEX i5 ON t (c);\n"
                               "ALTER TABLE t ADD CONSTRAINT k UNIQUE (nosuch);\n"
                               "ALTER TABLE t ADD FOREIGN KEY (nosuch) REFERENCES t (a);\n"
                               "ALTER TABLE t ADD FOREIGN KEY (a, c) REFERENCES t (a);\n"
                               "ALTER TABLE t ALTER nosuch SET NOT NULL, ALTER a SET NOT NULL;\n"
                               "DROP TABLE nosuch; DROP TABLE IF EXISTS nosuch;\n"
                               "ALTER TABLE nosuch OWNER TO me;\n"
                               "CREATE INDEX i6 ON t (xmlparse(CONTENT c));\n"
                               "ALTER TABLE t ADD CONSTRAINT k2 PRIMARY KEY USING INDEX nosuch;\n");
    static const char *const wanted[] = {
        "schema.sql:1:26: type \"nosuchtype\" does not exist",
        "schema.sql:2:14: relation \"t\" is there already; the first one is kept",
        "schema.sql:4:20: relation \"nosuch\" does not exist",
        "schema.sql:5:1: column \"nosuch\" does not exist",
        "schema.sql:6:29: column \"nosuch\" does not exist",
        "schema.sql:7:32: column \"nosuch\" does not exist",
        "schema.sql:8:27: relation \"i5\" is there already; the first one is kept",
        "schema.sql:9:1: column \"nosuch\" named in key does not exist",
        "schema.sql:10:19: column \"nosuch\" of table \"t\" does not exist",
        "schema.sql:11:19: a foreign key with 2 columns refers to 1",
        "schema.sql:12:1: column \"nosuch\" of relation \"t\" does not exist",
        "schema.sql:13:1: \"nosuch\" does not exist",
        "schema.sql:15:1: an expression holds a XmlExpr, which is not understood",
        "schema.sql:16:19: index \"nosuch\" does not exist"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        is_text(problem(cat, (int)i), wanted[i], wanted[i]);
    is_int((long long)cat->problem_count, sizeof wanted / sizeof *wanted, "no other problem");
    const struct cat_rel *t = rel(cat, "t");
    is_int((long long)t->column_count, 3, "the first table stays");
    is_text(copy(t->columns[1].type), "nosuchtype", "an unknown type keeps its name");
    ok(!t->columns[1].category && !t->columns[1].typlen, "and nothing else is known of it");
    ok(t->columns[0].not_null, "what follows in the same statement is done");
    ok(t->indexes && !t->indexes->next && str_is(t->indexes->keys[0].column, "a"),
       "only the good index is there");
    cat_free(cat);
}

static void test_nothing(void)
{
    struct err err = {0};
    ok(!cat_from_ddl(STR("SELECT 1; -- nothing"), "x.sql", &err), "a file without a table");
    is_text(err.message, "the file creates no table", "is said to be one");
    is_int(err.code, ERR_CATALOG, "with its code");
    err_clear(&err);
    ok(!cat_from_ddl(STR("\n CREATE TABL t (a int);"), "x.sql", &err), "one with errors only");
    is_text(err.message, "syntax error at or near \"TABL\"", "says the first");
    ok(err.line == 2 && err.column == 9 && err.code == ERR_SYNTAX, "and where it is");
    is_text(err.near, " CREATE TABL t (a int);", "with the line");
    err_clear(&err);
    ok(!cat_from_ddl((struct str){0}, NULL, &err), "no text at all");
}

static void test_limits(void)
{
    struct buf b = {0};
    buf_adds(&b, "CREATE TABLE t (a int);\n");
    for (int i = 0; i < 250; i++)
        buf_adds(&b, "CREATE INDEX ON nosuch (a);\n");
    struct err err = {0};
    struct catalog *cat = cat_from_ddl(buf_str(&b), NULL, &err);
    int kept = 0;
    for (const struct cat_problem *p = cat->problems; p; p = p->next)
        kept++;
    is_int((long long)cat->problem_count, 250, "all problems are counted");
    is_int(kept, CAT_PROBLEMS_KEPT, "not all are kept");
    cat_free(cat);
    buf_clear(&b);
    buf_adds(&b, "CREATE TABLE t (a int);\n");
    for (int i = 0; i < 20000; i++)
        buf_printf(&b, "CREATE x $q%d$;\n", i);
    cat = cat_from_ddl(buf_str(&b), NULL, &err);
    ok(cat && cat->problem_count > 100 && cat->problem_count < 20000,
       "reading text again and again comes to an end");
    cat_free(cat);
    buf_free(&b);
}

/* What only servers after 15 know; the parser is that of 15. */
static void test_newer_syntax(void)
{
    struct catalog *cat = from(
        "CREATE TABLE p (id int PRIMARY KEY, v int);\n"
        "CREATE TABLE t (id int CONSTRAINT nn NOT NULL, a int GENERATED ALWAYS AS (id * 2) "
        "VIRTUAL,\n"
        "  b int GENERATED ALWAYS AS ((id + 1)), c int GENERATED ALWAYS AS (id) STORED,\n"
        "  d text STORAGE EXTENDED, e int, f int,\n"
        "  CONSTRAINT e_nn NOT NULL e, CHECK (f > 0) NOT ENFORCED,\n"
        "  CONSTRAINT fk FOREIGN KEY (f) REFERENCES p NOT ENFORCED);\n"
        "ALTER TABLE t ADD CONSTRAINT f_nn NOT NULL f NO INHERIT;\n"
        "CREATE TABLE r (id int, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));\n"
        "CREATE TABLE s (id int, at daterange, FOREIGN KEY (id, PERIOD at) REFERENCES r (id, "
        "PERIOD during));\n"
        "CREATE STATISTICS ON e, f FROM t;\n"
        "CREATE TABLE w (period int, v int REFERENCES p ENFORCED);\n");
    is_int((long long)cat->problem_count, 0, "no problem");
    const struct cat_rel *t = rel(cat, "t");
    ok(t && t->column_count == 7, "all columns");
    ok(t->columns[1].generated && t->columns[1].virtual_column, "a virtual generated column");
    ok(t->columns[2].virtual_column, "which is the default");
    ok(t->columns[3].generated && !t->columns[3].virtual_column, "a stored one");
    ok(t->columns[5].not_null && t->columns[6].not_null, "named NOT NULL constraints");
    const struct cat_fk *fk = cat->fks;
    ok(fk && str_is(fk->name, "fk") && fk->not_enforced, "a foreign key that is not enforced");
    ok(fk->next && fk->next->column_count == 2 && !fk->next->not_enforced, "one over a period");
    ok(index_of(cat, "r_pkey") && index_of(cat, "r_pkey")->key_count == 2, "WITHOUT OVERLAPS");
    ok(t->ext_stats && str_is(t->ext_stats->name, "t_e_f_stat"), "statistics without a name");
    ok(rel(cat, "w") && str_is(rel(cat, "w")->columns[0].name, "period"), "period as a name");
    cat_free(cat);
}

static void test_partitions(void)
{
    struct catalog *cat =
        from("CREATE TABLE p (a int, b text) PARTITION BY RANGE (a);\n"
             "CREATE INDEX p_b ON p (b);\n"
             "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (MINVALUE) TO (-5);\n"
             "CREATE TABLE p2 (a int, b text); CREATE INDEX own ON p2 (b);\n"
             "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (-5) TO (10);\n"
             "CREATE INDEX p_only ON ONLY p (a);\n"
             "CREATE INDEX p1_a ON p1 (a);\n"
             "ALTER INDEX p_only ATTACH PARTITION p1_a;\n");
    is_text(copy(rel(cat, "p1")->partition_bound), "FOR VALUES FROM (MINVALUE) TO ('-5'::integer)",
            "a bound with a negative number");
    ok(index_of(cat, "p1_b_idx") && index_of(cat, "p1_b_idx")->parent == index_of(cat, "p_b"),
       "a new partition gets the parent's index");
    ok(index_of(cat, "own")->parent == index_of(cat, "p_b"), "an attached one gives its own");
    ok(!rel(cat, "p2")->indexes->next, "and gets no second one");
    ok(!index_of(cat, "p_only")->valid, "an index that a partition lacks is not valid");
    ok(index_of(cat, "p_b")->valid, "one that all have is");
    cat_free(cat);
    cat =
        from("CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b (x int) PARTITION BY "
             "LIST (x);"
             "ALTER TABLE a ATTACH PARTITION b DEFAULT; ALTER TABLE b ATTACH PARTITION a DEFAULT;");
    is_int((long long)cat->problem_count, 1, "no circle of partitions");
    cat_free(cat);
}

static void test_views(void)
{
    struct catalog *cat = from("CREATE TABLE t (a int, b text);\n"
                               "CREATE VIEW v (x, y) WITH (security_barrier) AS SELECT a, b AS z "
                               "FROM t WITH LOCAL CHECK OPTION;\n"
                               "CREATE MATERIALIZED VIEW m AS WITH q AS (SELECT 1) SELECT t.*, b "
                               "|| 'x' AS c FROM t WITH NO DATA;\n"
                               "CREATE VIEW u AS SELECT * FROM generate_series(1, 2);\n"
                               "CREATE VIEW n AS SELECT (a)::bigint, count(*) FROM t;\n"
                               "CREATE INDEX ON m (c);\n");
    is_text(copy(rel(cat, "v")->view_sql), "SELECT a, b AS z FROM t", "a view's query");
    is_text(copy(rel(cat, "v")->columns[1].name), "y", "its columns by their given names");
    is_text(copy(rel(cat, "v")->columns[1].type), "text", "with their types");
    is_text(copy(rel(cat, "m")->view_sql), "WITH q AS (SELECT 1) SELECT t.*, b || 'x' AS c FROM t",
            "a materialized view's query");
    is_int((long long)rel(cat, "m")->column_count, 3, "the star is expanded");
    ok(index_of(cat, "m_c_idx") != NULL, "and its columns can be indexed");
    ok(rel(cat, "u")->columns_open, "what cannot be told is said so");
    is_text(copy(rel(cat, "n")->columns[0].type), "bigint", "a cast has its type");
    is_text(copy(rel(cat, "n")->columns[0].name), "a", "and the column's name");
    is_int((long long)cat->problem_count, 0, "no problem");
    cat_free(cat);
}

static void test_open(void)
{
    struct err err = {0};
    struct catalog *cat = cat_open(STR("\xEF\xBB\xBF"
                                       "CREATE TABLE t (a int);"),
                                   NULL, &err);
    ok(cat && cat->door == CAT_DOOR_DDL, "a DDL file is told by its look, byte order mark or not");
    cat_free(cat);
    cat = cat_open(STR(" {\"relations\": [], \"columns\": []}"), NULL, &err);
    ok(cat && cat->door == CAT_DOOR_SNAPSHOT, "so is a snapshot");
    cat_free(cat);
}

int main(void)
{
    test_split();
    test_rows();
    test_bad_statements();
    test_bad_references();
    test_nothing();
    test_limits();
    test_newer_syntax();
    test_partitions();
    test_views();
    test_open();
    return done();
}
