pgsift --width=140 fixtures/demo/plan.json
