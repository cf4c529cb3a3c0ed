pgsift advise --format=html fixtures/task/queries.sql
