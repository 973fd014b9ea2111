-- Extensions. Those of initdb (plpgsql) are there on every target and stay out, unless they were dropped
-- and created again: then their oid is a user's.
SELECT e.oid,
       NULL::text AS schema,
       e.extname::text AS name,
       NULL::text AS owner,
       n.nspname::text AS home,
       e.extversion::text AS version
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
ORDER BY e.extname::text COLLATE "C"
