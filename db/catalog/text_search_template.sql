-- Text search templates. The text of regproc is quoted and, outside pg_catalog, qualified.
SELECT t.oid,
       n.nspname::text AS schema,
       t.tmplname::text AS name,
       NULL::text AS owner,
       CASE WHEN t.tmplinit::oid <> 0 THEN t.tmplinit::pg_catalog.regproc::text END AS init_function,
       t.tmpllexize::pg_catalog.regproc::text AS lexize_function
FROM pg_catalog.pg_ts_template t
JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, t.tmplname
