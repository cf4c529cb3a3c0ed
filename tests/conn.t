#!/bin/sh
# The connection itself, against a real server.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start
run=${BUILD:-build}/tools/connrun

same "$($run "SELECT 1, NULL, 'two'" "SET LOCAL jit = off" | tr '\t' ,)" "1,NULL,two
SET LOCAL can only be used in transaction blocks
alive" "results and warnings"
same "$($run -v 7 -v x 'SELECT $1::int + 1, $2' | tr '\t' ,)" "8,x
alive" "parameters"
same "$($run "SELECT 'ä',
  nosuch" 'SELECT 3')" "SQL 2:3 column \"nosuch\" does not exist
sqlstate 42703
|  nosuch
|  ^
3
alive" "an error has its place, and the connection goes on"
for how in "" -s; do
    same "$($run $how 'SELECT 1; DROP TABLE x')" \
        "SQL 0:0 cannot insert multiple commands into a prepared statement
sqlstate 42601
alive" "one statement at a time $how"
done
same "$($run 'COPY pg_class TO STDOUT')" "SQL 0:0 COPY is not possible here
lost" "COPY ends the connection, not the program"

started=$(date +%s)
same "$($run -p 300 'SELECT pg_sleep(20)' 'SELECT 2')" "TIMEOUT 0:0 the statement took longer than 300 ms
sqlstate 57014
2
alive" "patience ends"
same "$($run "SET statement_timeout = '200ms'" 'SELECT pg_sleep(20)' 'SELECT 2')" \
    "TIMEOUT 0:0 canceling statement due to statement timeout
sqlstate 57014
2
alive" "so does the server's"

# an interrupt
$run 'SELECT pg_sleep(20)' 'SELECT 2' >"$cluster_dir/home/out" &
pid=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.1
    [ "$(psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)'")" = 1 ] && break
done
kill -INT $pid
wait $pid
same "$?" 130 "an interrupt: status 130"
same "$(head -n 1 "$cluster_dir/home/out")" \
    "CANCELLED 0:0 interrupted; the statement was cancelled on the server" "it was cancelled on the server"
same "$(psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)' AND state = 'active'")" \
    0 "where it runs no more"
[ $(($(date +%s) - started)) -lt 12 ]
ok $? "none of that waited"

# lost connections
$run 'SELECT pg_terminate_backend(pg_backend_pid())' 'SELECT 1' >"$cluster_dir/home/out"
same "$?" 3 "a connection that is lost: status 3"
same "$(cat "$cluster_dir/home/out")" "CONNECT 0:0 terminating connection due to administrator command
sqlstate 57P01
hint the server was shut down, or the session was ended by an administrator
CONNECT 0:0 the connection to the server was lost
lost" "it is said, once and for all"
same "$(PGHOST=/nonexistent $run 'SELECT 1')" \
    "CONNECT 0:0 connection to server on socket \"/nonexistent/.s.PGSQL.5432\" failed: No such file or directory
hint Is the server running locally and accepting connections on that socket?" "no server there"
same "$(PGUSER=nosuch $run 'SELECT 1' | sed 's/.*FATAL: *//')" 'role "nosuch" does not exist' "no such role"

# files that name servers
printf '[here]\nhost=%s\nuser=postgres\ndbname=postgres\n' "$PGHOST" >"$cluster_dir/home/services"
same "$(env -u PGHOST -u PGUSER PGSERVICE=here PGSERVICEFILE="$cluster_dir/home/services" $run 'SELECT current_user')" \
    "postgres
alive" "a service file"

done_testing
