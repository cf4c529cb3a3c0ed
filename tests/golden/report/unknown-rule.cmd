pgsift --disable=no-such-rule fixtures/demo/plan.json
