-- Operator classes with the operators and functions that pg_depend binds to the class itself; the
-- others are loose members of its family.
SELECT o.oid,
       n.nspname::text AS schema,
       o.opcname::text AS name,
       pg_catalog.pg_get_userbyid(o.opcowner)::text AS owner,
       a.amname::text AS access_method,
       o.opcdefault AS is_default,
       pg_catalog.format_type(o.opcintype, NULL) AS input,
       CASE WHEN o.opckeytype <> 0 THEN pg_catalog.format_type(o.opckeytype, NULL) END AS storage,
       pg_catalog.quote_ident(fn.nspname) || '.' || pg_catalog.quote_ident(f.opfname) AS family,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                   'number', m.amopstrategy,
                   'operator', m.amopopr::pg_catalog.regoperator::text,
                   'sort_family', pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(s.opfname))
                   ORDER BY m.amopstrategy, m.amopopr::pg_catalog.regoperator::text COLLATE "C")::text
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_amop m ON m.oid = d.objid AND m.amopfamily = o.opcfamily
        LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily
        LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
        WHERE d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.refobjid = o.oid) AS operators,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                   'number', m.amprocnum,
                   'left', pg_catalog.format_type(m.amproclefttype, NULL),
                   'right', pg_catalog.format_type(m.amprocrighttype, NULL),
                   'function', m.amproc::pg_catalog.regprocedure::text)
                   ORDER BY m.amprocnum,
                            pg_catalog.format_type(m.amproclefttype, NULL) COLLATE "C",
                            pg_catalog.format_type(m.amprocrighttype, NULL) COLLATE "C")::text
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_amproc m ON m.oid = d.objid AND m.amprocfamily = o.opcfamily
        WHERE d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.refobjid = o.oid) AS functions
FROM pg_catalog.pg_opclass o
JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod
JOIN pg_catalog.pg_opfamily f ON f.oid = o.opcfamily
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, o.opcname, a.amname
