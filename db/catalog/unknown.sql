-- What no other query covers: $1 is the catalogs that are covered. Found through dependencies, because a
-- newer server's catalogs cannot be named here, and through letters that no known version has.
SELECT x.catalog, x.name
FROM (
    SELECT d.classid::pg_catalog.regclass::text AS catalog, 'oid ' || d.objid::text AS name
    FROM pg_catalog.pg_depend d
    WHERE d.objid >= 16384 AND d.classid <> 0 AND d.classid <> ALL ($1::oid[])
      AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend m
                      WHERE m.classid = d.classid AND m.objid = d.objid AND m.deptype = 'e')
    UNION
    SELECT d.classid::pg_catalog.regclass::text, 'oid ' || d.objid::text
    FROM pg_catalog.pg_shdepend d
    WHERE d.objid >= 16384 AND d.classid <> ALL ($1::oid[])
      AND d.dbid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
    UNION
    SELECT 'pg_class (relkind ' || c.relkind::text || ')', n.nspname::text || '.' || c.relname::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind NOT IN ('r', 'i', 'S', 't', 'v', 'm', 'c', 'f', 'p', 'I')
    UNION
    SELECT 'pg_type (typtype ' || t.typtype::text || ')', n.nspname::text || '.' || t.typname::text
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype NOT IN ('b', 'c', 'd', 'e', 'p', 'r', 'm')
    UNION
    SELECT 'pg_proc (prokind ' || p.prokind::text || ')', n.nspname::text || '.' || p.proname::text
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384 AND p.prokind NOT IN ('f', 'p', 'a', 'w')
    UNION
    SELECT 'pg_constraint (contype ' || k.contype::text || ')', k.conname::text
    FROM pg_catalog.pg_constraint k
    WHERE k.oid >= 16384 AND k.contype NOT IN ('c', 'f', 'n', 'p', 't', 'u', 'x')
) x
ORDER BY x.catalog, x.name
