/* The snapshot door: the worked example, good and bad documents, writing and reading again. */
#include "catalog/snapshot.h"

#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/ddl.h"
#include "fixture.h"
#include "tap.h"

static const char *copy(struct str s)
{
    static char text[600];
    snprintf(text, sizeof text, "%.*s", (int)s.len, s.p ? s.p : "");
    return text;
}

static struct catalog *from(const char *json)
{
    struct err err = {0};
    struct catalog *cat = cat_from_snapshot(str_of(json), "catalog.json", &err);
    if (!cat)
        ok(false, "the snapshot is read: %s", err.message);
    return cat;
}

static const struct cat_column *column(const struct catalog *cat, const char *table,
                                       const char *name)
{
    return cat_find_column(cat_find_rel(cat, (struct str){0}, str_of(table)), str_of(name));
}

static const struct cat_index *index_of(const struct catalog *cat, const char *name)
{
    return cat_find_index(cat, (struct str){0}, str_of(name));
}

/* Facts read off the document by eye. */
static void test_task(struct arena *a)
{
    struct err err = {0};
    struct str text = fixture_read(a, "fixtures/task/catalog.json");
    struct catalog *cat = cat_from_snapshot(text, NULL, &err);
    if (!ok(cat != NULL, "the task-management snapshot is read"))
        return;
    ok(text.len < 150000, "and lean");
    ok(cat->version_num >= 150000 && cat->version_num < 160000, "of a server 15");
    is_int((long long)cat->rel_count, 8, "eight tables");
    is_int((long long)cat->problem_count, 0, "no problem");
    is_text(copy(cat->db_collate), "C.UTF-8", "the database's collation");
    is_near(cat_setting_num(cat, "random_page_cost", 0), 4, 0, "a setting");
    is_text(copy(cat->search_path[0]), "public", "the search path");
    const struct cat_rel *tasks = cat_find_rel(cat, (struct str){0}, STR("tasks"));
    double pages, tuples;
    is_near(tasks->tuples, 500000, 0, "rows");
    ok(cat_current_size(cat, tasks, &pages, &tuples) && tuples == 500000 &&
           pages == tasks->size_bytes / 8192,
       "current size");
    is_int((long long)tasks->column_count, 13, "columns");
    const struct cat_column *status = column(cat, "tasks", "status");
    ok(status->stats.known && status->stats.mcv_count == 5, "five states");
    is_text(copy(status->stats.mcv[0]), "done", "most are done");
    is_near(status->stats.mcf[0], 0.8, 0.02, "80 % of them");
    const struct cat_column *parent = column(cat, "tasks", "parent_id");
    is_near(parent->stats.null_frac, 0.85, 0.02, "85 % are no subtasks");
    ok(parent->stats.n_distinct < 0 && parent->stats.bound_count == 101, "a histogram");
    const struct cat_column *labels = column(cat, "tasks", "labels");
    ok(labels->stats.elem_count == 3 && str_is(labels->stats.elems[0], "backend") &&
           fabs(labels->stats.elem_freqs[0] - 0.3) < 0.02,
       "elements of an array");
    size_t fks = 0, cascading = 0;
    for (const struct cat_fk *fk = cat->fks; fk; fk = fk->next) {
        fks++;
        cascading += fk->on_delete == CAT_FK_CASCADE;
    }
    ok(fks == 12 && cascading == 9, "twelve foreign keys, nine of them cascading");
    cat_free(cat);
}

static void test_example(struct arena *a)
{
    const char *shared = fixture_shared();
    if (!shared)
        return;
    struct err err = {0};
    const char *path = arena_printf(a, "%s/facts/vectors/catalog_sample_pg15.json", shared);
    struct catalog *cat = cat_from_snapshot(fixture_read(a, path), NULL, &err);
    if (!ok(cat != NULL, "the worked example, which has no version, is read"))
        return;
    is_int((long long)cat->rel_count, 10, "ten relations");
    is_int((long long)cat->problem_count, 0, "no problem");
    ok(cat->search_path_count == 2 && str_is(cat->search_path[0], "s"),
       "the search path out of the setting");
    const struct cat_column *c = column(cat, "customers", "email");
    is_text(copy(c->type), "character varying(80)", "a type with its modifier");
    is_text(copy(c->base_type), "character varying", "and without");
    ok(!c->collation.len, "the default collation is none of its own");
    is_text(copy(column(cat, "customers", "lang")->collation), "C", "another one is");
    const struct cat_index *ix = index_of(cat, "customers_lower");
    is_text(copy(ix->keys[0].expr), "lower((email)::text)", "an expression as pg_get_expr has it");
    is_near(ix->keys[0].stats.avg_width, 19, 0, "with its statistics, though nothing names it");
    is_text(copy(index_of(cat, "customers_active_part")->predicate), "active", "a predicate");
    const struct cat_rel *ev = cat_find_rel(cat, STR("s"), STR("ev"));
    ok(ev->kind == 'p' && isnan(ev->pages) && ev->tuples == 60000,
       "a partitioned table has rows, but no pages");
    ok(ev->columns[0].stats.known, "and the statistics over its partitions");
    const struct cat_rel *ev1 = cat_find_rel(cat, STR("s"), STR("ev1"));
    ok(ev1->parent == ev && ev1->is_partition, "a partition");
    const struct cat_rel *orders = cat_find_rel(cat, STR("s"), STR("orders"));
    ok(orders->ext_stats && orders->ext_stats->ndistinct_value == 39092, "distinct pairs");
    const struct cat_fk *fk = cat->fks;
    ok(fk && fk->ref && str_is(fk->ref_columns[0], "id"), "a foreign key");
    cat_free(cat);
}

static void test_bad(void)
{
    static const struct {
        const char *what, *text;
        int code;
        const char *message;
    } cases[] = {{"a later version", "{\"pgsift_snapshot\": 3, \"relations\": [], \"columns\": []}",
                  ERR_VERSION, "the snapshot is of version 3; this program reads up to 1"},
                 {"another document", "{\"tables\": []}", ERR_CATALOG,
                  "the document is no catalog snapshot: it has no relations"},
                 {"a list", "[1, 2]", ERR_CATALOG,
                  "the document is no catalog snapshot: it has no relations"},
                 {"relations of another kind", "{\"relations\": 7, \"columns\": []}", ERR_CATALOG,
                  "the document is no catalog snapshot: it has no relations"},
                 {"nothing", "", ERR_SYNTAX, NULL},
                 {"a later version without anything else", "{\"pgsift_snapshot\": 2}", ERR_VERSION,
                  "the snapshot is of version 2; this program reads up to 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct catalog *cat = cat_from_snapshot(str_of(cases[i].text), NULL, &err);
        ok(!cat && (int)err.code == cases[i].code, "%s is refused", cases[i].what);
        if (cases[i].message)
            is_text(err.message, cases[i].message, "with its reason");
        ok(err.hint[0] != '\0', "and what to do");
        cat_free(cat);
    }
}

/* Cut off anywhere, a snapshot is a syntax error with a place, never half a catalog. */
static void test_truncated(struct arena *a)
{
    struct str text = fixture_read(a, "fixtures/task/catalog.json");
    int wrong = 0;
    for (size_t n = 1; n + 2 < text.len; n += 997) {
        struct err err = {0};
        struct catalog *cat = cat_from_snapshot(str_sub(text, 0, n), NULL, &err);
        wrong += cat || err.code != ERR_SYNTAX || err.line == 0 || !err.hint[0];
        cat_free(cat);
    }
    is_int(wrong, 0, "a truncated snapshot is an error at its end");
}

static void test_problems(void)
{
    struct catalog *cat = from(
        "{\"server\": {\"version_num\": 150004}, \"relations\": [{\"oid\": 1, \"schema\": "
        "\"public\","
        " \"name\": \"t\", \"kind\": \"r\", \"parents\": [1]}, {\"oid\": 2}],"
        " \"columns\": [{\"rel\": 1, \"num\": 1, \"name\": \"a\", \"type\": \"integer\"},"
        "  {\"rel\": 99, \"num\": 1, \"name\": \"b\", \"type\": \"integer\"}],"
        " \"indexes\": [{\"oid\": 5, \"rel\": 98, \"name\": \"i\", \"keys\": []},"
        "  {\"oid\": 6, \"rel\": 1, \"name\": \"j\", \"keys\": null},"
        "  {\"oid\": 7, \"rel\": 1, \"name\": \"k\", \"parent\": 7, \"keys\": [{\"attnum\": 1}, "
        "{\"attnum\": 0}]}],"
        " \"constraints\": [{\"name\": \"f\", \"type\": \"f\", \"rel\": 1, \"cols\": [9], \"ref\": "
        "\"x\"},"
        "  {\"name\": \"g\", \"type\": \"f\", \"rel\": 1, \"cols\": [1], \"ref\": \"\\\"S "
        "s\\\".\\\"T.t\\\"\"}],"
        " \"ext_stats\": [{\"rel\": 97, \"name\": \"s\"}], \"settings\": null, \"extensions\": 5}");
    static const char *const wanted[] = {
        "column of relation 99, which the snapshot lacks",
        "index of relation 98, which the snapshot lacks",
        "foreign key on unknown columns of relation 1, which the snapshot lacks",
        "statistics object of relation 97, which the snapshot lacks"};
    const struct cat_problem *p = cat->problems;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++, p = p ? p->next : NULL)
        is_text(p ? copy(p->message) : "none", wanted[i], wanted[i]);
    ok(!p, "no other problem");
    ok(!cat->rels->parent, "a table is not its own partition");
    is_int((long long)cat->rel_count, 1, "a relation without a name is passed over");
    const struct cat_index *k = index_of(cat, "k");
    ok(k && !k->parent && k->total_count == 2 && str_is(k->keys[0].column, "a"),
       "what is good in an index is used");
    const struct cat_fk *fk = cat->fks;
    ok(fk && !fk->next && !fk->ref && str_is(fk->ref_schema, "S s") && str_is(fk->ref_name, "T.t"),
       "a foreign key to somewhere else keeps its target");
    ok(fk && !fk->ref_columns[0].len, "of which the columns are not known");
    ok(!cat->extensions_known, "extensions of another kind are not known");
    cat_free(cat);
}

static void test_counts(void)
{
    static const char form[] =
        "{\"server\": {\"version_num\": %d}, \"relations\": [{\"oid\": 1, \"schema\": \"s\","
        "\"name\": \"t\", \"kind\": \"r\", \"relpages\": %d, \"reltuples\": %d}], \"columns\": "
        "null}";
    static const struct {
        int version, pages, tuples;
        bool known;
        const char *what;
    } cases[] = {{150000, 0, -1, false, "since 14, -1 rows are unknown"},
                 {150000, 0, 0, true, "and 0 are none"},
                 {130000, 0, 0, false, "before, 0 says nothing"},
                 {130000, 3, 0, true, "unless there are pages"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[400];
        snprintf(json, sizeof json, form, cases[i].version, cases[i].pages, cases[i].tuples);
        struct catalog *cat = from(json);
        ok(!isnan(cat->rels->tuples) == cases[i].known, "%s", cases[i].what);
        cat_free(cat);
    }
}

/* A foreign key to a partitioned table has rows for its partitions as well. */
static void test_partitioned_keys(void)
{
    struct catalog *cat =
        from("{\"relations\": [{\"oid\": 1, \"schema\": \"s\", \"name\": \"p\", \"kind\": \"p\"},"
             "{\"oid\": 2, \"schema\": \"s\", \"name\": \"p1\", \"kind\": \"r\", \"is_partition\": "
             "true, \"parents\": [1]},"
             "{\"oid\": 3, \"schema\": \"s\", \"name\": \"t\", \"kind\": \"p\"},"
             "{\"oid\": 4, \"schema\": \"s\", \"name\": \"t1\", \"kind\": \"r\", \"is_partition\": "
             "true, \"parents\": [3]}],"
             "\"columns\": [{\"rel\": 1, \"num\": 1, \"name\": \"a\", \"type\": \"integer\"},"
             "{\"rel\": 2, \"num\": 1, \"name\": \"a\", \"type\": \"integer\"},"
             "{\"rel\": 3, \"num\": 1, \"name\": \"b\", \"type\": \"integer\"},"
             "{\"rel\": 4, \"num\": 1, \"name\": \"b\", \"type\": \"integer\"}],"
             "\"constraints\": ["
             "{\"name\": \"f_1\", \"type\": \"f\", \"rel\": 3, \"cols\": [1], \"ref_rel\": 2, "
             "\"ref_cols\": [1]},"
             "{\"name\": \"f\", \"type\": \"f\", \"rel\": 4, \"cols\": [1], \"ref_rel\": 1, "
             "\"ref_cols\": [1]},"
             "{\"name\": \"f\", \"type\": \"f\", \"rel\": 3, \"cols\": [1], \"ref_rel\": 1, "
             "\"ref_cols\": [1]}]}");
    int own = 0, shares = 0;
    for (const struct cat_fk *fk = cat->fks; fk; fk = fk->next) {
        own += !fk->inherited && str_is(fk->ref_name, "p");
        shares += fk->inherited;
    }
    is_int(own, 1, "the foreign key itself");
    is_int(shares, 1, "a partition's share of it");
    for (const struct cat_fk *fk = cat->fks; fk; fk = fk->next)
        own += str_is(fk->ref_name, "p1");
    is_int(own, 1, "and no echo");
    cat_free(cat);
}

/* Everything that the catalog can hold goes through a snapshot unharmed. */
static void test_written(struct arena *a)
{
    struct err err = {0};
    struct str ddl = fixture_read(a, "fixtures/ddl/everything.sql");
    struct catalog *cat = cat_from_ddl(ddl, NULL, &err);
    struct buf first = {0}, second = {0};
    cat_to_snapshot(cat, true, &first);
    struct catalog *again = cat_from_snapshot(buf_str(&first), NULL, &err);
    ok(again && again->problem_count == 0, "what was written is read");
    cat_to_snapshot(again, true, &second);
    ok(str_eq(buf_str(&first), buf_str(&second)), "and writes the same again");
    ok(again && again->rel_count == cat->rel_count, "with as many relations");
    cat_free(again);
    cat_free(cat);

    struct str text = fixture_read(a, "fixtures/task/catalog.json");
    cat = cat_from_snapshot(text, NULL, &err);
    buf_clear(&first);
    buf_clear(&second);
    cat_to_snapshot(cat, true, &first);
    again = cat_from_snapshot(buf_str(&first), NULL, &err);
    cat_to_snapshot(again, true, &second);
    ok(str_eq(buf_str(&first), buf_str(&second)), "statistics too");
    const struct cat_stats *x = &column(cat, "tasks", "due_date")->stats;
    const struct cat_stats *y = &column(again, "tasks", "due_date")->stats;
    ok(x->n_distinct == y->n_distinct && x->correlation == y->correlation &&
           x->bound_count == y->bound_count && str_eq(x->bounds[7], y->bounds[7]),
       "to the last digit");
    cat_free(again);
    buf_clear(&second);
    cat_to_snapshot(cat, false, &second);
    ok(str_find(buf_str(&second), "\"mcv\":[") < 0 &&
           str_find(buf_str(&second), "\"hist\":[") < 0 &&
           str_find(buf_str(&second), "backend") < 0,
       "without values there are none");
    again = cat_from_snapshot(buf_str(&second), NULL, &err);
    const struct cat_stats *z = &column(again, "tasks", "status")->stats;
    ok(z->mcv_count == 5 && z->mcf[0] > 0.7 && !z->mcv[0].p, "but their frequencies");
    ok(column(again, "tasks", "title")->stats.bound_count == 0, "and no bounds");
    cat_free(again);
    cat_free(cat);
    buf_free(&first);
    buf_free(&second);
}

int main(void)
{
    struct arena *a = arena_new(0);
    test_task(a);
    test_example(a);
    test_bad();
    test_truncated(a);
    test_problems();
    test_counts();
    test_partitioned_keys();
    test_written(a);
    arena_free(a);
    return done();
}
