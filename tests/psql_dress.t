#!/bin/sh
# One plan through psql in every way it can print a result: each is read as the plain one is.
# The plan holds constants with whatever a frame could be mistaken for.
. tests/lib/cluster.sh
cluster_start

dump=$(cd "$BUILD" && pwd)/tools/plandump
cd "$cluster_dir" && mkdir out && chmod 777 out && cd out || exit 1

cat >schema.sql <<'SQL'
create table "Odd | Table" (id int primary key, "a + b" text, kind text);
create table other (id int, t text);
SQL
psql -XAtq -f schema.sql

query="select o.*, 'a +
b | c
 -> Seq Scan on x  (cost=0.00..1.00 rows=1 width=4)', (select max(id) from other where t <> 'it''s <b>&amp; \\ 50%_{x}')
from \"Odd | Table\" o join other t on t.id = o.id
where o.\"a + b\" <> 'ends in +' and o.kind in ('↵', '…', '.', '#1 \$2 ~^', '│') order by 2 desc;"

# Commands for psql: the plan in one format into a file, with settings of \pset.
print() { # format of the plan, name, settings ...
    format=$1
    name=$2
    shift 2
    printf '\\pset format aligned\n\\pset expanded off\n\\pset border 1\n\\pset linestyle ascii\n'
    printf '\\pset footer on\n\\pset columns 0\n\\pset tuples_only off\n'
    printf '\\pset unicode_border_linestyle single\n\\pset unicode_column_linestyle single\n'
    for setting; do
        printf '\\pset %s\n' "$setting"
    done
    printf '\\o %s.%s\nexplain (verbose, format %s) %s\n\\o\n' "$name" "$format" "$format" "$query"
}

for format in text json yaml xml; do
    print $format base "format unaligned" "tuples_only on"
    for expanded in off on; do
        for border in 0 1 2; do
            for style in ascii old-ascii unicode; do
                print $format aligned_expanded-${expanded}_border-${border}_$style \
                    "expanded $expanded" "border $border" "linestyle $style"
            done
            print $format aligned_expanded-${expanded}_border-${border}_double \
                "expanded $expanded" "border $border" "linestyle unicode" \
                "unicode_border_linestyle double" "unicode_column_linestyle double"
            print $format aligned_expanded-${expanded}_border-${border}_no-footer \
                "expanded $expanded" "border $border" "footer off"
        done
        for style in unaligned html asciidoc latex latex-longtable csv troff-ms; do
            for footer in on off; do
                print $format ${style}_expanded-${expanded}_footer-$footer \
                    "format $style" "expanded $expanded" "footer $footer"
            done
        done
    done
    for columns in 60 80 100; do
        for style in ascii unicode; do
            for border in 1 2; do
                print $format wrapped_${columns}_border-${border}_$style \
                    "format wrapped" "columns $columns" "linestyle $style" "border $border"
            done
        done
    done
done >commands.sql
psql -Xq -f commands.sql >psql.log 2>&1

count=1
grep -q 'ends in +' base.text && echo "ok 1 - psql printed" || echo "not ok 1 - psql printed"
for format in text json yaml xml; do
    "$dump" --same base.$format *_*.$format >result.$format
    awk -v count=$count '
        /^(not )?ok / { sub(/^(not )?ok /, "&" ++count " - ") }
        { print }' result.$format
    count=$((count + $(grep -c 'ok ' result.$format)))
done
echo "1..$count"
