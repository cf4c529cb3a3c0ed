/*
 * Index sizes against indexes that were built: the vectors of PostgreSQL 12, 15 and 18, and our
 * own measurements on 15 (size_pg15.json: five tables, 79 indexes of all access methods;
 * size_tasks_pg15.json: a task-management database, 43 indexes). index_size_stats.json has the
 * statistics of the vectors' tables: as they were taken, but for cm and big, whose facts are known
 * only in outline.
 */
#include "advise/size.h"

#include <math.h>

#include "../size_check.h"
#include "fixture.h"
#include "tap.h"

struct tally {
    const char *am;
    size_t count, wrong_height;
    double error, worst; /* sum and maximum of |model / real - 1| */
};

static double error_of(double model, double real)
{
    return fabs(model / real - 1);
}

static void tell(void *ctx, const struct sk_result *r)
{
    struct tally *t = ctx;
    if (strcmp(r->am, t->am))
        return;
    double e = error_of(r->model, r->real);
    t->count++;
    t->error += e;
    t->worst = fmax(t->worst, e);
    t->wrong_height += r->real_height >= 0 && r->height != r->real_height;
    if (e > 0.1)
        printf("# %s %s: model %.0f, real %.0f pages\n", r->table, r->def, r->model, r->real);
}

struct wanted {
    const char *am;
    size_t count;
    double mean, worst;
};

static void measured(struct arena *a, const char *path, const struct wanted *wanted)
{
    struct str text = fixture_read(a, path);
    for (size_t i = 0; wanted[i].am; i++) {
        struct tally t = {.am = wanted[i].am};
        bool read = sk_run(text, tell, &t);
        ok(read && t.count == wanted[i].count, "%zu %s indexes", t.count, t.am);
        ok(t.error / (double)t.count <= wanted[i].mean, "%s: mean error %.1f %%", t.am,
           100 * t.error / (double)t.count);
        ok(t.worst <= wanted[i].worst, "%s: largest error %.1f %%", t.am, 100 * t.worst);
        ok(t.wrong_height == 0, "%s: heights", t.am);
    }
}

/* The errors that the header promises: on tables that were at hand when the model was made ... */
static const struct wanted at_hand[] = {{"btree", 40, 0.02, 0.08}, {"gin", 21, 0.13, 0.35},
                                        {"gist", 5, 0.03, 0.05},   {"brin", 5, 0, 0},
                                        {"hash", 8, 0.03, 0.09},   {NULL, 0, 0, 0}};
/* ... and on a task-management database that was not. */
static const struct wanted held_out[] = {{"btree", 29, 0.02, 0.09}, {"gin", 8, 0.06, 0.12},
                                         {"gist", 1, 0.05, 0.05},   {"brin", 2, 0, 0},
                                         {"hash", 3, 0.06, 0.13},   {NULL, 0, 0, 0}};

static void vectors(struct arena *a, const struct json *stats, int version)
{
    struct err err = {0};
    struct tally t = {.am = "btree"};
    struct catalog *cat = mc_load(a, json_get(stats, "catalog"));
    const char *path = arena_printf(a, "fixtures/vectors/index_size_pg%d.json", version);
    cat->version_num = version * 10000;
    for (const struct json *e = json_first(json_parse(a, fixture_read(a, path), &err)); e;
         e = e->next) {
        struct size_key keys[SK_MAX_KEYS];
        struct size_in in;
        struct size_out out;
        struct str cols = json_str(e, "cols"), table = json_str(e, "table");
        bool include = str_find(cols, "INCLUDE") >= 0;
        const char *def =
            include ? "btree(cat) include (rnd,ts)" : arena_printf(a, "btree(%.*s)", STR_ARG(cols));
        sk_define(a, cat, mc_rel(cat, table), str_of(def), &in, keys);
        in.rows = json_num(e, "rows", NAN);
        size_estimate(&in, &out);
        struct sk_result r = {table.p,
                              def,
                              "btree",
                              out.pages,
                              json_num(e, "actual_pages", NAN),
                              out.height,
                              (int)json_num(e, "actual_height", -1),
                              0,
                              0};
        tell(&t, &r);
    }
    is_int((long long)t.count, 23, "23 vectors");
    ok(t.error / 23 <= 0.03, "%d: mean error %.1f %%", version, 100 * t.error / 23);
    /* the sampled number of distinct values is 20 % too low for sk */
    ok(t.worst <= 0.14, "%d: largest error %.1f %%", version, 100 * t.worst);
    /* total and its like stand at the border of two levels (278 pages) */
    ok(t.wrong_height <= 2, "%d: heights, %zu at a border", version, t.wrong_height);
}

/* ---- by hand ---- */

static struct size_in plain(struct size_key *key, double rows)
{
    return (struct size_in){.am = COST_BTREE,
                            .keys = key,
                            .key_count = 1,
                            .total_count = 1,
                            .rows = rows,
                            .pages = rows / 50,
                            .kept = 1,
                            .joint_distinct = NAN,
                            .fillfactor = NAN,
                            .pages_per_range = NAN,
                            .version_num = 150000};
}

static void by_hand(void)
{
    struct size_key key = {
        .base_type = STR("bigint"), .typlen = 8, .align = 'd', .distinct = 366000};
    struct size_in in = plain(&key, 366000);
    struct size_out out;
    size_estimate(&in, &out);
    /* 366 entries of 20 bytes a page: 1000 leaves, 4 pages above them (284 each), root, meta */
    is_near(out.pages, 1000 + 4 + 1 + 1, 0, "366,000 different bigints");
    is_int(out.height, 2, "two levels above the leaves");
    in.kept = 0.5;
    size_estimate(&in, &out);
    is_near(out.tuples, 183000, 0, "a partial index holds its share");
    is_near(out.pages, 500 + 2 + 1 + 1, 0, "and takes it");
    in.kept = 1;
    key.distinct = 1;
    size_estimate(&in, &out);
    /* lists of 132 row pointers in 812 bytes, 9 a page: 2773 lists, 309 pages; pages of one value
     * are told apart by row pointers, 28 bytes a pivot */
    is_near(out.pages, 309 + 2 + 1 + 1, 0, "366,000 times one value");
    in.unique = true;
    size_estimate(&in, &out);
    is_near(out.pages, 1006, 0, "a unique index is built without sharing");
    in.unique = false;
    in.version_num = 120000;
    size_estimate(&in, &out);
    is_near(out.pages, 1006, 0, "and so is any index of 12");
    in.rows = 0;
    size_estimate(&in, &out);
    is_near(out.pages, 1, 0, "an empty index is its metapage");
}

static void heights(void)
{
    is_int(size_btree_height(2, 16), 0, "a root that is a leaf");
    is_int(size_btree_height(4, 16), 1, "two leaves");
    is_int(size_btree_height(1 + 284 + 1, 16), 1, "as many leaves as a root takes");
    is_int(size_btree_height(1 + 285 + 2 + 1, 16), 2, "one more");
    is_int(size_btree_height(1099, 16), 2, "1099 pages");
}

static void writes(void)
{
    struct size_key key = {.base_type = STR("bigint"), .typlen = 8, .align = 'd', .distinct = 10};
    struct size_in in = plain(&key, 1000);
    struct size_out out;
    size_estimate(&in, &out);
    struct size_write w = size_write_cost(&in, &out);
    is_near(w.wal_bytes, 66, 0, "WAL of a narrow B-tree entry");
    is_near(w.us, 5, 0, "and its time");
    in.kept = 0.2;
    is_near(size_write_cost(&in, &out).wal_bytes, 13.2, 1e-9, "a partial index gets its share");
    in.kept = 1;
    in.am = COST_GIN;
    key.opclass = STR("gin_trgm_ops");
    is_near(size_write_cost(&in, &out).wal_bytes, 792, 0, "trigrams are twelve times that");
    w = size_hot_loss(0.9, 0.5, 4);
    is_near(w.wal_bytes, 0.45 * 66 * 4, 1e-9, "an update that is HOT no more enters four indexes");
    ok(!size_deduplicates(&(struct size_key){.base_type = STR("numeric")}) &&
           !size_deduplicates(&(struct size_key){.base_type = STR("character")}) &&
           !size_deduplicates(&(struct size_key){.base_type = STR("text[]")}) &&
           size_deduplicates(&(struct size_key){.base_type = STR("text")}) &&
           size_deduplicates(&(struct size_key){.base_type = STR("uuid")}),
       "which types share space");
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    const struct json *stats =
        json_parse(a, fixture_read(a, "fixtures/vectors/index_size_stats.json"), &err);
    measured(a, "fixtures/vectors/size_pg15.json", at_hand);
    measured(a, "fixtures/vectors/size_tasks_pg15.json", held_out);
    vectors(a, stats, 12);
    vectors(a, stats, 15);
    vectors(a, stats, 18);
    by_hand();
    heights();
    writes();
    arena_free(a);
    return done();
}
