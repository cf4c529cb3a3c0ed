#!/bin/bash
# What a command line does beside its output: files, modes, pipes, pager, compression,
# completions, manual pages, installation.
root=$PWD
build=$(cd "${BUILD:-build}" && pwd)
export PATH=$build:$PATH LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp fixtures/demo/plan.json "$tmp/plan.json"
cd "$tmp" || exit 1
count=0
failed=0
ok() { # name, command...
    local name=$1
    shift
    count=$((count + 1))
    if "$@" >"$tmp/log" 2>&1; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        sed 's/^/# /' "$tmp/log" | head -20
        failed=1
    fi
}
skip() { count=$((count + 1)); echo "ok $count - # SKIP $1"; }

# Compression is by content, whatever the file is called; members may follow one another.
pgsift -q plan.json >want
half=$(($(wc -c <plan.json) / 2))
head -c $half plan.json >a && tail -c +$((half + 1)) plan.json >b
for tool in gzip zstd xz bzip2; do
    command -v $tool >/dev/null || { skip "no $tool here"; continue; }
    $tool -c <plan.json >packed.json
    ok "$tool" bash -c 'pgsift -q packed.json | cmp - want'
    ok "$tool from standard input" bash -c 'pgsift -q <packed.json | cmp - want'
    { $tool -c <a; $tool -c <b; } >two
    ok "$tool, two members" bash -c 'pgsift -q two | cmp - want'
    head -c $(($(wc -c <packed.json) - 20)) packed.json >cut
    ok "$tool, cut off: status 2, nothing on standard output" \
        bash -c 'pgsift cut >out 2>err; [ $? = 2 ] && [ ! -s out ] && grep -q "ends too early\|damaged" err'
done

# Output files
umask 027
ok '-o writes the report' bash -c 'pgsift -q -o new plan.json && cmp new want'
ok 'its mode is what the umask says' test "$(stat -c %a new)" = 640
chmod 604 new
ok 'a file that is replaced keeps its mode' bash -c 'pgsift -q -o new plan.json && [ "$(stat -c %a new)" = 604 ]'
ln -s new link
ok 'a symbolic link stays one' bash -c 'pgsift -q -o link plan.json && [ -L link ] && cmp new want'
echo precious >keep
ok 'a report that fails leaves the old file' bash -c '! pgsift -o keep missing && [ "$(cat keep)" = precious ]'
ok 'and no temporary one' bash -c '! ls keep.* 2>/dev/null'
ok 'an input is not overwritten' bash -c 'pgsift -o plan.json plan.json; [ $? = 2 ] && cmp plan.json "$1/fixtures/demo/plan.json"' - "$root"
ok 'nor by way of standard input' bash -c 'pgsift -o plan.json <plan.json; [ $? = 2 ]' 
ok 'a directory that is not there' bash -c 'pgsift -o none/x plan.json; [ $? = 2 ]'
ok '-o - is standard output' bash -c 'pgsift -q -o - plan.json | cmp - want'
ok 'a device is written in place' pgsift -o /dev/null plan.json

# Streams
ok 'a closed pipe is silent' bash -c 'pgsift $(yes plan.json | head -n 1000) 2>err | head -n 1 >/dev/null; [ ! -s err ]'
ok 'a full disk is told' bash -c 'pgsift plan.json >/dev/full 2>err; [ $? = 2 ] && grep -q "No space left" err'
ok 'no colour in a pipe' bash -c '! pgsift plan.json | grep -q "$(printf "\033")"'
ok 'colour when it is asked for' bash -c 'NO_COLOR=1 pgsift --color=always plan.json | grep -q "$(printf "\033")"'

# Terminal and pager: script(1) gives a terminal.
if command -v script >/dev/null; then
    on_terminal() { script -qec "stty rows $1 cols $2; $3" /dev/null </dev/null; }
    export -f on_terminal
    ok 'the terminal says how wide' bash -c 'on_terminal 200 50 "TERM=xterm pgsift --format=text --color=never plan.json" | tr -d "\r" |
        awk "length(\$0) > 60 { bad = 1 } END { exit bad }"'
    ok 'colour on a terminal' bash -c 'on_terminal 200 80 "TERM=xterm pgsift --format=text plan.json" | grep -q "$(printf "\033\\[1")"'
    ok 'not with NO_COLOR' bash -c '! on_terminal 200 80 "NO_COLOR=1 TERM=xterm pgsift --format=text plan.json" | grep -q "$(printf "\033\\[1")"'
    ok 'not on a dumb one' bash -c '! on_terminal 200 80 "TERM=dumb pgsift --format=text plan.json" | grep -q "$(printf "\033\\[1")"'
    ok 'a long report goes to the pager' bash -c 'on_terminal 10 80 "TERM=xterm PAGER=\"sed s/^/paged:/\" pgsift --format=text plan.json" | grep -q paged:'
    ok 'a short one does not' bash -c '! on_terminal 200 80 "TERM=xterm PAGER=\"sed s/^/paged:/\" pgsift --format=text plan.json" | grep -q paged:'
    ok 'PGSIFT_PAGER comes first' bash -c 'on_terminal 10 80 "TERM=xterm PGSIFT_PAGER=\"sed s/^/mine:/\" PAGER=cat pgsift --format=text plan.json" | grep -q mine:'
    ok 'nor with --no-pager' bash -c '! on_terminal 10 80 "TERM=xterm PAGER=\"sed s/^/paged:/\" pgsift --format=text --no-pager plan.json" | grep -q paged:'
    ok 'without a pager that works the report comes all the same' \
        bash -c 'on_terminal 10 80 "TERM=xterm PAGER=no-such-pager pgsift --format=text plan.json" | grep -q HOT'
else
    skip 'no script(1) here'
fi

# Locale: a comma for a decimal point must not reach numbers.
ok 'ASCII where the locale is not UTF-8' bash -c '! LC_ALL=C pgsift plan.json | LC_ALL=C grep -q "[^ -~]"'
ok 'UTF-8 where it is' bash -c 'pgsift plan.json | grep -q └'

# Version and help
ok '--version begins with name and number' bash -c 'pgsift --version | head -1 | grep -qE "^pgsift [0-9]+\.[0-9]+\.[0-9]+$"'
ok '-V is the same' bash -c 'cmp <(pgsift -V) <(pgsift --version)'
ok '--help fits a small terminal' test "$(pgsift --help | wc -l)" -le 24
ok 'in width too' bash -c '! pgsift --help | grep -q ".\{81\}"'
ok '--help=all in 100 columns' bash -c '! pgsift --help=all | grep -q ".\{101\}"'
rules=$(pgsift --help=findings | grep -E '^[a-z][a-z-]+$')
ok 'findings are listed' test "$(printf '%s\n' "$rules" | wc -l)" -ge 1
for rule in $rules; do pgsift --help="$rule" | grep -qx "$rule" || echo "$rule"; done >bad-rules
ok 'and each has its help' test ! -s bad-rules

# Completions
for shell in bash zsh fish; do pgsift --completion=$shell >complete.$shell; done
ok 'bash completion parses' bash -n complete.bash
ok 'and completes an option' bash -c '. ./complete.bash; COMP_WORDS=(pgsift --js); COMP_CWORD=1; _pgsift; [ "${COMPREPLY[*]}" = --json ]'
ok 'and its values' bash -c '. ./complete.bash; COMP_WORDS=(pgsift --format = m); COMP_CWORD=3; _pgsift; [ "${COMPREPLY[*]}" = md ]'
ok 'and commands' bash -c '. ./complete.bash; COMP_WORDS=(pgsift rep); COMP_CWORD=1; _pgsift; [ "${COMPREPLY[*]}" = report ]'
for shell in zsh fish; do
    if command -v $shell >/dev/null; then
        ok "$shell completion parses" $shell -n complete.$shell
    else
        skip "no $shell here"
    fi
done
for option in $(pgsift --help=all | grep -oE -- '--[a-z-]+' | sort -u); do
    for shell in bash zsh fish; do grep -q -e "${option#--}" complete.$shell || echo "$option $shell"; done
done >bad-options
ok 'every option is in every completion' test ! -s bad-options

# Manual pages
for page in "$build"/man/*; do
    name=${page##*/}
    if command -v man >/dev/null; then
        ok "$name has no roff errors" bash -c '[ -z "$(man --warnings -E UTF-8 -l "$1" 2>&1 >/dev/null)" ]' - "$page"
    else
        skip 'no man here'
    fi
    ok "$name is filled" bash -c '! grep -nE "^@|@VERSION@" "$1"' - "$page"
done
for option in $(pgsift --help=all | grep -oE -- '--[a-z-]+' | sort -u); do
    grep -qF -e "$(printf %s "${option#--}" | sed 's/-/\\-/g')" "$build/man/pgsift.1" || echo "$option"
done >bad-options
ok 'every option is in the manual' test ! -s bad-options

# Installation
if [ -z "${MAKELEVEL-}" ] || [ -n "${MAKE_TERMOUT-x}" ]; then
    ok 'make install' make -C "$root" -s install DESTDIR="$tmp/dest" PREFIX=/usr BUILD="$build"
    ok 'the program runs from there' "$tmp/dest/usr/bin/pgsift" --version
    ok 'manual pages and completions are there' bash -c 'cd dest/usr/share && ls man/man1/pgsift.1 man/man7/pgsift.7 man/man5/pgsift-json.5 \
        bash-completion/completions/pgsift zsh/site-functions/_pgsift fish/vendor_completions.d/pgsift.fish pgsift/report.schema.json'
    ok 'make uninstall' make -C "$root" -s uninstall DESTDIR="$tmp/dest" PREFIX=/usr BUILD="$build"
    ok 'leaves no file' test -z "$(find dest -type f)"
fi
echo "1..$count"
exit $failed
