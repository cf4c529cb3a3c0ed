head -20 fixtures/task/queries.sql | pgsift advise --json --catalog=fixtures/task/catalog.json
