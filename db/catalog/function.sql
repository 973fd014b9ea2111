-- Functions, procedures and window functions; aggregates have a query of their own.
-- An internal dependency marks the constructors of a range type: CREATE TYPE makes them.
-- arguments: schema and name of each input type, in order, for sorting.
SELECT p.oid,
       n.nspname::text AS schema,
       p.proname::text AS name,
       pg_catalog.pg_get_userbyid(p.proowner)::text AS owner,
       p.prokind::text AS kind,
       pg_catalog.pg_get_function_arguments(p.oid) AS definition_arguments,
       pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
       pg_catalog.pg_get_function_result(p.oid) AS result,
       p.proretset AS returns_set,
       l.lanname::text AS language,
       p.prosrc AS source,
       p.probin AS library,
       pg_catalog.pg_get_function_sqlbody(p.oid) AS sql_body, -- 14+
       NULL::text AS sql_body, -- <14
       p.provolatile::text AS volatility,
       p.proisstrict AS strict,
       p.prosecdef AS security_definer,
       p.proleakproof AS leakproof,
       p.proparallel::text AS parallel,
       p.procost::text AS cost,
       p.prorows::text AS rows,
       CASE WHEN p.prosupport::oid <> 0 THEN p.prosupport::text END AS support,
       p.proconfig AS settings,
       ARRAY(SELECT pg_catalog.format_type(u.type, NULL)
             FROM pg_catalog.unnest(p.protrftypes) WITH ORDINALITY AS u(type, at)
             ORDER BY u.at) AS transforms,
       ARRAY(SELECT part.text COLLATE "C"
             FROM pg_catalog.unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u(type, at)
             JOIN pg_catalog.pg_type y ON y.oid = u.type
             JOIN pg_catalog.pg_namespace yn ON yn.oid = y.typnamespace
             CROSS JOIN LATERAL (VALUES (1, yn.nspname::text), (2, y.typname::text)) AS part(at, text)
             ORDER BY u.at, part.at) AS arguments
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.prokind <> 'a'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1
                  FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'i')
ORDER BY n.nspname, p.proname, arguments
