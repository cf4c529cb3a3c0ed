pgsift --format=md fixtures/report/hostile.json
