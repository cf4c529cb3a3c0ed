pgsift fixtures/demo/plan.json >/dev/full
