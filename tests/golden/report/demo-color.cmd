pgsift --color=always -q fixtures/demo/plan.json
