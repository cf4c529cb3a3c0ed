pgsift --width=110 fixtures/report/191-opt-serialize-text.json
