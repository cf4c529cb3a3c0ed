pgsift advise --catalog=fixtures/task/schema.sql --migration=out --quiet fixtures/task/queries.sql
cat out/pgsift_indexes.up.sql
echo ================
cat out/pgsift_indexes.down.sql
