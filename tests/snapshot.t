#!/bin/sh
# The DDL door, the snapshot script and the snapshot door against a real server: three ways to
# one catalog.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start
dump=${BUILD:-build}/tools/catdump
check=${BUILD:-build}/tools/schemacheck
script=src/db/snapshot.sql
schema=fixtures/schema/snapshot.schema.json
ddl=fixtures/ddl/everything.sql
work=$cluster_dir/home
export LC_ALL=C

version=$(psql -XAtc "SHOW server_version_num")
# What the server itself prints otherwise: SQL syntax of functions is kept since 14, "char" has
# a category of its own since 15, AT TIME ZONE is a function call to indexes since 18. An
# expression's own collation is written out when there is no server to know it by.
same_everywhere() {
    if [ "$version" -lt 140000 ]; then
        grep -v -e ' app.x07' -e ' app.x17' -e ' app.x18' -e ' app.x20' -e ' app.p25' \
            -e 'INDEX x07' -e 'INDEX x17' -e 'INDEX x18' -e 'INDEX x20' -e 'INDEX p25'
    elif [ "$version" -ge 180000 ]; then
        grep -v -e 'INDEX x20'
    else
        cat
    fi | grep -v -e 'INDEX x24' -e 'types.a_char ' | sort
}

createdb everything && psql -Xq -d everything -f $ddl >"$work/load.log" 2>&1
ok $? "the DDL file runs on the server"
sed 's/^/# /' "$work/load.log" | grep ERROR
psql -Xq -d everything -c "ALTER DATABASE everything SET search_path = app, public"

psql -XAtq -d everything -f $script >"$work/server.json"
ok $? "the script runs"
$check $schema "$work/server.json"
ok $? "its output is as the schema says"
psql -X -d everything -f $script >"$work/plain.json"
$dump --statistics "$work/server.json" >"$work/server.stats"
$dump --statistics "$work/plain.json" | cmp -s - "$work/server.stats"
ok $? "psql needs no options for it"

$dump $ddl | same_everywhere >"$work/ddl.txt"
$dump "$work/server.json" | same_everywhere >"$work/server.txt"
same_file "$work/ddl.txt" "$work/server.txt" "the DDL file makes the same catalog as the server"
[ "$(wc -l <"$work/ddl.txt")" -gt 500 ]
ok $? "which has something to compare"

pg_dump --schema-only --create -d everything >"$work/dump.sql" 2>"$work/dump.log" &&
    ! grep -q . "$work/dump.log"
if [ $? -eq 0 ]; then
    # pg_dump's text of p04 means an array of casts instead of a cast array, on a server as well
    $dump "$work/dump.sql" | same_everywhere | grep -v -e p04 >"$work/dump.txt"
    grep -v -e p04 "$work/server.txt" >"$work/server.less"
    same_file "$work/dump.txt" "$work/server.less" "so does the output of pg_dump"
else
    ok 0 "so does the output of pg_dump # SKIP it does not know this server"
fi

for door in "$ddl" "$work/server.json"; do
    $dump --statistics "$door" >"$work/before.txt"
    $dump --statistics --rewrite "$door" >"$work/after.txt"
    grep -v '^problem' "$work/before.txt" >"$work/before.less"
    same_file "$work/before.less" "$work/after.txt" "written and read again: $(basename "$door")"
done

# statistics
createdb sizes && psql -Xq -d sizes <<'SQL'
CREATE SCHEMA s;
CREATE TABLE s.people (id int PRIMARY KEY, name text, town varchar(40), secret text, tags text[], born date);
INSERT INTO s.people SELECT g, 'name ' || g, 'town ' || g % 7, 'classified ' || g % 3,
    ARRAY['tag' || g % 4], date '2000-01-01' + g % 1000 FROM generate_series(1, 5000) g;
INSERT INTO s.people SELECT g, NULL FROM generate_series(5001, 6000) g;
CREATE INDEX people_upper ON s.people (upper(town));
CREATE TABLE s.never_analyzed (a int, b text, c numeric(8,2), d char(7), e varchar(12), f varchar(500), g varchar(2000), h bit(9), i timestamptz);
INSERT INTO s.never_analyzed SELECT g, 'x', 1, 'y', 'z', 'q', 'r', B'101010101', now() FROM generate_series(1, 20000) g;
CREATE TABLE s.empty (a int, b text);
CREATE TABLE s.half (a int, b text) WITH (fillfactor = 50);
INSERT INTO s.half SELECT g, 'x' FROM generate_series(1, 20000) g;
CREATE STATISTICS s.pair ON town, born FROM s.people;
CREATE TABLE public.elsewhere (a int);
ANALYZE s.people;
INSERT INTO s.people SELECT g, 'late', 'town 1' FROM generate_series(6001, 9000) g;
SQL
psql -XAtq -d sizes -f $script >"$work/sizes.json"
$dump --statistics "$work/sizes.json" >"$work/sizes.stats"
grep -q 's.people.town .* mcv=town [0-6] mcf=0\.1' "$work/sizes.stats"
ok $? "most common values are there"
grep -q 's.people_upper .* mcv=TOWN [0-6] mcf=0\.1' "$work/sizes.stats"
ok $? "those of an index expression too"
grep -q 'statistics pair on=people column=town column=born ndistinct dependencies mcv value=' "$work/sizes.stats"
ok $? "so is what a statistics object says"
$dump --statistics --rewrite "$work/sizes.json" | cmp -s - "$work/sizes.stats"
ok $? "statistics are the same after writing and reading"

# widths and sizes as the planner has them
$dump --sizes "$work/sizes.json" | grep -v elsewhere | sort >"$work/sizes.txt"
{
    for column in people.id people.name people.town people.secret people.tags people.born \
        never_analyzed.a never_analyzed.b never_analyzed.c never_analyzed.d never_analyzed.e \
        never_analyzed.f never_analyzed.g never_analyzed.h never_analyzed.i empty.a empty.b half.a half.b; do
        width=$(psql -XAtq -d sizes -c "EXPLAIN SELECT ${column#*.} FROM s.${column%.*}" |
            sed -n '1s/.*width=\([0-9]*\).*/\1/p')
        echo "width $column $width"
    done
    for table in people never_analyzed empty half; do
        rows=$(psql -XAtq -d sizes -c "EXPLAIN SELECT * FROM s.$table" |
            sed -n '1s/.* rows=\([0-9]*\).*/\1/p')
        echo "rows $table $rows"
    done
} | sort >"$work/planner.txt"
same_file "$work/sizes.txt" "$work/planner.txt" "widths and row counts are the planner's"

# options
psql -XAtq -d sizes -v values=off -f $script >"$work/dry.json"
$check $schema "$work/dry.json"
ok $? "values=off is a snapshot too"
! grep -q -e classified -e 'town [0-9]' -e 'TOWN [0-9]' -e 'name 1' -e 'tag[0-3]' "$work/dry.json"
ok $? "without a single value of a column"
$dump --statistics "$work/dry.json" | grep -q 's.people.town .* n_distinct=7 .* mcf=0\.1'
ok $? "but with how skewed they are"
psql -XAtq -d sizes -v schema=s -f $script >"$work/one.json"
$dump "$work/one.json" | grep -q '^relation s.people' && ! grep -q elsewhere "$work/one.json"
ok $? "schema=s takes that schema"
psql -XAtq -d sizes -v schema=public,s -f $script | tr , '\n' | grep -q '"name" : "elsewhere"'
ok $? "schema=public,s takes both"
psql -XAtq -d everything -v schema='Mixed Case' -f $script >"$work/mixed.json"
$dump "$work/mixed.json" | grep -q '^relation Mixed Case.inner_one'
ok $? "a schema's name may be odd"

# a role without privileges
psql -Xq -d sizes -c "CREATE ROLE nobody LOGIN"
psql -XAtq -U nobody -d sizes -f $script >"$work/nobody.json"
ok $? "a role without privileges can take a snapshot"
$check $schema "$work/nobody.json"
ok $? "which is as the schema says"
$dump --statistics "$work/nobody.json" >"$work/nobody.stats"
grep -q '^relation s.people .* tuples=6000' "$work/nobody.stats" && ! grep -q mcv= "$work/nobody.stats"
ok $? "it has sizes and no statistics"

# nothing is left behind, nothing is locked for long
psql -XAtq -d sizes -c "BEGIN; LOCK TABLE s.empty IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8); ROLLBACK" >/dev/null 2>&1 &
locker=$!
sleep 0.5
psql -XAtq -d sizes -f $script >"$work/locked.json" 2>"$work/locked.err"
[ $? -eq 3 ] && grep -q 'lock timeout' "$work/locked.err"
ok $? "a locked table ends it in two seconds, with status 3"
psql -XAtq -d postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(8)%' AND pid <> pg_backend_pid()" >/dev/null
wait $locker 2>/dev/null

done_testing
