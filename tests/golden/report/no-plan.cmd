echo "SELECT 1;" >a.sql; pgsift a.sql
