cat >bad.sql <<'SQL'
-- name: good
SELECT id FROM tasks WHERE parent_id = $1;

SELECT id FROM tasks
 WHERE status = = 'done';

-- calls: many/day
UPDATE tasks SET status = ? WHERE id = ?;
  SELECT FROM WHERE;
SELECT * FROM "no such table" WHERE x = :x;
SQL
pgsift advise --catalog=fixtures/task/schema.sql bad.sql --quiet
