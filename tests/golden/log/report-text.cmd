pgsift log --width=100 fixtures/log/day.log
