pgsift --width=110 fixtures/report/136-insert-select-fk-triggers.json
