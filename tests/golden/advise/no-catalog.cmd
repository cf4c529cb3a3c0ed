echo "SELECT a FROM t WHERE b = 1 ORDER BY c LIMIT 5" | pgsift advise
