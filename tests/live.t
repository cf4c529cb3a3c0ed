#!/bin/sh
# Statements on a real server: pgsift -c and -f.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start log_statement=all log_min_messages=warning log_line_prefix="%p "
pgsift=${BUILD:-build}/pgsift
work=$cluster_dir/home
export LC_ALL=C.UTF-8 TERM=dumb COLUMNS=100
version=$(psql -XAtc "SHOW server_version_num")

psql -Xq <<'SQL'
CREATE TABLE orders (id int PRIMARY KEY, customer int, state text, at timestamptz, note text);
INSERT INTO orders SELECT g, g % 500, CASE WHEN g % 100 = 0 THEN 'open' ELSE 'done' END,
    timestamptz '2024-01-01 00:00+00' + g * interval '1 minute', repeat('x', 100)
    FROM generate_series(1, 50000) g;
CREATE TABLE log (id serial, what text);
CREATE FUNCTION meddle(t text) RETURNS int LANGUAGE plpgsql AS
    'BEGIN INSERT INTO log (what) VALUES (t); RETURN 1; END';
CREATE FUNCTION shout() RETURNS int LANGUAGE plpgsql AS
    'BEGIN RAISE WARNING ''loud''; RETURN 1; END';
CREATE SEQUENCE ticket;
CREATE ROLE nobody LOGIN;
ANALYZE;
SQL
state() { # of the whole database: rows, and where the sequences are
    psql -XAtc "SELECT (SELECT count(*) FROM orders), (SELECT sum(hashtext(o::text)::bigint) FROM orders o),
        (SELECT count(*) FROM log), (SELECT last_value FROM ticket), (SELECT count(*) FROM pg_class)"
}
before=$(state)
run() { # arguments: those of pgsift; leaves $status, $work/out, $work/err
    "$pgsift" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# EXPLAIN
run -q -c "SELECT * FROM orders WHERE customer = 7"
same "$status $(sed 's/plan [0-9.]*ms/plan/; s/cost [0-9,]*  . findings*/cost/; s/ [0-9]*%: index/: index/' "$work/out" | tr '\n' '|')" \
    "0 query  SELECT * FROM orders WHERE customer = 7|Not executed  plan  1 node  cost|COST #1 Seq Scan orders 100%|FIX  !1 #1 Seq Scan orders: index I1 on public.orders (customer)|" \
    "a statement is explained, with the catalog's advice"
[ ! -s "$work/err" ]
ok $? "nothing on standard error"
run --json -c "SELECT * FROM orders WHERE customer = 7"
${BUILD:-build}/tools/schemacheck fixtures/schema/report.schema.json "$work/out"
ok $? "JSON, as its schema says"
grep -q '"analyze": false' "$work/out" && grep -q '"query_text": "SELECT \* FROM orders WHERE customer = 7"' "$work/out"
ok $? "not executed, with its query"
want=$(psql -XAtc "EXPLAIN SELECT * FROM orders WHERE customer = 7" | sed -n '1s/.*\.\.\([0-9.]*\) .*/\1/p')
grep -q "\"total_cost\":${want%.00}[,.]" "$work/out"
ok $? "the cost is the server's ($want)"
for format in text plain md html ndjson sarif; do
    run --format=$format -c "SELECT * FROM orders WHERE customer = 7"
    [ $status = 0 ] && [ -s "$work/out" ]
    ok $? "--format=$format"
done
printf -- '-- the comment before it\nSELECT *\n  FROM orders\n WHERE customer = 7; -- the end\n' >"$work/q.sql"
run -q -f "$work/q.sql"
same "$status $(head -n 1 "$work/out")" "0 $work/q.sql  SELECT * FROM orders WHERE customer = 7" "a file"
"$pgsift" -q -f - <"$work/q.sql" | grep -q 'index I1 on public.orders'
ok $? "standard input"
run -q -c "SELECT 1" -f "$work/q.sql" -c "SELECT 2"
same "$status $(grep -c '^Not executed' "$work/out")" "0 3" "several, each by itself"
run -q -d "host=$PGHOST dbname=postgres user=postgres" -c "SELECT 1"
same "$status" 0 "a connection string"
run -q "postgresql:///postgres?host=$PGHOST&user=postgres" -c "SELECT 1"
same "$status" 0 "a URI as the operand"
run -q -h "$PGHOST" -p 5432 -U postgres -w -c "SELECT 1" postgres
same "$status" 0 "options as psql's"

# executed
run --json --analyze -c "SELECT * FROM orders WHERE customer = 7"
grep -q '"analyze": true' "$work/out" && grep -q '"buffers": true' "$work/out" && grep -q '"actual_rows":100,' "$work/out"
ok $? "--analyze executes it"
run -q --analyze --repeat=5 -c "SELECT count(*) FROM orders"
grep -qE '^median of 5 runs [0-9.]+m?s, least [0-9.]+m?s$' "$work/out"
ok $? "--repeat: $(grep median "$work/out")"
run --json --analyze --repeat=5 -c "SELECT count(*) FROM orders"
grep -q '"run": "median of 5 runs' "$work/out"
ok $? "also in JSON"
run --json --analyze --explain=timing=off,buffers=off -c "SELECT count(*) FROM orders"
grep -q '"timing": false' "$work/out" && grep -q '"buffers": false' "$work/out"
ok $? "--explain leaves options out"
run --explain=memory -c "SELECT 1"
if [ "$version" -ge 170000 ]; then
    [ $status = 0 ] && [ ! -s "$work/err" ]
else
    grep -q "^pgsift: query: warning: PostgreSQL [0-9]* has no EXPLAIN option memory; 17 has$" "$work/err" && [ $status = 0 ]
fi
ok $? "an option of 17"
run -q --explain=timing -c "SELECT 1"
[ "$(cat "$work/err")" = "" ]
ok $? "-q: without warnings"
run --explain=timing -c "SELECT 1"
grep -q "EXPLAIN's option timing needs the statement to be executed" "$work/err"
ok $? "an option that needs ANALYZE"
run -q --analyze -c "SELECT shout()"
[ ! -s "$work/err" ]
ok $? "-q: without the server's warnings"
run --analyze -c "SELECT shout()"
grep -q '^pgsift: server: warning: loud$' "$work/err"
ok $? "else they are shown"

# nothing changes
for sql in "DELETE FROM orders" "UPDATE orders SET note = ''" "INSERT INTO log (what) VALUES ('x')" \
    "SELECT meddle('x')" "SELECT nextval('ticket')" "CREATE TABLE t AS SELECT 1" "SELECT 1 AS a INTO t UNION SELECT 2" \
    "WITH d AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM d" "SELECT * FROM orders FOR UPDATE"; do
    run -q --analyze -c "$sql"
    same "$status $(grep -c 'in a read-only transaction$' "$work/err") $(grep -c 'hint: --allow-write' "$work/err")" "3 1 1" "refused: $sql"
done
run -q -c "DELETE FROM orders WHERE id = 7"
same "$status" 0 "what is not executed needs no permission"
same "$(state)" "$before" "nothing has changed"
run --analyze --allow-write -c "DELETE FROM orders WHERE customer = 7"
grep -q '^pgsift: warning: what statements change is rolled back; sequences' "$work/err"
ok $? "--allow-write warns"
same "$status $(grep -c 'Delete orders' "$work/out")" "0 1" "and executes"
run -q --analyze --allow-write --repeat=3 -c "DELETE FROM orders WHERE customer = 7"
same "$status $(grep -c 'median of 3' "$work/out")" "0 1" "several times over"
run -q --analyze --allow-write -c "SELECT meddle('x')"
same "$status" 0 "functions too"
same "$(state)" "$before" "nothing has changed"
run -q --analyze --allow-write -c "SELECT nextval('ticket'), nextval('ticket')"
same "$status $(psql -XAtc 'SELECT last_value FROM ticket')" "0 2" "but for a sequence, as the warning says"

# one statement
for sql in "SELECT 1; DROP TABLE orders" "SELECT 1; SELECT 2;" "" "-- nothing"; do
    run -c "$sql"
    same "$status $(wc -l <"$work/out")" "2 0" "not one statement: $sql"
done
run -c "EXPLAIN ANALYZE SELECT 1"
same "$status $(head -n 1 "$work/err")" "2 pgsift: query:1:1: the statement is an EXPLAIN already" "an EXPLAIN"
# what our parser would take for one statement, the server does not, and the other way round
run -q -c "SELECT 'a\\'; DROP TABLE orders; --'"
same "$(psql -XAtc 'SELECT count(*) FROM orders')" 50000 "a backslash before a quote"
for sql in "COMMIT" "ANALYZE DELETE FROM orders" "(ANALYZE) DELETE FROM orders" "VACUUM"; do
    run -c "$sql"
    same "$status" 3 "no way out of EXPLAIN: $sql"
done
same "$(psql -XAtc 'SELECT count(*) FROM orders')" 50000 "nothing came of it"

# plans of files, with the server's catalog
psql -XAtc "EXPLAIN (FORMAT JSON) SELECT * FROM orders WHERE id = 7" >"$work/plan.json"
run -d postgres "$work/plan.json"
same "$status $(grep -c 'orders_pkey serves this already' "$work/out")" "0 1" "a plan of a file, with the server's catalog"
run -d postgres "$work/plan.json" --dump-screen --size=20x100
grep -q 'Index Scan orders' "$work/out"
ok $? "in the viewer too"
run -d nosuchdb "$work/plan.json"
same "$status" 3 "a server that is not there"
for option in --analyze --allow-write --repeat=2 --param=1 --generic --sample --explain=wal; do
    run $option "$work/plan.json"
    same "$status $(head -n 1 "$work/err")" "2 pgsift: ${option%=*} needs a statement: -c, -f or --statements" "$option without a statement"
done
if [ "$version" -ge 170000 ]; then
    run --json --analyze --explain=serialize=text,memory -c "SELECT * FROM orders WHERE customer < 50"
    grep -q '"serialization"' "$work/out" && grep -q 'memory' "$work/out"
    ok $? "SERIALIZE and MEMORY"
fi
run --json --analyze --allow-write -c "DELETE FROM orders WHERE customer = 7"
if [ "$version" -ge 130000 ]; then
    grep -q '"wal_records":[1-9]' "$work/out"
else
    ! grep -q '"wal_records"' "$work/out"
fi
ok $? "WAL, of a server that has it"

# parameters
note() { # the line that says how a plan was come by, unwrapped
    # that there is no HypoPG here is no news
    "$pgsift" --format=plain "$@" 2>&1 </dev/null | sed -n '/HypoPG/d; s/^Run: //p; /^pgsift/p'
}
sql='SELECT * FROM orders WHERE customer = $1'
same "$(note -c "$sql")" "generic plan, for any values of the parameters" "without values: a generic plan"
same "$(note --param=7 -c "$sql")" "\$1 = '7'" "with one"
run --json --param=7 -c "$sql"
grep -q 'customer = 7' "$work/out"
ok $? "the plan is for it"
same "$(note --param=7 --generic -c "$sql")" "generic plan, for any values of the parameters" "--generic"
run --json --generic -c "$sql"
grep -q 'customer = \$1' "$work/out"
ok $? "the plan is for any"
middle=$(psql -XAtc "SELECT (histogram_bounds::text::int[])[array_length(histogram_bounds::text::int[], 1) / 2 + 1] FROM pg_stats WHERE tablename = 'orders' AND attname = 'customer'")
same "$(note --sample -c "$sql")" "\$1 = '$middle' (of orders.customer)" "--sample: the middle of the histogram"
same "$(note --analyze -c "$sql")" "\$1 = '$middle' (of orders.customer)" "executed: sampled as well"
same "$(note --analyze --generic --repeat=2 -c "$sql" | sed 's/ [0-9.]*ms/ N/g')" \
    "generic plan, for any values of the parameters; executed with \$1 = '$middle' (of orders.customer); median of 2 runs N, least N" \
    "the generic plan executed"
same "$(note --param='$2=open' --param='$1=7' -c 'SELECT * FROM orders WHERE customer = $1 AND state = $2')" \
    "\$1 = '7', \$2 = 'open'" "by number"
same "$(note --param='it'"'"'s' --param='\N' -c 'SELECT * FROM orders WHERE note = $1 AND state = $2')" \
    "\$1 = 'it's', \$2 = NULL" "a quote, and NULL"
same "$(note --param=7 --analyze -c 'SELECT * FROM orders WHERE customer = $1 LIMIT $2')" \
    "\$1 = '7' (given), \$2 = '20' (LIMIT)" "one given, one not"
same "$(note --param=7 -c 'SELECT * FROM orders WHERE customer = :customer')" "\$1 = '7'" "of psql"
same "$(note -c 'SELECT * FROM orders WHERE customer = ? AND state = ?')" "generic plan, for any values of the parameters" "of JDBC"
same "$(note --param=1 --param=2 -c "$sql")" "pgsift: query: there is a value for \$2, and the statement has 1 parameter" "one too many"
run --param=x -c "$sql"
same "$status $(head -n 1 "$work/err")" '3 pgsift: query: invalid input syntax for type integer: "x"' "no integer"
run -q --generic --analyze --param="x'); DROP TABLE orders; --" -c 'SELECT * FROM orders WHERE note = $1'
same "$status $(psql -XAtc 'SELECT count(*) FROM orders')" "0 50000" "a value is a value"

run --anonymize --sample -c "SELECT * FROM orders WHERE state = \$1 AND note = \$2"
[ $status = 0 ] && ! grep -q 'orders\|open\|xxx' "$work/out"
ok $? "--anonymize: neither names nor sampled values"

# errors
printf 'SELECT id,\n       nosuch,\n       state\n  FROM orders' >"$work/bad.sql"
run -f "$work/bad.sql"
same "$status $(cat "$work/err")" "3 pgsift: $work/bad.sql:2:8: column \"nosuch\" does not exist
         nosuch,
         ^" "an error has its place, and a caret under it"
printf -- '-- ä\nSELECT '"'ä'"', "ö", ?, nosuch FROM orders' >"$work/bad.sql"
run -f "$work/bad.sql"
same "$status $(cat "$work/err")" "3 pgsift: $work/bad.sql:2:13: column \"ö\" does not exist
  SELECT 'ä', \"ö\", ?, nosuch FROM orders
              ^" "in characters, in the text as it was written"
run -q -c "SELECT 1" -c "SELECT nosuch" -c "SELECT 2"
same "$status $(grep -c '^Not executed' "$work/out") $(head -n 1 "$work/err")" \
    '4 2 pgsift: query:1:8: column "nosuch" does not exist' "one of three fails: the others are reported, status 4"
run -U nobody -c "SELECT * FROM orders"
same "$status $(head -n 1 "$work/err")" "3 pgsift: query: permission denied for table orders" "privileges"
grep -q 'hint: EXPLAIN needs the same privileges' "$work/err"
ok $? "with a hint"
run nosuchdb -c "SELECT 1"
same "$status $(sed 's/.*FATAL: *//' "$work/err")" '3 database "nosuchdb" does not exist' "no such database"
run -h /nonexistent -c "SELECT 1"
same "$status" 3 "no server"
run -d postgres postgres -c "SELECT 1"
same "$status" 2 "two databases"
for options in "--allow-write" "--repeat=3" "--timeout=never" "--repeat=0 --analyze" "--explain=costs" "--explain=serialize=xml"; do
    run $options -c "SELECT 1"
    same "$status $(wc -l <"$work/out")" "2 0" "$options"
done

# time-outs
started=$(date +%s)
run -q --analyze --timeout=300ms -c "SELECT pg_sleep(20)"
same "$status $(cat "$work/err")" "3 pgsift: query: canceling statement due to statement timeout
  hint: it may take 0.3 s; --timeout=TIME sets another limit" "--timeout"
psql -XAtqc "BEGIN; LOCK TABLE log; SELECT pg_sleep(30)" >/dev/null 2>&1 &
locker=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.1
    [ "$(psql -XAtc "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'log'::regclass")" = 1 ] && break
done
run -q --timeout=6 -c "SELECT * FROM log"
same "$status $(head -n 1 "$work/err")" "3 pgsift: query:1:15: canceling statement due to lock timeout" "a lock that does not come"
psql -XAtqc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()" >/dev/null
wait $locker 2>/dev/null

# Ctrl-C
sleeping() {
    psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'EXPLAIN%pg_sleep(25)' AND state = 'active'"
}
(trap - INT; exec "$pgsift" -q --analyze -c "SELECT 1" -c "SELECT pg_sleep(25)" -c "SELECT 2" >"$work/out" 2>"$work/err") &
pid=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    sleep 0.2
    [ "$(sleeping)" = 1 ] && break
done
same "$(sleeping)" 1 "a long statement runs"
kill -INT $pid
wait $pid
same "$? $(cat "$work/err")" "130 pgsift: query: interrupted; the statement was cancelled on the server" "Ctrl-C: status 130"
same "$(grep -c '^Exec' "$work/out")" 1 "what was done by then is reported"
same "$(sleeping)" 0 "it is cancelled on the server"
[ $(($(date +%s) - started)) -lt 40 ]
ok $? "none of that waited for its end"

# what the server saw: everything in a transaction that is rolled back, no setting that outlives it
log=$cluster_dir/log
sed -n 's/^[0-9]* LOG: *execute [^:]*: *//p' "$log" | grep -iE '^(SET|RESET|COMMIT|END|BEGIN|START|ROLLBACK|PREPARE|DEALLOCATE|SAVEPOINT)' |
    sed 's/^PREPARE pgsift_generic AS .*/PREPARE/' | sort | uniq >"$work/words"
same "$(grep -vxE 'BEGIN (ISOLATION LEVEL REPEATABLE READ )?READ (ONLY|WRITE)|ROLLBACK( TO pgsift)?|SET LOCAL plan_cache_mode.*|(PREPARE|DEALLOCATE.*)|SAVEPOINT pgsift' "$work/words")" \
    "" "no setting and no transaction of ours stays ($(wc -l <"$work/words") kinds of such statements)"
prepared=$(grep -c 'execute [^:]*: PREPARE pgsift_generic' "$log")
[ "$version" -ge 160000 ] || prepared=$((prepared - 1)) # one had an error in it
same "$(grep -c 'execute [^:]*: DEALLOCATE pgsift_generic' "$log")" "$prepared" "what was prepared is deallocated"
begins=$(grep -cE 'execute [^:]*: BEGIN' "$log")
ends=$(grep -cE 'execute [^:]*: ROLLBACK$' "$log")
same "$ends" "$begins" "every transaction is rolled back"
! grep 'plan_cache_mode\|set_config' "$log" | grep -v 'SET LOCAL\|, true)' | grep -q execute
ok $? "settings are of the transaction"

done_testing
