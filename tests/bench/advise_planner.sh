#!/bin/sh
# Index advice by a server's planner: what it finds, how long it takes, how much it asks.
# The figures are costs of the planner, so they do not depend on the machine; the times do.

. tests/lib/cluster.sh

cluster_start shared_buffers=512MB work_mem=64MB random_page_cost=1.1 effective_cache_size=8GB \
    max_parallel_workers_per_gather=0
work=$cluster_dir/home
pgsift=$PWD/${BUILD:-build}/pgsift
psql -XAtc "SELECT name FROM pg_available_extensions WHERE name = 'hypopg'" | grep -q hypopg ||
    cluster_skip "PostgreSQL has no hypopg here"

load() { # database
    createdb "$1" && psql -Xq -d "$1" -c 'CREATE EXTENSION hypopg'
}

# advise DATABASE NAME FILE OPTION...: a line of figures
advise() {
    db=$1 name=$2 file=$3
    shift 3
    if ! command time -f '%e %U %M' -o "$work/time" \
        "$pgsift" advise -q -d "$db" --json "$@" "$file" >"$work/advice.json"; then
        echo "$name: failed"
        return 1
    fi
    read -r wall cpu kb <"$work/time"
    psql -XAtF ' ' -v name="$name" -v wall="$wall" -v cpu="$cpu" -v kb="$kb" <<SQL
\\set doc \`cat "$work/advice.json"\`
SELECT format('%-34s geo x%s  total -%s %%  %s indexes %s MB  %s plans asked  %s s (%s s CPU) %s MB',
    :'name', round(exp(avg(ln((q ->> 'cost_after')::numeric / (q ->> 'cost_before')::numeric))), 5),
    round(100 * (1 - sum((q ->> 'cost_after')::numeric * w) / sum((q ->> 'cost_before')::numeric * w)), 2),
    jsonb_array_length(max(d::text)::jsonb -> 'indexes'), round(max((d ->> 'size_bytes')::numeric) / 1048576),
    max(d ->> 'whatif_calls'), :'wall', :'cpu', :kb / 1024)
  FROM (SELECT :'doc'::jsonb AS d) x, jsonb_array_elements(d -> 'queries') q, LATERAL (SELECT 1 AS w) y
 WHERE (q ->> 'cost_before')::numeric > 0;
SQL
}

# ---- the task database: its seven queries ----
load task
psql -Xq -d task -f fixtures/task/schema.sql -f fixtures/task/data.sql
advise task "task: seven queries" fixtures/task/queries.sql
psql -XAt <<SQL
\\set doc \`cat "$work/advice.json"\`
SELECT format('  to reach: geo x0.004 or less, total -99.4 %%: %s', CASE WHEN geo <= 0.004 AND rest <= 0.006 THEN 'reached'
    ELSE 'MISSED' END) FROM (SELECT exp(avg(ln((q ->> 'cost_after')::numeric / (q ->> 'cost_before')::numeric))) AS geo,
    sum((q ->> 'cost_after')::numeric) / sum((q ->> 'cost_before')::numeric) AS rest
  FROM jsonb_array_elements(:'doc'::jsonb -> 'queries') q) x;
SQL

# ---- a star and a snowflake, at several budgets, against an index for each filter column ----
load star
psql -Xq -d star -f fixtures/star/schema.sql -v sales="${STAR_SALES:-1000000}" -f fixtures/star/data.sql
for budget in 25MB 50MB 100MB 200MB 1GB; do
    advise star "star: budget $budget" fixtures/star/queries.sql --budget=$budget
done
# every column that a query compares or joins by, without those that a primary key leads with
single() {
    for column in sales.day sales.shop_id sales.customer_id sales.product_id sales.promotion_id sales.channel \
        sales.amount refunds.sale_id refunds.day refunds.reason refunds.amount products.category_id \
        products.brand_id products.price products.discontinued customers.region_id customers.email \
        customers.segment customers.joined shops.region_id promotions.kind promotions.starts regions.country \
        brands.name days.year; do
        echo "SELECT hypopg_create_index('CREATE INDEX ON ${column%.*} (${column#*.})');"
    done
}
{
    echo '\o /dev/null'
    single
    echo '\o'
    sed -e '/^--/d' -e '/^ *$/d' -e 's/^/EXPLAIN (FORMAT JSON) /' fixtures/star/queries.sql
} | psql -XAtq -d star | awk '/"Total Cost"/ && !seen { gsub(/[^0-9.]/, "", $3); sum += $3; seen = 1 } /^\[/ { seen = 0 }
    END { printf "star: an index for each of 25 columns  total cost %.0f\n", sum }'
# the same columns, the one that saves most for its size first, as long as there is room
{
    echo "CREATE TEMP TABLE query (n serial, sql text); CREATE TEMP TABLE candidate (definition text);"
    sed -e '/^--/d' -e '/^ *$/d' -e 's/;$//' -e "s/.*/INSERT INTO query (sql) VALUES (\$q\$&\$q\$);/" fixtures/star/queries.sql
    single | sed "s/SELECT hypopg_create_index('CREATE INDEX ON \(.*\)');/INSERT INTO candidate VALUES ('\1');/"
    cat tests/bench/single.sql
} | psql -XAtqF ' ' -d star -v budgets='25,50,100,200,1024' | while read -r mb indexes cost; do
    echo "star: single columns, ${mb}MB: $indexes indexes, total cost $cost; advice: $(
        "$pgsift" advise -q -d star --json --budget="${mb}MB" fixtures/star/queries.sql |
            sed -n 's/^ *"total_after": *\([0-9.]*\).*/\1/p' | head -n 1)"
done

# ---- a few queries, every set of eight indexes ----
. tests/lib/exhaustive.sh
exhaustive star 6000000 9000000 13000000 18000000 24000000 40000000 60000000 | while read -r bytes advised least _; do
    echo "star: $bytes bytes: total cost $advised; the best of all sets of eight indexes: $least"
done

# ---- 500 queries over 100 tables ----
load many
awk 'BEGIN {
    for (t = 1; t <= 100; t++) {
        printf "CREATE TABLE t%d (id int PRIMARY KEY, parent int NOT NULL, kind int NOT NULL, at date NOT NULL, amount int NOT NULL, note text);\n", t
        printf "INSERT INTO t%d SELECT g, 1 + g %% 500, g %% 13, date \x27" "2024-01-01\x27 + g %% 300, g %% 1000, md5(g::text) FROM generate_series(1, 5000) g;\n", t
    }
    print "VACUUM ANALYZE;"
}' | psql -Xq -d many
awk 'BEGIN {
    for (q = 1; q <= 500; q++) {
        t = 1 + q % 100; u = 1 + (q * 7) % 100; v = 1 + (q * 13) % 100
        if (q % 5 == 0) printf "SELECT * FROM t%d WHERE parent = %d AND kind = %d ORDER BY at DESC LIMIT 20;\n", t, 1 + q % 500, q % 13
        if (q % 5 == 1) printf "SELECT a.note, b.note FROM t%d a JOIN t%d b ON b.parent = a.id WHERE a.at = \x27" "2024-03-01\x27 AND a.kind = %d;\n", t, u, q % 13
        if (q % 5 == 2) printf "SELECT count(*) FROM t%d a WHERE a.amount > 990 AND EXISTS (SELECT 1 FROM t%d b WHERE b.parent = a.id AND b.kind = %d);\n", t, u, q % 13
        if (q % 5 == 3) printf "SELECT kind, sum(amount) FROM t%d WHERE at BETWEEN \x27" "2024-02-01\x27 AND \x27" "2024-02-07\x27 GROUP BY kind;\n", t
        if (q % 5 == 4) printf "SELECT c.id FROM t%d a JOIN t%d b ON b.parent = a.id JOIN t%d c ON c.parent = b.id WHERE a.amount = %d;\n", t, u, v, q
    }
}' >"$work/many.sql"
advise many "many: 500 queries, 100 tables" "$work/many.sql"
