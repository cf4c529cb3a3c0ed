pgsift advise --catalog=fixtures/task/schema.sql fixtures/task/queries.sql --width=100
