NO_COLOR=1 pgsift --color=auto -q fixtures/demo/plan.json
