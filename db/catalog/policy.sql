-- Policies. No roles means PUBLIC; a role that is gone keeps its place as `unknown (OID=…)`, because
-- leaving it out could widen the policy to everyone.
SELECT p.oid,
       n.nspname::text AS schema,
       p.polname::text AS name,
       NULL::text AS owner,
       p.polrelid AS relation,
       k.relname::text AS relation_name,
       p.polcmd::text AS command,
       p.polpermissive AS permissive,
       CASE WHEN p.polroles <> '{0}'
            THEN ARRAY(SELECT pg_catalog.pg_get_userbyid(m.role)::text
                       FROM pg_catalog.unnest(p.polroles) WITH ORDINALITY AS m(role, place)
                       ORDER BY m.place) END AS roles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS qualification,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
FROM pg_catalog.unnest($1::oid[]) AS wanted(oid)
JOIN pg_catalog.pg_policy p ON p.polrelid = wanted.oid
JOIN pg_catalog.pg_class k ON k.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
ORDER BY n.nspname, p.polname, k.relname
