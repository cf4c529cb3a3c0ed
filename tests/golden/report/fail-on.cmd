pgsift -q --fail-on=high fixtures/demo/plan.json
