#!/bin/bash
# Golden command tests: tests/golden/<command>/NAME.cmd is a shell script, run in an empty
# directory that holds `fixtures`; .out, .err and .exit (absent: empty, empty, 0) are compared
# byte for byte. GOLDEN=write writes them anew: look at the difference before committing it.
shopt -s nullglob
root=$PWD
build=$(cd "${BUILD:-build}" && pwd)
sandbox=$(mktemp -d)
trap 'rm -rf "$sandbox"' EXIT
commands=(tests/golden/*/*.cmd)
echo "1..${#commands[@]}"
number=0
failed=0

compare() { # what, expected file, got file
    local want=$2
    [ -e "$want" ] || want=/dev/null
    cmp -s "$want" "$3" && return 0
    diff -u --label "expected $1" --label "got $1" "$want" "$3" | sed 's/^/# /' | head -60
    return 1
}

keep() { # expected file, got file: nothing is kept of an empty one
    if [ -s "$2" ]; then cp "$2" "$1"; else rm -f "$1"; fi
}

for cmd in "${commands[@]}"; do
    number=$((number + 1))
    base=$root/${cmd%.cmd}
    work=$sandbox/$number
    mkdir "$work" "$work/run"
    ln -s "$root/fixtures" "$work/run/fixtures"
    (
        cd "$work/run" || exit 99
        env -i PATH="$build:$PATH" HOME="$work/run" LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb TZ=UTC \
            ASAN_OPTIONS="${ASAN_OPTIONS-}" UBSAN_OPTIONS="${UBSAN_OPTIONS-}" TSAN_OPTIONS="${TSAN_OPTIONS-}" \
            bash "$root/$cmd" </dev/null >"$work/out" 2>"$work/err"
    )
    echo $? >"$work/exit"
    [ "$(cat "$work/exit")" = 0 ] && : >"$work/exit"
    if [ "${GOLDEN-}" = write ]; then
        for part in out err exit; do keep "$base.$part" "$work/$part"; done
        echo "ok $number - $cmd (written)"
        continue
    fi
    good=yes
    for part in exit err out; do compare $part "$base.$part" "$work/$part" || good=no; done
    if [ $good = yes ]; then
        echo "ok $number - $cmd"
    else
        echo "not ok $number - $cmd"
        failed=1
    fi
done
exit $failed
