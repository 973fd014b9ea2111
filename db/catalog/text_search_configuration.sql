-- Text search configurations with their mappings, one per token type, dictionaries in the order they
-- are asked. A token type the parser does not know comes out as null and is an error.
SELECT c.oid,
       n.nspname::text AS schema,
       c.cfgname::text AS name,
       pg_catalog.pg_get_userbyid(c.cfgowner)::text AS owner,
       pn.nspname::text AS parser_schema,
       p.prsname::text AS parser,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('token', m.token, 'dictionaries', m.dictionaries)
                                   ORDER BY m.maptokentype)::text
        FROM (SELECT a.maptokentype,
                     k.alias AS token,
                     pg_catalog.string_agg(a.mapdict::pg_catalog.regdictionary::text, ', '
                                           ORDER BY a.mapseqno) AS dictionaries
              FROM pg_catalog.pg_ts_config_map a
              LEFT JOIN pg_catalog.ts_token_type(c.cfgparser) k ON k.tokid = a.maptokentype
              WHERE a.mapcfg = c.oid
              GROUP BY a.maptokentype, k.alias) m) AS mappings
FROM pg_catalog.pg_ts_config c
JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.cfgname
