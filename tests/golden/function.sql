-- ==== PreData, Main
-- SCHEMA pgsnap function; owner postgres
CREATE SCHEMA "pgsnap function";
-- TYPE pgsnap function.a type; owner postgres
CREATE TYPE "pgsnap function"."a type" AS (
    a integer
);
-- FUNCTION pgsnap function.from_sql; owner postgres
CREATE FUNCTION "pgsnap function".from_sql(internal) RETURNS internal
    LANGUAGE internal IMMUTABLE STRICT
    AS $$prsd_lextype$$;
-- TRANSFORM a type sql
CREATE TRANSFORM FOR "pgsnap function"."a type" LANGUAGE sql (FROM SQL WITH FUNCTION "pgsnap function".from_sql(internal));
-- TRANSFORM int8 sql
CREATE TRANSFORM FOR bigint LANGUAGE sql (FROM SQL WITH FUNCTION "pgsnap function".from_sql(internal));
-- FUNCTION pgsnap function.a "function" é; owner postgres
CREATE FUNCTION "pgsnap function"."a ""function""
é"("in" integer, INOUT "it's" text, OUT "out" numeric, VARIADIC "new
line" anyarray DEFAULT '{it''s,"\\\\"}'::text[]) RETURNS record
    LANGUAGE plpgsql
    AS $_X$
BEGIN
    -- $$ and $_$ and 'quotes' and \ backslashes
    "out" := 1;
END
$_X$;
-- COMMENT pgsnap function.a "function" é
COMMENT ON FUNCTION "pgsnap function"."a ""function""
é"("in" integer, INOUT "it's" text, OUT "out" numeric, VARIADIC "new
line" anyarray) IS 'hostile';
-- PROCEDURE pgsnap function.a "procedure"; owner pgsnap_owner
CREATE PROCEDURE "pgsnap function"."a ""procedure"""(IN a integer, INOUT b text DEFAULT 'x'::text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$BEGIN COMMIT; END$$;
-- COMMENT pgsnap function.a "procedure"
COMMENT ON PROCEDURE "pgsnap function"."a ""procedure"""(IN a integer, INOUT b text) IS 'a procedure';
-- FUNCTION pgsnap function.zz_used; owner postgres
CREATE FUNCTION "pgsnap function".zz_used(integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    RETURN ($1 * 2);
-- FUNCTION pgsnap function.aa_return; owner postgres
CREATE FUNCTION "pgsnap function".aa_return("a b" integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    RETURN ("pgsnap function".zz_used("a b") + length('it''s \'::text));
-- PROCEDURE pgsnap function.atomic; owner postgres
CREATE PROCEDURE "pgsnap function".atomic(IN integer)
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT "pgsnap function".zz_used($1) AS zz_used;
 SELECT 'two'::text AS "it's";
END;
-- FUNCTION pgsnap function.atomic_empty; owner postgres
CREATE FUNCTION "pgsnap function".atomic_empty() RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
END;
-- FUNCTION pgsnap function.attributes; owner pgsnap_owner
CREATE FUNCTION "pgsnap function".attributes(integer) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER LEAKPROOF COST 0.125 PARALLEL SAFE
    AS $_$SELECT $1$_$;
-- FUNCTION pgsnap function.defaults; owner postgres
CREATE FUNCTION "pgsnap function".defaults(a integer DEFAULT 1, b "pgsnap function"."a type" DEFAULT ROW(1), c timestamp with time zone DEFAULT CURRENT_TIMESTAMP) RETURNS void
    LANGUAGE sql
    AS $$$$;
-- FUNCTION pgsnap function.f23456789012345678901234567890123456789012345678901234567890123; owner postgres
CREATE FUNCTION "pgsnap function".f23456789012345678901234567890123456789012345678901234567890123(integer) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1$$;
-- FUNCTION pgsnap function.internal; owner postgres
CREATE FUNCTION "pgsnap function".internal(smallint) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$int2out$$;
-- FUNCTION pgsnap function.internal; owner postgres
CREATE FUNCTION "pgsnap function".internal(integer) RETURNS text
    LANGUAGE internal IMMUTABLE STRICT COST 100
    AS $$int4out$$;
-- FUNCTION pgsnap function.library; owner postgres
CREATE FUNCTION "pgsnap function".library() RETURNS language_handler
    LANGUAGE c
    AS '$libdir/plpgsql', 'plpgsql_call_handler';
-- FUNCTION pgsnap function.no_path; owner postgres
CREATE FUNCTION "pgsnap function".no_path() RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$$$;
-- FUNCTION pgsnap function.on_event; owner postgres
CREATE FUNCTION "pgsnap function".on_event() RETURNS event_trigger
    LANGUAGE plpgsql
    AS $$BEGIN END$$;
-- FUNCTION pgsnap function.on_trigger; owner postgres
CREATE FUNCTION "pgsnap function".on_trigger() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RETURN NEW; END$$;
-- PROCEDURE pgsnap function.outs; owner postgres
CREATE PROCEDURE "pgsnap function".outs(IN a integer, OUT b text, VARIADIC c integer[])
    LANGUAGE sql
    AS $$SELECT 'x'$$;
-- FUNCTION pgsnap function.plain; owner postgres
CREATE FUNCTION "pgsnap function".plain() RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1$$;
-- FUNCTION pgsnap function.plain; owner postgres
CREATE FUNCTION "pgsnap function".plain(integer) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 3$$;
-- FUNCTION pgsnap function.plain; owner postgres
CREATE FUNCTION "pgsnap function".plain(text) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 2$$;
-- FUNCTION pgsnap function.plain; owner postgres
CREATE FUNCTION "pgsnap function".plain("pgsnap function"."a type"[], integer) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 4$$;
-- FUNCTION pgsnap function.polymorphic; owner postgres
CREATE FUNCTION "pgsnap function".polymorphic(anyelement, anyarray) RETURNS anyelement
    LANGUAGE sql
    AS $_$SELECT $1$_$;
-- FUNCTION pgsnap function.set_of; owner postgres
CREATE FUNCTION "pgsnap function".set_of() RETURNS SETOF "pgsnap function"."a type"
    LANGUAGE sql
    AS $$SELECT 1$$;
-- FUNCTION pgsnap function.settings; owner postgres
CREATE FUNCTION "pgsnap function".settings() RETURNS void
    LANGUAGE sql
    SET search_path TO '$user', 'a b', 'quo"te', 'pg_temp'
    SET temp_tablespaces TO ''
    SET "TimeZone" TO 'UTC'
    SET work_mem TO '8MB'
    SET "pgsnap.knob" TO 'it''s, \ "quoted"'
    SET role TO 'pgsnap_owner'
    SET enable_seqscan TO 'off'
    AS $$$$;
-- FUNCTION pgsnap function.stable; owner postgres
CREATE FUNCTION "pgsnap function".stable(integer) RETURNS SETOF integer
    LANGUAGE sql STABLE COST 1e+06 ROWS 0.5 PARALLEL RESTRICTED
    AS $_$SELECT $1$_$;
-- FUNCTION pgsnap function.supported; owner postgres
CREATE FUNCTION "pgsnap function".supported(integer, integer) RETURNS SETOF integer
    LANGUAGE internal IMMUTABLE STRICT SUPPORT generate_series_int4_support PARALLEL SAFE
    AS $$generate_series_int4$$;
-- FUNCTION pgsnap function.table; owner postgres
CREATE FUNCTION "pgsnap function"."table"(integer) RETURNS TABLE("select" integer, "B" text)
    LANGUAGE sql ROWS 7
    AS $$SELECT 1, 'a'$$;
-- FUNCTION pgsnap function.transformed; owner postgres
CREATE FUNCTION "pgsnap function".transformed(integer) RETURNS integer
    LANGUAGE sql TRANSFORM FOR TYPE bigint, FOR TYPE "pgsnap function"."a type" IMMUTABLE
    AS $_$SELECT $1$_$;
-- FUNCTION pgsnap function.window; owner postgres
CREATE FUNCTION "pgsnap function"."window"() RETURNS bigint
    LANGUAGE internal WINDOW IMMUTABLE
    AS $$window_row_number$$;
-- ==== PreData, Privileges
-- ACL pgsnap function.attributes
REVOKE ALL ON FUNCTION "pgsnap function".attributes(integer) FROM PUBLIC;
