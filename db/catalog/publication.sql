-- Publications, without their members.
SELECT p.oid,
       NULL::text AS schema,
       p.pubname::text AS name,
       pg_catalog.pg_get_userbyid(p.pubowner)::text AS owner,
       p.puballtables AS all_tables,
       pg_catalog.array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END,
                                     CASE WHEN p.pubupdate THEN 'update' END,
                                     CASE WHEN p.pubdelete THEN 'delete' END,
                                     CASE WHEN p.pubtruncate THEN 'truncate' END]::text[], NULL) AS operations,
       p.pubviaroot AS via_root, -- 13+
       false AS via_root, -- <13
       p.pubgencols::text AS generated_columns -- 18+
       'n'::text AS generated_columns -- <18
FROM pg_catalog.pg_publication p
WHERE p.oid >= 16384
ORDER BY p.pubname
