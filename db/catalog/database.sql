-- The database itself: what CREATE DATABASE needs, and what was set for it, for all roles and for single
-- ones. The locale's provider is told from 15 on; before it is always the C library.
SELECT d.oid,
       NULL::text AS schema,
       d.datname::text AS name,
       pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
       pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
       d.datlocprovider::text AS provider, -- 15+
       'c'::text AS provider, -- <15
       d.datcollate::text AS collate,
       d.datctype::text AS ctype,
       d.datlocale::text AS locale, -- 17+
       d.daticulocale::text AS locale, -- 15-16
       NULL::text AS locale, -- <15
       d.daticurules::text AS rules, -- 16+
       NULL::text AS rules, -- <16
       t.spcname::text AS tablespace,
       d.datconnlimit AS connection_limit,
       d.datistemplate AS template,
       ARRAY(SELECT coalesce(r.rolname, '')::text
             FROM pg_catalog.pg_db_role_setting s
             LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
             CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS c(item, place)
             WHERE s.setdatabase = d.oid AND (s.setrole = 0 OR r.oid IS NOT NULL)
             ORDER BY coalesce(r.rolname, '')::text COLLATE "C", c.place) AS setting_roles,
       ARRAY(SELECT c.item
             FROM pg_catalog.pg_db_role_setting s
             LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
             CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS c(item, place)
             WHERE s.setdatabase = d.oid AND (s.setrole = 0 OR r.oid IS NOT NULL)
             ORDER BY coalesce(r.rolname, '')::text COLLATE "C", c.place) AS settings
FROM pg_catalog.pg_database d
JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname = pg_catalog.current_database()
