pgsift advise --catalog=fixtures/task/catalog.json fixtures/task/queries.sql fixtures/task/plans/q6v.json --format=md
