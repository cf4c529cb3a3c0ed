#!/bin/bash
# pgsift why: one small schema, one scan at a time, and the reason that an expert would give.
. tests/lib/tap.sh
build=$(cd "${BUILD:-build}" && pwd)
export LC_ALL=C.UTF-8 COLUMNS=80
pgsift=$build/pgsift
tmp=$(mktemp -d)
shopt -s lastpipe # what a pipe ends in counts here
trap 'rm -rf "$tmp"' EXIT

cat >"$tmp/schema.sql" <<'SQL'
CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL, name varchar(80), city text, born date,
    status text, tags text[], score integer);
CREATE INDEX people_email ON people (email);
CREATE INDEX people_lower ON people (lower(email));
CREATE INDEX people_city_born ON people (city, born);
CREATE INDEX people_open ON people (score) WHERE status = 'open';
CREATE INDEX people_tags ON people USING gin (tags);
CREATE INDEX people_score ON people (score);
CREATE TABLE other (id int PRIMARY KEY);
SQL

# A sequential scan that keeps some of 1,000,000 rows: filter, rows expected, rows found.
scan() {
    jq -n --arg filter "$1" --argjson plan "$2" --argjson rows "$3" '[{"Plan": {
        "Node Type": "Seq Scan", "Relation Name": "people", "Schema": "public", "Alias": "people",
        "Startup Cost": 0, "Total Cost": 25406, "Plan Rows": $plan, "Plan Width": 90,
        "Actual Startup Time": 1, "Actual Total Time": 150, "Actual Rows": $rows, "Actual Loops": 1,
        "Filter": $filter, "Rows Removed by Filter": (1000000 - $rows),
        "Shared Hit Blocks": 12906, "Shared Read Blocks": 0}, "Triggers": [], "Execution Time": 151}]'
}
# index, verdict, pattern of the reason; the plan on standard input
is() {
    cat >"$tmp/plan.json"
    "$pgsift" why "$1" --json --catalog="${catalog:-$tmp/schema.sql}" "$tmp/plan.json" >"$tmp/out" 2>"$tmp/err" || cat "$tmp/err"
    result "$1: $2, $3" "$(jq -r '.answers[0] | .verdict + ": " + .text + " / " + (.instead // "") + " / " + ((.also // []) | join("; "))' "$tmp/out" |
        grep -vE -- "^$2: .*$3")"
}

scan "(city = 'Oslo'::text)" 40 38 | jq '.[0].Plan |= (.["Node Type"] = "Index Scan" | .["Index Name"] = "people_city_born" | del(.Filter) | .["Index Cond"] = "(city = '"'Oslo'"'::text)")' |
    is people_city_born used 'goes by this index'
scan "(city = 'Oslo'::text)" 40 38 | jq '.[0].Plan |= (.["Node Type"] = "Bitmap Heap Scan" | .["Recheck Cond"] = .Filter | del(.Filter)
    | .Plans = [{"Node Type": "Bitmap Index Scan", "Parent Relationship": "Outer", "Index Name": "people_city_born", "Startup Cost": 0,
        "Total Cost": 5, "Plan Rows": 40, "Plan Width": 0, "Actual Startup Time": 1, "Actual Total Time": 1, "Actual Rows": 38,
        "Actual Loops": 1, "Index Cond": .["Recheck Cond"]}])' >"$tmp/bitmap.json"
is people_city_born used 'goes by this index' <"$tmp/bitmap.json"
scan "(city = 'Oslo'::text)" 40 38 | is other_pkey 'not read' 'does not read other'
scan "(born > '2000-01-01'::date)" 40 38 | is people_city_born 'cannot serve' 'has born, but behind city'
scan "(score = 5)" 40 38 | is people_email 'cannot serve' 'begins with email, the first column .*score = 5'
scan "(lower(email) = 'a@b.c'::text)" 1 1 | is people_email 'cannot serve' 'holds email, but the condition asks for lower\(email\)'
scan "(email = 'a@b.c'::text)" 1 1 | is people_lower 'cannot serve' 'begins with lower\(email\)'
scan "((score)::numeric = 5.5)" 1 1 | is people_score 'cannot serve' 'converts it to numeric first / give the constant'
scan "(email ~~ 'anna%'::text)" 1 1 | is people_email 'cannot serve' 'cannot find a prefix.* text_pattern_ops'
scan "(email ~~ '%anna%'::text)" 1 1 | is people_email 'cannot serve' 'text inside a value.*\(pg_trgm\) can'
scan '((score = 5) AND (status = $1))' 1 1 | is people_open 'cannot serve' "only rows WHERE .*a parameter proves nothing"
scan "((score = 5) AND (status = 'shut'::text))" 1 1 | is people_open 'cannot serve' "only rows WHERE"
scan "(tags = '{a}'::text[])" 1 1 | is people_tags 'should be used' 'newer than the plan'
scan "(score > 5)" 1 1 | is people_tags 'cannot serve' 'that a gin index on \(tags\) can look up'
scan "(score > 5)" 990000 988000 | is people_score dearer '99 % of the rows'
scan "(score > 5)" 720000 718000 | is people_score dearer 'about as much as'
scan "(score > 990)" 500000 3 | is people_score misestimate 'expected 500,000 rows, and there were 3: .*ANALYZE people'
scan "(score = 990)" 2 3 | is people_score 'should be used' 'newer than the plan'
scan "((score = 5) AND (status = 'open'::text))" 2 3 | is people_open 'should be used' 'newer than the plan'
scan "(score = 990)" 2 3 | jq '.[0].Settings = {"enable_indexscan": "off", "enable_bitmapscan": "off"}' | is people_score 'cannot serve' 'enable_indexscan is off'
scan "(score = 990)" 2 3 | jq '.[0].Settings = {"enable_indexscan": "off"}' | is people_score 'should be used' 'newer'

# What DDL cannot say: an index that is not valid, statistics.
catalog=$tmp/catalog.json
jq '(.. | objects | select(.name? == "tasks_pkey" and has("valid"))).valid = false' fixtures/task/catalog.json >"$catalog"
is tasks_pkey 'cannot serve' 'invalid.* drop it' <fixtures/task/plans/q6v.json
catalog=

# Figures: both costs are there, and the dearer one is dearer.
scan "(score > 5)" 990000 988000 >"$tmp/plan.json"
"$pgsift" why people_score --json --catalog="$tmp/schema.sql" "$tmp/plan.json" >"$tmp/out"
result 'both costs are told' "$(jq '.answers[0] | select(.cost_with == null or .cost_without == null or .cost_with <= .cost_without)' "$tmp/out")"
result 'as text, too' "$("$pgsift" why public.people_score --catalog="$tmp/schema.sql" "$tmp/plan.json" | grep -c -e '^#1 Seq Scan people  score > 5: dearer' -e '^   Cost    about .* with it, .* without' | grep -vx 2)"
cat "$tmp/bitmap.json" "$tmp/plan.json" >"$tmp/two.json"
result 'as an option of the report' "$(diff <("$pgsift" why people_score --catalog="$tmp/schema.sql" "$tmp/plan.json") <("$pgsift" --why=people_score --catalog="$tmp/schema.sql" "$tmp/plan.json"))"
result 'several plans' "$("$pgsift" why people_score --json --catalog="$tmp/schema.sql" "$tmp/two.json" | jq -r '[.answers[].plan] | tostring' | grep -vx '\[1,2\]')"

status() { # expected, pattern of the message, arguments
    local want=$1 pattern=$2
    shift 2
    "$pgsift" why "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    local got=$?
    [ $got = "$want" ] || echo "status $got, not $want: $*"
    grep -q -- "$pattern" "$tmp/err" || cat "$tmp/err"
}
result 'wrong uses' "$(
    status 2 'no index was named'
    status 2 'give --catalog' people_score "$tmp/plan.json"
    status 2 "has no index 'nosuch'" nosuch --catalog="$tmp/schema.sql" "$tmp/plan.json"
    status 2 'text or json' people_score --format=md --catalog="$tmp/schema.sql" "$tmp/plan.json"
    status 2 'No such file' people_score --catalog="$tmp/schema.sql" "$tmp/none.json"
    status 2 'is an input and the output too' people_score --catalog="$tmp/schema.sql" -o "$tmp/plan.json" "$tmp/plan.json"
    jq -e '.[0].Plan' "$tmp/plan.json" >/dev/null || echo overwritten
    status 4 'No such file' people_score --catalog="$tmp/schema.sql" "$tmp/plan.json" "$tmp/none.json")"
done_testing
