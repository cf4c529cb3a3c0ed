pgsift --fromat=md
