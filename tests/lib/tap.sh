# Test Anything Protocol for shell tests: source it, call ok and same, end with done_testing.

tap_count=0
tap_failed=0

# ok STATUS WHAT...: the status of the command just run is 0
ok() {
    tap_count=$((tap_count + 1))
    tap_status=$1
    shift
    if [ "$tap_status" -eq 0 ]; then
        echo "ok $tap_count - $*"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $*"
    fi
}

# same GOT WANT WHAT...: two texts are equal
same() {
    tap_got=$1
    tap_want=$2
    shift 2
    [ "$tap_got" = "$tap_want" ]
    ok $? "$@"
    if [ "$tap_got" != "$tap_want" ]; then
        printf '%s\n' "$tap_got" | sed 's/^/# got  /' | head -n 40
        printf '%s\n' "$tap_want" | sed 's/^/# want /' | head -n 40
    fi
}

# same_file GOT WANT WHAT...: two files are equal; else the difference is shown
same_file() {
    tap_diff=$(diff "$1" "$2" | head -n 40)
    shift 2
    [ -z "$tap_diff" ]
    ok $? "$@"
    [ -z "$tap_diff" ] || printf '%s\n' "$tap_diff" | cut -c1-400 | sed 's/^/# /'
}

# result WHAT FAULTS: there are none; else they are shown
result() {
    tap_faults=$2
    [ -z "$2" ]
    ok $? "$1"
    [ -z "$tap_faults" ] || printf '%s\n' "$tap_faults" | head -n 20 | sed 's/^/# /'
}

# skip WHY: one check that cannot be made here
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count # SKIP $*"
}

skip_all() {
    echo "1..0 # SKIP $*"
    exit 0
}

done_testing() {
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit $?
}
