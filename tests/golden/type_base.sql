-- ==== PreData, Main
-- SCHEMA pgsnap base; owner postgres
CREATE SCHEMA "pgsnap base";
-- SHELL TYPE pgsnap base.Full "type"
CREATE TYPE "pgsnap base"."Full ""type""";
-- FUNCTION pgsnap base.analyze; owner postgres
CREATE FUNCTION "pgsnap base"."analyze"(internal) RETURNS boolean
    LANGUAGE internal STRICT
    AS $$array_typanalyze$$;
-- FUNCTION pgsnap base.in put; owner postgres
CREATE FUNCTION "pgsnap base"."in put"(cstring, oid, integer) RETURNS "pgsnap base"."Full ""type"""
    LANGUAGE internal IMMUTABLE STRICT
    AS $$array_in$$;
-- FUNCTION pgsnap base.modifier_in; owner postgres
CREATE FUNCTION "pgsnap base".modifier_in(cstring[]) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT
    AS $$varchartypmodin$$;
-- FUNCTION pgsnap base.modifier_out; owner postgres
CREATE FUNCTION "pgsnap base".modifier_out(integer) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$varchartypmodout$$;
-- FUNCTION pgsnap base.out"put; owner postgres
CREATE FUNCTION "pgsnap base"."out""put"("pgsnap base"."Full ""type""") RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$array_out$$;
-- FUNCTION pgsnap base.receive; owner postgres
CREATE FUNCTION "pgsnap base".receive(internal, oid, integer) RETURNS "pgsnap base"."Full ""type"""
    LANGUAGE internal IMMUTABLE STRICT
    AS $$array_recv$$;
-- FUNCTION pgsnap base.send; owner postgres
CREATE FUNCTION "pgsnap base".send("pgsnap base"."Full ""type""") RETURNS bytea
    LANGUAGE internal IMMUTABLE STRICT
    AS $$array_send$$;
-- TYPE pgsnap base.Full "type"; owner pgsnap_owner
CREATE TYPE "pgsnap base"."Full ""type""" (
    INTERNALLENGTH = 16,
    INPUT = "pgsnap base"."in put",
    OUTPUT = "pgsnap base"."out""put",
    RECEIVE = "pgsnap base".receive,
    SEND = "pgsnap base".send,
    TYPMOD_IN = "pgsnap base".modifier_in,
    TYPMOD_OUT = "pgsnap base".modifier_out,
    ANALYZE = "pgsnap base"."analyze",
    COLLATABLE = true,
    DEFAULT = '{''it'', \\}',
    SUBSCRIPT = raw_array_subscript_handler,
    ELEMENT = double precision,
    CATEGORY = 'x',
    PREFERRED = true,
    DELIMITER = ';',
    ALIGNMENT = double,
    STORAGE = plain
);
-- COMMENT pgsnap base.Full "type"
COMMENT ON TYPE "pgsnap base"."Full ""type""" IS 'base type with every clause';
-- SHELL TYPE pgsnap base.boolean
CREATE TYPE "pgsnap base"."boolean";
-- FUNCTION pgsnap base.boolean_in; owner postgres
CREATE FUNCTION "pgsnap base".boolean_in(cstring) RETURNS "pgsnap base"."boolean"
    LANGUAGE internal IMMUTABLE STRICT
    AS $$boolin$$;
-- FUNCTION pgsnap base.boolean_out; owner postgres
CREATE FUNCTION "pgsnap base".boolean_out("pgsnap base"."boolean") RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$boolout$$;
-- TYPE pgsnap base.boolean; owner postgres
CREATE TYPE "pgsnap base"."boolean" (
    INTERNALLENGTH = 1,
    INPUT = "pgsnap base".boolean_in,
    OUTPUT = "pgsnap base".boolean_out,
    CATEGORY = '''',
    ALIGNMENT = char,
    STORAGE = plain,
    PASSEDBYVALUE
);
-- SHELL TYPE pgsnap base.extended
CREATE TYPE "pgsnap base".extended;
-- FUNCTION pgsnap base.extended_in; owner postgres
CREATE FUNCTION "pgsnap base".extended_in(cstring) RETURNS "pgsnap base".extended
    LANGUAGE internal IMMUTABLE STRICT
    AS $$textin$$;
-- FUNCTION pgsnap base.extended_out; owner postgres
CREATE FUNCTION "pgsnap base".extended_out("pgsnap base".extended) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$textout$$;
-- TYPE pgsnap base.extended; owner postgres
CREATE TYPE "pgsnap base".extended (
    INTERNALLENGTH = variable,
    INPUT = "pgsnap base".extended_in,
    OUTPUT = "pgsnap base".extended_out,
    ALIGNMENT = double,
    STORAGE = extended
);
-- SHELL TYPE pgsnap base.external
CREATE TYPE "pgsnap base".external;
-- FUNCTION pgsnap base.external_in; owner postgres
CREATE FUNCTION "pgsnap base".external_in(cstring) RETURNS "pgsnap base".external
    LANGUAGE internal IMMUTABLE STRICT
    AS $$textin$$;
-- FUNCTION pgsnap base.external_out; owner postgres
CREATE FUNCTION "pgsnap base".external_out("pgsnap base".external) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$textout$$;
-- TYPE pgsnap base.external; owner postgres
CREATE TYPE "pgsnap base".external (
    INTERNALLENGTH = variable,
    INPUT = "pgsnap base".external_in,
    OUTPUT = "pgsnap base".external_out,
    ALIGNMENT = int4,
    STORAGE = external
);
-- SHELL TYPE pgsnap base.int42
CREATE TYPE "pgsnap base".int42;
-- FUNCTION pgsnap base.int42_in; owner postgres
CREATE FUNCTION "pgsnap base".int42_in(cstring) RETURNS "pgsnap base".int42
    LANGUAGE internal IMMUTABLE STRICT
    AS $$int4in$$;
-- FUNCTION pgsnap base.int42_out; owner postgres
CREATE FUNCTION "pgsnap base".int42_out("pgsnap base".int42) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$int4out$$;
-- TYPE pgsnap base.int42; owner postgres
CREATE TYPE "pgsnap base".int42 (
    INTERNALLENGTH = 4,
    INPUT = "pgsnap base".int42_in,
    OUTPUT = "pgsnap base".int42_out,
    DEFAULT = '42',
    ALIGNMENT = int4,
    STORAGE = plain,
    PASSEDBYVALUE
);
-- SHELL TYPE pgsnap base.short
CREATE TYPE "pgsnap base".short;
-- FUNCTION pgsnap base.short_in; owner postgres
CREATE FUNCTION "pgsnap base".short_in(cstring) RETURNS "pgsnap base".short
    LANGUAGE internal IMMUTABLE STRICT
    AS $$int2in$$;
-- FUNCTION pgsnap base.short_out; owner postgres
CREATE FUNCTION "pgsnap base".short_out("pgsnap base".short) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$int2out$$;
-- TYPE pgsnap base.short; owner postgres
CREATE TYPE "pgsnap base".short (
    INTERNALLENGTH = 2,
    INPUT = "pgsnap base".short_in,
    OUTPUT = "pgsnap base".short_out,
    ALIGNMENT = int2,
    STORAGE = plain,
    PASSEDBYVALUE
);
-- SHELL TYPE pgsnap base.unaligned
CREATE TYPE "pgsnap base".unaligned;
-- FUNCTION pgsnap base.unaligned_in; owner postgres
CREATE FUNCTION "pgsnap base".unaligned_in(cstring) RETURNS "pgsnap base".unaligned
    LANGUAGE internal IMMUTABLE STRICT
    AS $$textin$$;
-- FUNCTION pgsnap base.unaligned_out; owner postgres
CREATE FUNCTION "pgsnap base".unaligned_out("pgsnap base".unaligned) RETURNS cstring
    LANGUAGE internal IMMUTABLE STRICT
    AS $$textout$$;
-- TYPE pgsnap base.unaligned; owner postgres
CREATE TYPE "pgsnap base".unaligned (
    INTERNALLENGTH = variable,
    INPUT = "pgsnap base".unaligned_in,
    OUTPUT = "pgsnap base".unaligned_out,
    ALIGNMENT = int4,
    STORAGE = main
);
-- TYPE pgsnap base.undefined type é; owner pgsnap_owner
CREATE TYPE "pgsnap base"."undefined
type é";
-- COMMENT pgsnap base.undefined type é
COMMENT ON TYPE "pgsnap base"."undefined
type é" IS 'never filled in';
-- TYPE pgsnap base.ß234567890123456789012345678901234567890123456789012345678901; owner postgres
CREATE TYPE "pgsnap base"."ß234567890123456789012345678901234567890123456789012345678901";
-- FUNCTION pgsnap base.an array; owner postgres
CREATE FUNCTION "pgsnap base"."an array"("pgsnap base".int42[]) RETURNS "pgsnap base".int42[]
    LANGUAGE sql
    AS $_$SELECT $1$_$;
-- ==== PreData, Privileges
-- ACL pgsnap base.int42
GRANT ALL ON TYPE "pgsnap base".int42 TO pgsnap_owner;
