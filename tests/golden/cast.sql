-- ==== PreData, Main
-- SCHEMA pgsnap cast; owner postgres
CREATE SCHEMA "pgsnap cast";
-- TYPE pgsnap cast.a "type" é; owner postgres
CREATE TYPE "pgsnap cast"."a ""type""
é" AS (
    a integer
);
-- TYPE pgsnap cast.a range; owner postgres
CREATE TYPE "pgsnap cast"."a range" AS RANGE (
    subtype = integer,
    multirange_type_name = "pgsnap cast"."a multirange"
);
-- TYPE pgsnap cast.select; owner postgres
CREATE TYPE "pgsnap cast"."select" AS ENUM (
    'a'
);
-- FUNCTION pgsnap cast.con "vert"; owner postgres
CREATE FUNCTION "pgsnap cast"."con ""vert"""("pgsnap cast"."a ""type""
é") RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT ($1).a$_$;
-- CAST a "type" é int4
CREATE CAST ("pgsnap cast"."a ""type""
é" AS integer) WITH FUNCTION "pgsnap cast"."con ""vert"""("pgsnap cast"."a ""type""
é") AS IMPLICIT;
-- COMMENT a "type" é int4
COMMENT ON CAST ("pgsnap cast"."a ""type""
é" AS integer) IS 'a cast';
-- CAST bytea varbit
CREATE CAST (bytea AS bit varying) WITHOUT FUNCTION;
-- CAST select text
CREATE CAST ("pgsnap cast"."select" AS text) WITH INOUT AS ASSIGNMENT;
-- FUNCTION pgsnap cast.from; owner postgres
CREATE FUNCTION "pgsnap cast"."from"(text, integer, boolean) RETURNS "pgsnap cast"."select"
    LANGUAGE sql IMMUTABLE
    AS $$SELECT 'a'::"pgsnap cast"."select"$$;
-- CAST text select
CREATE CAST (text AS "pgsnap cast"."select") WITH FUNCTION "pgsnap cast"."from"(text,integer,boolean);
-- CAST timestamptz interval
CREATE CAST (timestamp with time zone AS interval) WITH FUNCTION age(timestamp with time zone) AS ASSIGNMENT;
