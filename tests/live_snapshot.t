#!/bin/sh
# pgsift snapshot: the document of the psql script, over a connection of its own.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start
pgsift="${BUILD:-build}/pgsift snapshot"
script=src/db/snapshot.sql
schema=fixtures/schema/snapshot.schema.json
check=${BUILD:-build}/tools/schemacheck
work=$cluster_dir/home
export LC_ALL=C

# everything but when it was taken
timeless() {
    sed 's/"taken_at" : "[^"]*"/"taken_at" : "then"/' "$@"
}

createdb everything && psql -Xq -d everything -f fixtures/ddl/everything.sql >"$work/load.log" 2>&1
psql -Xq -d everything -c "ANALYZE"
$pgsift everything >"$work/ours.json" 2>"$work/err"
ok $? "a snapshot"
$check $schema "$work/ours.json"
ok $? "is as the schema says"
psql -XAtq -d everything -f $script | timeless >"$work/script.json"
timeless "$work/ours.json" >"$work/ours.txt"
same_file "$work/ours.txt" "$work/script.json" "the same document as the psql script's"
PGDATABASE=everything $pgsift -q | timeless | cmp -s - "$work/script.json"
ok $? "PGDATABASE names the database"
$pgsift -d "host=$PGHOST dbname=everything user=postgres" -q | timeless | cmp -s - "$work/script.json"
ok $? "so does a connection string"
$pgsift -q "postgresql:///everything?host=$PGHOST&user=postgres" | timeless | cmp -s - "$work/script.json"
ok $? "and a URI"
PGDATESTYLE=German PGTZ=Asia/Tokyo $pgsift -q everything | timeless | cmp -s - "$work/script.json"
ok $? "whatever the session's own formats are"

psql -XAtq -d everything -v values=off -f $script | timeless >"$work/script.json"
$pgsift --no-values everything -q | timeless >"$work/ours.txt"
same_file "$work/ours.txt" "$work/script.json" "--no-values is values=off"
psql -XAtq -d everything -v schema='Mixed Case,app' -f $script | timeless >"$work/script.json"
$pgsift -n '"Mixed Case"' --schema=APP everything -q | timeless >"$work/ours.txt"
same_file "$work/ours.txt" "$work/script.json" "--schema, with names as SQL has them"

# tables
relations() {
    tr , '\n' <"$1" | sed -n 's/.*"quoted" : "\(.*\)"/\1/p' | sort | tr '\n' ' '
}
psql -Xq -d postgres <<'SQL'
CREATE SCHEMA app;
CREATE TABLE app.orders (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE app.orders_1 PARTITION OF app.orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE app."Odd ""name""" (secret text);
CREATE TABLE people (id int PRIMARY KEY, secret text);
INSERT INTO people SELECT g, 'classified ' || g % 3 FROM generate_series(1, 1000) g;
CREATE TABLE guarded (id int, secret text);
INSERT INTO guarded SELECT g, 'classified ' || g % 3 FROM generate_series(1, 1000) g;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
ANALYZE;
CREATE TABLE fresh (id int);
INSERT INTO fresh VALUES (1);
CREATE ROLE nobody LOGIN;
CREATE ROLE somebody LOGIN;
GRANT SELECT ON guarded TO somebody;
SQL
$pgsift -t app.orders >"$work/out.json" 2>"$work/err"
same "$? $(relations "$work/out.json")" "0 app.orders app.orders_1 " "--table, with its partitions"
$pgsift -n app -t orders_1 -t people >"$work/out.json" 2>"$work/err"
same "$? $(relations "$work/out.json")" "4 app.orders app.orders_1 " "a table of the schema; another is not there: status 4"
grep -q 'warning: 1 of the tables asked for are not there, the first is people' "$work/err"
ok $? "which is said"
$pgsift -t 'app."Odd ""name"""' >"$work/out.json" 2>"$work/err"
ok $? "odd names"
for case in '-t nosuch:there is no table nosuch' '-n nosuch:there is no table in schema nosuch'; do
    $pgsift ${case%%:*} -o "$work/none.json" 2>"$work/err"
    same "$? $(cat "$work/err")" "2 pgsift: ${case#*:}" "${case%%:*}"
done
[ ! -e "$work/none.json" ]
ok $? "then nothing is written"
$pgsift -n a -n b -t c 2>"$work/err"
same "$?" 2 "a table of which schema?"

# what cannot be seen
$pgsift >"$work/out.json" 2>"$work/err"
grep -q 'warning: 1 of 6 tables were never analyzed' "$work/err"
ok $? "tables never analyzed are counted"

$pgsift -U nobody >"$work/out.json" 2>"$work/err"
ok $? "a role without privileges"
$check $schema "$work/out.json"
ok $? "gets a document too"
grep -q 'role "nobody" may not read 6 of 6 tables (.* \.\.\.): no statistics' "$work/err"
ok $? "is told what it cannot see"
! grep -q classified "$work/out.json" && grep -q '"reltuples" : 1000' "$work/out.json"
ok $? "and has sizes but no statistics"
$pgsift -U somebody -t guarded >"$work/out.json" 2>"$work/err"
grep -q 'row security hides the statistics of 1 of 1 tables from role "somebody"' "$work/err" &&
    ! grep -q classified "$work/out.json"
ok $? "row security"
$pgsift -U nobody -q >"$work/out.json" 2>"$work/err" && [ ! -s "$work/err" ]
ok $? "-q says nothing"

# a locked table; a time-out
psql -XAtq -c "BEGIN; LOCK TABLE fresh IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(30)" >/dev/null 2>&1 &
locker=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    [ "$(psql -XAtc "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'fresh'::regclass" 2>/dev/null)" = 1 ] && break
done
$pgsift -o "$work/none.json" 2>"$work/err"
same "$? $(sed 's/; see.*//' "$work/err" | tr '\n' '|')" \
    "3 pgsift: canceling statement due to lock timeout|  hint: another session holds a lock that this needs|" "a locked table"
[ ! -e "$work/none.json" ]
ok $? "nothing is written then"
psql -XAtqc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()" >/dev/null
wait $locker 2>/dev/null
$pgsift --timeout=1ms 2>"$work/err" >"$work/out"
same "$? $(head -n 1 "$work/err")" "3 pgsift: canceling statement due to statement timeout" "--timeout"

# nothing is left behind
same "$(psql -XAtc "SELECT count(*) FROM pg_class WHERE relname LIKE 'pgsift%'") $(psql -XAtc "SELECT xact_commit > 0 FROM pg_stat_database WHERE datname = 'postgres'")" \
    "0 t" "nothing is made on the server"
PGHOST=/nonexistent $pgsift 2>"$work/err"
same "$?" 3 "no server: status 3"

done_testing
