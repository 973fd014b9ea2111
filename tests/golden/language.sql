-- ==== PreData, Main
-- SCHEMA pgsnap language; owner postgres
CREATE SCHEMA "pgsnap language";
-- FUNCTION pgsnap language.hand "ler"; owner postgres
CREATE FUNCTION "pgsnap language"."hand ""ler"""() RETURNS language_handler
    LANGUAGE c
    AS '$libdir/plpgsql', 'plpgsql_call_handler';
-- PROCEDURAL LANGUAGE lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll63; owner postgres
CREATE PROCEDURAL LANGUAGE lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll63 HANDLER "pgsnap language"."hand ""ler""";
-- FUNCTION pgsnap language.in line; owner postgres
CREATE FUNCTION "pgsnap language"."in line"(internal) RETURNS void
    LANGUAGE c STRICT
    AS '$libdir/plpgsql', 'plpgsql_inline_handler';
-- FUNCTION pgsnap language.validator; owner postgres
CREATE FUNCTION "pgsnap language".validator(oid) RETURNS void
    LANGUAGE c STRICT
    AS '$libdir/plpgsql', 'plpgsql_validator';
-- PROCEDURAL LANGUAGE pgsnap "full" é; owner pgsnap_owner
CREATE TRUSTED PROCEDURAL LANGUAGE "pgsnap ""full""
é" HANDLER "pgsnap language"."hand ""ler""" INLINE "pgsnap language"."in line" VALIDATOR "pgsnap language".validator;
-- COMMENT pgsnap "full" é
COMMENT ON PROCEDURAL LANGUAGE "pgsnap ""full""
é" IS 'a language';
-- PROCEDURAL LANGUAGE pgsnap_handler; owner postgres
CREATE PROCEDURAL LANGUAGE pgsnap_handler HANDLER "pgsnap language"."hand ""ler""";
-- PROCEDURAL LANGUAGE pgsnap_validator; owner postgres
CREATE PROCEDURAL LANGUAGE pgsnap_validator HANDLER "pgsnap language"."hand ""ler""" VALIDATOR "pgsnap language".validator;
-- FUNCTION pgsnap language.a_function; owner postgres
CREATE FUNCTION "pgsnap language".a_function() RETURNS integer
    LANGUAGE "pgsnap ""full""
é"
    AS $$BEGIN RETURN 1; END$$;
-- ==== PreData, Privileges
-- ACL pgsnap "full" é
REVOKE ALL ON LANGUAGE "pgsnap ""full""
é" FROM PUBLIC;
-- ACL LANGUAGE plpgsql
REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC;
