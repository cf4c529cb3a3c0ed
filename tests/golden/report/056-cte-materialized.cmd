pgsift --width=110 fixtures/report/056-cte-materialized.json
