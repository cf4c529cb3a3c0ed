#!/bin/bash
# The viewer without a terminal (--dump-screen draws every screen that a key script asks for): time
# to the first screen and memory, against less and jq opening the same file and against the report;
# time from a key to its screen.
set -e
build=${BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pgsift=$build/pgsift
pair=$build/bench/pair

for nodes in 12 1000 100000; do "$build/bench/gen_plan" wide json $nodes >"$tmp/$nodes.json"; done

row() { # name, rounds, A..., --, B...
    local name=$1 rounds=$2
    shift 2
    "$pair" "$rounds" "$@" | awk -F '\t' -v name="$name" '{
        printf "%-38s %9.1f %9.1f %7.2f %9.1f %9.1f %7.2f\n", name, $1, $2, $3, $4 / 1024, $5 / 1024, $4 / $5
    }'
}
echo 'First screen (A) against another program (B)'
printf '%-38s %9s %9s %7s %9s %9s %7s\n' '' 'A ms' 'B ms' 'A/B' 'A MB' 'B MB' 'A/B'
for nodes in 12 1000 100000; do
    rounds=21
    show="$pgsift $tmp/$nodes.json --size=40x140 --dump-screen"
    [ $nodes = 100000 ] && rounds=3
    row "$nodes nodes, report" $rounds $show -- "$pgsift" --format=text --no-pager "$tmp/$nodes.json"
    command -v less >/dev/null && row "$nodes nodes, less" $rounds $show -- less -FX "$tmp/$nodes.json"
    command -v jq >/dev/null && row "$nodes nodes, jq" $rounds $show -- jq . "$tmp/$nodes.json"
done

# Least wall time of three runs, in ms.
least() {
    "$pair" 3 "$@" | cut -f1
}
key() { # nodes, name, how many, keys
    local from to
    : >"$tmp/none"
    for ((i = 0; i < $3; i++)); do printf '%s' "$4"; done >"$tmp/keys"
    from=$(least "$pgsift" "$tmp/$1.json" --size=40x140 --dump-screen "--keys=$tmp/none")
    to=$(least "$pgsift" "$tmp/$1.json" --size=40x140 --dump-screen "--keys=$tmp/keys")
    awk -v name="$1 nodes, $2" -v from="$from" -v to="$to" -v n="$3" 'BEGIN {
        printf "%-38s %9.2f\n", name, (to - from) / n }'
}
echo
echo 'From a key to its screen, ms'
key 1000 'next row' 2000 j
key 1000 'last row and first' 200 Gg
key 1000 'filter, and all again' 10 '&Index<Enter>&<Enter>'
key 1000 'search' 10 '/Index<Enter>'
key 100000 'next row' 2000 j
key 100000 'last row and first' 200 Gg
key 100000 'sort' 20 s
key 100000 'filter, and all again' 20 '&Index<Enter>&<Enter>'
