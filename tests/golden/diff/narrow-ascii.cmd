pgsift diff --width=40 --ascii fixtures/ui/plan1_after.json fixtures/ui/plan1.json
