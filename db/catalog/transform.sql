-- Transforms between a type and a language.
SELECT f.oid,
       NULL::text AS schema,
       t.typname || ' ' || l.lanname AS name,
       NULL::text AS owner,
       pg_catalog.format_type(f.trftype, NULL) AS type,
       tn.nspname::text AS type_schema,
       l.lanname::text AS language,
       CASE WHEN f.trffromsql::oid <> 0 THEN f.trffromsql::oid::pg_catalog.regprocedure::text END AS from_sql,
       CASE WHEN f.trftosql::oid <> 0 THEN f.trftosql::oid::pg_catalog.regprocedure::text END AS to_sql
FROM pg_catalog.pg_transform f
JOIN pg_catalog.pg_type t ON t.oid = f.trftype
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
JOIN pg_catalog.pg_language l ON l.oid = f.trflang
WHERE f.oid >= 16384
ORDER BY t.typname, tn.nspname, l.lanname
