pgsift --width=110 fixtures/report/187-opt-timing-off.json
