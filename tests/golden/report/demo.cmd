pgsift fixtures/demo/plan.json
