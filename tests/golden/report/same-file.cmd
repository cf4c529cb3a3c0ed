cp fixtures/demo/plan.json p; pgsift -o p p; cmp p fixtures/demo/plan.json
