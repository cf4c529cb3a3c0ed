pgsift log --json fixtures/log/day.log
