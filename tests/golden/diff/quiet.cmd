pgsift diff -q fixtures/ui/plan1.json fixtures/ui/plan1_after.json
