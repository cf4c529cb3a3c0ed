pgsift --format=md fixtures/demo/plan.json
