#!/bin/sh
# pgsift log: inputs, filters, workers, following, interrupts, exit statuses.
. tests/lib/tap.sh

pgsift=$BUILD/pgsift
logs=fixtures/logs
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# run ARGUMENT...: status, and what was printed, in files
run() {
    "$pgsift" log "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    status=$?
}
# executions, queries and plans of the report
sums() { sed -n '2p' "$tmp/out"; }
partial() { "$pgsift" log --partial "$@" 2>"$tmp/err" | cksum; }

# ---- workers ----

want=$(partial --jobs=1 $logs/*.log $logs/*.csv $logs/*.json)
for jobs in 2 3 5 8; do
    same "$(partial --jobs=$jobs $logs/*.log $logs/*.csv $logs/*.json)" "$want" "--jobs=$jobs: the same"
done
some="$logs/stderr-json.log $logs/csv-text.csv $logs/jsonlog.json $logs/locale-ja.log $logs/heroku.log"
for file in $some; do
    "$pgsift" log --partial "$file" >"$tmp/part.$(basename "$file")" 2>/dev/null
done
"$pgsift" log --partial $some >"$tmp/whole" 2>/dev/null
"$pgsift" log -v --merge "$tmp"/part.* 2>/dev/null | sed 1d >"$tmp/merged.txt"
"$pgsift" log -v --merge "$tmp/whole" 2>/dev/null | sed 1d >"$tmp/whole.txt"

same_file "$tmp/merged.txt" "$tmp/whole.txt" '--merge of every file alone: the report of all together'

# ---- inputs ----

run $logs/stderr-text.log
same "$status" 0 'a file'
plain=$(sums)
run - <$logs/stderr-text.log
"$pgsift" log - <$logs/stderr-text.log >"$tmp/out" 2>&1
same "$(sums)" "$plain" 'standard input'
run $logs/gz-misnamed.log
same "$(sums)" "$plain" 'compressed, whatever it is called'
run $logs/two-members.log
same "$(sums | sed 's/.*, //')" '14 plans' 'two compressed members in one file'
mkdir "$tmp/dir"
cp $logs/stderr-text.log "$tmp/dir/b.log"
cp $logs/stderr-json.log "$tmp/dir/a.log"
run "$tmp/dir"
same "$status $(sums | sed 's/.*, //')" '0 14 plans' 'a directory'
run "$tmp/dir/*.log"
same "$(sums | sed 's/.*, //')" '14 plans' 'a pattern'
run "$tmp/dir/none*.log"
same "$status $(cut -c1-32 "$tmp/err")" '2 pgsift: no file fits the pattern' 'a pattern that fits nothing'
run $logs/stderr-text.log "$tmp/missing.log"
same "$status" 4 'a file is missing: a report of the others, status 4'
grep -q 'missing.log: No such file' "$tmp/err"
ok $? 'and it is named'
run "$tmp/missing.log"
same "$status" 2 'nothing but a missing file: status 2'

# Two destinations of one log: one of them is read.
mkdir "$tmp/twins"
cp $logs/csv-text.csv "$tmp/twins/day.csv"
cp $logs/stderr-text.log "$tmp/twins/day.log"
run "$tmp/twins"
same "$(sums | sed 's/.*, //')" '7 plans' 'a directory with a log in two formats: counted once'
grep -q 'day.log is left out' "$tmp/err"
ok $? 'and it is said'
run $logs/csv-text.csv $logs/csv-text.csv
same "$(sums | sed 's/.*, //')" '7 plans' 'the same csvlog twice: counted once'

# ---- filters ----

run --db=corpus $logs/csv-text.csv
same "$status $(sums | sed 's/.*, //')" '0 7 plans' '--db'
run --db=other $logs/csv-text.csv
same "$status" 2 '--db that leaves nothing: no success'
grep -q 'left by the filters' "$tmp/err"
ok $? 'and why'
run --since='2026-11-22 07:32:45.140' --until='2026-11-22 07:32:46' $logs/csv-text.csv
later=$(sums)
run --until='2026-11-22 07:32:45.140' $logs/csv-text.csv
[ -n "$later" ] && [ "$later" != "$(sums)" ]
ok $? '--since and --until take different parts'
run --query='from category' $logs/stderr-json.log
same "$status" 0 '--query'
grep -q 'pg_sleep\|FROM orders' "$tmp/out"
[ $? -eq 1 ]
ok $? '--query: nothing else'
run --query='(' $logs/stderr-json.log
same "$status" 2 '--query that is no regular expression'
run --since=yesterday $logs/stderr-json.log
same "$status" 2 '--since that is no time'

# ---- nothing to report ----

: >"$tmp/empty.log"
run "$tmp/empty.log"
same "$status" 2 'an empty file is no success'
grep -q 'auto_explain' "$tmp/err"
ok $? 'and how to change that'
head -n 6 $logs/stderr-text.log >"$tmp/quiet.log"
run "$tmp/quiet.log"
same "$status $(sed -n 1p "$tmp/err" | sed 's/.*quiet.log: //')" '2 6 records, but none with a plan or a duration' 'records without durations'
seq 1 5000 >"$tmp/garbage.log"
run "$tmp/garbage.log"
same "$status" 2 'no log at all'
grep -q 'garbage.log:1: no line begins like a record' "$tmp/err"
ok $? 'and the line that failed'
run --prefix='%t:%r:%u@%d:[%p]:' $logs/stderr-text.log
same "$status" 2 'a wrong --prefix'
grep -q "prefix='%m \[%p\] ' would fit" "$tmp/err"
ok $? 'and the one that fits'
run --prefix='%m [%p] ' $logs/stderr-text.log
same "$(sums)" "$plain" 'the right --prefix'

# ---- broken records ----

head -c 15000 $logs/stderr-json.log >"$tmp/cut.log"
run "$tmp/cut.log"
same "$status" 4 'a record is cut: status 4'
grep -q 'cut.log:[0-9]*: the ' "$tmp/err"
ok $? 'and where'

# ---- growing files, interrupts ----

cp $logs/stderr-text.log "$tmp/grow.log"
"$pgsift" log --follow "$tmp/grow.log" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 1
cat $logs/stderr-json.log >>"$tmp/grow.log"
sleep 1
mv "$tmp/grow.log" "$tmp/grow.log.1"
cp $logs/stderr-text.log "$tmp/grow.log"
sleep 3
kill -INT $pid
wait $pid
same "$? $(sums | sed 's/.*, //')" '0 21 plans' '--follow: what is added, and the file that takes the name'

# A directory in which new names come, as the server's own rotation and logrotate's make them.
# part HOUR N: N records of that hour
part() { for i in $(seq "$2"); do
    echo "2026-11-22 $1:00:0$i.000 UTC [7] LOG:  duration: 1.000 ms  statement: SELECT hour_$1"; done; }
calls() { jq -cS '[.queries[] | {(.text | sub(".*_"; "")): .calls}] | add' "$tmp/out"; }
mkdir "$tmp/grow"
part 10 2 >"$tmp/grow/a-10.log"
part 11 1 >"$tmp/grow/a-11.log"
: >"$tmp/grow/a-12.log"
"$pgsift" log --json --follow "$tmp/grow" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 1
part 11 2 >>"$tmp/grow/a-11.log"
part 12 3 >"$tmp/grow/a-12.log"
sleep 2.5
mv "$tmp/grow/a-12.log" "$tmp/grow/a-12.log.1"
gzip -c "$tmp/grow/a-11.log" >"$tmp/grow/a-11.log.gz"
rm "$tmp/grow/a-10.log" "$tmp/grow/a-11.log"
part 13 4 >"$tmp/grow/a-12.log"
sleep 2.5
part 14 5 >"$tmp/grow/b-14.log"
part 13 1 >>"$tmp/grow/a-12.log"
sleep 2.5
kill -INT $pid
wait $pid
same "$? $(calls)" '0 {"10":2,"11":3,"12":3,"13":5,"14":5}' \
    '--follow of a directory: new names are found, renamed and compressed files not read again'
mkdir "$tmp/glob"
part 10 2 >"$tmp/glob/a-10.log"
"$pgsift" log --json --follow "$tmp/glob/*.log" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 1
part 12 1 >"$tmp/glob/a-12.txt"
part 13 4 >"$tmp/glob/a-13.log"
sleep 2.5
kill -INT $pid
wait $pid
same "$? $(calls)" '0 {"10":2,"13":4}' '--follow of a pattern: new names that fit it'

mkfifo "$tmp/pipe"
"$pgsift" log "$tmp/pipe" >"$tmp/out" 2>"$tmp/err" &
pid=$!
exec 3>"$tmp/pipe"
cat $logs/stderr-text.log >&3
sleep 1
kill -INT $pid
wait $pid
status=$?
exec 3>&-
same "$status $(sums | sed 's/.*, //')" '4 7 plans' 'Ctrl-C keeps what was read, status 4'
grep -q interrupted "$tmp/err"
ok $? 'and it is said'

done_testing
