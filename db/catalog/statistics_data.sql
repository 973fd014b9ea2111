-- What ANALYZE gathered about the wanted relations and their indexes, as pg_restore_relation_stats and
-- pg_restore_attribute_stats (18) take it. Only of tables that have been analysed: the others a restore
-- analyses. So are tables with extended statistics, because theirs cannot be carried. pg_stats shows no
-- rows of tables that this role may not read.
WITH gathered AS MATERIALIZED (
    SELECT s.schemaname,
           s.tablename,
           s.attname,
           s.inherited,
           pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
               'null_frac', s.null_frac::text,
               'avg_width', s.avg_width::text,
               'n_distinct', s.n_distinct::text,
               'most_common_vals', s.most_common_vals::text,
               'most_common_freqs', s.most_common_freqs::text,
               'histogram_bounds', s.histogram_bounds::text,
               'correlation', s.correlation::text,
               'most_common_elems', s.most_common_elems::text,
               'most_common_elem_freqs', s.most_common_elem_freqs::text,
               'elem_count_histogram', s.elem_count_histogram::text,
               'range_length_histogram', s.range_length_histogram::text,
               'range_empty_frac', s.range_empty_frac::text,
               'range_bounds_histogram', s.range_bounds_histogram::text)) AS numbers
    FROM pg_catalog.pg_stats s
), analysed AS MATERIALIZED (
    SELECT c.oid
    FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
    JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'f')
      AND EXISTS (SELECT 1 FROM gathered g WHERE g.schemaname = n.nspname AND g.tablename = c.relname)
      AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext x WHERE x.stxrelid = c.oid)
), relation AS (
    SELECT analysed.oid, analysed.oid AS table_oid, false AS is_index FROM analysed
    UNION ALL
    SELECT i.indexrelid, i.indrelid, true
    FROM analysed
    JOIN pg_catalog.pg_index i ON i.indrelid = analysed.oid
    WHERE i.indisready AND i.indisvalid
)
SELECT c.oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       relation.table_oid,
       relation.is_index,
       c.relkind::text AS relkind,
       c.relpages::text AS pages,
       c.reltuples::text AS tuples,
       c.relallvisible::text AS all_visible,
       c.relallfrozen::text AS all_frozen,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                 'number', a.attnum,
                 'name', a.attname,
                 'inherited', g.inherited,
                 'numbers', g.numbers) ORDER BY a.attnum, g.inherited)
        FROM gathered g
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = g.attname
        WHERE g.schemaname = n.nspname AND g.tablename = c.relname)::text AS columns
FROM relation
JOIN pg_catalog.pg_class c ON c.oid = relation.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
ORDER BY relation.is_index, n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
