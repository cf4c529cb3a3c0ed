pgsift --width=110 fixtures/report/073-memoize.json
