-- What needs what. Members of operator families have rows of their own; they count for the family.
-- Built-in objects are there on every target and stay out.
SELECT d.classid AS class,
       d.objid AS oid,
       d.refclassid AS needed_class,
       d.refobjid AS needed_oid,
       d.deptype::text AS type,
       (SELECT e.extname::text FROM pg_catalog.pg_extension e WHERE d.deptype = 'x' AND e.oid = d.refobjid) AS extension
FROM pg_catalog.pg_depend d
WHERE d.deptype NOT IN ('p', 'e')
  AND d.objid >= 16384 AND (d.refobjid >= 16384 OR d.deptype = 'x')
  AND d.classid NOT IN ('pg_catalog.pg_amop'::pg_catalog.regclass, 'pg_catalog.pg_amproc'::pg_catalog.regclass)
UNION ALL
SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass, o.amopfamily, d.refclassid, d.refobjid, 'n', NULL
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_amop o ON o.oid = d.objid
WHERE d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass AND d.deptype NOT IN ('p', 'e', 'i')
  AND d.refobjid >= 16384
  AND NOT (d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = o.amopfamily)
UNION ALL
SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass, p.amprocfamily, d.refclassid, d.refobjid, 'n', NULL
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_amproc p ON p.oid = d.objid
WHERE d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass AND d.deptype NOT IN ('p', 'e', 'i')
  AND d.refobjid >= 16384
  AND NOT (d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = p.amprocfamily)
