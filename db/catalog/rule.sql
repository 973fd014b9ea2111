-- Rules, except ON SELECT: those are the bodies of views.
SELECT r.oid,
       n.nspname::text AS schema,
       r.rulename::text AS name,
       NULL::text AS owner,
       r.ev_class AS relation,
       k.relname::text AS relation_name,
       r.ev_enabled::text AS enabled,
       pg_catalog.pg_get_ruledef(r.oid) AS definition
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_rewrite r ON r.ev_class = wanted.oid
JOIN pg_catalog.pg_class k ON k.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
WHERE r.ev_type <> '1'
ORDER BY n.nspname, r.rulename, k.relname
