pgsift diff --format=md fixtures/ui/plan1.json fixtures/ui/plan1_after.json
