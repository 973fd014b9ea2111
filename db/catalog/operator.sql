-- Operators. One without a function is a placeholder that another's COMMUTATOR or NEGATOR made: it
-- comes back the same way.
-- operands: schema and name of the left and the right type, for sorting.
SELECT o.oid,
       n.nspname::text AS schema,
       o.oprname::text AS name,
       pg_catalog.pg_get_userbyid(o.oprowner)::text AS owner,
       o.oprkind::text AS kind,
       o.oprcode::text AS function,
       CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END AS left_type,
       CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END AS right_type,
       pg_catalog.quote_ident(cn.nspname) || '.' || c.oprname AS commutator,
       pg_catalog.quote_ident(gn.nspname) || '.' || g.oprname AS negator,
       coalesce(c.oprcode::oid = 0, false) AS commutator_placeholder,
       coalesce(g.oprcode::oid = 0, false) AS negator_placeholder,
       o.oprcanmerge AS merges,
       o.oprcanhash AS hashes,
       CASE WHEN o.oprrest::oid <> 0 THEN o.oprrest::text END AS restriction,
       CASE WHEN o.oprjoin::oid <> 0 THEN o.oprjoin::text END AS join_estimator,
       ARRAY[coalesce(ltn.nspname::text, ''), coalesce(lt.typname::text, ''),
             coalesce(rtn.nspname::text, ''), coalesce(rt.typname::text, '')] COLLATE "C" AS operands
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom
LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
LEFT JOIN pg_catalog.pg_operator g ON g.oid = o.oprnegate
LEFT JOIN pg_catalog.pg_namespace gn ON gn.oid = g.oprnamespace
LEFT JOIN pg_catalog.pg_type lt ON lt.oid = o.oprleft
LEFT JOIN pg_catalog.pg_namespace ltn ON ltn.oid = lt.typnamespace
LEFT JOIN pg_catalog.pg_type rt ON rt.oid = o.oprright
LEFT JOIN pg_catalog.pg_namespace rtn ON rtn.oid = rt.typnamespace
WHERE o.oprcode::oid <> 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, o.oprname, o.oprkind DESC, operands
