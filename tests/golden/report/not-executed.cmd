pgsift fixtures/report/not-executed.json
