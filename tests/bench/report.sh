#!/bin/bash
# Plan in, JSON report out: time and peak memory of the whole process against a program that
# only runs cJSON_Parse on the same file, both in turns; text against JSON; growth; depth.
set -e
build=${BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pgsift=$build/pgsift
pair=$build/bench/pair

row() { # name, rounds, A..., --, B...
    local name=$1 rounds=$2
    shift 2
    "$pair" "$rounds" "$@" | awk -F '\t' -v name="$name" '{
        printf "%-34s %9.1f %9.1f %7.2f %9.1f %9.1f %7.2f\n", name, $1, $2, $3, $4 / 1024, $5 / 1024, $4 / $5
    }'
}

for nodes in 12 1000 100000; do
    for shape in wide mixed; do
        [ $shape$nodes = mixed100000 ] && continue # deeper than cJSON reads
        "$build/bench/gen_plan" $shape json $nodes >"$tmp/$shape-$nodes.json"
        "$build/bench/gen_plan" $shape text $nodes >"$tmp/$shape-$nodes.txt"
    done
done
for depth in 900 50000; do "$build/bench/gen_plan" deep json $depth >"$tmp/deep-$depth.json"; done
"$build/bench/gen_plan" deep text 1000 >"$tmp/deep-1000.txt"

echo 'Plan to JSON report (A) against cJSON_Parse alone (B)'
printf '%-34s %9s %9s %7s %9s %9s %7s\n' 'plan' 'A ms' 'B ms' 'A/B' 'A MB' 'B MB' 'A/B'
row '12 nodes' 51 "$pgsift" --json "$tmp/wide-12.json" -- "$build/bench/cjson_parse" "$tmp/wide-12.json"
row '1,000 nodes' 31 "$pgsift" --json "$tmp/wide-1000.json" -- "$build/bench/cjson_parse" "$tmp/wide-1000.json"
row '1,000 nodes, joins' 31 "$pgsift" --json "$tmp/mixed-1000.json" -- "$build/bench/cjson_parse" "$tmp/mixed-1000.json"
row '100,000 nodes' 7 "$pgsift" --json "$tmp/wide-100000.json" -- "$build/bench/cjson_parse" "$tmp/wide-100000.json"
row '100,000 nodes, text report' 5 "$pgsift" "$tmp/wide-100000.json" -- "$build/bench/cjson_parse" "$tmp/wide-100000.json"

echo
echo 'The same plan as text (A) and as JSON (B)'
row '1,000 nodes' 31 "$pgsift" --json "$tmp/wide-1000.txt" -- "$pgsift" --json "$tmp/wide-1000.json"
row '1,000 nodes, joins' 31 "$pgsift" --json "$tmp/mixed-1000.txt" -- "$pgsift" --json "$tmp/mixed-1000.json"
row '100,000 nodes' 5 "$pgsift" --json "$tmp/wide-100000.txt" -- "$pgsift" --json "$tmp/wide-100000.json"

echo
echo 'Growth: 100,000 nodes (A) and 1,000 nodes (B); linear is up to 110'
row 'JSON' 5 "$pgsift" --json "$tmp/wide-100000.json" -- "$pgsift" --json "$tmp/wide-1000.json"
row 'text' 5 "$pgsift" --json "$tmp/wide-100000.txt" -- "$pgsift" --json "$tmp/wide-1000.txt"

echo
echo 'Chains of nodes: 50,000 levels of JSON (A) and 900 (B)'
row 'chain' 5 "$pgsift" --json "$tmp/deep-50000.json" -- "$pgsift" --json "$tmp/deep-900.json"
row 'chain, text report' 5 "$pgsift" "$tmp/deep-50000.json" -- "$pgsift" "$tmp/deep-900.json"
