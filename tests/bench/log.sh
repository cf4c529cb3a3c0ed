#!/bin/bash
# A log in, a report out: time and peak memory of pgsift log (A) against a yardstick (B), in turns.
# The logs are made from the records of a real one; LOG_MB is the size of each (1024 for 1 GB).
set -e
build=${BUILD:-build}
megabytes=${LOG_MB:-200}
rounds=${ROUNDS:-5}
samples=${PGSIFT_SHARED:-../shared}/logs/pg15
pgsift=$build/pgsift
pair=$build/bench/pair
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if [ ! -r "$samples/full-json.log" ]; then
    echo "no real logs in $samples: fixtures are taken"
    samples=fixtures/logs
    json=$samples/stderr-json.log text=$samples/stderr-text.log yaml='' xml=''
else
    json=$samples/full-json.log text=$samples/ae-text.log
    yaml=$samples/ae-yaml.log xml=$samples/ae-xml.log
fi

row() { # name, file, A..., --, B...
    local name=$1 bytes
    bytes=$(stat -c %s "$2")
    shift 2
    "$pair" "$rounds" "$@" | awk -F '\t' -v name="$name" -v bytes="$bytes" '{
        printf "%-40s %8.0f %8.0f %8.2f %8.1f %8.1f\n", name, bytes / 1e3 / $1, bytes / 1e3 / $2, $3, $4 / 1024, $5 / 1024
    }'
}
head_line() {
    printf '\n%s\n%-40s %8s %8s %8s %8s %8s\n' "$1" '' 'A MB/s' 'B MB/s' 'A/B time' 'A MB' 'B MB'
}
make_log() { "$build/bench/gen_log" "$1" "$megabytes" "$2" "$3" >"$tmp/$4"; }

make_log stderr plans "$json" json.log
head_line "JSON plans in stderr, $megabytes MB, against cJSON_Parse of the same bodies"
row 'one thread' "$tmp/json.log" "$pgsift" log -q --jobs=1 "$tmp/json.log" -- "$build/bench/cjson_log" 1 "$tmp/json.log"
row 'two threads' "$tmp/json.log" "$pgsift" log -q --jobs=2 "$tmp/json.log" -- "$build/bench/cjson_log" 2 "$tmp/json.log"
head_line 'Two threads against one'
row 'JSON plans' "$tmp/json.log" "$pgsift" log -q --jobs=2 "$tmp/json.log" -- "$pgsift" log -q --jobs=1 "$tmp/json.log"

head_line 'Destinations and formats of plans, against JSON plans in stderr (MB/s are of each file)'
for destination in csv json; do
    make_log $destination plans "$json" "other.$destination"
    row "JSON plans in ${destination}log" "$tmp/other.$destination" "$pgsift" log -q --jobs=1 "$tmp/other.$destination" -- "$pgsift" log -q --jobs=1 "$tmp/json.log"
    rm "$tmp/other.$destination"
done
for format in text yaml xml; do
    source=${!format}
    [ -n "$source" ] || continue
    make_log stderr plans "$source" other.log
    row "$format plans in stderr" "$tmp/other.log" "$pgsift" log -q --jobs=1 "$tmp/other.log" -- "$pgsift" log -q --jobs=1 "$tmp/json.log"
done
# queries FORMAT: 60,000 plans of 10,000 queries
queries() {
    awk -v format="$1" 'BEGIN {
        json = "\t{\n\t  \"Query Text\": \"%s\",\n\t  \"Plan\": {\n\t    \"Node Type\": \"Sort\",\n\t    \"Startup Cost\": 9.00,\n\t    \"Total Cost\": 50.00,\n\t    \"Plan Rows\": 90,\n\t    \"Actual Startup Time\": 9.0,\n\t    \"Actual Total Time\": 19.2,\n\t    \"Actual Rows\": 88,\n\t    \"Actual Loops\": 1,\n\t    \"Sort Key\": [\"c%d\"],\n\t    \"Plans\": [\n\t      {\n\t        \"Node Type\": \"Seq Scan\",\n\t        \"Parent Relationship\": \"Outer\",\n\t        \"Relation Name\": \"t%d\",\n\t        \"Alias\": \"t\",\n\t        \"Startup Cost\": 0.00,\n\t        \"Total Cost\": 40.00,\n\t        \"Plan Rows\": 90,\n\t        \"Actual Startup Time\": 0.01,\n\t        \"Actual Total Time\": 9.0,\n\t        \"Actual Rows\": 88,\n\t        \"Actual Loops\": 1,\n\t        \"Filter\": \"(k%d = %d)\",\n\t        \"Rows Removed by Filter\": 90100\n\t      }\n\t    ]\n\t  }\n\t}\n"
        text = "\tQuery Text: %s\n\tSort  (cost=9.00..50.00 rows=90 width=8) (actual time=9.000..19.200 rows=88 loops=1)\n\t  Sort Key: c%d\n\t  ->  Seq Scan on t%d t  (cost=0.00..40.00 rows=90 width=8) (actual time=0.010..9.000 rows=88 loops=1)\n\t        Filter: (k%d = %d)\n\t        Rows Removed by Filter: 90100\n"
        for (i = 0; i < 60000; i++) {
            q = i % 10000
            printf "2026-03-02 10:%02d:%02d.%03d UTC [%d] LOG:  duration: %d.%03d ms  plan:\n", i / 6000 % 60, i / 100 % 60, i * 7 % 1000, 100 + i % 40, 20 + i * 37 % 500, i % 1000
            printf format == "json" ? json : text, sprintf("SELECT c%d, other FROM t%d t WHERE k%d = %d ORDER BY c%d", q, q % 300, q, i, q), q, q % 300, q, i
        }
    }'
}
head_line 'Memory with 10,000 queries (to hold: 200 MB), against the first 77'
for format in json text; do
    queries $format >"$tmp/many.log"
    awk '/duration:/ { keep = n++ % 10000 < 77 } keep' "$tmp/many.log" >"$tmp/few.log"
    row "$format plans, two threads" "$tmp/many.log" "$pgsift" log -q --jobs=2 "$tmp/many.log" -- "$pgsift" log -q --jobs=2 "$tmp/few.log"
done
rm -f "$tmp/many.log" "$tmp/few.log"
make_log stderr lines "$json" other.log
head_line 'Lines without plans'
row 'against wc -l' "$tmp/other.log" "$pgsift" log -q --jobs=1 "$tmp/other.log" -- wc -l "$tmp/other.log"
row 'JSON plans against wc -l' "$tmp/json.log" "$pgsift" log -q --jobs=1 "$tmp/json.log" -- wc -l "$tmp/json.log"
if command -v pgbadger >/dev/null; then
    head -c 20000000 "$tmp/json.log" >"$tmp/small.log"
    head_line 'The first 20 MB against pgbadger -j2'
    row 'JSON plans' "$tmp/small.log" "$pgsift" log -q --jobs=2 "$tmp/small.log" -- pgbadger -q -j2 -x text -o "$tmp/out.txt" "$tmp/small.log"
fi
