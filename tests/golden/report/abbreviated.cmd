pgsift --qu fixtures/demo/plan.json
