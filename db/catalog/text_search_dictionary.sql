-- Text search dictionaries. The options are stored as the text that CREATE takes.
SELECT d.oid,
       n.nspname::text AS schema,
       d.dictname::text AS name,
       pg_catalog.pg_get_userbyid(d.dictowner)::text AS owner,
       tn.nspname::text AS template_schema,
       t.tmplname::text AS template,
       d.dictinitoption AS options
FROM pg_catalog.pg_ts_dict d
JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, d.dictname
