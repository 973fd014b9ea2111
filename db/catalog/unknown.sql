-- What no other query covers: $1 is the catalogs that are covered. Found through dependencies, because a
-- newer server's catalogs cannot be named here, and through letters that no known version has. What an
-- extension made comes with it.
WITH member AS (
    SELECT m.classid, m.objid FROM pg_catalog.pg_depend m WHERE m.deptype = 'e'
)
SELECT x.catalog, x.schema, x.name
FROM (
    SELECT d.classid, d.objid, d.classid::pg_catalog.regclass::text AS catalog, NULL::text AS schema,
           'oid ' || d.objid::text AS name
    FROM pg_catalog.pg_depend d
    WHERE d.objid >= 16384 AND d.classid <> 0 AND d.classid <> ALL ($1::oid[])
    UNION
    SELECT d.classid, d.objid, d.classid::pg_catalog.regclass::text, NULL, 'oid ' || d.objid::text
    FROM pg_catalog.pg_shdepend d
    WHERE d.objid >= 16384 AND d.classid <> ALL ($1::oid[])
      AND d.dbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
    UNION
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 'pg_class (relkind ' || c.relkind::text || ')',
           n.nspname::text, n.nspname::text || '.' || c.relname::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind NOT IN ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I')
    UNION
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 'pg_type (typtype ' || t.typtype::text || ')',
           n.nspname::text, n.nspname::text || '.' || t.typname::text
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype NOT IN ('b', 'c', 'd', 'e', 'p', 'r', 'm')
    UNION
    SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 'pg_proc (prokind ' || p.prokind::text || ')',
           n.nspname::text, n.nspname::text || '.' || p.proname::text
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND p.prokind NOT IN ('f', 'p', 'a', 'w')
    UNION
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 'pg_constraint (contype ' || k.contype::text || ')',
           n.nspname::text, n.nspname::text || '.' || k.conname::text
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
    WHERE k.oid >= 16384 AND k.contype NOT IN ('c', 'f', 'n', 'p', 't', 'u', 'x')
) x
WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.classid = x.classid AND m.objid = x.objid)
ORDER BY x.catalog COLLATE "C", x.name COLLATE "C"
