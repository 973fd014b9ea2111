-- Access methods made in this database, for tables and for indexes.
SELECT a.oid,
       NULL::text AS schema,
       a.amname::text AS name,
       NULL::text AS owner,
       a.amtype::text AS type,
       a.amhandler::text AS handler
FROM pg_catalog.pg_am a
WHERE a.oid >= 16384
ORDER BY a.amname
