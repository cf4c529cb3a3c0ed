#!/bin/sh
# The triples of tests/advice on a real server: see tests/tools/advicelive.c.

. tests/lib/tap.sh
. tests/lib/cluster.sh

cluster_start max_parallel_workers_per_gather=0
export LC_ALL=C.UTF-8
psql -XAtc "SELECT name FROM pg_available_extensions WHERE name = 'hypopg'" | grep -q hypopg ||
    cluster_skip "PostgreSQL has no hypopg here"
psql -Xqc 'CREATE SCHEMA hypo; CREATE EXTENSION hypopg SCHEMA hypo'
"${BUILD:-build}/tools/advicelive"
