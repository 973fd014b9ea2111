-- Schemas in publications; servers before 15 have none.
SELECT m.oid, -- 15+
       n.nspname::text AS schema, -- 15+
       n.nspname::text AS name, -- 15+
       NULL::text AS owner, -- 15+
       p.pubname::text AS publication -- 15+
FROM pg_catalog.pg_publication_namespace m -- 15+
JOIN pg_catalog.pg_publication p ON p.oid = m.pnpubid -- 15+
JOIN pg_catalog.pg_namespace n ON n.oid = m.pnnspid -- 15+
ORDER BY n.nspname, p.pubname -- 15+
SELECT WHERE false -- <15
