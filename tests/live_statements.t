#!/bin/sh
# The heaviest statements of a server: pgsift --statements.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start --preload=pg_stat_statements
pgsift=${BUILD:-build}/pgsift
work=$cluster_dir/home
export LC_ALL=C.UTF-8 TERM=dumb COLUMNS=100

run() { # leaves $status, $work/out, $work/err
    "$pgsift" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}
queries() { # of the report, in its order
    sed -n 's/^ *"query_text": "\(.*\)",$/\1/p' "$work/out"
}

run --statements
same "$status $(head -n 1 "$work/err")" "3 pgsift: pg_stat_statements: the database has no extension pg_stat_statements" "no extension"
grep -q 'hint: shared_preload_libraries' "$work/err"
ok $? "how to get it"

psql -Xq <<'SQL'
CREATE SCHEMA ext;
CREATE EXTENSION pg_stat_statements SCHEMA ext;
CREATE TABLE t (id int PRIMARY KEY, a int, at timestamptz);
INSERT INTO t SELECT g, g % 100, timestamptz '2024-01-01 00:00+00' + g * interval '1 minute' FROM generate_series(1, 20000) g;
ANALYZE t;
CREATE VIEW far AS SELECT count(*) FROM pg_sleep(0.03);
GRANT USAGE ON SCHEMA ext TO PUBLIC;
GRANT SELECT ON far TO PUBLIC;
CREATE ROLE nobody LOGIN;
CREATE ROLE reader LOGIN;
GRANT pg_read_all_stats TO reader;
GRANT SELECT ON t TO reader;
SQL
psql -XAtqc "SELECT ext.pg_stat_statements_reset()" >/dev/null
# times far from each other, so that the order is sure; and what EXPLAIN cannot explain
psql -Xq >/dev/null <<'SQL'
SELECT count(*), pg_sleep(0.3) FROM t WHERE a = 7;
SELECT count(*), pg_sleep(0.05) FROM t WHERE a = 8 AND at > now() - interval '1 day';
SELECT count(*), pg_sleep(0.05) FROM t WHERE a = 9 AND at > now() - interval '2 days';
/* a comment */ UPDATE t SET a = a + 1 WHERE id = 5;
VACUUM t;
CREATE TABLE u AS SELECT 1 FROM pg_sleep(0.5);
SELECT * FROM far;
DO $$BEGIN PERFORM pg_sleep(0.4); END$$;
SQL
psql -XAtq -d template1 -c "SELECT pg_sleep(0.6), 'of another database'" >/dev/null
psql -XAt -f src/db/snapshot.sql >/dev/null

run --json --statements=3
same "$status $(queries | tr '\n' '|')" \
    '0 SELECT count(*), pg_sleep($1) FROM t WHERE a = $2|SELECT count(*), pg_sleep($1) FROM t WHERE a = $2 AND at > now() - $3::interval|SELECT * FROM far|' \
    "the three heaviest"
run --json --statements=50
! grep -q 'another database\|VACUUM\|CREATE TABLE\|pgsift_snapshot' "$work/out"
ok $? "neither other databases, nor utilities, nor our own"
same "$(grep -c '"query_text"' "$work/out")" "$(psql -XAtc "SELECT count(DISTINCT queryid) FROM ext.pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = 'postgres') AND query ~* '^\s*(/[*].*?[*]/)?\s*(select|update)' AND query !~ 'pgsift [*]/' AND query !~ 'DISTINCT queryid|AS request'")" \
    "all others, but for one whose parameters have no type"
same "$status $(grep -c 'could not determine' "$work/err")" "4 1" "which is told"
grep -q 'UPDATE t SET a' "$work/out"
ok $? "also those with a comment before them"
want=$(psql -XAtc "SELECT calls FROM ext.pg_stat_statements WHERE query LIKE '%pg_sleep(%interval%'")
same "$want $(grep -c '"run": "2 calls, in all' "$work/out")" "2 1" "calls are counted together"
grep -q '"calls": 2' "$work/out"
ok $? "as a number, too"
ms=$(sed -n '/"calls": 2/,$ s/^ *"total_ms": \([0-9]*\).*/\1/p' "$work/out" | head -n 1)
real=$(psql -XAtc "SELECT trunc(coalesce(to_jsonb(s)->>'total_exec_time', to_jsonb(s)->>'total_time')::numeric) FROM ext.pg_stat_statements s WHERE query LIKE '%pg_sleep(%interval%'")
same "$ms" "$real" "their time is the server's"
grep -q '"at > (now() - \$[0-9]::interval)\|at > (now() - \$' "$work/out"
ok $? "interval \$1 is mended"
grep -q 'generic plan' "$work/out"
ok $? "the plans are generic"
run --json --statements=3 --sample
same "$status" 0 "--sample takes values"
grep -q "of t.a)" "$work/out"
ok $? "from statistics"

# -c beside it; roles
run -q --statements=2 -c "SELECT 1"
same "$status $(grep -c '^Not executed' "$work/out")" "0 3" "beside -c"
run -q -U nobody --statements
same "$status" 3 "a role that sees nothing"
run -U nobody --statements
grep -q 'pg_stat_statements: warning: [0-9]* statements of other roles are hidden' "$work/err"
ok $? "is told so"
run -q -U reader --statements=2
same "$status $(grep -c '^Not executed' "$work/out")" "0 2" "pg_read_all_stats sees all"
for n in 0 x 1001; do
    run --statements=$n
    same "$status $(wc -l <"$work/out")" "2 0" "--statements=$n"
done

done_testing
