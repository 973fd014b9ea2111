-- Tables, partitioned tables and foreign tables among the wanted relations, each with its columns,
-- checks and parents. A column is an array of texts in the order of the fields in src/object/column.rs: as JSON
-- the server would work twice as long, and with names more. "inherited" tells, for a child that is no partition,
-- what its parents say of the column of that name: it decides what the child must repeat. A default names
-- no column, so it is deparsed without its table: with it, each would cost the server the square of the
-- number of columns (before 18).
WITH wanted AS (
    SELECT c.oid, c.relkind, c.relispartition
    FROM pg_catalog.unnest($1::oid[]) AS w(oid)
    JOIN pg_catalog.pg_class c ON c.oid = w.oid
    WHERE c.relkind IN ('r', 'p', 'f')),
columns AS (
    SELECT a.attrelid,
           pg_catalog.array_agg(ARRAY[
                 a.attnum::text,
                 a.attname::text,
                 pg_catalog.format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attcollation <> t.typcollation THEN
                     (SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
                      FROM pg_catalog.pg_collation co
                      JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
                      WHERE co.oid = a.attcollation) END,
                 a.attislocal::text,
                 pg_catalog.pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0::oid ELSE d.adrelid END),
                 d.oid::text,
                 nullif(a.attgenerated::text, ''),
                 nullif(a.attidentity::text, ''),
                 a.attnotnull::text, NULL, NULL, NULL, NULL, NULL, NULL, -- <18
                 (nn.oid IS NOT NULL)::text, -- 18+
                 nn.conname::text, -- 18+
                 nn.connoinherit::text, -- 18+
                 nn.conislocal::text, -- 18+
                 nn.convalidated::text, -- 18+
                 nn.oid::text, -- 18+
                 (nd.objoid IS NOT NULL)::text, -- 18+
                 CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END,
                 CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
                 nullif(a.attcompression::text, ''), -- 14+
                 NULL, -- <14
                 pg_catalog.to_json(a.attoptions)::text,
                 CASE WHEN a.attfdwoptions IS NOT NULL THEN
                     (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value), E',\n    ' ORDER BY o.option_name)
                      FROM pg_catalog.pg_options_to_table(a.attfdwoptions) o) END,
                 CASE WHEN NOT wanted.relispartition AND a.attinhcount > 0 THEN
                     (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                               'not_null', pa.attnotnull, -- <18
                               'not_null', pnn.oid IS NOT NULL AND NOT pnn.connoinherit, -- 18+
                               'not_null_valid', pnn.convalidated, -- 18+
                               'default', pg_catalog.pg_get_expr(pd.adbin, CASE WHEN pa.attgenerated = '' THEN 0::oid ELSE pd.adrelid END),
                               'generated', nullif(pa.attgenerated::text, '')))::text
                      FROM pg_catalog.pg_inherits i
                      JOIN pg_catalog.pg_attribute pa ON pa.attrelid = i.inhparent AND pa.attname = a.attname AND NOT pa.attisdropped
                      LEFT JOIN pg_catalog.pg_attrdef pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum
                      LEFT JOIN pg_catalog.pg_constraint pnn ON pnn.conrelid = pa.attrelid AND pnn.contype = 'n' AND pnn.conkey = ARRAY[pa.attnum] -- 18+
                      WHERE i.inhrelid = a.attrelid) END
                 ] ORDER BY a.attnum) AS list
    FROM wanted
    JOIN pg_catalog.pg_attribute a ON a.attrelid = wanted.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_constraint nn ON nn.contype = 'n' AND nn.conrelid = a.attrelid AND nn.conkey[1] = a.attnum -- 18+
    LEFT JOIN pg_catalog.pg_description nd ON nd.classoid = 2606 AND nd.objoid = nn.oid AND nd.objsubid = 0 -- 18+
    GROUP BY a.attrelid),
checks AS (
    SELECT k.conrelid,
           pg_catalog.json_agg(pg_catalog.json_build_object(
                 'oid', k.oid::int8,
                 'name', k.conname,
                 'definition', pg_catalog.pg_get_constraintdef(k.oid),
                 'valid', k.convalidated,
                 'enforced', k.conenforced, -- 18+
                 'local', k.conislocal) ORDER BY k.conname::text COLLATE "C")::text AS list
    FROM wanted
    JOIN pg_catalog.pg_constraint k ON k.conrelid = wanted.oid AND k.contype = 'c'
    GROUP BY k.conrelid)
SELECT c.oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
       c.relkind::text AS relkind,
       c.relpersistence::text AS persistence,
       c.relispartition AS is_partition,
       c.relrowsecurity AS row_security,
       c.relforcerowsecurity AS force_row_security,
       c.relreplident::text AS replica_identity,
       c.reloptions AS options,
       tc.reloptions AS toast_options,
       CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END AS of_type,
       CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS bound,
       coalesce(ts.spcname::text, '') AS tablespace,
       am.amname::text AS access_method,
       fs.srvname::text AS server,
       CASE WHEN ft.ftoptions IS NOT NULL THEN
           (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value), E',\n    ' ORDER BY o.option_name)
            FROM pg_catalog.pg_options_to_table(ft.ftoptions) o) END AS server_options,
       ARRAY(SELECT i.inhparent
             FROM pg_catalog.pg_inherits i
             WHERE i.inhrelid = c.oid
             ORDER BY i.inhseqno) AS parent_oids,
       ARRAY(SELECT pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(pc.relname)
             FROM pg_catalog.pg_inherits i
             JOIN pg_catalog.pg_class pc ON pc.oid = i.inhparent
             JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
             WHERE i.inhrelid = c.oid
             ORDER BY i.inhseqno) AS parents,
       columns.list AS columns,
       checks.list AS checks
FROM wanted
JOIN pg_catalog.pg_class c ON c.oid = wanted.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class tc ON tc.oid = c.reltoastrelid AND c.relkind <> 'p'
LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN columns ON columns.attrelid = c.oid
LEFT JOIN checks ON checks.conrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_catalog.pg_foreign_server fs ON fs.oid = ft.ftserver
ORDER BY n.nspname::text COLLATE "C", c.relname::text COLLATE "C"
