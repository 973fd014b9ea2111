-- Collations. Where a provider's locale is kept: libc in collcollate and collctype; ICU in
-- collcollate before 15, colliculocale in 15 and 16, colllocale from 17; builtin in colllocale.
SELECT c.oid,
       n.nspname::text AS schema,
       c.collname::text AS name,
       pg_catalog.pg_get_userbyid(c.collowner)::text AS owner,
       c.collprovider::text AS provider,
       c.collisdeterministic AS deterministic,
       c.collencoding AS encoding,
       c.collcollate::text AS lc_collate,
       c.collctype::text AS lc_ctype,
       c.collcollate::text AS locale, -- <15
       c.colliculocale::text AS locale, -- 15-16
       c.colllocale::text AS locale, -- 17+
       c.collicurules::text AS rules -- 16+
       NULL::text AS rules -- <16
FROM pg_catalog.pg_collation c
JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.collname, c.collencoding
