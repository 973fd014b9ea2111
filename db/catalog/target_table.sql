-- The tables of these schemas ($1) and names ($2), place by place, as rows find them that are to be loaded:
-- their columns, and whether rules would catch an INSERT.
SELECT n.nspname::text AS schema,
       c.relname::text AS name,
       c.relhasrules AS has_rules,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                 'name', a.attname,
                 'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod),
                 'type_oid', a.atttypid::int8,
                 'modifier', a.atttypmod) ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS w(schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
WHERE c.relkind IN ('r', 'p', 'f')
