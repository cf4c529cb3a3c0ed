pgsift diff --fail-on=slower:lots fixtures/ui/plan1.json fixtures/ui/plan1_after.json
