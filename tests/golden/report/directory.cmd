pgsift fixtures
