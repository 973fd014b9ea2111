-- Text search parsers. The text of regproc is quoted and, outside pg_catalog, qualified.
SELECT p.oid,
       n.nspname::text AS schema,
       p.prsname::text AS name,
       NULL::text AS owner,
       p.prsstart::pg_catalog.regproc::text AS start_function,
       p.prstoken::pg_catalog.regproc::text AS token_function,
       p.prsend::pg_catalog.regproc::text AS end_function,
       CASE WHEN p.prsheadline::oid <> 0 THEN p.prsheadline::pg_catalog.regproc::text END AS headline_function,
       p.prslextype::pg_catalog.regproc::text AS types_function
FROM pg_catalog.pg_ts_parser p
JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, p.prsname
