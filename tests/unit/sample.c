/* Values for parameters out of statistics: which ones are chosen, worked out by hand. */
#include "work/sample.h"

#include "base/arena.h"
#include "base/err.h"
#include "catalog/catalog.h"
#include "catalog/snapshot.h"
#include "tap.h"

/* Bounds 0, 10, ... 100: a tenth of the rows between two of them. */
static const char snapshot[] =
    "{\"pgsift_snapshot\": 1, \"server\": {\"version_num\": 150000, \"search_path\": [\"public\"]},"
    " \"relations\": [{\"oid\": 1, \"schema\": \"public\", \"name\": \"t\", \"kind\": \"r\", "
    "\"reltuples\": 1000,"
    " \"relpages\": 10, \"size_bytes\": 81920}], \"columns\": ["
    "{\"rel\": 1, \"num\": 1, \"name\": \"a\", \"type\": \"integer\", \"base_type_name\": "
    "\"integer\","
    " \"type_category\": \"N\", \"stats\": [{\"inherited\": false, \"null_frac\": 0, "
    "\"avg_width\": 4, \"n_distinct\": -1,"
    "  \"hist\": [\"0\",\"10\",\"20\",\"30\",\"40\",\"50\",\"60\",\"70\",\"80\",\"90\",\"100\"], "
    "\"correlation\": 1}]},"
    "{\"rel\": 1, \"num\": 2, \"name\": \"state\", \"type\": \"text\", \"base_type_name\": "
    "\"text\","
    " \"type_category\": \"S\", \"stats\": [{\"inherited\": false, \"null_frac\": 0, "
    "\"avg_width\": 5, \"n_distinct\": 3,"
    "  \"mcv\": [\"done\", \"open\", \"it's \\\"odd\\\"\"], \"mcf\": [0.9, 0.09, 0.01], "
    "\"correlation\": 1}]},"
    "{\"rel\": 1, \"num\": 3, \"name\": \"note\", \"type\": \"character varying(80)\", "
    "\"base_type_name\": \"character varying\","
    " \"type_category\": \"S\", \"stats\": [{\"inherited\": false, \"null_frac\": 0, "
    "\"avg_width\": 5, \"n_distinct\": -1,"
    "  \"hist\": [\"aaa\", \"5\\u00e4%zzz\", \"zzz\"], \"correlation\": 1}]},"
    "{\"rel\": 1, \"num\": 4, \"name\": \"tags\", \"type\": \"text[]\", \"base_type_name\": "
    "\"text[]\","
    " \"type_category\": \"A\", \"stats\": [{\"inherited\": false, \"null_frac\": 0, "
    "\"avg_width\": 5, \"n_distinct\": -1,"
    "  \"mce\": [\"x\", \"y\", \"z\"], \"mcef\": [0.3, 0.2, 0.1, 0.1, 0.3, 0]}]},"
    "{\"rel\": 1, \"num\": 5, \"name\": \"at\", \"type\": \"date\", \"base_type_name\": \"date\", "
    "\"type_category\": \"D\"}"
    "]}";

#define INT                                                                                        \
    {                                                                                              \
        .base_name = {"integer", 7}, .category = 'N'                                               \
    }
#define BIG                                                                                        \
    {                                                                                              \
        .base_name = {"bigint", 6}, .category = 'N'                                                \
    }
#define TEXT                                                                                       \
    {                                                                                              \
        .base_name = {"text", 4}, .category = 'S'                                                  \
    }
#define INTS                                                                                       \
    {                                                                                              \
        .base_name = {"integer[]", 9}, .category = 'A', .element = { "integer", 7 }                \
    }
#define TEXTS                                                                                      \
    {                                                                                              \
        .base_name = {"text[]", 6}, .category = 'A', .element = { "text", 4 }                      \
    }
#define DATE                                                                                       \
    {                                                                                              \
        .base_name = {"date", 4}, .category = 'D'                                                  \
    }
#define ENUM                                                                                       \
    {                                                                                              \
        .base_name = {"mood", 4}, .category = 'E', .label = { "sad", 3 }                           \
    }
#define POINT                                                                                      \
    {                                                                                              \
        .base_name = {"point", 5}, .category = 'G'                                                 \
    }

static const struct {
    const char *sql;
    struct sample_type types[4];
    const char *want[4];
} cases[] = {
    {"SELECT * FROM t WHERE a = $1", {INT}, {"50"}},
    {"SELECT * FROM t WHERE t.a = $1", {BIG}, {"50"}},
    {"SELECT * FROM t x WHERE $1 = x.a", {INT}, {"50"}},
    {"SELECT * FROM t WHERE a IN ($1, $2, $3)", {INT, INT, INT}, {"30", "50", "80"}},
    {"SELECT * FROM t WHERE a = ANY ($1)", {INTS}, {"{\"30\",\"50\",\"80\"}"}},
    {"SELECT * FROM t WHERE a > $1", {INT}, {"90"}},
    {"SELECT * FROM t WHERE a <= $1", {INT}, {"10"}},
    {"SELECT * FROM t WHERE a >= $1 AND a < $2", {INT, INT}, {"50", "60"}},
    {"SELECT * FROM t WHERE a BETWEEN $1 AND $2", {INT, INT}, {"50", "60"}},
    {"SELECT * FROM t WHERE state = $1 OR state = $2", {TEXT, TEXT}, {"open", "open"}},
    {"SELECT * FROM t WHERE state = ANY ($1)", {TEXTS}, {"{\"open\",\"it's \\\"odd\\\"\"}"}},
    {"SELECT * FROM t WHERE note LIKE $1", {TEXT}, {"5\xc3\xa4\\%%"}},
    {"SELECT * FROM t WHERE note ~ $1", {TEXT}, {"^5\xc3\xa4%"}},
    {"SELECT * FROM t WHERE tags @> $1", {TEXTS}, {"{\"y\"}"}},
    {"SELECT * FROM t WHERE at = $1", {DATE}, {"2020-01-01"}},
    {"SELECT * FROM t WHERE note = $1", {INT}, {"1"}},
    {"SELECT * FROM t ORDER BY a LIMIT $1 OFFSET $2", {BIG, BIG}, {"20", "0"}},
    {"SELECT date_trunc($1, at) FROM t WHERE a = $2", {TEXT, INT}, {"day", "50"}},
    {"SELECT $1, $2, $3", {TEXT, ENUM, POINT}, {"x", "sad", NULL}},
    {"UPDATE t SET state = $1 WHERE a = $2", {TEXT, INT}, {"x", "50"}},
    {"SELECT * FROM (SELECT * FROM t WHERE a = $1) s JOIN t u USING (a) WHERE u.state = $2",
     {INT, TEXT},
     {"50", "open"}},
    {"this is no SQL $1", {INT}, {"1"}},
};

int main(void)
{
    struct arena *a = arena_new(0);
    struct err err = {0};
    struct catalog *cat = cat_from_snapshot(str_of(snapshot), "test", &err);
    ok(cat != NULL, "the catalog: %s", err.message);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample out[4] = {0};
        size_t n = 0;
        while (n < 4 && cases[i].types[n].base_name.p)
            n++;
        sample_params(a, str_of(cases[i].sql), cat, cases[i].types, n, out);
        for (size_t k = 0; k < n; k++)
            is_text(out[k].value.p, cases[i].want[k],
                    arena_printf(a, "%s: $%zu (%s)", cases[i].sql, k + 1, out[k].reason));
    }
    cat_free(cat);
    arena_free(a);
    return done();
}
