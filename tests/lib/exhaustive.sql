-- Every set of a few indexes, tried with HypoPG: the least cost that each budget allows.
-- Variables: queries (one JSON array of texts), candidates (one of definitions: "t (a, b)"),
-- budgets (one of bytes). Sizes are of the indexes really built.
CREATE TEMP TABLE exhaustive_candidate (n int, definition text, bytes bigint);
CREATE TEMP TABLE exhaustive_set (mask int, bytes bigint, cost numeric);

CREATE FUNCTION pg_temp.plan_cost(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN plan #>> '{0,Plan,Total Cost}';
END $$;

CREATE FUNCTION pg_temp.try_all(queries text[], candidates text[], most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c record;
    total numeric;
    room bigint;
    query text;
BEGIN
    FOR i IN 1..cardinality(candidates) LOOP
        EXECUTE 'CREATE INDEX exhaustive_one ON ' || candidates[i];
        INSERT INTO exhaustive_candidate VALUES (i - 1, candidates[i], pg_relation_size('exhaustive_one'));
        DROP INDEX exhaustive_one;
    END LOOP;
    FOR mask IN 0..(1 << cardinality(candidates)) - 1 LOOP
        SELECT coalesce(sum(bytes), 0) INTO room FROM exhaustive_candidate WHERE mask & (1 << n) <> 0;
        CONTINUE WHEN room > most;
        PERFORM hypopg_reset();
        FOR c IN SELECT * FROM exhaustive_candidate WHERE mask & (1 << n) <> 0 ORDER BY n LOOP
            PERFORM hypopg_create_index('CREATE INDEX ON ' || c.definition);
        END LOOP;
        total := 0;
        FOREACH query IN ARRAY queries LOOP
            total := total + pg_temp.plan_cost(query);
        END LOOP;
        INSERT INTO exhaustive_set VALUES (mask, room, total);
    END LOOP;
    PERFORM hypopg_reset();
END $$;

SELECT count(pg_temp.try_all(ARRAY(SELECT json_array_elements_text(:'queries')), ARRAY(SELECT json_array_elements_text(:'candidates')),
    (SELECT max(b::bigint) FROM json_array_elements_text(:'budgets') b))) AS done \gset
SELECT DISTINCT ON (b::bigint) b::bigint, round(s.cost, 2),
       (SELECT string_agg(definition, ', ' ORDER BY n) FROM exhaustive_candidate WHERE s.mask & (1 << n) <> 0)
  FROM json_array_elements_text(:'budgets') b JOIN exhaustive_set s ON s.bytes <= b::bigint ORDER BY 1, 2, s.bytes;
