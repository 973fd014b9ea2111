-- Foreign servers with their options, quoted, by name.
SELECT s.oid,
       NULL::text AS schema,
       s.srvname::text AS name,
       pg_catalog.pg_get_userbyid(s.srvowner)::text AS owner,
       w.fdwname::text AS wrapper,
       s.srvtype AS type,
       s.srvversion AS version,
       ARRAY(SELECT pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value)
             FROM pg_catalog.pg_options_to_table(s.srvoptions) o
             ORDER BY o.option_name COLLATE "C") AS options
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE s.oid >= 16384
ORDER BY s.srvname
