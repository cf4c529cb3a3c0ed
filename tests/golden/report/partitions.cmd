pgsift fixtures/report/partitions.json
