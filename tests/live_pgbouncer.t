#!/bin/sh
# Through PgBouncer in transaction mode: sessions are handed on after each transaction, so nothing
# may be left in them, and nothing may be expected to be there.

. tests/lib/tap.sh
. tests/lib/cluster.sh

bouncer=$(command -v pgbouncer || ls /usr/sbin/pgbouncer 2>/dev/null)
[ -n "$bouncer" ] || skip_all "PgBouncer is not installed"
cluster_start max_parallel_workers_per_gather=0
work=$cluster_dir/home
pgsift=${BUILD:-build}/pgsift
export LC_ALL=C.UTF-8
psql -XAtc "SELECT name FROM pg_available_extensions WHERE name = 'hypopg'" | grep -q hypopg ||
    cluster_skip "PostgreSQL has no hypopg here"
createdb shop
psql -Xq -d shop <<'SQL'
CREATE EXTENSION hypopg;
CREATE TABLE t (a int, b int, note text);
INSERT INTO t SELECT g, g % 700, repeat('x', 50) FROM generate_series(1, 50000) g;
VACUUM ANALYZE t;
SQL
cat >"$work/bouncer.ini" <<INI
[databases]
* = host=$cluster_dir port=5432 user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $work
auth_type = any
pool_mode = transaction
default_pool_size = 1
logfile = $work/bouncer.log
pidfile = $work/bouncer.pid
INI
chmod 644 "$work/bouncer.ini"
cluster_as_owner "$bouncer" -q -d "$work/bouncer.ini" >"$work/start.log" 2>&1
tries=0
until PGHOST=$work PGPORT=6432 psql -XAtqc 'SELECT 1' -d shop >/dev/null 2>&1 || [ $tries -eq 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
[ -s "$work/bouncer.pid" ] || { sed 's/^/# /' "$work/start.log" "$work/bouncer.log"; cluster_skip "PgBouncer did not start here"; }
trap 'kill "$(cat "$work/bouncer.pid")" 2>/dev/null; cluster_stop' EXIT
through() { PGHOST=$work PGPORT=6432 "$@"; }

# What the one session of the pool has when the next client gets it.
left() {
    through psql -XAt -d shop -c "SELECT count(*) FROM hypopg()" -c "SELECT count(*) FROM pg_prepared_statements" \
        -c "SHOW statement_timeout" -c "SHOW transaction_read_only" -c "SHOW plan_cache_mode" | tr '\n' ' '
}
left >"$work/before"
printf 'SELECT * FROM t WHERE a = 5;\nSELECT count(*) FROM t WHERE b = $1;\n' >"$work/q.sql"
"$pgsift" advise -d shop --json "$work/q.sql" >"$work/direct.json"
through "$pgsift" advise -d shop --json "$work/q.sql" >"$work/pooled.json" 2>"$work/err"
same "$?" 0 "advice through the pooler"
same "$(cat "$work/err")" "" "without a warning"
cmp -s "$work/direct.json" "$work/pooled.json"
ok $? "is the same as without it"
grep -q '"basis": "planner"' "$work/pooled.json"
ok $? "and the planner's"
same "$(left)" "$(cat "$work/before")" "nothing is left in the session"
for options in "" "--generic" "--sample" "--param=7" "--param=7 --analyze --repeat=2"; do
    through "$pgsift" -d shop --json $options -c 'SELECT count(*) FROM t WHERE b = $1' >"$work/c.json" 2>"$work/err"
    same "$? $(cat "$work/err")" "0 " "-c with a parameter $options"
done
through "$pgsift" -d shop --analyze -q -c 'SELECT nosuch' >/dev/null 2>&1
same "$?" 3 "an error"
through "$pgsift" snapshot -d shop >"$work/snapshot.json" 2>"$work/err"
same "$? $(cat "$work/err")" "0 " "a snapshot"
same "$(left)" "$(cat "$work/before")" "and nothing is left of all that"
done_testing
