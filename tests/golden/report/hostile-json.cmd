pgsift --json fixtures/report/hostile.json
