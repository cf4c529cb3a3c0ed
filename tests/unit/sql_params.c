#include "sql/params.h"

#include "base/arena.h"
#include "base/err.h"
#include "tap.h"

static const struct {
    const char *in, *out;
    size_t count;
} cases[] = {
    {"SELECT 1", "SELECT 1", 0},
    {"a = $1 AND b = $2", "a = $1 AND b = $2", 2},
    {"a = ? AND b IN (?, ?)", "a = $1 AND b IN ($2, $3)", 3},
    {"a=? and b>=?::int", "a=$1 and b>=$2::int", 2},
    {"?=a OR ?-1 > b", "$1=a OR $2-1 > b", 2},
    {"a BETWEEN ? AND ? LIMIT ? OFFSET ?", "a BETWEEN $1 AND $2 LIMIT $3 OFFSET $4", 4},
    {"x LIKE ?||'%'", "x LIKE $1||'%'", 1},
    {"x LIKE '%' || ? || '%'", "x LIKE '%' || $1 || '%'", 1},
    {"d = date ? AND t > now() - interval ?", "d = date $1 AND t > now() - interval $2", 2},
    {"VALUES (?,?)", "VALUES ($1,$2)", 2},
    {"SET a = ?, b = ? WHERE id = ?", "SET a = $1, b = $2 WHERE id = $3", 3},
    {"CASE WHEN a THEN ? ELSE ? END", "CASE WHEN a THEN $1 ELSE $2 END", 2},
    /* jsonb's operators */
    {"data ? 'a' AND x = ?", "data ? 'a' AND x = $1", 1},
    {"data ?| array['a'] OR data ?& ARRAY['b']", "data ?| array['a'] OR data ?& ARRAY['b']", 0},
    {"data ?? 'a' AND data ??| ?", "data ? 'a' AND data ?| $1", 1},
    {"data @? '$.a'", "data @? '$.a'", 0},
    {"data ? ?", "data ? $1", 1},
    {"data @> ?", "data @> $1", 1},
    {"tags @>?", "tags @>$1", 1},
    /* names */
    {"a = :id AND b = :name AND c = :id", "a = $1 AND b = $2 AND c = $1", 2},
    {"a=:id::int", "a=$1::int", 1},
    {"a = :1 AND b = :2", "a = $1 AND b = $2", 2},
    {"a = :'v'", "a = $1", 1},
    {"a::int = 1", "a::int = 1", 0},
    {"arr[1:n] = 1", "arr[1:n] = 1", 0},
    {"arr[:i] = 1", "arr[$1] = 1", 1},
    {"a = %s AND b IN (%s,%s)", "a = $1 AND b IN ($2,$3)", 3},
    {"a=%s", "a=$1", 1},
    {"a = %(x)s AND b = %(y)s OR c = %(x)s", "a = $1 AND b = $2 OR c = $1", 2},
    {"a %% 2 = 0 AND b = %s", "a % 2 = 0 AND b = $1", 1},
    {"a %s = 0", "a %s = 0", 0},
    {"a % 2 = 0", "a % 2 = 0", 0},
    {"a = @p AND b >= @q", "a = $1 AND b >= $2", 2},
    {"a=@p", "a=$1", 1},
    {"a <@ b AND c @> d AND e @@ f", "a <@ b AND c @> d AND e @@ f", 0},
    {"r <@p", "r <@p", 0},
    {"a = #{user.id} AND b = ${x}", "a = $1 AND b = $2", 2},
    {"a = $name AND b = $1", "a = $2 AND b = $1", 2},
    {"a = $1 AND b = ?", "a = $1 AND b = $2", 2},
    /* what must stay */
    {"a = '?' AND b = ':x' AND \"c?\" = $$ %s $$", "a = '?' AND b = ':x' AND \"c?\" = $$ %s $$", 0},
    {"a = ? -- why?\nAND b = ? /* ? */", "a = $1 -- why?\nAND b = $2 /* ? */", 2},
    {"LIMIT:n", "LIMIT $1", 1},
};

static void try_error_place(struct arena *a)
{
    struct sql_params p;
    struct err err = {0};
    sql_params_number(a, STR("SELECT * FROM t\nWHERE a = :a_long_name AND b = %(another)s AN c = 1"),
                      &p);
    ok(!sql_parse_mapped(a, p.text, &p.map, &err), "a syntax error is one");
    is_int((long long)err.line, 2, "line of the original text");
    is_int((long long)err.column, 44, "column of the original text");
    is_text(err.message, "syntax error at or near \"AN\"", "message");
    is_text(err.near, "WHERE a = :a_long_name AND b = %(another)s AN c = 1", "line shown");
}

int main(void)
{
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sql_params p;
        sql_params_number(a, str_of(cases[i].in), &p);
        is_text(arena_strndup(a, p.text.p, p.text.len), cases[i].out, cases[i].in);
        is_int((long long)p.count, (long long)cases[i].count, "  its count");
    }
    try_error_place(a);
    arena_free(a);
    return done();
}
