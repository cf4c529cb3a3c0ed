# A throw-away PostgreSQL server for a shell test. Source it, then:
#
#   cluster_start [--preload=LIBRARY,...] [NAME=VALUE ...]   or skip the whole test (TAP)
#
# starts a server of its own that listens on a socket in a temporary directory only, sets
# PGHOST, PGUSER, PGDATABASE for the clients, and is gone when the script ends, however it
# ends. Several tests may run at the same time. NAME=VALUE are server settings.
#
# PGSIFT_PGBIN names the server's bin directory; else the newest one that is installed.
# PostgreSQL refuses to run as root: there the server belongs to the user postgres.
# Without PostgreSQL the test is skipped with a plain message.

cluster_dir=
cluster_bin=

# Directory of the server's programs; empty if there are none.
cluster_find_bin() {
    for dir in "$PGSIFT_PGBIN" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v postgres || echo /)")"; do
        if [ -n "$dir" ] && [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
            echo "$dir"
            return
        fi
    done
}

# Run a command as the user that owns the server.
cluster_as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}

cluster_skip() {
    echo "1..0 # SKIP $*"
    exit 0
}

cluster_stop() {
    status=$?
    [ -n "$cluster_dir" ] || return $status
    cluster_as_owner "$cluster_bin/pg_ctl" -D "$cluster_dir/data" -m immediate -s stop \
        >/dev/null 2>&1
    rm -rf "$cluster_dir"
    cluster_dir=
    return $status
}

# Whether a library can be preloaded by this server.
cluster_has_library() {
    libdir=$("$cluster_bin/pg_config" --pkglibdir 2>/dev/null)
    [ -f "${libdir:-$cluster_bin/../lib/postgresql}/$1.so" ] || [ -f "$cluster_bin/../lib/$1.so" ]
}

cluster_init() {
    chmod 755 "$cluster_dir"
    mkdir "$cluster_dir/home"
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$cluster_dir"
    # C.UTF-8: no C collation to the planner, and there on every machine
    cluster_as_owner "$cluster_bin/initdb" -D "$cluster_dir/data" -U postgres -A trust -N \
        -E UTF8 --locale=C.UTF-8 >"$cluster_dir/initdb.log" 2>&1
}

# Settings of a server that lives for one test: nothing has to reach the disk, nothing runs
# behind the test's back.
cluster_configure() {
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '$cluster_dir'"
        echo "fsync = off"
        echo "full_page_writes = off"
        echo "autovacuum = off"
        echo "max_wal_size = 4GB"
        echo "max_connections = 30"
        echo "jit = off"
        echo "timezone = 'UTC'"
        echo "log_min_messages = error"
        for setting; do
            case $setting in
            --preload=*) echo "shared_preload_libraries = '${setting#--preload=}'" ;;
            *=*) echo "${setting%%=*} = '${setting#*=}'" ;;
            esac
        done
    } >>"$cluster_dir/data/postgresql.conf"
}

cluster_start() {
    cluster_bin=$(cluster_find_bin)
    [ -n "$cluster_bin" ] || cluster_skip "PostgreSQL is not installed"
    command -v psql >/dev/null || cluster_skip "psql is not installed"
    if [ "$(id -u)" -eq 0 ]; then
        id postgres >/dev/null 2>&1 && command -v runuser >/dev/null ||
            cluster_skip "PostgreSQL does not run as root, and there is no user postgres"
    fi
    for setting; do
        case $setting in
        --preload=*)
            for library in $(echo "${setting#--preload=}" | tr , ' '); do
                cluster_has_library "$library" ||
                    cluster_skip "PostgreSQL has no $library here"
            done
            ;;
        esac
    done
    cluster_dir=$(mktemp -d /tmp/pgsift-XXXXXX) || cluster_skip "no temporary directory"
    trap cluster_stop EXIT
    trap 'exit 130' INT TERM HUP
    cluster_init && cluster_configure "$@" &&
        cluster_as_owner "$cluster_bin/pg_ctl" -D "$cluster_dir/data" -l "$cluster_dir/log" \
            -w -t 60 -s start >/dev/null 2>&1
    if [ $? -ne 0 ]; then
        sed 's/^/# /' "$cluster_dir/initdb.log" "$cluster_dir/log" 2>/dev/null | tail -n 20
        echo "Bail out! the PostgreSQL server for this test did not start"
        exit 1
    fi
    PGHOST=$cluster_dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
    PGOPTIONS= PSQLRC=/dev/null PGCLIENTENCODING=UTF8
    export PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS PSQLRC PGCLIENTENCODING
    unset PGSERVICE PGPASSWORD PGPASSFILE PGSSLMODE
}
