-- Range types. The multirange comes with its range and may live in another schema.
SELECT t.oid,
       n.nspname::text AS schema,
       t.typname::text AS name,
       pg_catalog.pg_get_userbyid(t.typowner)::text AS owner,
       pg_catalog.format_type(r.rngsubtype, NULL) AS subtype,
       pg_catalog.quote_ident(mn.nspname) || '.' || pg_catalog.quote_ident(m.typname) AS multirange, -- 14+
       m.typnamespace AS multirange_schema, -- 14+
       NULL::text AS multirange, -- <14
       NULL::oid AS multirange_schema, -- <14
       CASE WHEN NOT o.opcdefault
            THEN pg_catalog.quote_ident(onsp.nspname) || '.' || pg_catalog.quote_ident(o.opcname)
       END AS operator_class,
       CASE WHEN r.rngcollation <> s.typcollation
            THEN pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
       END AS collation,
       CASE WHEN r.rngcanonical::oid <> 0 THEN r.rngcanonical::text END AS canonical,
       CASE WHEN r.rngsubdiff::oid <> 0 THEN r.rngsubdiff::text END AS difference
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
JOIN pg_catalog.pg_namespace onsp ON onsp.oid = o.opcnamespace
JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid -- 14+
JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace -- 14+
LEFT JOIN pg_catalog.pg_collation l ON l.oid = r.rngcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
WHERE t.typtype = 'r'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.typname
