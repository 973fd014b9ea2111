-- Rows that stand for another object: whoever needs the first needs the second. Chains are followed.
-- "member" marks what an extension made: it is not copied itself.
SELECT a.class, a.oid, a.real_class, a.real_oid, a.member
FROM (
    -- An array is its element, a row type its relation.
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid AS class, t.typarray AS oid,
           'pg_catalog.pg_type'::pg_catalog.regclass::oid AS real_class, t.oid AS real_oid, false AS member
    FROM pg_catalog.pg_type t WHERE t.typarray <> 0
    UNION ALL
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 'pg_catalog.pg_class'::pg_catalog.regclass, t.typrelid, false
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.typtype = 'c' AND c.relkind <> 'c'
    UNION ALL
    -- A composite type's relation is the type.
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 'pg_catalog.pg_type'::pg_catalog.regclass, c.reltype, false
    FROM pg_catalog.pg_class c WHERE c.relkind = 'c'
    UNION ALL
    -- A multirange is its range. -- 14+
    SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, r.rngmultitypid, 'pg_catalog.pg_type'::pg_catalog.regclass, r.rngtypid, false FROM pg_catalog.pg_range r -- 14+
    UNION ALL -- 14+
    -- A range's constructors come with it.
    SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, d.objid, 'pg_catalog.pg_type'::pg_catalog.regclass, d.refobjid, false
    FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'i'
      AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
    UNION ALL
    -- An index that a constraint made is the constraint.
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, k.conindid, 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, false
    FROM pg_catalog.pg_constraint k WHERE k.contype IN ('p', 'u', 'x') AND k.conindid <> 0
    UNION ALL
    -- The query of a view is the view.
    SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid, 'pg_catalog.pg_class'::pg_catalog.regclass, r.ev_class, false
    FROM pg_catalog.pg_rewrite r WHERE r.ev_type = '1'
    UNION ALL
    -- A generation expression has no statement but its table's.
    SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, d.oid, 'pg_catalog.pg_class'::pg_catalog.regclass, d.adrelid, false
    FROM pg_catalog.pg_attrdef d
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE a.attgenerated <> ''
    UNION ALL
    SELECT d.classid, d.objid, d.refclassid, d.refobjid, true
    FROM pg_catalog.pg_depend d
    WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
) a
WHERE a.oid >= 16384
