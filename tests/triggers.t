#!/bin/sh
# When triggers ran: the server's plans against what the triggers were created as. A trigger may
# be called unclear, never wrong, and not unclear where its time is most of what it can be.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start
pgsift=${BUILD:-build}/pgsift
work=$cluster_dir/home
export LC_ALL=C.UTF-8

psql -Xq <<'SQL'
CREATE TABLE parent (id int PRIMARY KEY);
INSERT INTO parent VALUES (1);
CREATE TABLE plain (id int, parent int);
CREATE TABLE child (id int, parent int REFERENCES parent);
CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_argv[0] <> '0' THEN
        PERFORM pg_sleep(tg_argv[0]::float8 / 1000);
    END IF;
    RETURN NEW;
END $$;
SQL

# when TABLE "TRIGGER DDL ..." : the triggers' time, as pgsift tells, of an INSERT of 20 rows
when() {
    psql -XAtq >"$work/plan.json" <<SQL
BEGIN;
$2
EXPLAIN (ANALYZE, FORMAT JSON) INSERT INTO $1 SELECT g, 1 FROM generate_series(1, 20) g;
ROLLBACK;
SQL
    $pgsift --json "$work/plan.json" >"$work/report.json"
    psql -XAtq <<SQL
\\set doc \`cat "$work/report.json"\`
SELECT string_agg(t ->> 'name' || ' ' || coalesce(t ->> 'when', 'unclear'), ', ' ORDER BY t ->> 'name')
FROM jsonb_path_query(:'doc'::jsonb, '\$.plans[*].triggers[*] ? (!exists(@.constraint))') t;
SQL
}

# trigger NAME TIMING EACH MS: its DDL on the table `$table`
trigger() {
    echo "CREATE TRIGGER $1 $2 INSERT ON $table FOR EACH $3 EXECUTE FUNCTION nap($4);"
}

for table in plain child; do
    same "$(when $table "$(trigger b BEFORE ROW 2)")" "b before" "$table: BEFORE each row"
    same "$(when $table "$(trigger a AFTER ROW 2)")" "a after" "$table: AFTER each row"
    same "$(when $table "$(trigger a AFTER STATEMENT 20)")" "a after" "$table: AFTER the statement"
    same "$(when $table "$(trigger a AFTER ROW 1; trigger b BEFORE ROW 3)")" "a after, b before" \
        "$table: both, BEFORE the longer"
    same "$(when $table "$(trigger a AFTER ROW 3; trigger b BEFORE ROW 1)")" "a after, b before" \
        "$table: both, AFTER the longer"
    case "$(when $table "$(trigger a AFTER STATEMENT 0; trigger b BEFORE ROW 2)")" in
    "a after, b before" | "a unclear, b before") true ;;
    *) false ;;
    esac
    ok $? "$table: a short AFTER trigger beside a long BEFORE"
    case "$(when $table "$(trigger a AFTER ROW 2; trigger b BEFORE ROW 0)")" in
    "a after, b before" | "a after, b unclear") true ;;
    *) false ;;
    esac
    ok $? "$table: a short BEFORE trigger beside a long AFTER"
done

done_testing
