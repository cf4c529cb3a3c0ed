#!/bin/bash
# Reports over a log: valid JSON, nothing of the log comes alive in a page or on a terminal, no values
# where none are wanted, and the same bytes however the work was split.
. tests/lib/tap.sh
pgsift=$PWD/${BUILD:-build}/pgsift
log=fixtures/log/day.log
schema=fixtures/schema/log.schema.json
shared=${PGSIFT_SHARED:-../shared}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# ---- JSON ----
mkdir "$tmp/reports"
"$pgsift" log -q --json "$log" >"$tmp/reports/day.json"
[ -d "$shared/logs" ] && for file in "$shared"/logs/pg*/*.{log,csv,json}; do
    "$pgsift" log -q --json "$file" >"$tmp/reports/$(basename "$(dirname "$file")")-$(basename "$file").json" 2>/dev/null
done
find "$tmp/reports" -empty -delete
cat >"$tmp/validate.py" <<'PY'
import glob, json, sys
from jsonschema import Draft7Validator
schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
seen = 0
for name in glob.glob(sys.argv[2] + "/*.json"):
    report = json.load(open(name))
    seen += 1
    for error in list(validator.iter_errors(report))[:3]:
        print(name, list(error.path), error.message[:300])
report["queries"].append({"surprise": 1})
if validator.is_valid(report):
    print("an unknown member passes")
if seen < 1:
    print("no reports")
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
"$pgsift" log -q --format=ndjson "$log" >"$tmp/day.ndjson"
for kind in query rule index; do
    member=$(case $kind in query) echo queries ;; rule) echo rules ;; *) echo indexes ;; esac)
    result "NDJSON has the same $member" "$(diff <(jq -cS ".${member}[]" "$tmp/reports/day.json") \
        <(jq -cS "select(.kind == \"$kind\") | del(.schema, .kind)" "$tmp/day.ndjson"))"
done
result 'shares and sums agree' "$(jq -r '
    (.log.time_ms - .log.phases_ms - .log.total_ms | fabs < 0.001 or error("time")),
    (([.queries[].time_ms] | add) - .log.nested.ms - .log.time_ms | fabs < 0.001 or error("queries")),
    (([.queries[].shapes[]?.calls] | add) == .log.counts.plans - 1 or error("plans: one is an EXPLAIN"))
    | select(. != true)' "$tmp/reports/day.json" 2>&1)"

# ---- nothing comes alive ----
"$pgsift" log -q --format=html "$log" >"$tmp/day.html"
result 'markup of the log is text' "$(grep -noE '<(script>alert|img|b>[^0-9]|i>)' "$tmp/day.html")"
result 'the page closes what it opens' "$(for tag in details table ul div dl pre section svg; do
    open=$(grep -o "<$tag[ >]" "$tmp/day.html" | wc -l)
    close=$(grep -o "</$tag>" "$tmp/day.html" | wc -l)
    [ "$open" = "$close" ] || echo "$tag: $open opened, $close closed"
done)"
result 'the page asks for nothing' "$(grep -noE '(src|href)="[^#]|https?:|@import|url\(' "$tmp/day.html")"
result 'every link has its target' "$(comm -23 <(grep -o 'href="#[^"]*"' "$tmp/day.html" | cut -d'#' -f2 | tr -d '"' | sort -u) \
    <(grep -o ' id="[^"]*"' "$tmp/day.html" | cut -d'"' -f2 | sort -u))"
for format in text md html; do
    result "no control characters in $format" "$("$pgsift" log -q -v --format=$format --color=never "$log" | LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]' | cat -v)"
done

# ---- no values ----
for format in text md json ndjson html; do
    result "--no-values in $format" "$("$pgsift" log --no-values -v --format=$format "$log" | grep -nE 'secret|[^0-9]200[^0-9.,:]*customer' | head -3)"
done
"$pgsift" log --no-values --partial "$log" >"$tmp/masked.part"
"$pgsift" log --merge --json "$tmp/masked.part" >"$tmp/masked.json"
result '--no-values in a partial result' "$(grep -n secret "$tmp/masked.json" | head -3)"
result 'which is the same report' "$(diff "$tmp/masked.json" <("$pgsift" log --no-values --json "$log") | head -5)"

# ---- splits ----
"$pgsift" log --json "$log" >"$tmp/whole.json"
for jobs in 1 2 3 8; do
    result "the same with $jobs workers" "$("$pgsift" log --jobs=$jobs --json "$log" | cmp - "$tmp/whole.json" 2>&1)"
done
# cut before plans of sessions that have nothing pending
mkdir "$tmp/split"
awk -v dir="$tmp/split" '
    /^2026-.*\[(11|12|20|21|50)\].*plan:$/ { part = sprintf("%s/%03d.log", dir, ++n) }
    { if (!part) part = dir "/000.log"; print >part }' "$log"
parts=("$tmp"/split/*.log)
result 'there are parts' "$([ ${#parts[@]} -gt 20 ] || echo ${#parts[@]})"
for part in "${parts[@]}"; do
    "$pgsift" log -q --partial "$part" >"$part.part" 2>/dev/null
done
for format in text md json ndjson html; do
    "$pgsift" log --format=$format -v "${parts[@]}" >"$tmp/one" 2>/dev/null
    for round in 1 2 3; do
        mapfile -t shuffled < <(shuf -e "$tmp"/split/*.part)
        half=$((RANDOM % (${#shuffled[@]} - 1) + 1))
        "$pgsift" log --merge --partial "${shuffled[@]:0:half}" >"$tmp/half.part"
        "$pgsift" log --merge --format=$format -v "${shuffled[@]:half}" "$tmp/half.part" >"$tmp/other"
        cmp -s "$tmp/one" "$tmp/other" || echo "round $round: $(cmp "$tmp/one" "$tmp/other" 2>&1)"
    done >"$tmp/differences"
    result "parts in any order, merged in steps: the same $format" "$(cat "$tmp/differences")"
done

# ---- size ----
awk 'BEGIN {
    for (i = 0; i < 1000; i++) {
        printf "2026-03-02 10:%02d:%02d.000 UTC [7] LOG:  duration: %d.500 ms  plan:\n\t{\n", i / 60 % 60, i % 60, 2000 - i
        printf "\t  \"Query Text\": \"SELECT column_%d, other FROM table_%d WHERE key_%d = 5 AND word = $1 ORDER BY column_%d\",\n\t  \"Plan\": ", i, i % 90, i, i
        for (d = 0; d < 12; d++)
            printf "{\n\t \"Node Type\": \"%s\", \"Startup Cost\": 1.0, \"Total Cost\": 99.0, \"Plan Rows\": 7, \"Plan Width\": 9, \"Actual Startup Time\": 0.1, \"Actual Total Time\": %d, \"Actual Rows\": 3, \"Actual Loops\": 1, \"Parent Relationship\": \"Outer\", \"Plans\": [", (d % 2 ? "Sort" : "Unique"), 2000 - i - d
        printf "{\"Node Type\": \"Seq Scan\", \"Relation Name\": \"table_%d\", \"Alias\": \"t\", \"Startup Cost\": 1.0, \"Total Cost\": 99.0, \"Plan Rows\": 7, \"Plan Width\": 9, \"Actual Startup Time\": 0.1, \"Actual Total Time\": %d, \"Actual Rows\": 3, \"Actual Loops\": 1, \"Filter\": \"(word = 5)\", \"Rows Removed by Filter\": 40000, \"Parent Relationship\": \"Outer\"}", i % 90, 1900 - i
        for (d = 0; d < 12; d++)
            printf "]}"
        printf "\n\t}\n"
    }
}' >"$tmp/many.log"
"$pgsift" log -q --format=html "$tmp/many.log" >"$tmp/many.html"
result 'a page of 1,000 queries' "$([ "$(grep -c '<details class="query"' "$tmp/many.html")" = 1000 ] || echo 'not all are there')"
result 'stays below 5 MB' "$([ "$(stat -c %s "$tmp/many.html")" -lt 5000000 ] || stat -c %s "$tmp/many.html")"
done_testing
