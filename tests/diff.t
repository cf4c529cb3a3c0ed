#!/bin/bash
# The report of two plans compared: figures against the plans themselves, the gate, odd input.
. tests/lib/tap.sh
build=$(cd "${BUILD:-build}" && pwd)
export LC_ALL=C.UTF-8 COLUMNS=80
pgsift=$build/pgsift
a=fixtures/ui/plan1.json
b=fixtures/ui/plan1_after.json
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
status() { # expected, arguments
    local want=$1
    shift
    "$pgsift" diff "$@" >/dev/null 2>"$tmp/err"
    local got=$?
    [ $got = "$want" ] || echo "status $got, not $want: $*"
}

# One plan of one node, and what is to be changed in it; times are of one loop.
sort_plan() { # jq program over the plan's statement
    jq -c "[.[0] | $1]" <<'JSON'
[{"Plan": {"Node Type": "Sort", "Startup Cost": 100.0, "Total Cost": 120.0, "Plan Rows": 1000, "Plan Width": 8,
  "Actual Startup Time": 30.0, "Actual Total Time": 40.0, "Actual Rows": 1000, "Actual Loops": 1, "Sort Key": ["t.a"],
  "Sort Method": "quicksort", "Sort Space Used": 80, "Sort Space Type": "Memory",
  "Plans": [{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "t", "Alias": "t",
   "Startup Cost": 0.0, "Total Cost": 50.0, "Plan Rows": 1000, "Plan Width": 8, "Actual Startup Time": 0.0,
   "Actual Total Time": 25.0, "Actual Rows": 1000, "Actual Loops": 1, "Shared Hit Blocks": 100, "Shared Read Blocks": 0}]},
  "Settings": {"work_mem": "4MB", "jit": "off"}, "Planning Time": 1.0, "Triggers": [], "Execution Time": 41.0}]
JSON
}
sort_plan . >"$tmp/base.json"
sort_plan '.Plan["Sort Space Type"] = "Disk" | .Plan["Sort Space Used"] = 9000 | .Plan["Sort Method"] = "external merge"
    | .Plan["Actual Total Time"] = 90 | .["Execution Time"] = 91 | .Settings = {"work_mem": "64kB"}' >"$tmp/spills.json"
sort_plan '.Plan.Plans[0]["Actual Rows"] = 500 | .Plan.Plans[0]["Shared Read Blocks"] = 5000
    | .Plan.Plans[0]["Actual Total Time"] = 30' >"$tmp/reads.json"
sort_plan 'del(.. | objects | .["Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops"])
    | del(.["Execution Time"]) | .Plan["Total Cost"] = 240' >"$tmp/estimate.json"
sort_plan '.Plan |= (.["Node Type"] = "Seq Scan" | .["Relation Name"] = "elsewhere" | .Alias = "e" | del(.Plans, .["Sort Key"]))' \
    >"$tmp/other.json"
q() { jq -r "$1" "$tmp/json"; }
compare() { "$pgsift" diff --json "$@" >"$tmp/json"; }

compare "$a" "$b"
result 'wholes are the execution times' "$(q '.diffs[0] | "\(.whole_a) \(.whole_b)"' | grep -vx "$(jq -r '.[0]["Execution Time"]' $a $b | paste -sd' ')")"
result 'change is B by A' "$(q '.diffs[0] | select((.whole_b / .whole_a - 1 - .change | fabs) > 0.0001) | .change')"
result 'own times of all rows are those of the report' "$(
    for side in a b; do
        file=${!side}
        x=$(q "[.diffs[0].rows[].$side // 0] | add * 1000 | round")
        y=$("$pgsift" --json "$file" | jq '[.plans[0].nodes[].self_ms] | add * 1000 | round')
        [ "$x" = "$y" ] || echo "$side: $x, not $y"
    done)"
result 'every node stands in one row' "$(
    q '.diffs[0] | [.rows[] | select(.a_id) | .nodes // 1] | add' | grep -vx "$(jq '[.. | objects | select(.["Node Type"]?)] | length' $a)"
    q '.diffs[0] | [.rows[] | select(.b_id) | .nodes // 1] | add' | grep -vx "$(jq '[.. | objects | select(.["Node Type"]?)] | length' $b)")"
result 'changes come by weight' "$(q '.diffs[0].changes | map(.delta | fabs) | select(. != (sort | reverse)) | tostring')"
result 'blocks are those of the roots' "$(q '.diffs[0].figures.hit_blocks | "\(.a) \(.b)"' | grep -vx "$(jq -r '.[0].Plan["Shared Hit Blocks"]' $a $b | paste -sd' ')")"

# Sort: self 15 ms, then 65; the scan is as it was.
compare "$tmp/base.json" "$tmp/spills.json"
result 'a sort that spills, by hand' "$(q '.diffs[0].changes[] | "\(.label)|\(.delta)|\(.why | join("; "))"' | grep -vx 'Sort  t.a, disk 8.8MB|50|sorts on disk, was in memory')"
result 'settings that differ' "$(q '.diffs[0].settings[] | "\(.name) \(.a) \(.b)"' | diff - <(printf 'jit off null\nwork_mem 4MB 64kB\n'))"
result 'a finding that came' "$(q '.diffs[0].came[].rule' | grep -c spill | grep -vx 1)"
compare "$tmp/spills.json" "$tmp/base.json"
result 'and that went' "$(q '.diffs[0] | "\(.came | length) \([.went[].rule | select(test("spill"))] | length)"' | grep -vx '0 1')"
compare "$tmp/base.json" "$tmp/reads.json"
result 'rows and blocks that changed, by hand' "$(q '.diffs[0].changes[] | select(.label | startswith("Seq")) | .why | join("; ")' |
    grep -vxF 'returns 500 rows, was 1,000; touches 39.8MB, was 800kB; reads 39.1MB from outside the cache, was 0B')"
compare "$tmp/base.json" "$tmp/estimate.json"
result 'without times on one side costs are compared' "$(q '.diffs[0] | "\(.compared) \(.whole_a) \(.whole_b) \(.change)"' | grep -vx 'cost 120 240 1')"
compare "$tmp/base.json" "$tmp/other.json"
result 'plans of different queries are told' "$(q '.diffs[0].nothing_in_common' | grep -vx true)"
result 'in the text, too' "$("$pgsift" diff "$tmp/base.json" "$tmp/other.json" | grep -c 'no node in common' | grep -vx 1)"

result 'the gate: slower' "$(
    status 1 --fail-on=slower:100% "$tmp/base.json" "$tmp/spills.json"   # 41 -> 91: 122 %
    status 0 --fail-on=slower:122% "$tmp/base.json" "$tmp/spills.json"
    status 1 --fail-on=slower:121.9 "$tmp/base.json" "$tmp/spills.json"
    status 0 --fail-on=slower:0 "$tmp/spills.json" "$tmp/base.json"
    status 0 --fail-on=slower:0 "$tmp/base.json" "$tmp/base.json"
    status 1 --fail-on=slower:99% "$tmp/base.json" "$tmp/estimate.json")"
result 'the gate: findings' "$(
    status 1 --fail-on=low "$tmp/base.json" "$tmp/spills.json"
    status 0 --fail-on=low "$tmp/spills.json" "$tmp/base.json")"
result 'a gate that is not one' "$(
    status 2 --fail-on=slower:x "$tmp/base.json" "$tmp/spills.json"
    status 2 --fail-on=slower:-1 "$tmp/base.json" "$tmp/spills.json"
    status 2 --fail-on=slower:nan "$tmp/base.json" "$tmp/spills.json"
    status 2 --fail-on=sluggish "$tmp/base.json" "$tmp/spills.json"
    "$pgsift" --fail-on=slower:10% "$tmp/base.json" >/dev/null 2>&1; [ $? = 2 ] || echo 'a report takes it')"

cat "$tmp/base.json" "$tmp/spills.json" >"$tmp/two.json"
cat "$tmp/two.json" "$tmp/base.json" >"$tmp/three.json"
compare "$tmp/two.json"
result 'two plans in one file' "$(q '.diffs | "\(length) \(.[0].whole_a) \(.[0].whole_b) \(.[0].b.number)"' | grep -vx '1 41 91 2')"
compare "$tmp/two.json" "$tmp/two.json"
result 'as many in each: the first with the first' "$(q '[.diffs[].change] | tostring' | grep -vx '\[0,0\]')"
result 'others cannot be paired' "$(
    status 2 "$tmp/two.json" "$tmp/three.json"
    grep -q 'two.json has 2 plans and .*three.json has 3' "$tmp/err" || cat "$tmp/err"
    status 2 "$tmp/three.json"
    status 2 "$tmp/base.json" "$tmp/base.json" "$tmp/base.json"
    status 2)"
result 'standard input' "$("$pgsift" diff "$tmp/base.json" - <"$tmp/spills.json" | grep -c '^SLOWER  time 41' | grep -vx 1)"
result 'a file that is not there' "$(status 2 "$tmp/base.json" "$tmp/none.json")"
result 'an input is not overwritten' "$(
    status 2 -o "$tmp/base.json" "$tmp/base.json" "$tmp/spills.json"
    grep -q 'Sort Space' "$tmp/base.json" || echo gone)"

result 'nothing in a name is obeyed' "$(
    for format in text md json; do
        "$pgsift" diff --format=$format fixtures/ui/escape.json fixtures/ui/plan1.json | LC_ALL=C grep -c "$(printf '\033')" | grep -vx 0
        "$pgsift" diff --format=$format fixtures/report/hostile.json fixtures/ui/plan1.json | LC_ALL=C grep -c "$(printf '\033')" | grep -vx 0
    done
    "$pgsift" diff --format=md fixtures/report/hostile.json fixtures/ui/plan1.json | sed '/^```/,/^```/d' | grep '<script')"

python=
for candidate in python3 /usr/bin/python3; do
    $candidate -c 'import jsonschema' 2>/dev/null && python=$candidate
done
for pair in "$a $b" "$b $a" "$tmp/base.json $tmp/spills.json" "$tmp/base.json $tmp/estimate.json" "$tmp/base.json $tmp/other.json" \
    "fixtures/report/hostile.json fixtures/report/184-jit-parallel.json" "fixtures/report/136-insert-select-fk-triggers.json fixtures/report/191-opt-serialize-text.json"; do
    "$pgsift" diff --json $pair
done >"$tmp/all"
if [ -n "$python" ]; then
    result 'all are valid by the schema' "$($python -W ignore - "$tmp/all" 2>&1 <<'PY'
import json, sys
from jsonschema import Draft7Validator
validator = Draft7Validator(json.load(open("fixtures/schema/diff.schema.json")))
Draft7Validator.check_schema(validator.schema)
decoder, text, at, seen = json.JSONDecoder(), open(sys.argv[1]).read(), 0, 0
while text[at:].strip():
    document, at = decoder.raw_decode(text, at)
    at += 1
    seen += 1
    for error in validator.iter_errors(document):
        print(seen, list(error.path), error.message[:120])
if seen != 7:
    print(seen, "documents")
document["diffs"][0]["rows"][0]["surprise"] = 1
if validator.is_valid(document):
    print("an unknown member passes")
PY
)"
else
    skip 'no python3-jsonschema here'
fi
result 'every member is in the manual' "$(
    manual=$(sed 's/\\-/-/g; s/\\e/\\/g' "$build/man/pgsift-json.5")
    jq -r '[.. | objects | keys[]] | unique[]' "$tmp/all" | sort -u | while read -r key; do
        printf '%s' "$manual" | grep -qw -e "$key" || echo "$key"
    done)"
done_testing
