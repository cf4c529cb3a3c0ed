#!/bin/sh
# A standby server, and a connection over SSL.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start wal_level=replica max_wal_senders=3 hot_standby=on
pgsift=${BUILD:-build}/pgsift
work=$cluster_dir/home
export LC_ALL=C.UTF-8 TERM=dumb COLUMNS=100
run() {
    "$pgsift" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

psql -Xq -c "CREATE TABLE t (id int PRIMARY KEY, a int)" -c "INSERT INTO t SELECT g, g FROM generate_series(1, 5000) g" -c "ANALYZE t"

# ---- a standby ----
standby=$cluster_dir/standby
cleanup() {
    cluster_as_owner "$cluster_bin/pg_ctl" -D "$standby" -m immediate -s stop >/dev/null 2>&1
    cluster_stop
}
if [ -x "$cluster_bin/pg_basebackup" ] || command -v pg_basebackup >/dev/null; then
    backup=$cluster_bin/pg_basebackup
    [ -x "$backup" ] || backup=$(command -v pg_basebackup)
    cluster_as_owner "$backup" -h "$PGHOST" -U postgres -D "$standby" -R -X stream -c fast >"$work/backup.log" 2>&1 &&
        echo "port = 5433" >>"$standby/postgresql.conf" &&
        trap cleanup EXIT &&
        cluster_as_owner "$cluster_bin/pg_ctl" -D "$standby" -l "$cluster_dir/standby.log" -w -t 60 -s start >/dev/null 2>&1
    ok $? "a standby"
    sed 's/^/# /' "$work/backup.log" | grep -i error
    same "$(psql -XAt -p 5433 -c 'SELECT pg_is_in_recovery()')" t "which is one"
    run -p 5433 -c "SELECT * FROM t WHERE a = 7"
    same "$status $(grep -c "^I1 public.t (a)" "$work/out")" "0 1" "explains, with advice"
    run -q -p 5433 --analyze -c "SELECT * FROM t WHERE a = 7"
    same "$status $(grep -c '^Exec' "$work/out")" "0 1" "executes"
    run -q -p 5433 -c 'SELECT * FROM t WHERE a = $1'
    same "$status" 0 "makes generic plans"
    run -q -p 5433 --analyze -c "DELETE FROM t"
    same "$status $(head -n 1 "$work/err")" "3 pgsift: query: cannot execute DELETE in a read-only transaction" "refuses writes"
    run -q -p 5433 --analyze --allow-write -c "DELETE FROM t"
    same "$status $(cat "$work/err")" "3 pgsift: query: the server is a standby, which changes no data
  hint: connect to the primary (target_session_attrs=primary finds it), or do not allow writing" "says what it is"
    run snapshot -p 5433
    same "$status $(grep -c '"in_recovery" : true' "$work/out")" "0 1" "gives snapshots"
    run -q -h "$PGHOST,$PGHOST" -p 5433,5432 -d "dbname=postgres target_session_attrs=read-write" --analyze --allow-write -c "DELETE FROM t WHERE id = 1"
    same "$status" 0 "target_session_attrs finds the primary"
else
    ok 0 "a standby # SKIP there is no pg_basebackup"
fi

# ---- SSL ----
key=$cluster_dir/data/server.key
if command -v openssl >/dev/null && openssl req -new -x509 -days 2 -nodes -subj /CN=localhost -keyout "$work/key" -out "$work/cert" >/dev/null 2>&1; then
    cp "$work/key" "$key" && cp "$work/cert" "$cluster_dir/data/server.crt" && chmod 600 "$key"
    [ "$(id -u)" -ne 0 ] || chown postgres "$key" "$cluster_dir/data/server.crt"
    port=$((20000 + $$ % 20000))
    printf "listen_addresses = '127.0.0.1'\nport = %d\nssl = on\n" $port >>"$cluster_dir/data/postgresql.conf"
    cluster_as_owner "$cluster_bin/pg_ctl" -D "$cluster_dir/data" -l "$cluster_dir/log" -w -t 60 -s restart >/dev/null 2>&1
    if [ $? -eq 0 ] && [ "$(PGSSLMODE=require psql -XAt -h 127.0.0.1 -p $port -c "SELECT 1" 2>/dev/null)" = 1 ]; then
        PGSSLMODE=require run -q -h 127.0.0.1 -p $port -c "SELECT 1"
        same "$status" 0 "SSL is used"
        printf 'O' >"$work/keys"
        PGSSLMODE=require run -h 127.0.0.1 -p $port -c "SELECT 1" --dump-screen --size=30x100 --keys="$work/keys"
        same "$(grep -c 'SSL: TLSv1' "$work/out")" 1 "and shown among the facts of the connection"
        PGSSLMODE=verify-full PGSSLROOTCERT="$work/none" run -h 127.0.0.1 -p $port -c "SELECT 1"
        same "$status $(grep -c 'root certificate file' "$work/err")" "3 1" "a certificate that cannot be checked"
        PGSSLMODE=verify-full PGSSLROOTCERT="$work/cert" run -h 127.0.0.1 -p $port -c "SELECT 1"
        same "$status $(grep -ci 'does not match host name' "$work/err")" "3 1" "a certificate of another host"
        PGSSLMODE=verify-ca PGSSLROOTCERT="$work/cert" run -q -h 127.0.0.1 -p $port -c "SELECT 1"
        same "$status" 0 "one that is known"
    else
        ok 0 "SSL # SKIP this server has none, or the port is taken"
    fi
else
    ok 0 "SSL # SKIP there is no openssl"
fi

done_testing
