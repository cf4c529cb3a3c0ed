pgsift --anonymize fixtures/demo/plan.json
