pgsift -Z
