-- How each of the wanted tables can be read: its columns with their types, its size, and whether its rows
-- must go back through the root of its partition tree.
WITH RECURSIVE
wanted AS (SELECT w.oid FROM pg_catalog.unnest($1::oid[]) AS w(oid)),
ancestor(leaf, oid) AS (
    SELECT i.inhrelid, i.inhparent
    FROM wanted
    JOIN pg_catalog.pg_class c ON c.oid = wanted.oid AND c.relispartition
    JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
    UNION
    SELECT a.leaf, i.inhparent FROM ancestor a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.oid),
through AS (
    -- Rows of a leaf below a hash partition on an enum, or on what may hold one: the hash is of the label's
    -- oid, which changes.
    SELECT DISTINCT a.leaf
    FROM ancestor a
    JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = a.oid AND p.partstrat = 'h'
    CROSS JOIN LATERAL pg_catalog.unnest(p.partclass::oid[]) AS k(class)
    JOIN pg_catalog.pg_opclass oc ON oc.oid = k.class
    JOIN pg_catalog.pg_namespace on_ ON on_.oid = oc.opcnamespace
    WHERE oc.opcname IN ('enum_ops', 'array_ops', 'record_ops', 'range_ops', 'multirange_ops') AND on_.nspname = 'pg_catalog')
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
                 'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod),
                 'type_oid', a.atttypid::int8,
                 'modifier', a.atttypmod) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')::text AS columns,
       (SELECT pg_catalog.string_agg(a.attname || ': ' || pg_catalog.format_type(a.atttypid, NULL) || ' has no binary form', '; '
                                     ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
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
