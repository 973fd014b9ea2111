-- Every relation a user can have made, and the configuration tables of extensions: what selection
-- chooses from, and what is locked before any detail is read. No deparsing here: nothing is locked yet.
SELECT c.oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       c.relkind::text AS relkind,
       c.relpersistence::text AS persistence,
       c.relnamespace AS schema_oid,
       m.refobjid AS extension_oid,
       f.condition AS config_condition,
       f.condition IS NOT NULL AS config,
       o.refobjid AS owner_table_oid,
       coalesce(o.deptype = 'i', false) AS identity
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend m
       ON m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND m.objid = c.oid AND m.objsubid = 0
      AND m.deptype = 'e' AND m.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
LEFT JOIN LATERAL (SELECT coalesce(e.extcondition[p.place], '') AS condition
                   FROM pg_catalog.pg_extension e
                   CROSS JOIN LATERAL pg_catalog.unnest(e.extconfig) WITH ORDINALITY AS p(relation, place)
                   WHERE e.oid = m.refobjid AND p.relation = c.oid) f ON true
LEFT JOIN pg_catalog.pg_depend o
       ON c.relkind = 'S'
      AND o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.objid = c.oid AND o.objsubid = 0
      AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')
WHERE c.relkind NOT IN ('i', 'I', 't', 'c')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
