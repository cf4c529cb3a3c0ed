pgsift fixtures/demo/plan.json | head -1; echo "${PIPESTATUS[0]}" | grep -qE "^(0|141)$"
