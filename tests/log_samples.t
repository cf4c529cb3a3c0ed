#!/bin/sh
# Real logs give as many records of each kind as their MANIFEST says, which another program counted.
# It knew English only, and did not see through an ambiguous prefix: those are told below.
. tests/lib/tap.sh

logs=${PGSIFT_SHARED:-../shared}/logs
[ -r "$logs/MANIFEST.tsv" ] || skip_all "no samples in $logs"
dump=$BUILD/tools/logdump

# Counts of one file as the MANIFEST writes them, without the braces.
count() {
    "$dump" -n "$1" | awk '
        { n[$1] = $2 }
        END {
            n["other"] += n["error"]
            split("bind duration execute fetch other parse plan simple text temp_file", key, " ")
            split("bind,duration,execute,execute fetch from,other,parse,plan,statement,statement-only,temp", name, ",")
            for (i = 1; i <= 10; i++) {
                if (n[key[i]] == 0)
                    continue
                printf "%s\"%s\": %d", between, name[i], n[key[i]]
                between = ", "
            }
            print ""
        }'
}

# The server's language was not English: every message but the plans' counts as "other" there.
translated() {
    "$dump" -n "$1" | awk '
        { n[$1] = $2 }
        END { printf "\"other\": %d, \"plan\": %d\n", n["bind"] + n["execute"] + n["fetch"] + n["other"] \
                + n["error"] + n["parse"] + n["simple"] + n["temp_file"], n["plan"] }'
}

awk -F '\t' 'NR > 1 { sub(/^\{/, "", $7); sub(/\}.*/, "", $7); print $1 "\t" $7 }' "$logs/MANIFEST.tsv" \
    >"$BUILD/log_samples.want"
while IFS="$(printf '\t')" read -r file want; do
    case $file in
        */locale-*)
            same "$(translated "$logs/$file")" "$want" "$file"
            same "$("$dump" -n "$logs/$file" | awk '$1 ~ /^(bind|parse|simple|execute|fetch|temp_file)$/ { printf "%s %d ", $1, $2 }')" \
                'parse 22 bind 23 temp_file 4 simple 68 execute 22 fetch 3 ' "$file: kinds in its language"
            ;;
        */log-statement-all.*)
            same "$(count "$logs/$file")" \
                "$(printf '%s\n' "$want" | sed 's/"duration": 93/"execute": 22, "execute fetch from": 3/; s/"plan": 68/"plan": 68, "statement": 68/')" \
                "$file: durations find their statements" ;;
        */nocollector-pipe.log) # a plan that begins in the middle of another one's line
            same "$(count "$logs/$file")" '"other": 53, "plan": 49, "statement": 49' "$file"
            same "$("$dump" -n "$logs/$file" | grep '^cut_plans')" 'cut_plans 1' "$file: the plan that it breaks" ;;
        */prefix-q-first.log) # "app=mixed app: LOG:  [x] LOG:  ..." is one record, whose LOG is the second
            same "$(count "$logs/$file" | sed 's/"other": [0-9]*/"other"/')" \
                '"bind": 23, "execute": 22, "execute fetch from": 3, "other", "parse": 22, "plan": 61, "statement": 68, "temp": 4' \
                "$file: an application name that looks like a record" ;;
        *) same "$(count "$logs/$file")" "$want" "$file" ;;
    esac
done <"$BUILD/log_samples.want"

# The same events in three destinations, whose order may differ a little, are the same here.
kinds() { "$dump" "$1" | sed 's/ line=.*//' | sort | uniq -c; }
for name in pg15/ae-xml pg15/ae-text pg15/full-json pg18/full-json pg18/ae-text; do
    want=$(kinds "$logs/$name.csv")
    same "$(kinds "$logs/$name.json")" "$want" "$name: jsonlog says what csvlog says"
    same "$(kinds "$logs/$name.log")" "$want" "$name: stderr says what csvlog says"
done

done_testing
