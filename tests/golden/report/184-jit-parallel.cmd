pgsift --width=110 fixtures/report/184-jit-parallel.json
