-- What an archive says it is a copy of.
SELECT d.oid,
       d.datname::text AS name,
       pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
       pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
       d.datcollate::text AS collate,
       d.datctype::text AS ctype,
       pg_catalog.current_setting('server_version') AS server_version,
       (SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() s
        WHERE pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')) AS system_identifier
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()
