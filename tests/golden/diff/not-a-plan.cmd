echo "{\"a\": [1, 2" | pgsift diff fixtures/ui/plan1.json -
