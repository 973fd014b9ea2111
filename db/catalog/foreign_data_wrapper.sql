-- Foreign-data wrappers with their options, quoted, by name.
SELECT w.oid,
       NULL::text AS schema,
       w.fdwname::text AS name,
       pg_catalog.pg_get_userbyid(w.fdwowner)::text AS owner,
       CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::pg_catalog.regproc::text END AS handler,
       CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::pg_catalog.regproc::text END AS validator,
       ARRAY(SELECT pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value)
             FROM pg_catalog.pg_options_to_table(w.fdwoptions) o
             ORDER BY o.option_name COLLATE "C") AS options
FROM pg_catalog.pg_foreign_data_wrapper w
WHERE w.oid >= 16384
ORDER BY w.fdwname
