pgsift diff fixtures/ui/plan1.json fixtures/ui/plan1.json
