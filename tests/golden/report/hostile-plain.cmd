pgsift --plain fixtures/report/hostile.json
