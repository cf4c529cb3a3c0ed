pgsift advise --catalog=fixtures/task/catalog.json --budget=20MB --max-indexes=2 fixtures/task/queries.sql --quiet
pgsift advise --budget=lots fixtures/task/queries.sql
