#!/bin/bash
# Advice for 1, 100 and 10,000 plans against one catalog, the whole process; and for seven
# statements from SQL alone. Linear: the time a plan stays the same or falls.
set -e
build=${BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pgsift=$build/pgsift
task=fixtures/task

# Plans of the seven queries in turns, each time for another project.
plans() { # how many
    awk -v want="$1" '
        FNR == 1 { files++ }
        { text[files] = text[files] $0 "\n" }
        END {
            for (i = 0; i < want; i++) {
                t = text[i % files + 1]
                gsub(/project_id = 37/, "project_id = " 1 + i * 7919 % 900, t)
                printf "%s", t
            }
        }' $task/plans/q?v.json
}

# Time on the clock and of the processor: the best of three runs, for large ones of one.
row() { # name, plans, arguments
    local name=$1 count=$2 TIMEFORMAT='%R %U %S'
    shift 2
    for run in 1 2 3; do
        { time "$pgsift" advise --quiet "$@" >/dev/null; } 2>&1
        [ "$count" -lt 1000 ] || break
    done | awk -v name="$name" -v n="$count" '
        NR == 1 || $1 < wall { wall = $1; cpu = $2 + $3 }
        END { printf "%-34s %12.1f %12.1f %12.3f\n", name, wall * 1e3, cpu * 1e3, cpu * 1e3 / n }'
}

for n in 1 100 10000; do plans $n >"$tmp/$n.json"; done
echo 'Advice (to reach: one plan in under 20 ms, then linear)'
printf '%-34s %12s %12s %12s\n' 'workload' 'ms' 'cpu ms' 'cpu ms/plan'
row '1 plan, snapshot' 1 --catalog=$task/catalog.json "$tmp/1.json"
row '100 plans, snapshot' 100 --catalog=$task/catalog.json "$tmp/100.json"
row '10,000 plans, snapshot' 10000 --catalog=$task/catalog.json "$tmp/10000.json"
row '7 statements, DDL file' 1 --catalog=$task/schema.sql $task/queries.sql
