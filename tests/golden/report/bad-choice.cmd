pgsift --color=maybe
