printf "[{\"Plan\":\n  {\"Node Type\": \"Seq Scan\", }}]" | pgsift
