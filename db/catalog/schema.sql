-- Schemas. The public schema is listed too: it is never created, but it may have another owner than a
-- fresh one.
SELECT n.oid,
       NULL::text AS schema,
       n.nspname::text AS name,
       pg_catalog.pg_get_userbyid(n.nspowner)::text AS owner
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname::text COLLATE "C"
