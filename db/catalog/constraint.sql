-- Primary keys, unique and exclusion constraints of the wanted tables. Checks and not-null constraints
-- come with their table. "made_by" is the constraint of the parent that makes this one too: of those that
-- exclude (periods do as well), since no server can attach them.
SELECT k.oid,
       n.nspname::text AS schema,
       k.conname::text AS name,
       NULL::text AS owner,
       k.contype::text AS contype,
       k.conrelid AS table_oid,
       t.relname::text AS table_plain_name,
       t.relkind::text AS table_relkind,
       pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname) AS table_name,
       c.relname::text AS index_name,
       k.condeferrable AS deferrable,
       k.condeferred AS deferred,
       false AS period, -- <18
       k.conperiod AS period, -- 18+
       false AS nulls_not_distinct, -- <15
       i.indnullsnotdistinct AS nulls_not_distinct, -- 15+
       c.reloptions AS options,
       i.indnkeyatts::int4 AS key_columns,
       ARRAY(SELECT a.attname::text
             FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS key(number, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.number
             ORDER BY key.place) AS columns,
       CASE WHEN k.contype = 'x' THEN pg_catalog.pg_get_constraintdef(k.oid) END AS definition,
       i.indisclustered AS clustered,
       i.indisreplident AS replica_identity,
       coalesce(ts.spcname::text, '') AS tablespace,
       i.indisexclusion AS exclusive,
       m.oid AS made_by_oid,
       m.conname::text AS made_by_name,
       pg_catalog.quote_ident(mn.nspname) || '.' || pg_catalog.quote_ident(mt.relname) AS made_by_table
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_constraint k ON k.conrelid = wanted.oid AND k.contype IN ('p', 'u', 'x')
JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_constraint m ON m.oid = k.conparentid AND i.indisexclusion AND m.conrelid = ANY ($1::oid[])
LEFT JOIN pg_catalog.pg_class mt ON mt.oid = m.conrelid
LEFT JOIN pg_catalog.pg_namespace mn ON mn.oid = mt.relnamespace
WHERE i.indisready AND (i.indisvalid OR t.relkind = 'p')
ORDER BY n.nspname::text COLLATE "C", k.conname::text COLLATE "C", t.relname::text COLLATE "C"
