-- How each of the wanted tables can be read: its columns with the class of their types, its size, and
-- whether its rows must go back through the root of its partition tree.
--
-- The class of a type is the worst over what it is made of: X cannot be restored, T must travel as
-- text, R holds oids that another database does not share (T before 14, where no other is accepted), V
-- changes meaning between versions, L between locales, B is safe in binary. An unknown base type of an
-- extension is T.
WITH RECURSIVE
wanted AS (SELECT w.oid FROM pg_catalog.unnest($1::oid[]) AS w(oid)),
ranges AS (
    -- to_jsonb makes rngmultitypid optional: it exists from 14.
    SELECT r.rngtypid, r.rngsubtype, (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid AS multirange
    FROM pg_catalog.pg_range r),
used AS (
    SELECT DISTINCT a.atttypid AS root
    FROM wanted JOIN pg_catalog.pg_attribute a ON a.attrelid = wanted.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped),
walk(root, typ, embedded, depth) AS (
    SELECT used.root, used.root, false, 0 FROM used
    UNION
    SELECT w.root, part.typ, part.embedded, w.depth + 1
    FROM walk w
    JOIN pg_catalog.pg_type t ON t.oid = w.typ
    CROSS JOIN LATERAL (
        SELECT t.typbasetype AS typ, false AS embedded WHERE t.typtype = 'd'
        UNION ALL
        SELECT t.typelem, true
        WHERE t.typelem <> 0 AND t.typsend = 'pg_catalog.array_send'::pg_catalog.regproc AND t.typtype <> 'd'
        UNION ALL
        SELECT a.atttypid, true FROM pg_catalog.pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT r.rngsubtype, false FROM ranges r WHERE r.rngtypid = t.oid
        UNION ALL
        SELECT r.rngtypid, false FROM ranges r WHERE r.multirange = t.oid) part
    WHERE w.depth < 64),
leaf AS (
    SELECT w.root,
           CASE
           WHEN t.oid IN (24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191) THEN 'T:reg* names an object by its oid'
           WHEN t.oid IN (22, 30) THEN 'T:an empty int2vector or oidvector cannot be received'
           WHEN t.oid = 3615 THEN 'T:an empty tsquery cannot be received'
           WHEN t.oid = 142 THEN 'T:xml loses its declaration'
           WHEN t.oid IN (194, 3361, 3402, 5017, 4600, 4601, 3642)
             OR (t.typtype = 'p' AND t.oid NOT IN (2249, 2287)) THEN 'X:' || pg_catalog.format_type(t.oid, NULL) || ' cannot be restored'
           WHEN t.typsend = 0 OR t.typreceive = 0 THEN 'T:' || pg_catalog.format_type(t.oid, NULL) || ' has no binary form'
           WHEN t.typtype = 'b' AND t.oid >= 10000 AND t.typsend <> 'pg_catalog.array_send'::pg_catalog.regproc
            AND (e.extname || '.' || t.typname) = ANY (ARRAY['hstore.hstore', 'citext.citext', 'ltree.ltree', 'ltree.lquery',
                 'ltree.ltxtquery', 'cube.cube', 'vector.vector', 'vector.halfvec', 'vector.sparsevec', 'postgis.geometry',
                 'postgis.geography']) IS NOT TRUE THEN 'T:' || pg_catalog.format_type(t.oid, NULL) || ' is a base type not known to be safe'
           WHEN w.embedded AND t.oid >= 10000 THEN 'R:holds the oid of ' || pg_catalog.format_type(t.oid, NULL) -- 14+
           WHEN w.embedded AND t.oid >= 10000 THEN 'T:holds the oid of ' || pg_catalog.format_type(t.oid, NULL) -- <14
           WHEN t.oid = 1186 THEN 'V:interval'
           WHEN t.oid = 1700 THEN 'V:numeric'
           WHEN t.oid = 790 THEN 'L:money'
           ELSE 'B' END AS class
    FROM walk w
    JOIN pg_catalog.pg_type t ON t.oid = w.typ
    LEFT JOIN pg_catalog.pg_depend d
           ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
          AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
    LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid),
classified AS (
    SELECT leaf.root,
           (ARRAY['X', 'T', 'R', 'V', 'L', 'B'])[pg_catalog.min(pg_catalog.strpos('XTRVLB', pg_catalog.left(leaf.class, 1)))] AS class,
           pg_catalog.string_agg(DISTINCT leaf.class, ', ' ORDER BY leaf.class) FILTER (WHERE leaf.class <> 'B') AS why
    FROM leaf GROUP BY leaf.root),
ancestor(leaf, oid) AS (
    SELECT i.inhrelid, i.inhparent
    FROM wanted
    JOIN pg_catalog.pg_class c ON c.oid = wanted.oid AND c.relispartition
    JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
    UNION
    SELECT a.leaf, i.inhparent FROM ancestor a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid),
through AS (
    -- Rows of a leaf below a hash partition on an enum: the hash is of the label's oid, which changes.
    SELECT DISTINCT a.leaf
    FROM ancestor a
    JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = a.oid AND p.partstrat = 'h'
    CROSS JOIN LATERAL pg_catalog.unnest(p.partclass::oid[]) AS k(class)
    JOIN pg_catalog.pg_opclass oc ON oc.oid = k.class
    JOIN pg_catalog.pg_namespace on_ ON on_.oid = oc.opcnamespace
    WHERE oc.opcname = 'enum_ops' AND on_.nspname = 'pg_catalog')
SELECT c.oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       c.relpersistence::text AS persistence,
       am.amname::text AS access_method,
       pg_catalog.pg_relation_size(c.oid) AS heap_bytes,
       CASE WHEN c.reltoastrelid <> 0 THEN pg_catalog.pg_relation_size(c.reltoastrelid) ELSE 0 END AS toast_bytes,
       pg_catalog.current_setting('block_size')::int8 AS block_bytes,
       root.schema AS root_schema,
       root.name AS root_name,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                 'name', a.attname,
                 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
                 'class', k.class,
                 'why', k.why,
                 'xml', a.atttypid = 142 OR b.typbasetype = 142
                 ) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type b ON b.oid = a.atttypid
        JOIN classified k ON k.root = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')::text AS columns,
       (SELECT pg_catalog.string_agg(DISTINCT k.why, ', ' ORDER BY k.why)
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN classified k ON k.root = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> ''
          AND t.typreceive = 0) AS generated_as_text
FROM wanted
JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN LATERAL (
    SELECT rn.nspname::text AS schema, rc.relname::text AS name
    FROM through
    JOIN ancestor a ON a.leaf = through.leaf
    JOIN pg_catalog.pg_class rc ON rc.oid = a.oid AND NOT rc.relispartition
    JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
    WHERE through.leaf = c.oid) root ON true
ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
