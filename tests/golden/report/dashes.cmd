cp fixtures/demo/plan.json ./-v; pgsift -q -- -v; cp fixtures/demo/plan.json report; pgsift -q ./report; pgsift -q report -- report
