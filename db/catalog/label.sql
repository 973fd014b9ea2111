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
ORDER BY 1, 2, 3, 4
