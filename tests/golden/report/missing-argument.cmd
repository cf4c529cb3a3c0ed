pgsift --output
