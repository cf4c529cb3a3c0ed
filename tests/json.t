#!/bin/bash
# The JSON report: valid by the JSON Schema that ships, described in the manual, and equal in its
# figures to what the other writers say.
. tests/lib/tap.sh
build=$(cd "${BUILD:-build}" && pwd)
export LC_ALL=C.UTF-8 COLUMNS=80
pgsift=$build/pgsift
schema=fixtures/schema/report.schema.json
shared=${PGSIFT_SHARED:-../shared}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

plans=$(find fixtures -name '*.json' -path '*plan*' -o -path 'fixtures/report/*.json' -o -path 'fixtures/demo/plan.*' | sort)
[ -d "$shared/plans" ] && more=$(find "$shared/plans" -path '*/odd/*' -prune -o -name '*.json' -print | sort)
for plan in $plans $more; do
    "$pgsift" --json "$plan" 2>/dev/null
done >"$tmp/reports"
for plan in $plans $more; do
    "$pgsift" --json --anonymize "$plan" 2>/dev/null
done | head -c 20000000 >>"$tmp/reports" || true

cat >"$tmp/validate.py" <<'PY'
import json, sys
from jsonschema import Draft7Validator
validator = Draft7Validator(json.load(open(sys.argv[1])))
Draft7Validator.check_schema(validator.schema)
decoder, text, at, seen = json.JSONDecoder(), open(sys.argv[2]).read(), 0, 0
while text[at:at + 20].strip():
    try:
        report, at = decoder.raw_decode(text, at)
    except ValueError:
        break  # the last one may be cut
    at += 1
    seen += 1
    for error in validator.iter_errors(report):
        print(report["plans"][0]["source"], list(error.path), error.message[:120])
if seen < 20:
    print("only", seen, "reports")
# and it must refuse what is wrong
wrong = json.loads(json.dumps(report))
wrong["plans"][0]["nodes"][0]["surprise"] = 1
if validator.is_valid(wrong):
    print("an unknown member passes")
PY
python=
for candidate in python3 /usr/bin/python3; do
    $candidate -c 'import jsonschema' 2>/dev/null && python=$candidate
done
if [ -n "$python" ]; then
    result 'reports are valid by the schema' "$($python -W ignore "$tmp/validate.py" $schema "$tmp/reports" 2>&1)"
else
    skip 'no python3-jsonschema here'
fi

result 'the schema has every property of EXPLAIN' "$(
    "$pgsift" --help=roff-properties | sed -n 's/^\.B //p' | while read -r name; do
        grep -q "\"$name\"" $schema || echo "$name"
    done)"
manual=$(sed 's/\\-/-/g; s/\\e/\\/g' "$build/man/pgsift-json.5")
result 'every member of a report is in the manual' "$(
    jq -r '[.. | objects | keys[]] | unique[]' "$tmp/reports" 2>/dev/null | sort -u >"$tmp/keys"
    jq -r '.plans[] | (.settings // {} | keys[]), (.. | objects | .other? // empty | .. | objects | keys[]),
           (.nodes[].explain | .. | objects | keys[])' "$tmp/reports" 2>/dev/null | sort -u >"$tmp/foreign"
    comm -23 "$tmp/keys" "$tmp/foreign" | while read -r key; do
        printf '%s' "$manual" | grep -qw -e "$key" || echo "$key"
    done)"

demo=fixtures/demo/plan.json
"$pgsift" --json $demo >"$tmp/demo.json"
result 'NDJSON has the same plans' "$(diff <(jq -cS '.plans[]' "$tmp/demo.json") <("$pgsift" --format=ndjson $demo | jq -cS 'del(.schema)'))"
result 'one line a plan' "$([ "$("$pgsift" --format=ndjson $demo $demo $demo | wc -l)" = 3 ] || echo no)"
result 'a problem is a line, too' "$("$pgsift" --format=ndjson $demo missing.json 2>/dev/null | jq -rs '.[1].problem.message' | grep -v 'No such file')"
result 'the problems are in the document' "$("$pgsift" --json $demo missing.json 2>/dev/null | jq -r '.problems[] | .source' | grep -vx missing.json)"
result 'self times and the rest add up to the execution time' "$(
    jq -rs '.[].plans[] | select(.proof.execution_printed == true) | .proof as $p |
        ($p.self_sum_ms + $p.after_triggers_ms + $p.post_plan_ms + ($p.serialization_ms // 0) + $p.unaccounted_ms - $p.execution_ms) as $off |
        select($off > 0.01 or $off < -0.01) | .source' "$tmp/reports" 2>/dev/null)"
result 'shares of the demo are self time by execution time' "$(
    jq -r '.plans[0] as $p | $p.nodes[] | select((.self_ms / $p.execution_ms - .share) | fabs > 0.00001) | .id' "$tmp/demo.json")"
# By hand: an index on tasks can spare #7 and #8 (65.1 and 360.2 ms of 851.2) and little of their hash, one on the
# assignees #5 (157.6 ms); what it costs to go by the index is a trifle. Both together are what the text says.
"$pgsift" --json --catalog=fixtures/demo/schema.sql $demo >"$tmp/advised.json"
result 'what the indexes of the demo save, by hand' "$(
    jq -r '.plans[0].advice.indexes[] | "\(.table) \(.gain_share)"' "$tmp/advised.json" | awk '
        $1 == "tasks" { most = (65.1 + 360.2) / 851.2 }
        $1 == "task_assignees" { most = 157.6 / 851.2 }
        $2 > most + 0.001 || $2 < 0.85 * most { print $0, "of", most }
        END { if (NR != 2) print NR, "indexes" }')"
result 'and the text says so' "$(
    after=$("$pgsift" --no-pager --catalog=fixtures/demo/schema.sql $demo | sed -n 's/^INDEXES  2, time 851.2ms -> \(.*\)ms$/\1/p')
    jq -r --arg after "$after" '.plans[0] | [.advice.indexes[].marginal_share] as $s | ((1 - ($s | add)) * 851.2 - ($after | tonumber)) |
        select(fabs > 0.1)' "$tmp/advised.json" 2>&1)"
# By hand, from the plan: #8 ran in 3 processes, 1080.576 ms in all; wall is a third of it.
result 'a parallel scan by hand' "$(
    jq -r '.[0].Plan | .. | objects | select(.["Node Type"]? == "Seq Scan" and .["Parallel Aware"]) |
        "\(.["Actual Total Time"] * .["Actual Loops"] / 3 * 1000 | round)"' $demo >"$tmp/a"
    jq -r '.plans[0].nodes[] | select(.explain.parallel_aware and .type == "Seq Scan") | .self_ms * 1000 | round' "$tmp/demo.json" >"$tmp/b"
    diff "$tmp/a" "$tmp/b")"
result 'a 64-bit query identifier stays exact' "$("$pgsift" --json fixtures/report/hostile.json | jq -r '.plans[0].query_identifier' | grep -vx -e '-8946744073709551616')"
result 'keys that are not known are kept as they are' "$(
    diff <("$pgsift" --json fixtures/report/hostile.json | jq -c '.plans[0].nodes[0].explain.other') <(echo '{"Brand New Key":{"deep":["1","2.50","true",null,{"er":"<b>&amp;"}]}}'))"
done_testing
