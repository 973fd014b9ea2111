-- Base types and undefined types (typtype p, created by CREATE TYPE s.n and never filled in).
-- Array types are told from base types by their element's typarray, not by their name.
-- pg_get_expr is called only for types that have a default expression: others have NULL there.
SELECT t.oid,
       n.nspname::text AS schema,
       t.typname::text AS name,
       pg_catalog.pg_get_userbyid(t.typowner)::text AS owner,
       t.typisdefined AS defined,
       t.typlen::int4 AS length,
       t.typinput::text AS input,
       t.typoutput::text AS output,
       CASE WHEN t.typreceive::oid <> 0 THEN t.typreceive::text END AS receive,
       CASE WHEN t.typsend::oid <> 0 THEN t.typsend::text END AS send,
       CASE WHEN t.typmodin::oid <> 0 THEN t.typmodin::text END AS modifier_input,
       CASE WHEN t.typmodout::oid <> 0 THEN t.typmodout::text END AS modifier_output,
       CASE WHEN t.typanalyze::oid <> 0 THEN t.typanalyze::text END AS analyze,
       CASE WHEN t.typsubscript::oid <> 0 THEN t.typsubscript::text END AS subscript, -- 14+
       NULL::text AS subscript, -- <14
       t.typcollation <> 0 AS collatable,
       pg_catalog.pg_get_expr(t.typdefaultbin, 0) AS default_expression,
       t.typdefault AS default_text,
       CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END AS element,
       t.typcategory::text AS category,
       t.typispreferred AS preferred,
       t.typdelim::text AS delimiter,
       t.typalign::text AS alignment,
       t.typstorage::text AS storage,
       t.typbyval AS by_value
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype = 'b' OR (t.typtype = 'p' AND NOT t.typisdefined))
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1
                  FROM pg_catalog.pg_type element
                  WHERE element.oid = t.typelem AND element.typarray = t.oid)
ORDER BY n.nspname, t.typname
