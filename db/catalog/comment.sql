-- Comments, by catalog row; column numbers in sub. initdb made the comment on schema public, so what is
-- told there is the difference: nothing if it is still that one, an empty comment if it was removed.
-- Large objects may have any oid; everything else below 16384 is the system's.
SELECT d.classoid AS class, d.objoid AS oid, d.objsubid AS sub, d.description AS comment
FROM pg_catalog.pg_description d
LEFT JOIN pg_catalog.pg_namespace p ON d.classoid = 2615 AND p.oid = d.objoid AND p.nspname = 'public'
WHERE (d.objoid >= 16384 OR d.classoid = 2613)
  AND p.oid IS NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.objsubid = 0 AND e.deptype = 'e')
UNION ALL
SELECT 2615, n.oid, 0, coalesce(d.description, '')
FROM pg_catalog.pg_namespace n
LEFT JOIN pg_catalog.pg_description d ON d.classoid = 2615 AND d.objoid = n.oid AND d.objsubid = 0
WHERE n.nspname = 'public'
  AND d.description IS DISTINCT FROM 'standard public schema'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = 2615 AND e.objid = n.oid AND e.deptype = 'e')
UNION ALL
SELECT 1262, b.oid, 0, s.description
FROM pg_catalog.pg_database b
JOIN pg_catalog.pg_shdescription s ON s.classoid = 1262 AND s.objoid = b.oid
WHERE b.datname = pg_catalog.current_database()
ORDER BY 1, 2, 3
