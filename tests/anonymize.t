#!/bin/bash
# --anonymize: no name and no constant of a plan is left, in any format, and the figures stay.
# What counts as an original is taken from the plans by this test, not from the program's map.
. tests/lib/tap.sh
build=$(cd "${BUILD:-build}" && pwd)
export LC_ALL=C.UTF-8 COLUMNS=200
pgsift=$build/pgsift
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
shared=${PGSIFT_SHARED:-../shared}
plans=$(ls fixtures/demo/plan.json fixtures/report/[0-9]*.json)
[ -d "$shared/plans/pg18" ] && plans="$plans $(ls "$shared"/plans/pg18/json/*.json "$shared"/plans/pg15/eq/json/*.json | awk 'NR % 8 == 1')"

# Words of PostgreSQL's own that a plan may hold in the places looked at.
own='alternatives|bigint|boolean|bpchar|circle|citext|clock_timestamp|coalesce|column[0-9]+|count|current_setting|date|date_trunc|double|excluded|extract|false|generate_series|hashed|int|integer|interval|json|jsonb|jsonb_each|json_agg|length|lower|max|min|money|new|nextval|none|now|null|numeric|old|pg_catalog|pg_sleep|pg_temp|point|precision|public|real|regclass|rescan|returns|round|row_number|substr|substring|sum|text|tid|time|timestamp|timestamptz|to_jsonb|to_tsquery|tsquery|unnest|upper|varying|character|true|with|without|xml|xmltable|zone|ctid|tableoid|xmin|year|month|day|hour|to_char|random|md5|repeat|concat|abs|avg|SubPlan|InitPlan|array_agg|string_agg|format|generate_subscripts|pg_class|system|bernoulli|col[0-9]+'
# The words and the short literals in lines of expressions, one a line.
split() {
    grep -oE "[A-Za-z_][A-Za-z_0-9]{2,}|'[^' ]{3,}'" | tr -d "'" | grep -vxE "$own|RI_.*|.*[{}%\\].*|[A-Z ]+|[^A-Za-z0-9]+" | sort -u
}
leaks=
for plan in $plans; do
    jq -r '.. | objects | to_entries[] |
        select(.key | test("^(Relation Name|Schema|Alias|Index Name|CTE Name|Function Name|Filter|.*Cond|.*Key|Output|Join Filter|Order By|Query Text|Trigger Name|Constraint Name|Relation|Remote SQL|Function Call)$")) |
        .value | .. | strings' "$plan" | split >"$tmp/words"
    "$pgsift" --anonymize --json "$plan" 2>/dev/null |
        jq -r '.plans[] | (.nodes[] | (.explain | del(.node_type, .strategy, .partial_mode, .operation, .parent_relationship, .join_type, .sort_method, .sort_space_type, .scan_direction, .command, .cache_mode, .custom_plan_provider, .storage, .format) | .. | strings)),
               (.triggers // [] | .[] | .. | strings), (.query_text // ""), (.settings // {} | .search_path // "")' | split >"$tmp/out"
    leaks="$leaks$(comm -12 "$tmp/words" "$tmp/out" | sed "s|^|${plan##*/}: |")"
done
result 'no name and no constant is left in JSON' "$leaks"

leaks=
printf '%s\n' tasks task_assignees project_id priority created_at users_pkey 137 done >"$tmp/words"
for format in text plain md json ndjson html sarif; do
    "$pgsift" --anonymize --format=$format -v --proof fixtures/demo/plan.json >"$tmp/out" || leaks="$leaks $format failed"
    [ -s "$tmp/out" ] || leaks="$leaks $format is empty"
    leaks="$leaks$(grep -wnFf "$tmp/words" "$tmp/out" | sed "s|^|$format: |")"
done
result 'none of the demo in any format' "$leaks"
result 'nor the name of the file' "$("$pgsift" --anonymize --json fixtures/demo/plan.json | grep -n 'demo/plan')"

figures='[.plans[] | .execution_ms, .whole, (.nodes[] | .id, .parent_id, .self_ms, .rows, .share, .estimate_factor, .type, (.explain | .plan_rows, .total_cost, .shared_hit_blocks))]'
changed=
for plan in $plans; do
    a=$("$pgsift" --json "$plan" 2>/dev/null | jq -c "$figures")
    b=$("$pgsift" --json --anonymize "$plan" 2>/dev/null | jq -c "$figures")
    [ "$a" = "$b" ] || changed="$changed $plan"
done
result 'structure and figures stay' "$changed"

"$pgsift" --anonymize-map="$tmp/map" --json fixtures/demo/plan.json fixtures/report/056-cte-materialized.json >"$tmp/out"
result 'the map names what was replaced' "$(for name in tasks project_id users_pkey done orders; do
    cut -f3 "$tmp/map" | grep -qx "$name" || echo "$name"; done)"
result 'each replacement stands for one thing' "$(cut -f1,2 "$tmp/map" | sort | uniq -d)"
result 'the same over all plans of a run' "$(
    "$pgsift" --anonymize --json fixtures/demo/plan.json fixtures/demo/plan.json | jq -c '.plans[] | [.nodes[] | .label]' | uniq | tail -n +2)"
done_testing
