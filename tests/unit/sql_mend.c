/* Statements of pg_stat_statements as SQL again. */
#include "sql/mend.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/parse.h"
#include "tap.h"

static const char *const cases[][2] = {
    {"SELECT 1", "SELECT 1"},
    {"SELECT a FROM t WHERE b = $1", "SELECT a FROM t WHERE b = $1"},
    {"SELECT now() - interval $1", "SELECT now() - $1::interval"},
    {"SELECT * FROM t WHERE d >= date $1 AND d < DATE $2 + interval $3",
     "SELECT * FROM t WHERE d >= $1::date AND d < $2::DATE + $3::interval"},
    {"SELECT timestamp $1, timestamp(3) $2, timestamp with time zone $3, time (0) without time "
     "zone $4",
     "SELECT $1::timestamp, $2::timestamp(3), $3::timestamp with time zone, $4::time (0) without "
     "time zone"},
    {"SELECT interval $1 day", "SELECT $1::interval day"},
    {"SELECT extract($1 FROM d) FROM t", "SELECT date_part($1 , d) FROM t"},
    {"SELECT EXTRACT ( $1 from interval $2 )", "SELECT date_part($1 , $2::interval )"},
    {"SELECT date, time FROM t WHERE date = $1", "SELECT date, time FROM t WHERE date = $1"},
    {"SELECT 'interval $1', \"date\" FROM t", "SELECT 'interval $1', \"date\" FROM t"},
    {"SELECT extract(year FROM d), $1::date", "SELECT extract(year FROM d), $1::date"},
    {"", ""},
};

int main(void)
{
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct str got = sql_mend(a, str_of(cases[i][0]));
        ok(str_is(got, cases[i][1]), "%s -> %.*s", cases[i][0], STR_ARG(got));
        ok(got.len == 0 || sql_parse(a, got, &err) != NULL, "it parses");
    }
    arena_free(a);
    return done();
}
