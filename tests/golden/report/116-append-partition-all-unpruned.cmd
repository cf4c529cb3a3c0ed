pgsift --width=110 fixtures/report/116-append-partition-all-unpruned.json
