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

# ---- candidates, tried by the planner ----
# plan_cost INDEX: what the planner itself says of the query, with HypoPG in a session of ours
plan_cost() {
    psql -XAtq -v ddl="$1" <<SQL | sed -n 's/.*cost=[0-9.]*\.\.\([0-9.]*\) .*/\1/p' | head -n 1
SELECT 1 FROM hypopg_create_index(:'ddl');
EXPLAIN $query;
SQL
}
# edit KEYS: the first candidate's statement, edited
edit() { screen "i<Enter>$1<Enter>" -c "$query" >"$work/shown"; }
# is_tried NAME INDEX: the screen has the cost that the planner gives
is_tried() {
    edit "<Ctrl-U>$2"
    want=$(plan_cost "$2")
    shown=$(awk -v c="$want" 'BEGIN { n = sprintf("%.0f", c); if (c < 100) n = c; sub(/[0-9][0-9][0-9]$/, ",&", n)
        sub(/^,/, "", n); print n }')
    grep -Eq "^ [~+=] +$shown +[0-9.,]+  " "$work/shown" && grep -q 'as you wrote it' "$work/shown" &&
        grep -q 'candidate changed; nothing was created' "$work/shown"
    ok $? "$1 (cost $want)"
}
hypo=
if psql -XAtc "SELECT name FROM pg_available_extensions WHERE name = 'hypopg'" | grep -q hypopg; then
    hypo=1
    psql -Xq -c 'CREATE EXTENSION hypopg' \
        -c "CREATE TABLE o (id int PRIMARY KEY, customer int, status text, at date, note text)" \
        -c "INSERT INTO o SELECT g, g % 5000, CASE WHEN g % 50 = 0 THEN 'open' ELSE 'done' END,
            date '2025-01-01' + g % 400, repeat('x', 60) FROM generate_series(1, 100000) g" \
        -c "ANALYZE o"
    query="SELECT id, customer, at FROM o WHERE customer = 77 AND at > '2025-06-01'"
    screen "i0" -c "$query" | grep -q '0 on .*Space ticks one'
    ok $? "0: no candidate is on"
    screen "i0 " -c "$query" | grep -Eq 'WHAT-IF  cost [0-9],[0-9]{3} -> [0-9.]+ \(-[0-9]+%\)'
    ok $? "Space: the plan with it, at once"
    is_tried "edit: fewer columns" "CREATE INDEX ON o (customer)"
    is_tried "edit: another order" "CREATE INDEX ON o (at, customer)"
    is_tried "edit: INCLUDE" "CREATE INDEX ON o (customer, at) INCLUDE (id, note)"
    grep -Eq 'Scan.* I1( |$)' "$work/shown" && grep -q 'I1\[x\].* o (customer, at) INCLUDE (id, note)' "$work/shown"
    ok $? "it is in the plan, and on the list"
    query="SELECT id FROM o WHERE status = 'open' AND customer = 77"
    is_tried "edit: WHERE" "CREATE INDEX ON o (customer) WHERE status = 'open'"
    kb=$(psql -XAtq -v ddl="CREATE INDEX ON o (customer) WHERE status = 'open'" <<'SQL' | tail -n 1
SELECT 1 FROM hypopg_create_index(:'ddl');
SELECT hypopg_relation_size(indexrelid) / 1024 FROM hypopg();
SQL
    )
    grep -Eq "I1\[x\] +<=${kb}(\.0)?kB" "$work/shown"
    ok $? "with the size that the planner counts on ($kb kB)"
    edit ' INCLUDE (note)'
    grep -q 'candidate changed' "$work/shown" && grep -q 'INCLUDE (note)' "$work/shown"
    ok $? "what is typed goes on inside the statement, before its end"
    screen "i:index CREATE INDEX ON o (status, customer)<Enter>" -c "$query" >"$work/shown"
    grep -q '2 candidates  2 on' "$work/shown" && grep -q 'o (status, customer)' "$work/shown"
    ok $? ":index adds another one"
    screen "i0:index CREATE INDEX ON o (status)<Enter>" -c "$query" | grep -q '2 candidates  1 on'
    ok $? "the others stay as they were ticked"
    edit "<Ctrl-U>CREATE INDEX ON o (nosuch)"
    grep -q 'column "nosuch" does not exist' "$work/shown" && grep -q '1 candidate  1 on' "$work/shown"
    ok $? "a mistake is told, the candidate stays"
    edit "<Ctrl-U>DROP TABLE o"
    grep -q 'there is no CREATE INDEX in it' "$work/shown"
    ok $? "nothing else is obeyed"
    screen "i<Enter><Ctrl-U>CREATE INDEX mine ON o (customer)<Enter>yd<clipboard>" -c "$query" |
        grep -q 'CREATE INDEX mine ON o (customer);'
    ok $? "yd copies what was written"
    same "$(psql -XAtc "SELECT count(*) FROM pg_indexes WHERE tablename = 'o'")" 1 "nothing was created"
else
    ok 0 "editing candidates # SKIP PostgreSQL has no hypopg here"
fi

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

t kill-server
sleep 0.5
t new-session -d -x 80 -y 24 "psql -XAt -c 'EXPLAIN (ANALYZE, FORMAT JSON) $sql' | '$pgsift' --no-state; echo \"rc=\$?\"; sleep 60"
until_screen '^ Exec .*ms'
ok $? "psql -XAt | pgsift"
t send-keys j q
until_screen 'rc=0'
ok $? "with keys from the terminal"

if [ -n "$hypo" ]; then
    t kill-server
    sleep 0.5
    t new-session -d -x 80 -y 24 "'$pgsift' --no-state -c \"$query\"; echo \"rc=\$?\"; sleep 60"
    until_screen 'Not executed'
    t send-keys i 0 Space
    until_screen 'WHAT-IF  cost [0-9.,]+ -> [0-9.,]+ '
    ok $? "i 0 Space: another plan"
    t send-keys Enter
    until_screen '^index: .*ON public.o \(customer'
    ok $? "Enter edits the candidate"
    t send-keys C-u 'CREATE INDEX ON o (customer)' Enter
    until_screen 'candidate changed'
    ok $? "which is planned again"
    t send-keys x
    until_screen 'planned'
    ok $? "x plans the query again"
    t send-keys q
    until_screen 'rc=0'
    same "$(psql -XAtc "SELECT count(*) FROM pg_indexes WHERE tablename = 'o'")" 1 "and nothing was created"
fi

done_testing
