-- Extended statistics. The target is NULL for the default (-1 before 17, unknown to 12).
SELECT s.oid,
       n.nspname::text AS schema,
       s.stxname::text AS name,
       pg_catalog.pg_get_userbyid(s.stxowner)::text AS owner,
       s.stxrelid AS relation,
       NULL::int4 AS target, -- <13
       nullif(s.stxstattarget::int4, -1) AS target, -- 13+
       false AS on_expressions, -- <14
       s.stxexprs IS NOT NULL AS on_expressions, -- 14+
       pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = wanted.oid
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
ORDER BY n.nspname, s.stxname
