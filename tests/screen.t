#!/bin/sh
# Screens: tests/screen/NAME.keys is replayed and compared with NAME.screen.
# The first line of a script is "# DESCRIPTION [options]", both for build/tools/uisim.
# UPDATE=1 writes the .screen files anew: look at the difference before it is committed.
BUILD=${BUILD:-build}
n=0
for keys in tests/screen/*.keys; do
    n=$((n + 1))
    name=${keys%.keys}
    read -r hash description options <"$keys"
    # shellcheck disable=SC2086
    got=$("$BUILD/tools/uisim" "fixtures/ui/$description" "$keys" $options 2>&1; echo .)
    got=${got%.}
    if [ -n "$UPDATE" ]; then
        printf %s "$got" >"$name.screen"
    fi
    if printf %s "$got" | cmp -s - "$name.screen"; then
        echo "ok $n - ${name#tests/screen/}"
    else
        echo "not ok $n - ${name#tests/screen/}"
        printf %s "$got" | diff "$name.screen" - | sed 's/^/# /'
    fi
done
echo "1..$n"
