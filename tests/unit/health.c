/* Index health: each rule with what it must say and what it must leave alone. */
#include "catalog/health.h"

#include "base/arena.h"
#include "base/err.h"
#include "catalog/ddl.h"
#include "tap.h"

static struct arena *a;

static struct catalog *from(const char *ddl)
{
    struct err err = {0};
    struct catalog *cat = cat_from_ddl(str_of(ddl), NULL, &err);
    if (!cat)
        ok(false, "the DDL is read: %s", err.message);
    else if (cat->problem_count)
        ok(false, "the DDL has no problem: %.*s", STR_ARG(cat->problems->message));
    return cat;
}

static struct cat_index *index_of(const struct catalog *cat, const char *name)
{
    return cat_find_index(cat, (struct str){0}, str_of(name));
}

static struct cat_rel *rel(const struct catalog *cat, const char *name)
{
    return cat_find_rel(cat, (struct str){0}, str_of(name));
}

/* All records as "kind! subject<by", the mark for strict ones; separated by blanks. */
static const char *found(const struct catalog *cat)
{
    static const char *const kinds[] = {"invalid", "duplicate", "redundant", "unused", "fk"};
    static char text[600];
    size_t n = 0;
    text[0] = '\0';
    for (const struct cat_health *h = cat_health(a, cat); h; h = h->next) {
        struct str subject = h->fk ? h->fk->name : h->index->name;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%s %.*s", n ? ", " : "",
                              kinds[h->kind], h->strictness == CAT_HEALTH_STRICT ? "!" : "?",
                              STR_ARG(subject));
        if (h->by)
            n += (size_t)snprintf(text + n, sizeof text - n, "<%.*s", STR_ARG(h->by->name));
    }
    return text;
}

static void check(const char *ddl, const char *wanted, const char *what)
{
    struct catalog *cat = from(ddl);
    is_text(found(cat), wanted, what);
    cat_free(cat);
}

#define T "CREATE TABLE t (a int, b int, c text, d text COLLATE \"C\", e int, f jsonb);"

static void test_duplicates(void)
{
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a);", "duplicate! y<x",
          "of two equal ones the older stays");
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a); CREATE INDEX z ON t (a);",
          "duplicate! y<x, duplicate! z<x", "of three, one stays");
    check(T "CREATE INDEX x ON t (a); CREATE UNIQUE INDEX y ON t (a);", "duplicate! x<y",
          "a unique one stays before a plain one");
    check(T "CREATE UNIQUE INDEX x ON t (a); ALTER TABLE t ADD UNIQUE (a);", "duplicate! x<t_a_key",
          "a constraint before a unique index");
    check(T "CREATE UNIQUE INDEX x ON t (a); ALTER TABLE t ADD PRIMARY KEY (a);",
          "duplicate! x<t_pkey", "the primary key before all");
    check(T "ALTER TABLE t ADD PRIMARY KEY (a); ALTER TABLE t ADD UNIQUE (a);",
          "duplicate? t_a_key<t_pkey", "two constraints are for somebody to look at");
    check(T "CREATE INDEX x ON t (a DESC, b); CREATE INDEX y ON t (a, b DESC);", "duplicate! y<x",
          "a mirror image is the same index");
    check(T "CREATE INDEX x ON t (a, b); CREATE INDEX y ON t (a, b DESC);", "",
          "other directions are not");
    check(T "CREATE INDEX x ON t (a NULLS FIRST); CREATE INDEX y ON t (a);", "",
          "nor is NULLS FIRST");
    check(T "CREATE INDEX x ON t (c); CREATE INDEX y ON t (c text_pattern_ops);", "",
          "nor another operator class");
    check(T "CREATE INDEX x ON t (c); CREATE INDEX y ON t (c COLLATE \"C\");", "",
          "nor another collation");
    check(T "CREATE INDEX x ON t (d); CREATE INDEX y ON t (d COLLATE \"C\");", "duplicate! y<x",
          "unless it is the column's own");
    check(T "CREATE INDEX x ON t (a) WHERE b > 1; CREATE INDEX y ON t (a) WHERE (b > 1);"
            "CREATE INDEX z ON t (a) WHERE b > 2;",
          "duplicate! y<x", "the same predicate, and another one");
    check(T "CREATE INDEX x ON t (lower(c)); CREATE INDEX y ON t (lower(c)); CREATE INDEX z ON t "
            "(upper(c));",
          "duplicate! y<x", "the same expression, and another one");
    check(T "CREATE INDEX x ON t USING gin (f); CREATE INDEX y ON t USING gin (f);"
            "CREATE INDEX z ON t USING gin (f jsonb_path_ops);",
          "duplicate! y<x", "other access methods");
    check(T "CREATE INDEX x ON t USING hash (a); CREATE INDEX y ON t (a);", "",
          "a hash index does not equal a B-tree");
    check(T "CREATE UNIQUE INDEX x ON t (a); CREATE UNIQUE INDEX y ON t (a) NULLS NOT DISTINCT;",
          "", "what is unique in another way is no duplicate");
    check(T "ALTER TABLE t ADD UNIQUE (a) DEFERRABLE; CREATE UNIQUE INDEX x ON t (a);", "",
          "a deferrable constraint does not stand for an index that is checked at once");
    check(T "CREATE UNIQUE INDEX x ON t (a); CREATE UNIQUE INDEX y ON t (a);"
            "CREATE TABLE r (a int PRIMARY KEY REFERENCES t (a));",
          "duplicate? y<x", "a foreign key may need either of two unique indexes");
    check(T "CREATE UNIQUE INDEX x ON t (a); CREATE UNIQUE INDEX y ON t (a);"
            "ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t REPLICA IDENTITY USING INDEX y;",
          "duplicate! x<y", "the replica identity stays");
}

static void test_redundant(void)
{
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a, b);", "redundant! x<y", "a prefix");
    check(T "CREATE INDEX x ON t (b); CREATE INDEX y ON t (a, b);", "",
          "what does not lead is none");
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a, b); CREATE INDEX z ON t (a, b, e);",
          "redundant! x<z, redundant! y<z", "what stays is named, not what goes as well");
    check(T "CREATE INDEX x ON t (a); ALTER TABLE t ADD PRIMARY KEY (a, b);", "redundant! x<t_pkey",
          "a primary key's prefix");
    check(T "CREATE UNIQUE INDEX x ON t (a); CREATE INDEX y ON t (a, b);", "",
          "a unique index is never redundant to a longer one");
    check(T "ALTER TABLE t ADD UNIQUE (a); CREATE UNIQUE INDEX y ON t (a, b);", "",
          "nor is a constraint");
    check(T "CREATE INDEX x ON t (a DESC); CREATE INDEX y ON t (a, b);", "redundant! x<y",
          "one column reads both ways");
    check(T "CREATE INDEX x ON t (a, b DESC); CREATE INDEX y ON t (a DESC, b, e);",
          "redundant! x<y", "so do all of them together");
    check(T "CREATE INDEX x ON t (a, b DESC); CREATE INDEX y ON t (a, b, e);", "",
          "mixed directions do not");
    check(T "CREATE INDEX x ON t (a) WHERE b > 1; CREATE INDEX y ON t (a, e);", "",
          "a partial index is smaller than the full one");
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a, e) WHERE b > 1;", "",
          "and does not do its work");
    check(T "CREATE INDEX x ON t (a) INCLUDE (e); CREATE INDEX y ON t (a, b);", "",
          "an INCLUDE column that the other lacks");
    check(T "CREATE INDEX x ON t (a) INCLUDE (b); CREATE INDEX y ON t (a, b);", "redundant! x<y",
          "one that it has as a key");
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a) INCLUDE (b);", "redundant! x<y",
          "the same columns with more stored");
    check(T "CREATE INDEX x ON t (a) INCLUDE (b); CREATE UNIQUE INDEX y ON t (a);", "",
          "a unique index without them is not enough");
    check(T "CREATE INDEX x ON t (c text_pattern_ops); CREATE INDEX y ON t (c, a);", "",
          "another operator class");
    check(T
          "CREATE INDEX x ON t USING gin (f); CREATE INDEX y ON t USING gin (f, f jsonb_path_ops);",
          "", "GIN has no leading columns");
    check(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a, b); ALTER TABLE t CLUSTER ON x;",
          "redundant? x<y", "a table may be clustered on it");

    struct catalog *cat = from(T "CREATE INDEX x ON t (a); CREATE INDEX y ON t (a, c);");
    index_of(cat, "x")->size_bytes = 1e6;
    index_of(cat, "y")->size_bytes = 1.9e6;
    is_text(found(cat), "redundant! x<y", "a wider index that is little larger");
    index_of(cat, "y")->size_bytes = 5e6;
    is_text(found(cat), "redundant? x<y", "one that is five times as large");
    const struct cat_health *h = cat_health(a, cat);
    is_near(h->size_bytes, 1e6, 0, "what is saved");
    is_text(arena_strndup(a, h->reason.p, h->reason.len),
            "y starts with the same columns, with the same operator classes, order and predicate. "
            "That one is 5.0 times as large, so that scans of the narrow one may be worth keeping.",
            "the reason");
    index_of(cat, "y")->valid = false;
    is_text(found(cat), "invalid! y", "an invalid index makes nothing redundant");
    cat_free(cat);

    struct buf b = {0};
    buf_adds(&b, "CREATE TABLE w (c0 int");
    for (int i = 1; i < 32; i++)
        buf_printf(&b, ", c%d int", i);
    buf_adds(&b, ");");
    for (int i = 0; i < 32; i++) {
        buf_printf(&b, "CREATE INDEX w%d ON w (c0", i);
        for (int k = 1; k <= i; k++)
            buf_printf(&b, ", c%d", k);
        buf_adds(&b, ");");
    }
    cat = from(b.data);
    int n = 0, right = 0;
    for (const struct cat_health *r = cat_health(a, cat); r; r = r->next, n++)
        right += str_is(r->by->name, "w31");
    ok(n == 31 && right == 31, "a chain of 32 indexes: one stays");
    cat_free(cat);
    buf_free(&b);
}

static void test_invalid(void)
{
    struct catalog *cat = from(T "CREATE INDEX x ON t (a); CREATE INDEX x_ccnew ON t (a);"
                                 "CREATE INDEX y ON t (a, b);");
    index_of(cat, "x_ccnew")->valid = false;
    index_of(cat, "y")->valid = false;
    is_text(found(cat), "invalid! x_ccnew, invalid! y",
            "invalid indexes, and nothing else of them");
    const struct cat_health *h = cat_health(a, cat);
    ok(str_find(h->reason, "REINDEX CONCURRENTLY") > 0, "one is left over from a REINDEX");
    ok(str_find(h->next->reason, "CREATE INDEX CONCURRENTLY") > 0, "one from a CREATE INDEX");
    cat_free(cat);
    check("CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p DEFAULT;"
          "CREATE INDEX i ON ONLY p (a);",
          "invalid? i", "a partitioned index that is not complete");
}

static void test_unused(void)
{
    struct catalog *cat = from(
        T "CREATE INDEX x ON t (a); CREATE UNIQUE INDEX u ON t (b); ALTER TABLE t ADD UNIQUE (e);"
          "CREATE INDEX s ON t (c); CREATE TABLE r (i int PRIMARY KEY, j int REFERENCES r);"
          "CREATE INDEX r_j ON r (j); CREATE INDEX r_ij ON r (i, j);");
    is_text(found(cat), "", "without counters nothing is said");
    for (struct cat_rel *t = cat->rels; t; t = t->next) {
        t->seq_scans = 10;
        for (struct cat_index *ix = t->indexes; ix; ix = ix->next)
            ix->scans = 0;
    }
    index_of(cat, "s")->scans = 1;
    is_text(found(cat), "unused? x, unused? r_ij",
            "neither unique ones, nor those of constraints, nor what a foreign key needs");
    cat->stats_reset = STR("2026-03-04T05:06:07+00:00");
    const struct cat_health *h = cat_health(a, cat);
    is_text(
        arena_strndup(a, h->reason.p, h->reason.len),
        "Not scanned once since the server's counters started on 2026-03-04. Counters are those "
        "of one server: look at its replicas too, and at what runs once a month.",
        "since when, and what to look at");
    rel(cat, "t")->seq_scans = 0;
    index_of(cat, "s")->scans = 0;
    is_text(found(cat), "unused? r_ij", "a table that nobody reads says nothing of its indexes");
    cat_free(cat);

    cat = from("CREATE TABLE p (a int, b int) PARTITION BY LIST (a);"
               "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
               "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);"
               "CREATE INDEX i ON p (b); CREATE INDEX j ON p (a);");
    for (struct cat_rel *t = cat->rels; t; t = t->next) {
        t->seq_scans = t->kind == 'p' ? 0 : 5;
        for (struct cat_index *ix = t->indexes; ix; ix = ix->next) {
            ix->scans = t->kind == 'p' ? NAN : 0;
            ix->size_bytes = t->kind == 'p' ? NAN : 8192;
        }
    }
    index_of(cat, "p2_a_idx")->scans = 3;
    is_text(found(cat), "unused? i", "a partitioned index counts with its parts");
    is_near(cat_health(a, cat)->size_bytes, 16384, 0, "so does its size");
    cat_free(cat);
}

#define P "CREATE TABLE p (x int, y int, z int, PRIMARY KEY (x), UNIQUE (x, y), UNIQUE (x, y, z));"

static void test_foreign_keys(void)
{
    check(P "CREATE TABLE c (x int REFERENCES p);", "fk! c_x_fkey", "no index");
    check(P "CREATE TABLE c (x int REFERENCES p); CREATE INDEX ON c (x);", "", "an index");
    check(P "CREATE TABLE c (x int REFERENCES p, k int, PRIMARY KEY (x, k));", "",
          "a primary key that starts with it");
    check(P "CREATE TABLE c (x int REFERENCES p, k int, PRIMARY KEY (k, x));", "fk! c_x_fkey",
          "one that does not");
    check(P "CREATE TABLE c (x int REFERENCES p); CREATE INDEX ON c (x) WHERE x > 5;",
          "fk! c_x_fkey", "a partial index does not count");
    check(P "CREATE TABLE c (x int REFERENCES p); CREATE INDEX ON c (x) WHERE x IS NOT NULL;", "",
          "unless all it asks for is what every look-up implies");
    check(P "CREATE TABLE c (x int REFERENCES p, k int);"
            "CREATE INDEX ON c (x) WHERE x IS NOT NULL AND k IS NOT NULL;",
          "fk! c_x_fkey", "of the key's own columns");
    check(P "CREATE TABLE c (x int REFERENCES p); CREATE INDEX ON c USING hash (x);", "",
          "a hash index does");
    check(P "CREATE TABLE c (x int REFERENCES p); CREATE INDEX ON c USING brin (x);",
          "fk! c_x_fkey", "a BRIN index does not");
    check(P "CREATE TABLE c (x int REFERENCES p); CREATE INDEX ON c ((x + 0));", "fk! c_x_fkey",
          "nor does an expression");
    check(P "CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p (x, y));"
            "CREATE INDEX ON c (x, y);",
          "", "two columns in the key's order");
    check(P "CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p (x, y));"
            "CREATE INDEX ON c (y, x);",
          "", "or in another");
    check(P "CREATE TABLE c (x int, y int, z int, FOREIGN KEY (x, y, z) REFERENCES p (x, y, z));"
            "CREATE INDEX ON c (z, x, y) INCLUDE (x);",
          "", "three, permuted");
    check(P "CREATE TABLE c (x int, y int, k int, FOREIGN KEY (x, y) REFERENCES p (x, y));"
            "CREATE INDEX ON c (x, k, y);",
          "fk? c_x_y_fkey", "with another one between them they do not lead");
    check(P "CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p (x, y));"
            "CREATE INDEX ON c (y);",
          "fk? c_x_y_fkey", "one of two may do: to be looked at");
    check(P "CREATE TABLE c (x int, y int, FOREIGN KEY (x, y) REFERENCES p (x, y),"
            " CONSTRAINT again FOREIGN KEY (x, y) REFERENCES p (x, y));",
          "fk! c_x_y_fkey", "two foreign keys on the same columns are one record");
    check(
        P
        "CREATE TABLE c (x int REFERENCES p (x)) PARTITION BY LIST (x);"
        "CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1); CREATE TABLE c2 PARTITION OF c DEFAULT;",
        "fk! c_x_fkey", "a partitioned table, once");
    check(
        P
        "CREATE TABLE c (x int REFERENCES p (x)) PARTITION BY LIST (x);"
        "CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1); CREATE TABLE c2 PARTITION OF c DEFAULT;"
        "CREATE INDEX ON c1 (x); CREATE INDEX ON c2 (x);",
        "", "indexes of all its partitions will do");
    check(
        P
        "CREATE TABLE c (x int REFERENCES p (x)) PARTITION BY LIST (x);"
        "CREATE TABLE c1 PARTITION OF c FOR VALUES IN (1); CREATE TABLE c2 PARTITION OF c DEFAULT;"
        "CREATE INDEX ON c1 (x);",
        "fk! c_x_fkey", "those of some will not");
    check(P "CREATE TABLE c (x int REFERENCES p NOT ENFORCED);", "",
          "what is not enforced is not looked up");

    struct catalog *cat = from(P "CREATE TABLE c (x int REFERENCES p ON DELETE CASCADE);");
    is_text(arena_strndup(a, cat_health(a, cat)->reason.p, cat_health(a, cat)->reason.len),
            "No index starts with (x): a DELETE or a change of the key in p deletes the rows that "
            "refer to it by reading all of c.",
            "the reason");
    rel(cat, "p")->deletes = rel(cat, "p")->updates = 0;
    is_text(found(cat), "fk? c_x_fkey", "nothing was ever deleted: to be looked at");
    rel(cat, "p")->deletes = 1;
    is_text(found(cat), "fk! c_x_fkey", "something was");
    rel(cat, "c")->pages = 3;
    rel(cat, "c")->tuples = 100;
    is_text(found(cat), "fk? c_x_fkey", "a table of three pages");
    rel(cat, "c")->pages = 3000;
    is_text(found(cat), "fk! c_x_fkey", "one of three thousand");
    index_of(cat, "p_pkey")->valid = false;
    const struct cat_health *h = cat_health_of(a, cat, rel(cat, "c"));
    ok(h && h->fk && !h->next, "records of one relation");
    cat_free(cat);
}

/* The task-management schema: what an expert would say of it. */
static void test_task(void)
{
    struct err err = {0};
    struct buf b = {0};
    FILE *f = fopen("fixtures/task/schema.sql", "r");
    char chunk[4096];
    for (size_t n; f && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&b, chunk, n);
    if (f)
        fclose(f);
    struct catalog *cat = cat_from_ddl(buf_str(&b), NULL, &err);
    is_text(
        found(cat),
        "fk! members_user_id_fkey, fk! tasks_project_id_fkey, fk! tasks_parent_id_fkey, "
        "fk! tasks_created_by_fkey, fk! task_assignees_user_id_fkey, fk! comments_task_id_fkey, "
        "fk! comments_author_id_fkey, fk! activity_task_id_fkey, fk! activity_actor_id_fkey",
        "nine foreign keys without index; three are led by primary or unique keys");
    cat_free(cat);
    buf_free(&b);
}

int main(void)
{
    a = arena_new(0);
    test_duplicates();
    test_redundant();
    test_invalid();
    test_unused();
    test_foreign_keys();
    test_task();
    arena_free(a);
    return done();
}
