LC_ALL=C pgsift fixtures/demo/plan.json
