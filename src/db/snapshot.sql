-- pgsift: what an index advisor needs to know of a database, as one JSON document.
--
--   psql -XAtq -f snapshot.sql > catalog.json              everything but system schemas
--   psql -XAtq -v schema=app,audit -f snapshot.sql         these schemas only
--   psql -XAtq -v values=off -f snapshot.sql               no data: most common values, histogram
--                                                          bounds and array elements left out
--
-- Reads the catalogs only, in one read-only transaction; takes no lock that anybody waits for.
-- Servers 12 and later, any role: what the role may not see (statistics of tables that it may
-- not read) is null. The document is described by snapshot.schema.json.

\set QUIET on
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset pager off
\encoding UTF8
\if :{?schema}
\else
\set schema ''
\endif
\if :{?values}
\else
\set values on
\endif

SELECT json_build_object(
         'schemas', CASE WHEN :'schema' <> '' THEN string_to_array(:'schema', ',') END,
         'values', :'values' NOT IN ('off', 'no', 'false', '0')) AS request \gset

BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL jit = off;
SET LOCAL lock_timeout = '2s';
SET LOCAL statement_timeout = '10min';
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL pgsift.request = :'request';

-- The statement below is also what the program itself sends. Its input is the setting
-- pgsift.request, a JSON object, every member of which may be missing:
--   schemas    names of schemas (null: all but the system's)
--   relations  [{"schema": null, "name": "orders"}, ...] instead: those, their partitions and parents,
--              the tables that refer to them, and what views among them look at
--   values     false leaves values of columns out
-- BEGIN STATEMENT
WITH RECURSIVE /* pgsift */ input(j) AS (
  SELECT coalesce(nullif(current_setting('pgsift.request', true), ''), '{}')::jsonb
), opt(by_name, vals) AS (
  SELECT jsonb_typeof(j->'relations') = 'array', coalesce((j->>'values')::bool, true) FROM input
), req(sch, name, pos) AS (
  SELECT e->>'schema', e->>'name', o
    FROM input, jsonb_array_elements(CASE WHEN jsonb_typeof(j->'relations') = 'array'
                                          THEN j->'relations' ELSE '[]' END) WITH ORDINALITY AS u(e, o)
), named AS (
  SELECT req.pos, c.oid, req.sch IS NOT NULL OR pg_table_is_visible(c.oid) AS sure
    FROM req JOIN pg_class c ON c.relname = req.name
    JOIN pg_namespace n ON n.oid = c.relnamespace AND (req.sch IS NULL OR n.nspname = req.sch)
   WHERE c.relkind IN ('r','p','m','f','v')
     AND (req.sch IS NOT NULL OR (n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
          OR n.oid = pg_my_temp_schema())
), hit(pos, oid) AS (             -- visible ones win; otherwise every schema that has the name
  SELECT pos, oid FROM named WHERE sure
  UNION
  SELECT pos, oid FROM named x WHERE NOT EXISTS (SELECT 1 FROM named y WHERE y.pos = x.pos AND y.sure)
), checked(oid, goes_on) AS (     -- what a write to one of them has to look into
  SELECT oid, true FROM hit
  UNION                           -- ... and, where that is written to in turn, what comes after it
  SELECT con.conrelid, con.confdeltype = 'c' OR con.confupdtype = 'c'
    FROM checked JOIN pg_constraint con ON con.confrelid = checked.oid AND con.contype = 'f'
   WHERE checked.goes_on
), start(oid) AS (
  SELECT oid FROM checked
  UNION
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, input, opt
   WHERE NOT coalesce(opt.by_name, false) AND c.relkind IN ('r','p','m','f','v')
     AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
     AND (jsonb_typeof(j->'schemas') IS DISTINCT FROM 'array' OR j->'schemas' ? n.nspname)
), seen(oid) AS (                 -- what views among them look at
  SELECT oid FROM start
  UNION
  SELECT d.refobjid FROM seen JOIN pg_rewrite w ON w.ev_class = seen.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
   WHERE d.refobjid >= 16384
), up(oid) AS (                   -- partition / inheritance closure: parents ...
  SELECT oid FROM seen
  UNION
  SELECT i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid
), tree(oid) AS (                 -- ... and children
  SELECT oid FROM up
  UNION
  SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
), r AS (
  SELECT c.*, n.nspname, to_jsonb(c) AS j, to_jsonb(st) AS s
    FROM tree JOIN pg_class c ON c.oid = tree.oid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_stat_all_tables st ON st.relid = c.oid
   WHERE c.relkind IN ('r','p','m','f','v')
), base(oid, typ) AS (            -- what each domain rests on
  SELECT t.oid, t.typbasetype FROM pg_type t WHERE t.typtype = 'd'
  UNION
  SELECT base.oid, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.typ AND t.typtype = 'd'
)
SELECT json_build_object(
 'pgsift_snapshot', 1,
 'server', json_build_object('version_num', current_setting('server_version_num')::int,
     'database', current_database(), 'user', current_user, 'taken_at', transaction_timestamp(),
     'block_size', current_setting('block_size')::int,
     'encoding', current_setting('server_encoding'), 'in_recovery', pg_is_in_recovery(),
     'search_path', to_json(current_schemas(false)),
     'values', (SELECT vals FROM opt),
     'db_collate', (SELECT datcollate FROM pg_database WHERE datname = current_database()),
     'db_locprovider', (SELECT to_jsonb(d)->>'datlocprovider' FROM pg_database d WHERE datname = current_database()),
     'db_locale', (SELECT coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') FROM pg_database d WHERE datname = current_database()),
     'stats_reset', (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())),
 'requested', (SELECT json_agg(json_build_object('schema', req.sch, 'name', req.name,
        'oids', (SELECT json_agg(hit.oid::bigint) FROM hit WHERE hit.pos = req.pos)) ORDER BY pos) FROM req),
 'settings', (SELECT json_object_agg(name, json_build_object('setting', setting, 'unit', unit, 'source', source) ORDER BY name)
     FROM pg_settings WHERE name IN ('seq_page_cost','random_page_cost','cpu_tuple_cost','cpu_index_tuple_cost',
       'cpu_operator_cost','effective_cache_size','work_mem','hash_mem_multiplier','maintenance_work_mem','default_statistics_target',
       'effective_io_concurrency','shared_buffers','parallel_setup_cost','parallel_tuple_cost','min_parallel_table_scan_size',
       'min_parallel_index_scan_size','max_parallel_workers_per_gather','max_parallel_maintenance_workers','jit','jit_above_cost',
       'track_counts','track_io_timing','plan_cache_mode','constraint_exclusion','enable_seqscan','enable_indexscan','enable_indexonlyscan',
       'enable_bitmapscan','enable_sort','enable_incremental_sort','enable_memoize','enable_hashjoin','enable_mergejoin','enable_nestloop',
       'enable_partition_pruning','search_path')),
 'relations', (SELECT json_agg(json_build_object(
     'oid', r.oid::bigint, 'schema', nspname, 'name', relname, 'quoted', quote_ident(nspname)||'.'||quote_ident(relname),
     'kind', relkind, 'persistence', relpersistence, 'is_partition', relispartition, 'has_subclass', relhassubclass,
     'partition_key', CASE WHEN relkind = 'p' THEN pg_get_partkeydef(r.oid) END,
     'partition_bound', CASE WHEN relispartition THEN pg_get_expr(relpartbound, r.oid) END,
     'parents', (SELECT json_agg(inhparent::bigint ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = r.oid),
     'view_def', CASE WHEN relkind IN ('v','m') THEN pg_get_viewdef(r.oid) END,
     'relpages', relpages, 'reltuples', reltuples, 'relallvisible', relallvisible,
     'size_bytes', CASE WHEN relkind IN ('r','m') THEN pg_relation_size(r.oid) END,
     'total_index_bytes', CASE WHEN relkind IN ('r','m') THEN pg_indexes_size(r.oid) END,
     'reloptions', reloptions, 'tablespace', reltablespace::bigint, 'row_security', relrowsecurity,
     'rls_active', row_security_active(r.oid), 'owner', pg_get_userbyid(relowner),
     'can_select', has_table_privilege(r.oid, 'SELECT'), 'access_method', (SELECT amname FROM pg_am WHERE oid = r.relam),
     'stat', s - 'relid' - 'schemaname' - 'relname') ORDER BY nspname, relname) FROM r),
 'columns', (SELECT json_agg(json_build_object(
     'rel', a.attrelid::bigint, 'num', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
     'type_oid', a.atttypid::bigint, 'type_category', t.typcategory, 'base_type', t.typbasetype::bigint,
     'base_type_name', format_type(coalesce(bt.typ, a.atttypid), NULL), 'typlen', a.attlen, 'align', a.attalign,
     'storage', a.attstorage, 'not_null', a.attnotnull, 'collation', (SELECT quote_ident(cn.nspname)||'.'||quote_ident(co.collname)
        FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation),
     'collate', (SELECT co.collcollate FROM pg_collation co WHERE co.oid = a.attcollation),
     'deterministic', (SELECT co.collisdeterministic FROM pg_collation co WHERE co.oid = a.attcollation),
     'generated', nullif(a.attgenerated,''), 'stat_target', nullif((to_jsonb(a)->>'attstattarget')::int, -1),
     'stats', (SELECT json_agg(json_build_object('inherited', p.inherited, 'null_frac', p.null_frac, 'avg_width', p.avg_width,
         'n_distinct', p.n_distinct, 'mcv', CASE WHEN o.vals THEN p.most_common_vals::text::text[] END, 'mcf', p.most_common_freqs,
         'hist', CASE WHEN o.vals THEN p.histogram_bounds::text::text[] END, 'correlation', p.correlation,
         'mce', CASE WHEN o.vals THEN p.most_common_elems::text::text[] END, 'mcef', p.most_common_elem_freqs) ORDER BY p.inherited)
       FROM pg_stats p WHERE p.schemaname = r.nspname AND p.tablename = r.relname AND p.attname = a.attname)
     ) ORDER BY r.nspname, r.relname, a.attnum)
   FROM r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
   JOIN pg_type t ON t.oid = a.atttypid
   CROSS JOIN opt o
   LEFT JOIN base bt ON bt.oid = a.atttypid AND NOT EXISTS (SELECT 1 FROM pg_type d WHERE d.oid = bt.typ AND d.typtype = 'd')),
 'indexes', (SELECT json_agg(json_build_object(
     'oid', i.indexrelid::bigint, 'rel', i.indrelid::bigint, 'name', ic.relname, 'def', pg_get_indexdef(i.indexrelid),
     'am', am.amname, 'kind', ic.relkind, 'parent', (SELECT inhparent::bigint FROM pg_inherits WHERE inhrelid = i.indexrelid),
     'unique', i.indisunique, 'primary', i.indisprimary, 'exclusion', i.indisexclusion, 'immediate', i.indimmediate,
     'valid', i.indisvalid, 'ready', i.indisready, 'live', i.indislive, 'replica_identity', i.indisreplident, 'clustered', i.indisclustered,
     'nulls_not_distinct', to_jsonb(i)->'indnullsnotdistinct', 'natts', i.indnatts, 'nkeyatts', i.indnkeyatts,
     'pred', pg_get_expr(i.indpred, i.indrelid), 'exprs', pg_get_expr(i.indexprs, i.indrelid),
     'relpages', ic.relpages, 'reltuples', ic.reltuples, 'size_bytes', CASE WHEN ic.relkind = 'i' THEN pg_relation_size(i.indexrelid) END,
     'reloptions', ic.reloptions, 'tablespace', ic.reltablespace::bigint,
     'constraint', (SELECT json_build_object('name', conname, 'type', contype) FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p','u','x') LIMIT 1),
     'stat', (SELECT to_jsonb(xs) - 'relid' - 'indexrelid' - 'schemaname' - 'relname' - 'indexrelname' FROM pg_stat_all_indexes xs WHERE xs.indexrelid = i.indexrelid),
     'keys', (SELECT json_agg(json_build_object('pos', k, 'attnum', i.indkey[k-1], 'def', pg_get_indexdef(i.indexrelid, k, true),
          'expr', CASE WHEN i.indkey[k-1] = 0 THEN pg_get_indexdef(i.indexrelid, k, false) END,
          'att', CASE WHEN i.indkey[k-1] = 0 THEN (SELECT attname FROM pg_attribute WHERE attrelid = i.indexrelid AND attnum = k) END,
          'key', k <= i.indnkeyatts, 'desc', CASE WHEN k <= i.indnkeyatts THEN (i.indoption[k-1] & 1) = 1 END,
          'nulls_first', CASE WHEN k <= i.indnkeyatts THEN (i.indoption[k-1] & 2) = 2 END,
          'opclass', CASE WHEN k <= i.indnkeyatts THEN (SELECT opcname FROM pg_opclass WHERE oid = i.indclass[k-1]) END,
          'opclass_default', CASE WHEN k <= i.indnkeyatts THEN (SELECT opcdefault FROM pg_opclass WHERE oid = i.indclass[k-1]) END,
          'collation', CASE WHEN k <= i.indnkeyatts THEN (SELECT collname FROM pg_collation WHERE oid = i.indcollation[k-1]) END,
          'width', (SELECT avg_width FROM pg_stats p WHERE p.schemaname = r.nspname AND p.tablename = ic.relname
                     AND p.attname = (SELECT attname FROM pg_attribute WHERE attrelid = i.indexrelid AND attnum = k))) ORDER BY k)
        FROM generate_series(1, i.indnatts) AS k)) ORDER BY r.nspname, r.relname, ic.relname)
   FROM r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam),
 'expr_stats', (SELECT json_agg(json_build_object('index', p.tablename, 'schema', p.schemaname, 'att', p.attname, 'null_frac', p.null_frac,
         'avg_width', p.avg_width, 'n_distinct', p.n_distinct, 'mcv', CASE WHEN o.vals THEN p.most_common_vals::text::text[] END, 'mcf', p.most_common_freqs,
         'hist', CASE WHEN o.vals THEN p.histogram_bounds::text::text[] END, 'correlation', p.correlation,
         'mce', CASE WHEN o.vals THEN p.most_common_elems::text::text[] END, 'mcef', p.most_common_elem_freqs) ORDER BY p.schemaname, p.tablename, p.attname)
   FROM r JOIN pg_index i ON i.indrelid = r.oid AND i.indexprs IS NOT NULL JOIN pg_class ic ON ic.oid = i.indexrelid
   JOIN pg_stats p ON p.schemaname = r.nspname AND p.tablename = ic.relname CROSS JOIN opt o),
 'constraints', (SELECT json_agg(json_build_object('name', con.conname, 'type', con.contype, 'rel', con.conrelid::bigint, 'cols', con.conkey,
     'ref_rel', nullif(con.confrelid, 0)::bigint, 'ref', CASE WHEN con.contype = 'f' THEN con.confrelid::regclass::text END, 'ref_cols', con.confkey,
     'ref_schema', (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = con.confrelid),
     'ref_name', (SELECT relname FROM pg_class WHERE oid = con.confrelid),
     'ref_col_names', CASE WHEN con.contype = 'f' THEN (SELECT json_agg(a.attname ORDER BY x.o) FROM unnest(con.confkey) WITH ORDINALITY AS x(n, o)
        JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = x.n) END,
     'on_delete', nullif(con.confdeltype, ' '), 'on_update', nullif(con.confupdtype, ' '), 'validated', con.convalidated,
     'enforced', coalesce((to_jsonb(con)->>'conenforced')::bool, true), 'parent', (SELECT conname FROM pg_constraint WHERE oid = con.conparentid),
     'parent_rel', (SELECT conrelid::bigint FROM pg_constraint WHERE oid = con.conparentid),
     'index', nullif(con.conindid, 0)::bigint, 'def', pg_get_constraintdef(con.oid)) ORDER BY cn.nspname, cc.relname, con.conname)
   FROM pg_constraint con LEFT JOIN pg_class cc ON cc.oid = con.conrelid LEFT JOIN pg_namespace cn ON cn.oid = cc.relnamespace
  WHERE con.contype <> 'n' AND (con.conrelid IN (SELECT oid FROM r) OR (con.contype = 'f' AND con.confrelid IN (SELECT oid FROM r)))),
 'ext_stats', (SELECT json_agg(json_build_object('rel', e.stxrelid::bigint, 'name', e.stxname, 'schema', en.nspname, 'cols', e.stxkeys::int2[], 'kinds', e.stxkind,
     'def', pg_get_statisticsobjdef(e.oid),
     'data', (SELECT json_build_object('n_distinct', x.n_distinct::text, 'dependencies', x.dependencies::text) FROM pg_stats_ext x
               WHERE x.statistics_schemaname = en.nspname AND x.statistics_name = e.stxname LIMIT 1)) ORDER BY en.nspname, e.stxname)
   FROM r JOIN pg_statistic_ext e ON e.stxrelid = r.oid JOIN pg_namespace en ON en.oid = e.stxnamespace),
 'access_methods', (SELECT json_agg(amname ORDER BY amname) FROM pg_am WHERE amtype = 'i'),
 'extensions', (SELECT json_object_agg(extname, extversion ORDER BY extname) FROM pg_extension),
 'opclasses', (SELECT json_agg(json_build_object('am', am.amname, 'name', o.opcname, 'schema', n.nspname, 'type', o.opcintype::regtype::text, 'default', o.opcdefault)
       ORDER BY am.amname, o.opcname, o.opcintype::regtype::text)
   FROM pg_opclass o JOIN pg_am am ON am.oid = o.opcmethod JOIN pg_namespace n ON n.oid = o.opcnamespace
   WHERE o.opcname IN ('text_pattern_ops','varchar_pattern_ops','bpchar_pattern_ops','gin_trgm_ops','gist_trgm_ops','jsonb_ops','jsonb_path_ops','array_ops','tsvector_ops','range_ops','inet_ops'))
);
-- END STATEMENT
COMMIT;
