-- Enum types with their labels in sort order (enumsortorder: oid order is wrong after ADD VALUE … BEFORE).
SELECT t.oid,
       n.nspname::text AS schema,
       t.typname::text AS name,
       pg_catalog.pg_get_userbyid(t.typowner)::text AS owner,
       ARRAY(SELECT e.enumlabel::text
             FROM pg_catalog.pg_enum e
             WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder) AS labels
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
