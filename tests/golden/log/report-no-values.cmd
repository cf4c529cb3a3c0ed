pgsift log --json --no-values --max-indexes=1 fixtures/log/day.log | jq -c "[.queries[].text], [.queries[] | .example.sql // .shapes[0].example.plan | .[0:60]], (.indexes | length)"
