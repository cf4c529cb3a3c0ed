pgsift log -v --ascii --width=80 fixtures/log/day.log
