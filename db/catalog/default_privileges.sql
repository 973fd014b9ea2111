-- Default privileges. Rows for a whole database replace the built-in default and are told as the
-- difference from it; rows of a schema only add to it, so their base is empty.
SELECT d.oid,
       n.nspname::text AS schema,
       d.defaclobjtype::text AS name,
       NULL::text AS owner,
       pg_catalog.pg_get_userbyid(d.defaclrole)::text AS role,
       d.defaclacl::text[] AS current,
       CASE WHEN d.defaclnamespace = 0
            THEN pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END,
                                       d.defaclrole)::text[]
            ELSE '{}'::text[] END AS base,
       true AS maintain -- 17+
       false AS maintain -- <17
FROM pg_catalog.pg_default_acl d
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
ORDER BY n.nspname, d.defaclobjtype::text COLLATE "C", pg_catalog.pg_get_userbyid(d.defaclrole)
