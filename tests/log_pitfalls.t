#!/bin/bash
# Pitfalls of logs that show in the report only (numbers: those of tests/unit/log_pitfalls.c, which
# has the others): what was measured, sampled, typed by people, secret, beyond all limits.
. tests/lib/tap.sh
pgsift=$PWD/${BUILD:-build}/pgsift
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

stamp='2026-03-02 10:00:00.000 UTC [7]'
# plan FILE MS BODY: a record, its lines behind TABs
plan() { printf '%s LOG:  duration: %s ms  plan:\n%s\n' "$stamp" "$2" "$(sed 's/^/\t/' <<<"$3")" >>"$tmp/$1.log"; }
statement() { printf '%s LOG:  duration: %s ms  statement: %s\n' "$stamp" "$2" "$3" >>"$tmp/$1.log"; }
line() { printf '%s %s\n' "$stamp" "$2" >>"$tmp/$1.log"; }
json() { "$pgsift" log -q --json "${@:2}" "$tmp/$1.log" 2>"$tmp/err" >"$tmp/$1.json"; status=$?; }
ask() { jq -c "$2" "$tmp/$1.json" 2>&1; }
text() { "$pgsift" log -v --color=never --format="$2" "$tmp/$1.log" 2>&1; }

# ---- 18: what was not measured ----
plan estimates 7.000 '{ "Query Text": "SELECT * FROM t WHERE a = 1",
  "Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", "Startup Cost": 0.00,
    "Total Cost": 2041.00, "Plan Rows": 10, "Plan Width": 8, "Filter": "(a = 1)" } }'
json estimates
same "$(ask estimates '[.queries[0] | .rows_per_call, .shapes[0].estimates_only]')" '[null,1]' \
    '18: without ANALYZE there are no rows, and it is said of the plan'
for format in text md html; do
    text estimates $format >"$tmp/out"
    grep -q 'estimates only' "$tmp/out"
    ok $? "18: estimates only, in $format"
    result "18: and nothing measured is made up in $format" \
        "$(grep -nE 'actual|(^|[^0-9.,])0(\.0+)? ?ms|[^0-9]0 rows' "$tmp/out")"
done
plan untimed 7.000 '{ "Query Text": "SELECT * FROM t WHERE a = 1",
  "Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", "Startup Cost": 0.00,
    "Total Cost": 2041.00, "Plan Rows": 10, "Plan Width": 8, "Actual Rows": 3, "Actual Loops": 1,
    "Filter": "(a = 1)", "Rows Removed by Filter": 99997 } }'
json untimed
same "$(ask untimed '[.queries[0] | .rows_per_call, .shapes[0].without_times]')" '[3,1]' '18: with TIMING off there are rows'
for format in text md html; do
    text untimed $format >"$tmp/out"
    grep -q 'rows but no times' "$tmp/out"
    ok $? "18: rows without times, in $format"
    result "18: and no time of a node is made up in $format" "$(grep -nE '(^|[^0-9.,])0(\.0+)? ?ms' "$tmp/out")"
done
for i in 1 2 3; do
    plan sampled 9.000 '{ "Query Text": "SELECT b FROM t", "Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", "Actual Total Time": 9, "Actual Rows": 1, "Actual Loops": 1 } }'
    statement sampled 10.000 'SELECT b FROM t'
done
for i in 1 2 3 4 5 6 7; do statement sampled 10.000 'SELECT b FROM t'; done
statement sampled 10.000 'SELECT c FROM u'
json sampled
same "$(ask sampled '[.queries[] | select(.text | test("b FROM t")) | .calls, .sources.plans.count, .sources.statements.count]')" \
    '[10,3,7]' '18: of ten executions three have plans'
text sampled text | tr -s ' \n' ' ' | grep -q '7 of 10 executions of queries with plans were logged without one'
ok $? '18: and that what plans say is a lower bound'

# ---- 19: rows of many loops ----
plan loops 400.000 '{ "Query Text": "SELECT count(*) FROM o JOIN i ON i.o = o.id",
  "Plan": { "Node Type": "Aggregate", "Strategy": "Plain", "Actual Total Time": 400, "Actual Rows": 1.00, "Actual Loops": 1, "Plan Rows": 1, "Plans": [
    { "Node Type": "Nested Loop", "Parent Relationship": "Outer", "Join Type": "Inner", "Actual Total Time": 390, "Actual Rows": 216.00, "Actual Loops": 1, "Plan Rows": 216, "Plans": [
      { "Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "o", "Alias": "o", "Actual Total Time": 1, "Actual Rows": 360.00, "Actual Loops": 1, "Plan Rows": 360 },
      { "Node Type": "Seq Scan", "Parent Relationship": "Inner", "Relation Name": "i", "Alias": "i", "Actual Total Time": 1.05, "Actual Rows": 0.60, "Actual Loops": 360, "Plan Rows": 1, "Filter": "(o = o.id)", "Rows Removed by Filter": 999.70 } ] } ] } }'
# shown by the finding: rows kept and removed, multiplied before they are rounded
text loops md >"$tmp/out"
grep -q 'runs 360 times, 360,108 rows in all' "$tmp/out"
ok $? '19: 0.6 rows and 999.7 removed of 360 loops are 216 and 359,892'

# ---- 23: who sent it ----
body='"Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", "Actual Total Time": 9, "Actual Rows": 1, "Actual Loops": 1 }'
plan classes 9.000 "{ \"Query Text\": \"EXPLAIN (ANALYZE, BUFFERS) SELECT a FROM t\", $body }"
plan classes 9.000 "{ \"Query Text\": \"DECLARE c1 CURSOR FOR\\nSELECT a, b FROM public.t\", $body }"
plan classes 9.000 "{ \"Query Text\": \"COPY (SELECT b FROM t) TO STDOUT\", $body }"
statement classes 8.000 'COPY public.t (a, b) TO stdout;'
statement classes 8.000 'VACUUM ANALYZE t'
statement classes 8.000 'SELECT plain FROM t'
line classes 'LOG:  automatic vacuum of table "d.public.t": index scans: 0'
line classes 'LOG:  automatic analyze of table "d.public.t" system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: 0.03 s'
json classes
same "$(ask classes '[.queries[].class] | sort')" '["copy","copy","cursor","query","utility"]' \
    '23: cursors of foreign servers, COPY of dumps, maintenance are told apart'
same "$(ask classes '.log.counts | [.explains, .others]')" '[1,2]' '23: an EXPLAIN that a person typed is left out, autovacuum is no query'
json classes --explains
same "$(ask classes '[.queries[] | select(.class == "explain")] | length')" 1 '23: unless --explains'

# ---- 26: secrets ----
plan secrets 9.000 '{ "Query Text": "SELECT * FROM t WHERE name = '"'s3cret-a'"' AND pin = 771177 /* s3cret-b */",
  "Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", "Actual Total Time": 9, "Actual Rows": 1, "Actual Loops": 1, "Plan Rows": 9000,
    "Filter": "((name = '"'s3cret-c'::text"') AND (pin = 771177))", "Rows Removed by Filter": 90000, "Output": ["'"'s3cret-d'::text"'"] } }'
line secrets "CONTEXT:  unnamed portal with parameters: \$1 = 's3cret-e'"
plan secrets 9.000 "Query Text: SELECT * FROM u WHERE name = 's3cret-f'
	and more = 's3cret-g
s3cret-h'
Query Parameters: \$1 = 's3cret-i'
Seq Scan on u  (cost=0.00..2041.00 rows=9000 width=8) (actual time=0.010..9.000 rows=1 loops=1)
  Output: 's3cret-j
s3cret-k'::text
  Filter: (name = 's3cret-l'::text)
  Rows Removed by Filter: 90000"
plan secrets 9.000 'Query Text: "SELECT * FROM y WHERE name = '"'s3cret-m'"'"
Plan: 
  Node Type: "Seq Scan"
  Relation Name: "y"
  Alias: "y"
  Actual Total Time: 9
  Actual Rows: 1
  Actual Loops: 1
  Filter: "(name = '"'s3cret-n'"'::text)"
  Rows Removed by Filter: 90000'
plan secrets 9.000 "<explain xmlns=\"http://www.postgresql.org/2009/explain\">
  <Query-Text>SELECT * FROM x WHERE name = 's3cret-o'</Query-Text>
  <Plan>
    <Node-Type>Seq Scan</Node-Type>
    <Relation-Name>x</Relation-Name>
    <Alias>x</Alias>
    <Actual-Total-Time>9</Actual-Total-Time>
    <Actual-Rows>1</Actual-Rows>
    <Actual-Loops>1</Actual-Loops>
    <Filter>(name = 's3cret-p'::text)</Filter>
    <Rows-Removed-by-Filter>90000</Rows-Removed-by-Filter>
  </Plan>
</explain>"
statement secrets 9.000 "SELECT * FROM s WHERE name = 's3cret-q' AND x = E's3\\'cret-r' AND y = \$\$s3cret-s\$\$"
line secrets 'LOG:  duration: 9.000 ms  execute <unnamed>: SELECT * FROM p WHERE name = $1'
line secrets "DETAIL:  parameters: \$1 = 's3cret-t'"
line secrets 'ERROR:  duplicate key value violates unique constraint "k"'
line secrets 'DETAIL:  Key (name)=(s3cret-u) already exists.'
line secrets "STATEMENT:  INSERT INTO t VALUES ('s3cret-v')"
line secrets 'LOG:  temporary file: path "base/pgsql_tmp/pgsql_tmp7.0", size 9000000'
line secrets "STATEMENT:  SELECT * FROM z WHERE name = 's3cret-w' ORDER BY 1"
statement secrets 9.000 "ALTER USER me PASSWORD 's3cret-x'"
statement secrets 9.000 "FROBNICATE t SET x = 's3cret-y'"
plan secrets 9.000 "Query Text: SELECT 's3cret-z'
this is no plan: 's3cret-0'"
for format in text md json ndjson html; do
    result "26: --no-values leaves no value in $format, nor in messages" \
        "$("$pgsift" log --no-values -v --format=$format "$tmp/secrets.log" 2>&1 | grep -noE 's3.{0,3}cret.{0,30}|771177')"
done
"$pgsift" log --no-values --partial "$tmp/secrets.log" >"$tmp/secrets.part" 2>/dev/null
"$pgsift" log --merge -v --format=html "$tmp/secrets.part" >"$tmp/out" 2>&1
result '26: nor in a partial result' "$(grep -noE 's3cret|771177' "$tmp/out"; grep -c 's3cret' "$tmp/secrets.part" | grep -v '^0')"
json secrets --no-values
same "$(ask secrets '[.queries[].sources.plans.count // 0] | add')" 4 '26: plans in all four formats were masked, not dropped'
json secrets
same "$(grep -oE 's3cret-[aflqt]' "$tmp/secrets.json" | sort -u | wc -l)" 5 '26: without it they are kept'

# ---- 28: limits ----
wild() { printf '{ "Query Text": "SELECT %s FROM t", "Plan": { "Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", %s } }' "$1" "$2"; }
sane='"Startup Cost": 0, "Total Cost": 9, "Plan Rows": 5, "Plan Width": 8, "Actual Total Time": 9, "Actual Rows": 1, "Actual Loops": 1'
plan limits 9.000 "$(wild huge '"Startup Cost": 0, "Total Cost": 1e+300, "Plan Rows": 1e+300, "Plan Width": 99999999999999999999, "Actual Total Time": 9, "Actual Rows": 1e300, "Actual Loops": 18446744073709551616')"
plan limits 9.000 "$(wild overflow '"Startup Cost": 0, "Total Cost": 1e999, "Plan Rows": 5, "Actual Total Time": 1e999, "Actual Rows": -1e999, "Actual Loops": 1')"
plan limits 9.000 "$(wild minus '"Startup Cost": -5, "Total Cost": -9, "Plan Rows": -1, "Actual Total Time": -3, "Actual Rows": -2, "Actual Loops": -1')"
plan limits 9.000 "$(wild twice "\"Alias\": \"again\", $sane, \"Actual Rows\": 7, \"Actual Rows\": 8")"
plan limits 9.000 "$(wild last "$sane")"
line limits 'LOG:  duration: 1e999 ms  statement: SELECT of_no_time'
line limits 'LOG:  duration: 99999999999999999999999999999999.000 ms  statement: SELECT of_all_times'
line limits 'LOG:  duration: 5.000 ms  execute <unnamed>: SELECT $1'
line limits "DETAIL:  parameters: \$1 = 'Infinity', \$2 = 'NaN', \$3 = '-1e+400'"
json limits
same "$(ask limits '[.queries[] | select(.text | test("last|huge|minus|twice")) | .calls] | add')" 4 '28: numbers of any size: every plan is read'
same "$(ask limits '[.. | numbers | select(. > 1e308 or . < -1e308 or isnan)] | length')" 0 '28: and every figure is finite'
for format in text md html; do
    result "28: no figure is infinite in $format" "$(text limits $format | grep -niE '[^a-z-](inf|nan)[^a-z]' | grep -v Infinity)"
done
awk -v stamp="$stamp" 'BEGIN {
    printf "%s LOG:  duration: 9.000 ms  plan:\n\t{ \"Query Text\": \"SELECT deep\", \"Plan\": ", stamp
    for (i = 0; i < 20000; i++) printf "{ \"Node Type\": \"Result\", \"Plans\": ["
    for (i = 0; i < 20000; i++) printf i ? "]}" : "]}"
    printf " }\n"
    printf "%s LOG:  duration: 9.000 ms  plan:\n\t{ \"Query Text\": \"SELECT brackets\", \"Plan\": { \"Node Type\": \"Result\", \"Output\": ", stamp
    for (i = 0; i < 200000; i++) printf "["
    printf "\n\t}\n%s LOG:  duration: 9.000 ms  statement: SELECT after\n", stamp
}' >"$tmp/deep.log"
json deep
same "$(ask deep '[.queries[] | select(.text | test("after")) | .calls]')" '[1]' '28: plans of any depth stop nothing'
same "$(ask deep '[.queries[] | select(.text | test("deep")) | .shapes[0].plan // .calls | type]')" '["number"]' '28: one of 20,000 levels is read'
[ "$status" -eq 4 ] && grep -q 'deep.log:' "$tmp/err"
ok $? '28: 200,000 open brackets are refused with their place'

# ---- 29: text plans ----
plan literal 9.000 "Query Text: SELECT 'one
two  (cost=1.00..2.00 rows=1 width=1)
  ->  Seq Scan on fake' FROM t
Sort  (cost=1.00..2.00 rows=1 width=4) (actual time=1.000..9.000 rows=1 loops=1)
  Output: 'one
two
  ->  Seq Scan on fake  (cost=0.00..1.00 rows=1 width=1)'::text
  Sort Key: b
  ->  Seq Scan on t  (cost=0.00..2041.00 rows=1 width=4) (actual time=0.010..8.000 rows=2 loops=1)
        Filter: (name = 'x
Rows Removed by Filter: 5
'::text)
        Rows Removed by Filter: 99998
Query Identifier: 77"
statement literal 9.500 "SELECT 'one
	two  (cost=1.00..2.00 rows=1 width=1)
	  ->  Seq Scan on fake' FROM t"
json literal
same "$(ask literal '[.queries[] | .calls, (.shapes | length)]')" '[1,1]' '29: a literal over several lines: one query of one execution'
text literal md >"$tmp/out"
grep -q 'keeps 2 of 100,000 rows' "$tmp/out"
ok $? '29: its plan has the figures that stand behind it'
result '29: and no node of the literal' "$(grep -n 'on fake' "$tmp/out" | grep -v 'cost=\|SELECT\|->  Seq Scan on fake' )"
done_testing
