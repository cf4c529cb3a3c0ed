#!/bin/sh
# The rules that hold the house up (tests/layers.txt): layers, owners of foreign headers,
# no recursion over the input, and what must not be left lying about.
rules=tests/layers.txt
count=0
failed=0
check() { # name, list of violations
    count=$((count + 1))
    if [ -z "$2" ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        failed=1
    fi
}
sources=$(find src include -name '*.[ch]' -o -name '*.def' | sort)

check 'a layer includes only the layers it may' "$(
    awk -v rules="$rules" '
    BEGIN {
        while ((getline line < rules) > 0)
            if (split(line, f, /[: ]+/) && f[1] == "layer")
                for (i = 2; i in f; i++)
                    may[f[2], f[i]] = 1
    }
    { split(FILENAME, dir, "/") }
    /^#include "/ {
        split($0, quoted, "\"")
        header = quoted[2]
        if (index(header, "/")) {
            split(header, to, "/")
            if (!((dir[2], to[1]) in may))
                print FILENAME ":" FNR ": " dir[2] " includes " header
        }
    }' $sources)"

check 'private headers are included by their own layer only' "$(
    awk '
    /^#include "/ {
        split(FILENAME, dir, "/"); split($0, quoted, "\""); split(quoted[2], to, "/")
        if (index(quoted[2], "/") && to[1] != dir[2] && system("test -f src/" quoted[2]) == 0 &&
            system("test -f include/" quoted[2]) != 0)
            print FILENAME ":" FNR ": " quoted[2]
    }' $sources)"

check 'foreign headers have one owner each' "$(
    awk -v rules="$rules" '
    BEGIN {
        while ((getline line < rules) > 0)
            if (split(line, f, " ") && f[1] == "owner")
                owner[f[2]] = f[3]
    }
    /^#include </ {
        header = $2
        gsub(/[<>]/, "", header)
        if (header in owner && index(FILENAME, owner[header]) != 1)
            print FILENAME ":" FNR ": " header " belongs to " owner[header]
    }' $sources)"

check 'no function calls itself, but for those listed' "$(
    awk -v rules="$rules" '
    BEGIN {
        while ((getline line < rules) > 0)
            if (split(line, f, " ") && f[1] == "recursive")
                allowed[f[2], f[3]] = 1
    }
    /^[a-z].*[a-z_0-9]\(.*[^;]$/ && !/=/ {
        name = $0
        sub(/\(.*/, "", name)
        sub(/.*[ *]/, "", name)
    }
    /^}/ { name = "" }
    /^ / && name != "" && !/^ \*/ {
        at = match($0, "(^|[^a-z_0-9.>])" name "\\(")
        if (at && !((FILENAME, name) in allowed))
            print FILENAME ":" FNR ": " name
    }' $(find src -name '*.c' | sort))"

check 'nothing unfinished is left' "$(grep -nE 'TODO|FIXME|XXX' $sources | grep -v 'XXXXXX')"
check 'no path of one machine' "$(grep -nE '"/(home|root|work|Users)/' $sources)"
check 'no tabs, no trailing white space' "$(grep -nE '	|[ 	]+$' $sources)"
check 'no typedef of structs' "$(grep -nE '^typedef (struct|enum)' $sources)"
check 'functions of at most 100 lines' "$(
    awk '/^{/ { from = FNR } /^}/ && from { if (FNR - from > 100) print FILENAME ":" from ": " FNR - from " lines"; from = 0 }' \
        $(find src -name '*.c' | sort))"
echo "1..$count"
exit $failed
