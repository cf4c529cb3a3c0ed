pgsift -q <fixtures/demo/plan.json; pgsift -q - <fixtures/demo/plan.json
