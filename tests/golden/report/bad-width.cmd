pgsift --width=3 fixtures/demo/plan.json
