-- Aggregates. Functions are regproc and types format_type text: quoted and qualified by the server.
-- arguments: schema and name of each input type, in order, for sorting.
SELECT p.oid,
       n.nspname::text AS schema,
       p.proname::text AS name,
       pg_catalog.pg_get_userbyid(p.proowner)::text AS owner,
       p.pronargs::int4 AS argument_count,
       pg_catalog.pg_get_function_arguments(p.oid) AS definition_arguments,
       pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
       p.proparallel::text AS parallel,
       a.aggkind::text AS kind,
       a.aggtransfn::text AS transition,
       pg_catalog.format_type(a.aggtranstype, NULL) AS state,
       a.aggtransspace AS state_space,
       a.agginitval AS initial,
       CASE WHEN a.aggfinalfn::oid <> 0 THEN a.aggfinalfn::text END AS final,
       a.aggfinalextra AS final_extra,
       a.aggfinalmodify::text AS final_modify,
       CASE WHEN a.aggcombinefn::oid <> 0 THEN a.aggcombinefn::text END AS combine,
       CASE WHEN a.aggserialfn::oid <> 0 THEN a.aggserialfn::text END AS serialize,
       CASE WHEN a.aggdeserialfn::oid <> 0 THEN a.aggdeserialfn::text END AS deserialize,
       CASE WHEN a.aggmtransfn::oid <> 0 THEN a.aggmtransfn::text END AS moving_transition,
       CASE WHEN a.aggminvtransfn::oid <> 0 THEN a.aggminvtransfn::text END AS moving_inverse,
       CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END AS moving_state,
       a.aggmtransspace AS moving_space,
       a.aggminitval AS moving_initial,
       CASE WHEN a.aggmfinalfn::oid <> 0 THEN a.aggmfinalfn::text END AS moving_final,
       a.aggmfinalextra AS moving_final_extra,
       a.aggmfinalmodify::text AS moving_final_modify,
       pg_catalog.quote_ident(son.nspname) || '.' || so.oprname AS sort_operator,
       ARRAY(SELECT part.text COLLATE "C"
             FROM pg_catalog.unnest(p.proargtypes::oid[]) WITH ORDINALITY AS u(type, at)
             JOIN pg_catalog.pg_type y ON y.oid = u.type
             JOIN pg_catalog.pg_namespace yn ON yn.oid = y.typnamespace
             CROSS JOIN LATERAL (VALUES (1, yn.nspname::text), (2, y.typname::text)) AS part(at, text)
             ORDER BY u.at, part.at) AS arguments
FROM pg_catalog.pg_aggregate a
JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_catalog.pg_operator so ON so.oid = a.aggsortop
LEFT JOIN pg_catalog.pg_namespace son ON son.oid = so.oprnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, p.proname, arguments
