-- Types with what they are made of: the given ones and, down to the last, their parts.
--
-- The class is a type's own, whatever its parts are: X cannot be restored, T must travel as text, I and N
-- change meaning between versions (interval, numeric), M between locales (money), C is exact in binary
-- only ("char"), W is much larger as text, B is safe in binary. An unknown base type of an extension is T.
WITH RECURSIVE
ranges AS (
    -- to_jsonb makes rngmultitypid optional: it exists from 14.
    SELECT r.rngtypid, r.rngsubtype, (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid AS multirange
    FROM pg_catalog.pg_range r),
node(oid) AS (
    SELECT w.oid FROM pg_catalog.unnest($1::oid[]) AS w(oid)
    UNION
    SELECT part.oid
    FROM node
    JOIN pg_catalog.pg_type t ON t.oid = node.oid
    CROSS JOIN LATERAL (
        SELECT t.typbasetype AS oid WHERE t.typtype = 'd'
        UNION ALL
        SELECT t.typelem
        WHERE t.typelem <> 0 AND t.typsend = 'pg_catalog.array_send'::pg_catalog.regproc AND t.typtype <> 'd'
        UNION ALL
        SELECT a.atttypid FROM pg_catalog.pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT r.rngsubtype FROM ranges r WHERE r.rngtypid = t.oid
        UNION ALL
        SELECT r.rngtypid FROM ranges r WHERE r.multirange = t.oid) part)
SELECT t.oid,
       n.nspname::text AS schema,
       t.typname::text AS name,
       CASE
       WHEN t.typtype = 'd' THEN 'domain'
       WHEN t.typelem <> 0 AND t.typsend = 'pg_catalog.array_send'::pg_catalog.regproc THEN 'array'
       WHEN t.typtype = 'e' THEN 'enum'
       WHEN t.typtype = 'c' THEN 'composite'
       WHEN t.typtype = 'r' THEN 'range'
       WHEN t.typtype = 'm' THEN 'multirange'
       ELSE 'base' END AS kind,
       CASE
       WHEN t.typtype = 'd' THEN
           pg_catalog.json_build_array(pg_catalog.json_build_object('of', t.typbasetype::int8, 'modifier', t.typtypmod))
       WHEN t.typelem <> 0 AND t.typsend = 'pg_catalog.array_send'::pg_catalog.regproc THEN
           pg_catalog.json_build_array(pg_catalog.json_build_object('of', t.typelem::int8))
       WHEN t.typtype = 'c' THEN
           (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                       'name', a.attname, 'of', a.atttypid::int8, 'modifier', a.atttypmod) ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
       WHEN t.typtype = 'r' THEN
           (SELECT pg_catalog.json_build_array(pg_catalog.json_build_object('of', r.rngsubtype::int8))
            FROM ranges r WHERE r.rngtypid = t.oid)
       WHEN t.typtype = 'm' THEN
           (SELECT pg_catalog.json_build_array(pg_catalog.json_build_object('of', r.rngtypid::int8))
            FROM ranges r WHERE r.multirange = t.oid)
       END::text AS parts,
       CASE
       WHEN t.typtype = 'd' THEN 'B'
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
       WHEN t.oid = 1186 THEN 'I'
       WHEN t.oid = 1700 THEN 'N'
       WHEN t.oid = 790 THEN 'M'
       WHEN t.oid = 18 THEN 'C'
       WHEN t.oid IN (17, 1021, 1022)
         OR (e.extname || '.' || t.typname) = ANY (ARRAY['vector.vector', 'vector.halfvec', 'vector.sparsevec', 'cube.cube',
             'postgis.geometry', 'postgis.geography']) THEN 'W'
       ELSE 'B' END AS class,
       -- Whether a cast to text and back is by the type's own output and input: nobody defined another. (That
       -- of regclass is avoided by calling its input function, that of xml is one.)
       t.oid IN (142, 2205) OR NOT EXISTS (
           SELECT 1 FROM pg_catalog.pg_cast k
           WHERE (k.castsource = t.oid AND k.casttarget = 25) OR (k.castsource = 25 AND k.casttarget = t.oid)) AS castable
FROM node
JOIN pg_catalog.pg_type t ON t.oid = node.oid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_depend d
       ON d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
      AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
ORDER BY n.nspname::text COLLATE "C", t.typname::text COLLATE "C"
