pgsift --qui fixtures/demo/plan.json
