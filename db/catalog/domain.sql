-- Domains with their constraints. From 17 a NOT NULL is a constraint with a name.
SELECT t.oid,
       n.nspname::text AS schema,
       t.typname::text AS name,
       pg_catalog.pg_get_userbyid(t.typowner)::text AS owner,
       pg_catalog.format_type(t.typbasetype, t.typtypmod) AS base,
       CASE WHEN t.typcollation <> u.typcollation
            THEN pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
       END AS collation,
       t.typnotnull AS not_null,
       pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass) AS default_expression,
       t.typdefault AS default_text,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                   'oid', c.oid::int8,
                   'name', c.conname,
                   'not_null', c.contype = 'n',
                   'valid', c.convalidated,
                   'definition', pg_catalog.pg_get_constraintdef(c.oid))
                   ORDER BY c.conname)::text
        FROM pg_catalog.pg_constraint c
        WHERE c.contypid = t.oid AND c.contype IN ('c', 'n')) AS constraints
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type u ON u.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation l ON l.oid = t.typcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
WHERE t.typtype = 'd'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
