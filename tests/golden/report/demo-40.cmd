pgsift --width=40 fixtures/demo/plan.json
