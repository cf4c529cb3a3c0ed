pgsift </dev/null
