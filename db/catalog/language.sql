-- Procedural languages made in this database. A handler in pg_catalog that no extension owns is a
-- relic of servers before extensions: there the language is installed by its name alone.
SELECT l.oid,
       NULL::text AS schema,
       l.lanname::text AS name,
       pg_catalog.pg_get_userbyid(l.lanowner)::text AS owner,
       l.lanpltrusted AS trusted,
       pg_catalog.quote_ident(hn.nspname) || '.' || pg_catalog.quote_ident(h.proname) AS handler,
       hn.nspname = 'pg_catalog' AND h.oid >= 16384
           AND NOT EXISTS (SELECT 1
                           FROM pg_catalog.pg_depend d
                           WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = h.oid
                             AND d.deptype = 'e') AS relic,
       pg_catalog.quote_ident(nn.nspname) || '.' || pg_catalog.quote_ident(i.proname) AS inline,
       pg_catalog.quote_ident(vn.nspname) || '.' || pg_catalog.quote_ident(v.proname) AS validator
FROM pg_catalog.pg_language l
JOIN pg_catalog.pg_proc h ON h.oid = l.lanplcallfoid
JOIN pg_catalog.pg_namespace hn ON hn.oid = h.pronamespace
LEFT JOIN pg_catalog.pg_proc i ON i.oid = l.laninline
LEFT JOIN pg_catalog.pg_namespace nn ON nn.oid = i.pronamespace
LEFT JOIN pg_catalog.pg_proc v ON v.oid = l.lanvalidator
LEFT JOIN pg_catalog.pg_namespace vn ON vn.oid = v.pronamespace
WHERE l.lanispl AND l.oid >= 16384
ORDER BY l.lanname
