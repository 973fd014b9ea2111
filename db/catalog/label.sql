-- Security labels, by catalog row; column numbers in sub. Labels of subscriptions are kept with those of
-- shared objects, for all databases; rows that name no object of this one are to be passed over.
SELECT l.classoid AS class, l.objoid AS oid, l.objsubid AS sub, l.provider AS provider, l.label AS label
FROM pg_catalog.pg_seclabel l
WHERE (l.objoid >= 16384 OR l.classoid = 2613 OR l.classoid = 2615)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = l.classoid AND e.objid = l.objoid AND e.objsubid = 0 AND e.deptype = 'e')
UNION ALL
SELECT l.classoid, l.objoid, 0, l.provider, l.label
FROM pg_catalog.pg_shseclabel l
WHERE l.classoid = 6100
UNION ALL
SELECT 1262, b.oid, 0, l.provider, l.label
FROM pg_catalog.pg_database b
JOIN pg_catalog.pg_shseclabel l ON l.classoid = 1262 AND l.objoid = b.oid
WHERE b.datname = pg_catalog.current_database()
ORDER BY 1, 2, 3, 4
