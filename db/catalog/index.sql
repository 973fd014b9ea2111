-- Indexes of the wanted tables that belong to no constraint, and of every index that is attached to a
-- partitioned one the parent. Leftovers of a failed CREATE INDEX CONCURRENTLY are reported as invalid;
-- an index on a partitioned table may be invalid until all its parts are attached. Only a column that is an
-- expression can have a statistics target of its own (ALTER INDEX ... SET STATISTICS).
SELECT c.oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       NULL::text AS owner,
       i.indrelid AS table_oid,
       pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname) AS table_name,
       t.relkind::text AS table_relkind,
       k.oid AS constraint_oid,
       i.indisready AND (i.indisvalid OR t.relkind = 'p') AS usable,
       CASE WHEN k.oid IS NULL THEN pg_catalog.pg_get_indexdef(c.oid) END AS definition,
       false AS nulls_not_distinct, -- <15
       i.indnullsnotdistinct AS nulls_not_distinct, -- 15+
       i.indisclustered AS clustered,
       i.indisreplident AS replica_identity,
       coalesce(ts.spcname::text, '') AS tablespace,
       CASE WHEN i.indexprs IS NOT NULL THEN
           (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attnum, a.attstattarget) ORDER BY a.attnum)::text
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attstattarget >= 0) END AS statistics,
       i.indisexclusion AS exclusive,
       h.inhparent AS parent_oid,
       p.indrelid AS parent_table_oid,
       pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(pc.relname) AS parent_name
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_index i ON i.indrelid = wanted.oid
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid
LEFT JOIN pg_catalog.pg_index p ON p.indexrelid = h.inhparent
LEFT JOIN pg_catalog.pg_class pc ON pc.oid = h.inhparent
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
WHERE t.relkind IN ('r', 'm', 'p')
ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
