#!/bin/bash
# Every example of README and of the manual pages runs, and what README shows is what is printed.
root=$PWD
build=$(cd "${BUILD:-build}" && pwd)
export PATH=$build:$PATH LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
count=0
failed=0
ok() {
    local name=$1
    shift
    count=$((count + 1))
    if "$@" >"$tmp/log" 2>&1; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        sed 's/^/# /' "$tmp/log" | head -20
        failed=1
    fi
}
# The files that examples speak of; psql is a stand-in that prints a plan.
mkdir "$tmp/run" "$tmp/bin"
ln -s "$root/fixtures" "$tmp/run/fixtures"
cp fixtures/demo/plan.json fixtures/demo/plan.txt fixtures/demo/schema.sql "$tmp/run/"
cp fixtures/ui/plan1.json "$tmp/run/before.json"
cp fixtures/ui/plan1_after.json "$tmp/run/after.json"
printf '#!/bin/sh\nexec cat "%s/fixtures/demo/plan.json"\n' "$root" >"$tmp/bin/psql"
chmod +x "$tmp/bin/psql"
PATH=$tmp/bin:$PATH
cd "$tmp/run" || exit 1

# Indented lines that call pgsift: status 0, or 1 where findings are asked to fail.
sed -n 's/^    \(.*pgsift .*\)$/\1/p; s/^    \(.*| pgsift\)$/\1/p' "$root/README.md" |
    sed 's/ *#.*//' >../examples
sed -n '/^\.SH EXAMPLES/,/^\.SH BUGS/s/^    \(.*pgsift.*\)$/\1/p' "$build/man/pgsift.1" | sed 's/\\-/-/g' >>../examples
pgsift --help | sed -n 's/^  \(.*| pgsift\)$/\1/p; s/^  \(pgsift [^ ].*[^ ]\)   *.*$/\1/p' | grep -vxE 'pgsift [a-z]+' >>../examples
while IFS= read -r example; do
    case $example in */snapshot.sql* | *' shop'* | read* | *─*) continue ;; esac
    ok "$example" bash -c "( $example ) </dev/null; [ \$? -le 1 ]"
done <../examples
ok 'there are examples' test "$(wc -l <../examples)" -ge 12

# Blocks that README shows are whole lines of what the demo prints, in order.
pgsift --catalog=fixtures/demo/schema.sql fixtures/demo/plan.json >../printed
awk '/^```[a-z]+$/ { other = 1; next }
    /^```$/ && other { other = 0; next }
    /^```$/ { inside = !inside; next } inside' "$root/README.md" >../shown
ok 'README shows something' test "$(wc -l <../shown)" -ge 20
ok 'what README shows is printed' awk '
    NR == FNR { printed[NR] = $0; n = NR; next }
    { for (at++; at <= n && printed[at] != $0; at++); if (at > n) { print "not printed: " $0; bad = 1; exit 1 } }
    END { exit bad }' ../printed ../shown

# Blocks with a command above them are what it prints, but for blanks at the end of lines and of all.
mkdir ../walk
awk -v to=../walk '
    /^<!-- shown by: / { n++; sub(/^<!-- shown by: /, ""); sub(/ -->$/, ""); print > (to "/" n ".cmd"); next }
    /^```[a-z]+$/ { inside = $0 == "```text"; next }
    /^```$/ { inside = 0; next }
    inside { print > (to "/" n ".want") }' "$root/README.md"
for step in ../walk/*.cmd; do
    ok "README: $(cat "$step")" bash -c "diff <(printf '%s\n' \"\$(bash '$step' | sed 's/ *\$//')\") '${step%.cmd}.want'"
done
ok 'the walk has five steps' test "$(ls ../walk/*.cmd | wc -l)" -eq 5
echo "1..$count"
exit $failed
