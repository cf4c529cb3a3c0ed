pgsift --json=yes
