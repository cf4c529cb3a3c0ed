pgsift --help=all
