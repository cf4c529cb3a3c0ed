pgsift -v fixtures/report/partitions.json
