#!/bin/sh
# Within every budget the advice is as good as the best of all sets of a few indexes.

. tests/lib/tap.sh
. tests/lib/cluster.sh

# ANALYZE looks at every row with that target: the same statistics in every run
cluster_start random_page_cost=1.1 work_mem=64MB effective_cache_size=8GB \
    max_parallel_workers_per_gather=0 default_statistics_target=1000
work=$cluster_dir/home
pgsift=${BUILD:-build}/pgsift
. tests/lib/exhaustive.sh
psql -XAtc "SELECT name FROM pg_available_extensions WHERE name = 'hypopg'" | grep -q hypopg ||
    cluster_skip "PostgreSQL has no hypopg here"

createdb star
psql -Xq -d star -c 'CREATE EXTENSION hypopg'
psql -Xq -d star -f fixtures/star/schema.sql -v sales=100000 -f fixtures/star/data.sql
exhaustive star 500000 1000000 1500000 2000000 3000000 4500000 >"$work/budgets"
same "$(wc -l <"$work/budgets" | tr -d ' ')" 6 "six budgets"
while read -r bytes advised least indexes; do
    awk "BEGIN { exit !($advised <= 1.02 * $least) }"
    ok $? "$bytes bytes: $advised, the best of $indexes is $least"
done <"$work/budgets"

# what one plan needs in a subplan that is run for each row, the planner's cost of it tells
echo "SELECT p.id FROM products p WHERE p.price > (SELECT 2 * avg(s.amount) FROM sales s WHERE s.product_id = p.id AND s.shop_id = 3);" >"$work/sub.sql"
psql -XAtq -d star -c "CREATE INDEX exhaustive_one ON sales (product_id)"
bytes=$(psql -XAtq -d star -c "SELECT pg_relation_size('exhaustive_one') * 11 / 10" -c "DROP INDEX exhaustive_one" | head -n 1)
$pgsift advise -q -d star --json --budget="$bytes" "$work/sub.sql" >"$work/sub.json"
grep -q '"columns": "public.sales (product_id)"' "$work/sub.json"
ok $? "a correlated subquery gets the index that there is room for"

# correlated columns that refer to another table have no more values than that has rows
psql -Xq -d star <<'SQL'
CREATE TABLE slots (room int, hour int, PRIMARY KEY (room, hour));
INSERT INTO slots SELECT g, g % 97 FROM generate_series(1, 2000) g;
CREATE TABLE bookings (id int PRIMARY KEY, room int, hour int, note int, FOREIGN KEY (room, hour) REFERENCES slots);
INSERT INTO bookings SELECT g, 1 + g % 2000, (1 + g % 2000) % 97, g % 10 FROM generate_series(1, 200000) g;
VACUUM ANALYZE;
CREATE INDEX b ON bookings (room, hour);
SQL
real=$(psql -XAt -d star -c "SELECT pg_relation_size('b')" -c "DROP INDEX b" | head -n 1)
echo "SELECT sum(note) FROM bookings WHERE room = 100 AND hour = 3;" >"$work/book.sql"
$pgsift advise -q -d star --json --budget=$((real * 12 / 10)) "$work/book.sql" >"$work/book.json"
sed -n 's/^ *"size_bytes": *\([0-9]*\),*/\1/p' "$work/book.json" | head -n 1 >"$work/size"
awk -v real="$real" '{ exit !($1 > 0.9 * real && $1 < 1.1 * real) }' "$work/size"
ok $? "the size of an index on a foreign key of two columns"

# a table of a few pages needs none
echo "SELECT name FROM regions WHERE country = 'JP';" >"$work/tiny.sql"
$pgsift advise -q -d star --json "$work/tiny.sql" >"$work/tiny.json"
same "$(grep -c '"id": "I' "$work/tiny.json")" 0 "nor a table of a page an index"
done_testing
