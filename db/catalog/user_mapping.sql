-- User mappings. The view shows no options to those without rights on them; unreadable.sql names the
-- mappings for which that is so.
SELECT m.umid AS oid,
       NULL::text AS schema,
       coalesce(m.usename, pg_catalog.pg_get_userbyid(m.umuser))::text AS name,
       NULL::text AS owner,
       m.srvname::text AS server,
       ARRAY(SELECT pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value)
             FROM pg_catalog.pg_options_to_table(m.umoptions) o
             ORDER BY o.option_name COLLATE "C") AS options
FROM pg_catalog.pg_user_mappings m
WHERE m.umid >= 16384
ORDER BY m.srvname, coalesce(m.usename, pg_catalog.pg_get_userbyid(m.umuser))
