-- What this user cannot see although it belongs to the copy: one row each, with the entry's word, a name
-- for people and what is missing. Reads nothing that needs rights. (The condition on mappings is the one
-- of the view pg_user_mappings; it hides options as NULL.)
SELECT 'SUBSCRIPTION'::text AS kind,
       s.subname::text AS name,
       'its connection string is only visible to superusers'::text AS missing
FROM pg_catalog.pg_subscription s
JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
WHERE d.datname = pg_catalog.current_database()
  AND NOT pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')
UNION ALL
SELECT 'USER MAPPING',
       m.usename::text || ' SERVER ' || m.srvname::text,
       'its options, if any, are only visible to the server''s owner and to superusers'
FROM pg_catalog.pg_user_mappings m
JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
JOIN pg_catalog.pg_roles r ON r.rolname = current_user
WHERE m.umoptions IS NULL
  AND NOT r.rolsuper
  AND NOT (m.umuser = r.oid AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE')
                                 OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))
  AND NOT (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))
ORDER BY 1, 2
