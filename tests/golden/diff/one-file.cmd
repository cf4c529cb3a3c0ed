pgsift diff fixtures/ui/plan1.json
