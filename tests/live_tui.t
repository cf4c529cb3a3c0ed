#!/bin/bash
# The viewer on a statement of a server: keys by script, and Ctrl-C in a real terminal (tmux).

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start
pgsift=$PWD/${BUILD:-build}/pgsift
work=$cluster_dir/home
export LC_ALL=C.UTF-8 HOME=$work TERM=xterm-256color
psql -Xq -c "CREATE TABLE t (id int PRIMARY KEY, a int)" -c "INSERT INTO t SELECT g, g % 100 FROM generate_series(1, 20000) g" \
    -c "CREATE FUNCTION meddle() RETURNS int LANGUAGE plpgsql AS 'BEGIN INSERT INTO t VALUES (0, 0); RETURN 1; END'" -c "ANALYZE t"

# screen KEYS ARGUMENT...: the screen after those keys
screen() {
    printf '%s' "$1" >"$work/keys"
    shift
    "$pgsift" "$@" --dump-screen --size=30x130 --keys="$work/keys" 2>"$work/err" </dev/null
}
sql="SELECT * FROM t WHERE a = 7"
shown=$(screen "" -c "$sql")
echo "$shown" | grep -q "Not executed .* live: postgres@.* read-only"
ok $? "the plan, and where it comes from"
echo "$shown" | grep -q 'Seq Scan t '
ok $? "its tree"
screen "x" -c "$sql" | grep -q '^ planned'
ok $? "x plans it again"
screen "X" -c "$sql" | grep -q 'this executes the query (read-only, rolled back). Run it? y/n'
ok $? "X asks first"
screen "Xn<Enter>" -c "$sql" | grep -q 'not executed'
ok $? "and does not, if not wanted"
shown=$(screen "Xy<Enter>" -c "$sql")
echo "$shown" | grep -q '^ Exec ' && echo "$shown" | grep -q '^ executed'
ok $? "executes"
echo "$shown" | grep -q '#1 .*Seq Scan' && echo "$shown" | grep -q 'TIME   self'
ok $? "and shows the new plan"
screen "Xy<Enter>X""X""X" -c "$sql" | grep -qE 'median of 4: [0-9.]+m?s, min [0-9.]+m?s'
ok $? "several executions: median and minimum"
screen "Xy<Enter>" -c "SELECT meddle()" | grep -q 'cannot execute INSERT in a read-only transaction'
ok $? "what changes data is refused"
screen "Xy<Enter>" --analyze --allow-write -c "DELETE FROM t" | grep -q '^ Exec '
ok $? "but for --allow-write"
same "$(psql -XAtc 'SELECT count(*) FROM t')" 20000 "which is rolled back"
screen "O" -c "$sql" >"$work/shown"
grep -q 'database: postgres' "$work/shown" && grep -q 'transactions: read-only, always rolled back' "$work/shown" &&
    grep -q 'time-out: 30 s' "$work/shown"
ok $? "facts of the connection"
screen "}" -c "$sql" -c "SELECT 1" | grep -q 'plan 2/2'
ok $? "several statements"
screen "" -c "SELECT nosuch" >"$work/shown"
same "$? $(head -n 1 "$work/err")" '3 pgsift: query:1:8: column "nosuch" does not exist' "an error opens no screen"

# ---- a real terminal ----
if ! command -v tmux >/dev/null; then
    ok 0 "Ctrl-C # SKIP tmux is not installed"
    done_testing
fi
t() { tmux -S "$work/tmux" -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; cluster_stop' EXIT
until_screen() {
    for _ in $(seq 100); do
        t capture-pane -p | grep -Eq -- "$1" && return 0
        sleep 0.1
    done
    t capture-pane -p | sed 's/^/# |/'
    return 1
}
sleeping() {
    psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'EXPLAIN%pg_sleep%' AND state = 'active'"
}
t new-session -d -x 120 -y 30 "'$pgsift' --no-state -c 'SELECT pg_sleep(50)'; echo \"rc=\$?\"; sleep 60"
until_screen 'Not executed'
ok $? "the viewer opens on a terminal"
t send-keys X
until_screen 'Run it\?'
t send-keys y Enter
for _ in $(seq 50); do
    [ "$(sleeping)" = 1 ] && break
    sleep 0.1
done
same "$(sleeping)" 1 "it executes"
t send-keys j # the screen is not blocked
t send-keys C-c
until_screen 'interrupted; the statement was cancelled on the server'
ok $? "Ctrl-C cancels"
same "$(sleeping)" 0 "on the server"
t send-keys x
until_screen 'planned'
ok $? "and the connection goes on"
t send-keys q
until_screen 'rc=0'
ok $? "q quits"

done_testing
