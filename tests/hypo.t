#!/bin/sh
# The real planner as the judge: HypoPG on a server of its own.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start log_statement=all log_min_messages=log random_page_cost=1.1 work_mem=64MB \
    effective_cache_size=8GB max_parallel_workers_per_gather=0
work=$cluster_dir/home
pgsift=${BUILD:-build}/pgsift
hyporun=${BUILD:-build}/tools/hyporun
log=$cluster_dir/log
export LC_ALL=C.UTF-8

psql -XAtc "SELECT name FROM pg_available_extensions WHERE name = 'hypopg'" | grep -q hypopg ||
    cluster_skip "PostgreSQL has no hypopg here"

# field JSON EXPRESSION: something of a document d, which the server reads
field() {
    psql -XAt <<SQL
\\set doc \`cat "$1"\`
SELECT $2 FROM (SELECT :'doc'::jsonb AS d) x;
SQL
}

# ---- without the extension ----
createdb bare
psql -Xq -d bare -c "CREATE TABLE t (a int, b int); INSERT INTO t SELECT g, g % 7 FROM generate_series(1, 50000) g; ANALYZE t"
echo "SELECT * FROM t WHERE a = 5;" >"$work/one.sql"
$pgsift advise -d bare --json "$work/one.sql" >"$work/bare.json" 2>"$work/bare.err"
same "$?" 0 "without HypoPG there is advice all the same"
same "$(cat "$work/bare.err")" "pgsift: warning: HypoPG is not in this database: the model judges instead of the planner
  hint: CREATE EXTENSION hypopg; makes it available to this database" "and a word on how to get it"
same "$(field "$work/bare.json" "d #>> '{indexes,0,columns}'")" "public.t (a)" "which the model gives"
same "$(psql -XAt -d bare -c "SELECT count(*) FROM pg_extension WHERE extname = 'hypopg'")" 0 "nothing was created"

# ---- the extension in a schema of its own, a role that may not use it ----
createdb small
psql -Xq -d small -c 'CREATE SCHEMA "Odd one"; CREATE EXTENSION hypopg SCHEMA "Odd one"'
psql -Xq -d small -f fixtures/task/schema.sql
psql -Xq -d small -v tasks=100000 -f fixtures/task/data.sql
psql -Xq -d small -c "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"
$pgsift advise -d small -U reader --json fixtures/task/queries.sql >/dev/null 2>"$work/reader.err"
grep -q 'may not use HypoPG' "$work/reader.err" && grep -q 'GRANT USAGE ON SCHEMA "Odd one"' "$work/reader.err"
ok $? "a role without privileges is told which"
psql -Xq -d small -c 'ALTER EXTENSION hypopg SET SCHEMA public'

# ---- the interface itself ----
PGDATABASE=small
export PGDATABASE
same "$($hyporun 'CREATE INDEX ON tasks (project_id)' "CREATE INDEX ON tasks (due_date) WHERE status <> 'done'" \
    'CREATE INDEX ON tasks (due_date) WHERE priority > 3' 'CREATE INDEX ON tasks USING gin (labels)' -- \
    'SELECT * FROM tasks WHERE project_id = 37' 'SELECT nosuch' 'SELECT * FROM tasks WHERE project_id = 3')" \
    'taken with a size
taken with a size
refused: a partial index with such a predicate may crash the server under HypoPG
refused: hypopg: access method "gin" is not supported
uses index 1
leaves index 2
planned, 1 so far
error: column "nosuch" does not exist
uses index 1
leaves index 2
planned, 3 so far
left 0' "taken, refused, used; nothing is left, also after an error"
same "$($hyporun -s 'CREATE INDEX ON tasks (project_id)' -- 'SELECT * FROM tasks WHERE project_id = 37')" \
    'taken with a size
error: interrupted
left 0' "nor after an interrupt"
same "$($hyporun -v "CREATE INDEX ON tasks (project_id) WHERE status <> 'done'" -- \
    "SELECT * FROM tasks WHERE project_id = 37 AND status <> 'done'")" \
    'taken with a size
planned, 1 so far
left 0' "a partial index is held back where a view may be read"

# ---- the task database ----
$pgsift advise -d small --json fixtures/task/queries.sql >"$work/task.json" 2>"$work/task.err"
same "$?" 0 "advice on the task database"
same "$(cat "$work/task.err")" "" "without a warning"
same "$(field "$work/task.json" "d ->> 'basis'")" planner "it is the planner's"
same "$(field "$work/task.json" "(SELECT exp(avg(ln((q ->> 'cost_after')::numeric / (q ->> 'cost_before')::numeric))) <= 0.01
    FROM jsonb_array_elements(d -> 'queries') q)")" t "costs fall to a hundredth, in the geometric mean"
same "$(field "$work/task.json" "(SELECT sum((q ->> 'cost_after')::numeric) / sum((q ->> 'cost_before')::numeric) <= 0.008
    FROM jsonb_array_elements(d -> 'queries') q)")" t "and by 99.2 per cent in all"
$pgsift advise -d small --json fixtures/task/queries.sql | cmp -s - "$work/task.json"
ok $? "the same again, byte for byte"

# the costs are the server's own: asked by hand, with the indexes that were chosen
field "$work/task.json" "(SELECT string_agg('SELECT hypopg_create_index(' || quote_literal(replace(split_part(i ->> 'up', ';', 1),
    'CONCURRENTLY ', '')) || ');', E'\n') FROM jsonb_array_elements(d -> 'indexes') i WHERE i ->> 'basis' = 'planner')" >"$work/create.sql"
query6="SELECT t.id, t.title, t.status, t.priority, t.created_at, u.name AS assignee
  FROM tasks t LEFT JOIN task_assignees a ON a.task_id = t.id LEFT JOIN users u ON u.id = a.user_id
 WHERE t.project_id = 37 AND t.status <> 'done' ORDER BY t.priority DESC, t.created_at DESC LIMIT 50"
{
    echo '\o /dev/null'
    cat "$work/create.sql"
    echo '\o'
    echo "EXPLAIN (FORMAT JSON) $query6;"
} | psql -XAtq -d small >"$work/q6.json"
same "$(field "$work/task.json" "round((d #>> '{queries,5,cost_after}')::numeric, 2)")" \
    "$(field "$work/q6.json" "round((d #>> '{0,Plan,Total Cost}')::numeric, 2)")" "costs are what the server says by hand"
grep -c . "$work/create.sql" >"$work/count"
# every index is used by some plan, none is a prefix of another or of one that is there
same "$(field "$work/task.json" "(SELECT bool_and(jsonb_array_length(i -> 'effects') > 0) FROM jsonb_array_elements(d -> 'indexes') i)")" \
    t "every index serves a query"
same "$(field "$work/task.json" "(SELECT count(*) FROM jsonb_array_elements(d -> 'indexes') a, jsonb_array_elements(d -> 'indexes') b
    WHERE a <> b AND a ->> 'table' = b ->> 'table' AND coalesce(a ->> 'predicate', '') = coalesce(b ->> 'predicate', '')
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(a -> 'keys') WITH ORDINALITY x(k, n)
        WHERE (b -> 'keys' -> (n - 1)::int ->> 'column') IS DISTINCT FROM (k ->> 'column')))")" 0 "none is a prefix of another"

# limits
$pgsift advise -d small --json --max-indexes=2 fixtures/task/queries.sql >"$work/two.json"
same "$(field "$work/two.json" "jsonb_array_length(d -> 'indexes')")" 2 "--max-indexes"
$pgsift advise -d small --json --budget=4MB fixtures/task/queries.sql >"$work/budget.json"
same "$(field "$work/budget.json" "(d ->> 'size_bytes')::bigint <= 4 * 1024 * 1024 AND jsonb_array_length(d -> 'indexes') > 0")" t "--budget"

# ---- views ----
psql -Xq -d small -c "CREATE VIEW open_tasks AS SELECT * FROM tasks WHERE status <> 'done'"
echo "SELECT * FROM open_tasks WHERE project_id = 37 ORDER BY priority DESC, created_at DESC LIMIT 50;" >"$work/view.sql"
: >"$log"
$pgsift advise -d small --json "$work/view.sql" >"$work/view.json" 2>"$work/view.err"
same "$?" 0 "a statement that reads a view"
grep -q 'FORMAT JSON.*open_tasks' "$log" && grep -q 'hypopg_create_index' "$log"
ok $? "was planned with hypothetical indexes"
# what was there while the view was planned: partial ones come and go only to be tried
awk '/hypopg_create_index/ { create = NR } /parameters: \$1 =/ && /WHERE/ { partial = NR }
     /hypopg_drop_index|hypopg_reset/ { partial = 0 } /EXPLAIN \(FORMAT JSON/ && partial { bad++ } END { exit bad > 0 }' "$log"
ok $? "never with a partial one"
grep -q 'parameters: \$1 =.*WHERE' "$log"
ok $? "though there were partial candidates"
psql -Xq -d small -c "SELECT 1" >/dev/null
ok $? "and the server is alive"

# ---- pgsift -c ----
$pgsift -d small --json -c "$query6" >"$work/c.json" 2>"$work/c.err"
same "$(field "$work/c.json" "d #>> '{plans,0,advice,indexes,0,basis}'")" planner "advice on one statement is the planner's"
same "$(field "$work/c.json" "(SELECT string_agg(n ->> 'change' || ' ' || (n ->> 'label'), E'\n') FROM jsonb_array_elements(d #> '{plans,0,advice,plan_before}') n
    WHERE n ->> 'change' <> 'same')" | sed "s/  .*//")" "gone Sort
changed Seq Scan tasks t" "with the plan before: what goes and what changes"
same "$(field "$work/c.json" "(SELECT count(*) FROM jsonb_array_elements(d #> '{plans,0,advice,plan_after}') n, jsonb_array_elements(d #> '{plans,0,advice,indexes}') i
    WHERE n ->> 'index' = i ->> 'name')")" 1 "and the plan after, which reads the index by its proposed name"
same "$(field "$work/c.json" "(d #>> '{plans,0,advice,plan_after,0,cost}')::numeric < 0.2 * (d #>> '{plans,0,advice,plan_before,0,cost}')::numeric")" t "at less cost"
$pgsift -d small --plain -c "$query6" >"$work/c.out"
grep -q '^Plan before: #5 under #4, Seq Scan tasks t .*, cost [0-9.]*, changed$' "$work/c.out"
ok $? "plain text says it in sentences"
for format in text md html; do
    $pgsift -d small --format=$format --no-pager -c "$query6" >"$work/c.out"
    grep -q '^\*.* Seq Scan tasks t' "$work/c.out" && grep -q '^\*.* Index \(Only \)\?Scan tasks t using tasks_project_id' "$work/c.out"
    ok $? "$format shows both plans"
done
# legs of an OR: an index for each, or none
psql -Xq -d small <<'SQL'
CREATE TABLE legs (a int, b int, c int, d int, note text);
INSERT INTO legs SELECT g % 5000, g * 7 % 6007, g % 3, g % 400, repeat('y', 60) FROM generate_series(1, 60000) g;
ANALYZE legs;
SQL
echo 'SELECT * FROM legs WHERE a = 7 OR b = 9;' >"$work/or.sql"
$pgsift advise -d small --json "$work/or.sql" >"$work/or.json"
same "$(field "$work/or.json" "(SELECT string_agg(i ->> 'columns', '; ' ORDER BY i ->> 'columns') FROM jsonb_array_elements(d -> 'indexes') i)")" \
    "public.legs (a); public.legs (b)" "both legs of an OR get their index"
same "$(field "$work/or.json" "(SELECT string_agg(DISTINCT n ->> 'label', '; ') FROM jsonb_array_elements(d #> '{queries,0,plan_after}') n
    WHERE n ->> 'label' LIKE 'BitmapOr%')")" "BitmapOr" "which the planner reads together"
# the planner's favourite (d, and the legs behind it) has no room: the legs have
echo 'SELECT * FROM legs WHERE (a = 7 OR b = 9) AND d = 3;' >"$work/or.sql"
$pgsift advise -d small --json --budget=1MB "$work/or.sql" >"$work/or.json"
same "$(field "$work/or.json" "((d ->> 'size_bytes')::bigint <= 1048576) || ' ' || ((d #>> '{queries,0,cost_after}')::numeric < 0.5 * (d #>> '{queries,0,cost_before}')::numeric)")" \
    "true true" "also where room is short"
# a partitioned table, with partitions of partitions: asked of the leaves, built on each and attached
psql -Xq -d small <<'SQL'
CREATE TABLE event (at date NOT NULL, kind int NOT NULL, owner int NOT NULL, body text) PARTITION BY RANGE (at);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM ('2024-07-01') TO ('2025-01-01') PARTITION BY LIST (kind);
CREATE TABLE event_2a PARTITION OF event_2 FOR VALUES IN (0, 1, 2);
CREATE TABLE event_2b PARTITION OF event_2 DEFAULT;
INSERT INTO event SELECT date '2024-01-01' + g % 366, g % 7, g % 5000, repeat('z', 60) FROM generate_series(1, 100000) g;
ANALYZE event;
SQL
echo 'SELECT * FROM event WHERE owner = 42;' >"$work/event.sql"
$pgsift advise -d small --json --migration="$work/event" "$work/event.sql" >"$work/event.json"
same "$(field "$work/event.json" "concat(d #>> '{indexes,0,columns}', ' ', d #>> '{indexes,0,basis}', ' ', jsonb_array_length(d -> 'indexes'))")" \
    "public.event (owner) planner 1" "a partitioned table: one index on the parent"
same "$(field "$work/event.json" "(SELECT count(*) FROM jsonb_array_elements(d #> '{queries,0,plan_after}') n WHERE n ->> 'index' = d #>> '{indexes,0,name}')")" 3 \
    "the planner reads it in each leaf"
psql -Xq -d small -v ON_ERROR_STOP=1 -f "$work/event/pgsift_indexes.up.sql" >"$work/event.log" 2>&1
ok $? "its migration runs"
same "$(psql -XAt -d small -c "SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid::regclass::text LIKE 'event%'")" \
    "event_1_owner_idx true, event_2_owner_idx true, event_2a_owner_idx true, event_2b_owner_idx true, event_owner_idx true" "and leaves all of them valid"
same "$($pgsift advise -d small --json "$work/event.sql" >"$work/event.json"; field "$work/event.json" "d #>> '{queries,0,verdict}'")" exists "then there is nothing left to do"
psql -Xq -d small -v ON_ERROR_STOP=1 -f "$work/event/pgsift_indexes.down.sql" >"$work/event.log" 2>&1
same "$(psql -XAt -d small -c "SELECT count(*) FROM pg_index WHERE indrelid::regclass::text LIKE 'event%'")" 0 "and back again"
# parameters: what-if plans are made with the values that are said, and it says with which
psql -Xq -d small <<'SQL'
CREATE TABLE skewed (id int, kind int, note text);
INSERT INTO skewed SELECT g, CASE WHEN g % 1000 = 0 THEN g / 1000 ELSE 0 END, repeat('x', 80) FROM generate_series(1, 100000) g;
ANALYZE skewed;
SQL
echo 'SELECT * FROM skewed WHERE kind = $1;' >"$work/param.sql"
with() { # options...: what it was planned with, indexes, whether costs are those that EXPLAIN gives
    $pgsift advise -d small --json "$@" "$work/param.sql" >"$work/param.json" 2>/dev/null
    field "$work/param.json" "concat(d #>> '{queries,0,planned_with}', ', ', jsonb_array_length(d -> 'indexes'), ' index')"
}
same "$(with)" "generic plan, for any values of the parameters, 1 index" "without values: a generic plan"
same "$(with --param=7)" "\$1 = '7', 1 index" "with a rare value: its plan"
same "$(field "$work/param.json" "(d #>> '{queries,0,cost_after}')::numeric < 20")" t "which is cheap with an index"
same "$(with --param=0)" "\$1 = '0', 0 index" "with the common one no index helps"
same "$(with --sample | sed 's/\$1 = .[0-9]*. .*), /$1 = '"'N' (from statistics), "'/')" "\$1 = 'N' (from statistics), $(with --sample | sed 's/.*, //')" "a sampled value is told"
$pgsift -d small --json -c 'SELECT * FROM skewed WHERE kind = $1' --param=7 >"$work/param.json"
same "$(field "$work/param.json" "(d #>> '{plans,0,advice,plan_after,0,cost}')::numeric < 20")" t "and -c asks with the value, too"
echo "$query6;" >"$work/q6.sql"
$pgsift advise -d small "$work/q6.sql" >"$work/c.out"
grep -q 'Plans .* before' "$work/c.out"
ok $? "advise shows them for one query"
$pgsift advise -d small --quiet --format=md fixtures/task/queries.sql >"$work/c.out"
! grep -q 'Plans of' "$work/c.out"
ok $? "for several it does not"
$pgsift advise -d small --verbose --format=md fixtures/task/queries.sql >"$work/c.out"
same "$(grep -c '^### Plans of' "$work/c.out")" "$(grep -c '^| .* | index |' "$work/c.out")" "but with --verbose, for each that changes"
if python3 -c 'import jsonschema' 2>/dev/null; then
    $pgsift advise -d small --json "$work/q6.sql" >"$work/c2.json"
    same "$(python3 -W ignore -c 'import json, sys, jsonschema
for schema, document in (("advice", sys.argv[1]), ("report", sys.argv[2])):
    for e in jsonschema.Draft7Validator(json.load(open("fixtures/schema/%s.schema.json" % schema))).iter_errors(json.load(open(document))):
        print(list(e.path), e.message[:100])' "$work/c2.json" "$work/c.json")" "" "the JSON is as the schemas have it"
else
    skip "no python3-jsonschema here"
fi
$pgsift -d bare --format=text -c "SELECT * FROM t WHERE a = 5" >/dev/null 2>"$work/c.err"
grep -q 'HypoPG is not in this database' "$work/c.err"
ok $? "without HypoPG it says so"
printf '4<Space><Space>w' >"$work/keys"
$pgsift -d small -c "$query6" --dump-screen --size=30x120 --keys="$work/keys" >"$work/screen"
grep -q 'both plans from one transaction, HypoPG' "$work/screen" && grep -q 'using I1' "$work/screen"
ok $? "the viewer plans again with what is ticked"

# ---- --verify ----
grep -v '^--' fixtures/task/queries.sql | awk 'BEGIN { RS = ";" } NR == 1 || NR == 7 { print $0 ";" }' >"$work/two.sql"
$pgsift advise -d small --json --verify "$work/two.sql" >"$work/verify.json" 2>"$work/verify.err"
same "$?" 0 "--verify"
grep -q 'SHARE lock' "$work/verify.err"
ok $? "says what it locks"
same "$(field "$work/verify.json" "(d ->> 'basis') || ' ' || ((d #>> '{queries,0,ms_after}')::numeric < (d #>> '{queries,0,ms_before}')::numeric)")" \
    "measured true" "and measures that the query takes less"
same "$(field "$work/verify.json" "d #> '{queries,1,ms_after}' IS NULL")" t "what changes data is not executed"
same "$(psql -XAt -d small -c "SELECT count(*) FROM tasks WHERE id = 4242"; psql -XAt -d small -c "SELECT count(*) FROM pg_indexes WHERE tablename = 'tasks'")" \
    "1
1" "nothing of it stays"
$pgsift advise -d small --json --verify --verify-limit=1MB "$work/two.sql" >"$work/verify.json" 2>"$work/verify.err"
same "$?" 3 "a large table is refused"
grep -q 'indexes are built for real up to' "$work/verify.err" && [ -s "$work/verify.json" ]
ok $? "with the advice all the same"
psql -Xq -d small -c "BEGIN; UPDATE tasks SET priority = priority WHERE id = 1; SELECT pg_sleep(20)" >/dev/null 2>&1 &
writer=$!
tries=0
until [ "$(psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" = 1 ] || [ $tries -eq 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
$pgsift advise -d small --json --verify "$work/two.sql" >"$work/verify.json" 2>"$work/verify.err"
same "$?" 3 "a table that others write to is left alone"
grep -q '1 other session writes to table public.tasks' "$work/verify.err"
ok $? "and it is said"
psql -XAtqc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
wait $writer 2>/dev/null

# ---- interrupted ----
i=0
while [ $i -lt 60 ]; do
    cat fixtures/task/queries.sql
    i=$((i + 1))
done | sed "s/project_id = 37/project_id = 3/" >"$work/many.sql"
: >"$log"
$pgsift advise -d small --json "$work/many.sql" >"$work/stopped.json" 2>"$work/stopped.err" &
pid=$!
tries=0
until grep -q hypopg_create_index "$log" || [ $tries -eq 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -INT $pid
wait $pid
same "$?" 130 "Ctrl-C: status 130"
grep -q 'interrupted; this is the best that was found until then' "$work/stopped.err"
ok $? "it says so"
field "$work/stopped.json" "d ->> 'basis'" | grep -q .
ok $? "and writes what it has"
same "$(psql -XAtc "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgsift'")" 0 "no session is left"

done_testing
