pgsift log --format=md --catalog=fixtures/task/schema.sql fixtures/log/day.log
