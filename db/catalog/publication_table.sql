-- Tables in publications; columns in the order of the table.
SELECT m.oid,
       n.nspname::text AS schema,
       k.relname::text AS name,
       NULL::text AS owner,
       p.pubname::text AS publication,
       m.prrelid AS relation,
       CASE WHEN m.prattrs IS NOT NULL -- 15+
            THEN ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a -- 15+
                       WHERE a.attrelid = m.prrelid AND a.attnum = ANY (m.prattrs) -- 15+
                       ORDER BY a.attnum) END AS columns, -- 15+
       pg_catalog.pg_get_expr(m.prqual, m.prrelid) AS qualification -- 15+
       NULL::text[] AS columns, -- <15
       NULL::text AS qualification -- <15
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_publication_rel m ON m.prrelid = wanted.oid
JOIN pg_catalog.pg_publication p ON p.oid = m.prpubid
JOIN pg_catalog.pg_class k ON k.oid = m.prrelid
JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
ORDER BY n.nspname, k.relname, p.pubname
