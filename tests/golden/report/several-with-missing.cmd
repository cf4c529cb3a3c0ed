pgsift -q fixtures/demo/plan.json missing.json fixtures/demo/plan.json
