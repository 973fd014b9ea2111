-- Operator families with their loose members: those that pg_depend binds to the family itself.
SELECT f.oid,
       n.nspname::text AS schema,
       f.opfname::text AS name,
       pg_catalog.pg_get_userbyid(f.opfowner)::text AS owner,
       a.amname::text AS access_method,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                   'number', m.amopstrategy,
                   'operator', m.amopopr::pg_catalog.regoperator::text,
                   'sort_family', pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(s.opfname))
                   ORDER BY m.amopstrategy, m.amopopr::pg_catalog.regoperator::text COLLATE "C")::text
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_amop m ON m.oid = d.objid AND m.amopfamily = f.oid
        LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily
        LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
        WHERE d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = f.oid) AS operators,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                   'number', m.amprocnum,
                   'left', pg_catalog.format_type(m.amproclefttype, NULL),
                   'right', pg_catalog.format_type(m.amprocrighttype, NULL),
                   'function', m.amproc::pg_catalog.regprocedure::text)
                   ORDER BY m.amprocnum,
                            pg_catalog.format_type(m.amproclefttype, NULL) COLLATE "C",
                            pg_catalog.format_type(m.amprocrighttype, NULL) COLLATE "C")::text
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_amproc m ON m.oid = d.objid AND m.amprocfamily = f.oid
        WHERE d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.refobjid = f.oid) AS functions
FROM pg_catalog.pg_opfamily f
JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, f.opfname, a.amname
