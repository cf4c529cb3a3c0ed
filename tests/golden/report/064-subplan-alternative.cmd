pgsift --width=110 fixtures/report/064-subplan-alternative.json
