#!/bin/bash
# pgsift advise: its JSON is valid by the schema that ships and described in the manual, the doors
# agree, and statuses are as documented.
build=$(cd "${BUILD:-build}" && pwd)
export LC_ALL=C.UTF-8 COLUMNS=100
pgsift=$build/pgsift
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
. tests/lib/tap.sh

task=fixtures/task
"$pgsift" advise --json --catalog=$task/schema.sql $task/queries.sql >"$tmp/1.json"
ok $? 'from SQL and DDL'
"$pgsift" advise --json --catalog=$task/catalog.json $task/plans/q?v.json >"$tmp/2.json"
ok $? 'from plans and a snapshot'
"$pgsift" advise --json fixtures/demo/plan.txt >"$tmp/3.json"
ok $? 'from a plan without a catalog'
"$pgsift" advise --json --catalog=fixtures/ddl/everything.sql $task/queries.sql >"$tmp/4.json" 2>"$tmp/err"
same "$?" 4 'a catalog that lacks what the statements name: status 4'
grep -q 'queries.sql:5: relation "tasks" is not in the catalog' "$tmp/err"
ok $? 'and a message for each name'

cat >"$tmp/validate.py" <<'PY'
import json, sys
from jsonschema import Draft7Validator
validator = Draft7Validator(json.load(open(sys.argv[1])))
Draft7Validator.check_schema(validator.schema)
for name in sys.argv[2:]:
    document = json.load(open(name))
    for error in validator.iter_errors(document):
        print(name, list(error.path), error.message[:120])
    for query in document["queries"]:
        if not query["answer"] or (query["verdict"] == "index") != bool(query["indexes"]):
            print(name, "query without answer", query["name"])
document["indexes"].append({"surprise": 1})
if validator.is_valid(document):
    print("an unknown member passes")
PY
if python3 -c 'import jsonschema' 2>/dev/null; then
    same "$(python3 -W ignore "$tmp/validate.py" fixtures/schema/advice.schema.json "$tmp"/?.json 2>&1)" '' \
        'the documents are valid by the schema'
else
    ok 0 'the documents are valid by the schema # SKIP no python3-jsonschema here'
fi
manual=$(sed 's/\\-/-/g; s/\\e/\\/g' "$build/man/pgsift-json.5")
same "$(jq -r '[.. | objects | keys[]] | unique[]' "$tmp"/?.json | sort -u | while read -r key; do
    printf '%s' "$manual" | grep -qw -e "$key" || echo "$key"
done)" '' 'every member is in the manual'

# The same workload in two files, or as one: the same set. The same input: the same bytes.
awk '/^-- name: q4/ { n = 1 } { print > ("'"$tmp"'/part" n + 0 ".sql") }' $task/queries.sql
"$pgsift" advise --json --catalog=$task/schema.sql "$tmp"/part?.sql | jq -r '.indexes[].columns' >"$tmp/parts"
jq -r '.indexes[].columns' "$tmp/1.json" | cmp -s - "$tmp/parts"
ok $? 'two files are one workload'
"$pgsift" advise --json --catalog=$task/schema.sql $task/queries.sql | cmp -s - "$tmp/1.json"
ok $? 'the same input gives the same bytes'

# A plan and its statement, by fingerprint: one query, with the script's name and calls.
jq '.[0]."Query Text" = "SELECT id, title, status, priority, due_date, created_at FROM tasks WHERE project_id = 5 ORDER BY priority, created_at"' \
    $task/plans/q1.json >"$tmp/auto.json"
"$pgsift" advise --json --catalog=$task/catalog.json "$tmp/auto.json" $task/queries.sql >"$tmp/merged.json"
same "$(jq -c '[(.queries | length), (.queries[] | select(.has_plan) | .name, .weight)]' "$tmp/merged.json")" \
    '[7,"q1 a project'"'"'s tasks by priority, then age",40000]' 'a plan is brought together with its statement'

# Limits hold, and the migration is what psql can run.
"$pgsift" advise --json --catalog=$task/catalog.json --max-indexes=2 --budget=25MB $task/queries.sql >"$tmp/limited.json"
same "$(jq '[(.indexes | length <= 2), .size_bytes <= 25 * 1048576]' -c "$tmp/limited.json")" '[true,true]' 'limits hold'
"$pgsift" advise --quiet --catalog=$task/schema.sql --migration="$tmp/new/dir" $task/queries.sql >/dev/null 2>"$tmp/err"
same "$?" 2 'a directory whose parent is missing: status 2'
"$pgsift" advise "$tmp/nowhere.sql" 2>/dev/null
same "$?" 2 'no file: status 2'
printf 'SELECT 1;\nSELECT FROM;;\nSELEC 2;\n' | "$pgsift" advise >/dev/null 2>"$tmp/err"
same "$?" 4 'a bad statement among good ones: status 4'
grep -q 'standard input:3:1: syntax error' "$tmp/err"
ok $? 'and its line and column'
printf 'hello world' | "$pgsift" advise >/dev/null 2>&1
same "$?" 2 'neither plan nor SQL: status 2'
done_testing
