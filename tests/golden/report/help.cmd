pgsift --help; pgsift -? | cmp - <(pgsift --help)
