pgsift --help=nothing
