-- Casts made in this database. Those from a range to its multirange come with the range type.
-- sort: schema of source and target, for sorting after the bare names.
SELECT c.oid,
       NULL::text AS schema,
       s.typname || ' ' || t.typname AS name,
       NULL::text AS owner,
       pg_catalog.format_type(c.castsource, NULL) AS source,
       pg_catalog.format_type(c.casttarget, NULL) AS target,
       CASE WHEN c.castfunc <> 0 THEN c.castfunc::pg_catalog.regprocedure::text END AS function,
       c.castmethod::text AS method,
       c.castcontext::text AS context,
       ARRAY[sn.nspname::text, tn.nspname::text] AS sort
FROM pg_catalog.pg_cast c
JOIN pg_catalog.pg_type s ON s.oid = c.castsource
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.typnamespace
JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
WHERE c.oid >= 16384
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_range r WHERE r.rngtypid = c.castsource AND r.rngmultitypid = c.casttarget) -- 14+
ORDER BY s.typname, t.typname, sn.nspname, tn.nspname
