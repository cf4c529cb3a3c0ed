pgsift --plain fixtures/demo/plan.json
