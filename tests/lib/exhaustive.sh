# The advisor beside an exhaustive search over a few indexes, on a database with fixtures/star.
# Source it with a cluster running; $work, $pgsift are set.

exhaustive_candidates='["sales (customer_id)", "sales (customer_id, day)", "sales (shop_id, day)", "sales (shop_id, amount)",
    "sales (product_id)", "sales (promotion_id)", "sales (day, channel)", "refunds (sale_id)"]'
exhaustive_names='s01|s02|s05|s10|s11|s16'

# exhaustive DATABASE BYTES...: for each budget "bytes advised least", costs of all the queries
exhaustive() {
    db=$1
    shift
    awk -v names="$exhaustive_names" '/^-- name:/ { on = $3 ~ "^(" names ")$"; next } on && !/^--/ && NF' \
        fixtures/star/queries.sql >"$work/few.sql"
    queries=$(awk '{ sub(/;$/, ""); gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
        printf "%s\"%s\"", (NR > 1 ? "," : "["), $0 } END { print "]" }' "$work/few.sql")
    budgets=$(printf ',"%s"' "$@")
    psql -XAtqF '|' -d "$db" -v queries="$queries" -v candidates="$exhaustive_candidates" \
        -v budgets="[${budgets#,}]" -f tests/lib/exhaustive.sql >"$work/least"
    while IFS='|' read -r bytes least indexes; do
        $pgsift advise -q -d "$db" --json --budget="$bytes" "$work/few.sql" >"$work/few.json" || return
        echo "$bytes $(sed -n 's/^ *"total_after": *\([0-9.]*\).*/\1/p' "$work/few.json" | head -n 1) $least $indexes"
    done <"$work/least"
}
