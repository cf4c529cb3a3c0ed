pgsift --a
