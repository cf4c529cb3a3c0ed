pgsift fixtures/report/hostile.json
