#!/bin/bash
# The examples of README and of the manual that speak of a server: database shop.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start --preload=pg_stat_statements
root=$PWD
build=$(cd "${BUILD:-build}" && pwd)
export PATH=$build:$PATH LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb
work=$cluster_dir/home
createdb shop && psql -Xq -d shop -f fixtures/demo/schema.sql -c "CREATE EXTENSION pg_stat_statements"
psql -Xq -d shop -f fixtures/demo/query.sql >/dev/null
cp fixtures/demo/query.sql "$work/query.sql"
cd "$work" || exit 1

{
    sed -n 's/^    \(pgsift .*\)$/\1/p' "$root/README.md" | sed 's/  *#.*//'
    sed -n '/^\.SH EXAMPLES/,/^\.SH BUGS/s/^    \(pgsift.*\)$/\1/p' "$build/man/pgsift.1" | sed 's/\\-/-/g'
} | grep -- ' shop' >examples
while IFS= read -r example; do
    bash -c "( $example )" </dev/null >out 2>err
    ok $? "$example"
    [ $? -eq 0 ] || sed 's/^/# /' err | head -n 5
done <examples
[ "$(wc -l <examples)" -ge 10 ]
ok $? "there are examples"
cd "$root" || exit 1

done_testing
