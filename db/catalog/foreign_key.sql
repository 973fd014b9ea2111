-- Foreign keys of the wanted tables; clones on partitions are made again by their parent's. "attached"
-- are the parts of a referenced partitioned index, which is not valid before all are attached.
SELECT k.oid,
       n.nspname::text AS schema,
       k.conname::text AS name,
       NULL::text AS owner,
       k.conrelid AS table_oid,
       t.relname::text AS table_plain_name,
       t.relkind::text AS table_relkind,
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname) AS table_name,
       k.confrelid AS referenced_oid,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition,
       false AS period, -- <18
       k.conperiod AS period, -- 18+
       true AS enforced, -- <18
       k.conenforced AS enforced, -- 18+
       false AS sets_columns, -- <15
       k.confdelsetcols IS NOT NULL AS sets_columns, -- 15+
       CASE WHEN f.relkind = 'p' THEN
           ARRAY(WITH RECURSIVE part(oid) AS (
                     SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = k.conindid
                     UNION ALL
                     SELECT i.inhrelid FROM part JOIN pg_catalog.pg_inherits i ON i.inhparent = part.oid)
                 SELECT part.oid FROM part) END AS attached
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_constraint k ON k.conrelid = wanted.oid AND k.contype = 'f' AND k.conparentid = 0
JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
ORDER BY n.nspname::text COLLATE "C", k.conname::text COLLATE "C", t.relname::text COLLATE "C"
