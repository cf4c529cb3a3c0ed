-- Of the table candidate, within each budget (MB, from psql's budgets), greedily: the index that
-- saves most for each byte, sizes as really built. Prints budget, number of indexes, total cost.
CREATE TEMP TABLE built (definition text, bytes bigint);
CREATE FUNCTION pg_temp.workload_cost(extra text[]) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    q record;
    plan json;
    total numeric := 0;
BEGIN
    PERFORM hypopg_reset();
    PERFORM hypopg_create_index('CREATE INDEX ON ' || e) FROM unnest(extra) e;
    FOR q IN SELECT sql FROM query LOOP
        EXECUTE 'EXPLAIN (FORMAT JSON) ' || q.sql INTO plan;
        total := total + (plan #>> '{0,Plan,Total Cost}')::numeric;
    END LOOP;
    RETURN total;
END $$;
CREATE FUNCTION pg_temp.greedy(room bigint, OUT indexes int, OUT cost numeric) LANGUAGE plpgsql AS $$
DECLARE
    chosen text[] := '{}';
    best record;
BEGIN
    cost := pg_temp.workload_cost(chosen);
    LOOP
        SELECT b.*, c INTO best FROM built b, LATERAL (SELECT pg_temp.workload_cost(chosen || b.definition) AS c) x
         WHERE b.definition <> ALL (chosen) AND b.bytes <= room AND c < cost ORDER BY (cost - c) / bytes DESC LIMIT 1;
        EXIT WHEN NOT FOUND;
        chosen := chosen || best.definition;
        room := room - best.bytes;
        cost := best.c;
    END LOOP;
    PERFORM hypopg_reset();
    indexes := cardinality(chosen);
END $$;
DO $$
DECLARE c record;
BEGIN
    FOR c IN SELECT definition FROM candidate LOOP
        EXECUTE 'CREATE INDEX single_one ON ' || c.definition;
        INSERT INTO built VALUES (c.definition, pg_relation_size('single_one'));
        DROP INDEX single_one;
    END LOOP;
END $$;
SELECT b, g.indexes, round(g.cost) FROM unnest(string_to_array(:'budgets', ',')) b, LATERAL pg_temp.greedy(b::bigint * 1048576) g;
