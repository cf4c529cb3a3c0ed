#!/bin/sh
# What a real server will not do on demand: a scripted one does it (tests/tools/fakepg.c).

. tests/lib/tap.sh

pgsift=${BUILD:-build}/pgsift
fakepg=${BUILD:-build}/tools/fakepg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 TERM=dumb COLUMNS=100 PGHOST=127.0.0.1 PGUSER=me PGDATABASE=shop
export PGPASSFILE="$work/none" PGOPTIONS= HOME="$work"
unset PGCONNECT_TIMEOUT PGSERVICE PGPASSWORD PGSSLMODE PGPORT PGHOSTADDR PGTARGETSESSIONATTRS

result='[{"Plan": {"Node Type": "Result", "Parallel Aware": false, "Startup Cost": 0.00, "Total Cost": 0.01, "Plan Rows": 1, "Plan Width": 4}, "Planning Time": 0.010}]'
scan='[{"Plan": {"Node Type": "Seq Scan", "Parallel Aware": false, "Relation Name": "t", "Schema": "public", "Alias": "t", "Startup Cost": 0.00, "Total Cost": 35.50, "Plan Rows": 2550, "Plan Width": 4}, "Planning Time": 0.010}]'

interrupt_after= # seconds until Ctrl-C
# run SCRIPT ARGUMENT...: leaves $status, $work/out, $work/err, and $played, the server's status
run() {
    printf '%s\n' "$1" >"$work/script"
    shift
    : >"$work/port" # of the one before
    "$fakepg" "$work/script" >"$work/port" 2>"$work/fake.err" &
    fake=$!
    tries=0
    while [ ! -s "$work/port" ] && [ $tries -lt 400 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    started=$(date +%s)
    PGPORT=$(cat "$work/port") "$pgsift" "$@" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    [ -z "$interrupt_after" ] || { sleep "$interrupt_after" && kill -INT $pid; }
    wait $pid
    status=$?
    took=$(($(date +%s) - started))
    wait $fake
    played=$?
    sed 's/^/# /' "$work/fake.err"
}
# check STATUS MESSAGE WHAT: the first line on standard error, ports cut out
check() {
    same "$status $(sed "s/, port [0-9]*//; s/ (127.0.0.1)//" "$work/err" | head -n 1)" "$1 $2" "$3"
}
begin='any 2'
# a whole EXPLAIN with its answer
explained="$begin
expect EXPLAIN (FORMAT JSON
row $result
ready
any 1"
open='accept
startup
welcome'

run "$open
$explained" -q -c "SELECT 1"
same "$status $played $(head -n 1 "$work/out")" "0 0 query  SELECT 1" "a server that behaves"

# ---- connecting ----
run "accept
startup
error 57P03 the database system is starting up" -c "SELECT 1"
check 3 'pgsift: connection to server at "127.0.0.1" failed: ERROR: the database system is starting up' "a server that starts"
run "accept
startup
fatal 53300 sorry, too many clients already" -c "SELECT 1"
check 3 'pgsift: connection to server at "127.0.0.1" failed: FATAL: sorry, too many clients already' "a full server"
run "accept
startup
password
fatal 28P01 password authentication failed for user \"me\"" -c "SELECT 1" -d "host=127.0.0.1 user=me password=secret"
check 3 'pgsift: connection to server at "127.0.0.1" failed: FATAL: password authentication failed for user "me"' "a wrong password"
! grep -q secret "$work/out" "$work/err"
ok $? "which is not printed"
run "accept
startup
raw R" -w -c "SELECT 1"
same "$status" 3 "half a message, then the end"
printf '127.0.0.1:*:shop:me:from-the-file\n' >"$work/pass" && chmod 600 "$work/pass"
export PGPASSFILE="$work/pass"
run "accept
startup
password
welcome
$explained" -q -w -c "SELECT 1"
same "$status $played" "0 0" "a password out of the password file"
export PGPASSFILE="$work/none"
PGSSLMODE=require run "accept
ssl N" -c "SELECT 1"
check 3 'pgsift: connection to server at "127.0.0.1" failed: server does not support SSL, but SSL was required' "no SSL there"
run "accept
startup
welcome 11.22" -c "SELECT 1"
check 3 'pgsift: the server is PostgreSQL 11.22, and 12 is the oldest that is known' "an old server"
run "accept
raw HTTP/1.1 400 Bad Request" -c "SELECT 1"
same "$status $(wc -l <"$work/out")" "3 0" "no PostgreSQL at all"
PGCONNECT_TIMEOUT=2 run "accept
sleep 4" -c "SELECT 1"
same "$status" 3 "a server that says nothing"
[ $took -le 3 ]
ok $? "is given up after PGCONNECT_TIMEOUT"
export PGSERVICEFILE="$work/services"
printf '[there]\nhost=127.0.0.1\nuser=me\ndbname=shop\n' >"$PGSERVICEFILE"
run "$open
$explained" -q -d service=there -c "SELECT 1"
same "$status $played" "0 0" "a service"

# ---- in the middle ----
run "$open
$begin
expect EXPLAIN
close" -c "SELECT 1"
check 3 'pgsift: query: server closed the connection unexpectedly' "a server that crashes"
grep -q 'hint: This probably means the server terminated abnormally' "$work/err"
ok $? "with the library's hint"
run "$open
$begin
expect EXPLAIN
fatal 57P01 terminating connection due to administrator command
close" -c "SELECT 1"
check 3 'pgsift: query: terminating connection due to administrator command' "an administrator ends the session"
run "$open
$explained
$begin
expect EXPLAIN
close" -q -c "SELECT 1" -c "SELECT 2" -c "SELECT 3"
same "$status $(grep -c '^Not executed' "$work/out") $(grep -c 'SELECT 1' "$work/out")" "4 1 1" "what was explained before that is reported: status 4"
same "$(grep -c 'unexpectedly' "$work/err")" 1 "the failure is told once"
run "$open
expect BEGIN
close" -c "SELECT 1"
check 3 'pgsift: query: server closed the connection unexpectedly' "it is gone before it begins"
run "$open
$begin
expect EXPLAIN
raw garbage that is no message at all, and goes on for a while
close" -c "SELECT 1"
same "$status $(wc -l <"$work/out")" "3 0" "garbage"
run "$open
$begin
expect EXPLAIN
done
ready
any 1" -c "SELECT 1"
check 3 'pgsift: query: EXPLAIN gave nothing: the statement has no plan' "no plan"
run "$open
$begin
expect EXPLAIN
row [{\"Plan\": {\"Node Type\": 
ready
any 1" -c "SELECT 1"
same "$status $(wc -l <"$work/out")" "2 0" "half a plan"
run "$open
$begin
expect EXPLAIN
notice 01000 collation \"x\" has changed
row $result
ready
any 1" -c "SELECT 1"
same "$status $(head -n 1 "$work/err")" '0 pgsift: server: warning: collation "x" has changed' "a warning of the server"
run "$open
$begin
expect EXPLAIN
error 40001 could not serialize access
ready
any 1" -c "SELECT 1"
check 3 'pgsift: query: could not serialize access' "a conflict"
grep -q 'hint: another session changed the same rows; try again' "$work/err"
ok $? "with a hint"

# ---- a standby, and a pooler ----
run "$open
expect pg_is_in_recovery
row t
ready" -q --analyze --allow-write -c "DELETE FROM t"
check 3 'pgsift: query: the server is a standby, which changes no data' "a standby"
run "$open
expect BEGIN
error 08P01 server conn crashed?
ready" -c "SELECT 1"
check 3 'pgsift: query: server conn crashed?' "a pooler without a server"

# ---- the catalog ----
run "$open
$begin
expect EXPLAIN
row $scan
ready
any 1
any 3
expect WITH RECURSIVE
error 55P03 canceling statement due to lock timeout
ready
any 1" -c "SELECT * FROM t"
check 0 'pgsift: the catalog could not be read: warning: canceling statement due to lock timeout' "a catalog that cannot be read: a warning"
same "$(grep -c 'Seq Scan' "$work/out" | sed 's/[1-9].*/some/')" some "the report is there all the same"
run "$open
$begin
expect EXPLAIN
row $scan
ready
any 1
any 3
expect WITH RECURSIVE
close" -c "SELECT * FROM t"
same "$status $(grep -c 'the catalog could not be read: warning: server closed the connection' "$work/err")" "0 1" "the server crashes under it"
run "$open
$begin
expect EXPLAIN
row $scan
ready
any 1
any 3
expect WITH RECURSIVE
row {\"relations\": 
ready
any 1" -c "SELECT * FROM t"
same "$status $(grep -c 'the catalog could not be read' "$work/err")" "0 1" "half a catalog"

# ---- time-outs and Ctrl-C where the server does not answer ----
run "$open
$begin
expect EXPLAIN
cancel
error 57014 canceling statement due to user request
ready
any 1" --timeout=1ms -c "SELECT 1"
check 3 'pgsift: query: the statement took longer than 5001 ms' "a server without time-outs: ours"
interrupt_after=1
run "$open
$begin
expect EXPLAIN
cancel
error 57014 canceling statement due to user request
ready
any 1" -c "SELECT 1"
check 130 'pgsift: query: interrupted; the statement was cancelled on the server' "Ctrl-C"
same "$played" 0 "and the transaction is rolled back after it"
run "$open
$begin
expect EXPLAIN
sleep 8" -c "SELECT 1"
check 130 'pgsift: query: interrupted; the server did not confirm it' "Ctrl-C, and the server is silent"
[ $took -le 8 ]
ok $? "it is given up after a while"

# while it connects
interrupt_after=1
run 'accept
startup
sleep 6' -c 'SELECT 1'
check 130 'pgsift: interrupted' "Ctrl-C, and the server does not let anybody in"
[ "$took" -lt 5 ]
ok $? "which it did not wait for: $took s"
interrupt_after=
done_testing
