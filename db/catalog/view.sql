-- Views and materialized views among the wanted relations.
SELECT c.oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
       c.relkind::text AS relkind,
       c.relispopulated AS populated,
       c.relreplident::text AS replica_identity,
       pg_catalog.pg_get_viewdef(c.oid) AS definition,
       r.oid AS rule_oid,
       c.reloptions AS options,
       tc.reloptions AS toast_options,
       coalesce(ts.spcname::text, '') AS tablespace,
       am.amname::text AS access_method,
       (SELECT pg_catalog.json_strip_nulls(pg_catalog.json_agg(pg_catalog.json_build_object(
                 'number', a.attnum,
                 'name', a.attname,
                 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                 'collation', CASE WHEN a.attcollation <> t.typcollation THEN
                     (SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
                      FROM pg_catalog.pg_collation co
                      JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
                      WHERE co.oid = a.attcollation) END,
                 'default', pg_catalog.pg_get_expr(d.adbin, 0),
                 'default_oid', d.oid::int8,
                 'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
                 'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
                 'compression', nullif(a.attcompression::text, ''), -- 14+
                 'options', a.attoptions
                 ) ORDER BY a.attnum))
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1'
LEFT JOIN pg_catalog.pg_class tc ON tc.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE c.relkind IN ('v', 'm')
ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
