pgsift fixtures/demo/plan.json -q; POSIXLY_CORRECT=1 pgsift fixtures/demo/plan.json -q
