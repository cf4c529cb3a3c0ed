pgsift -q --proof fixtures/demo/plan.json
