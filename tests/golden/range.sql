-- ==== PreData, Main
-- SCHEMA pgsnap "multi"; owner postgres
CREATE SCHEMA "pgsnap ""multi""";
-- SCHEMA pgsnap range; owner postgres
CREATE SCHEMA "pgsnap range";
-- FUNCTION pgsnap range.differ ence; owner postgres
CREATE FUNCTION "pgsnap range"."differ ence"(text, text) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT
    AS $$SELECT 1.0::double precision$$;
-- OPERATOR FAMILY pgsnap range.text "class"; owner postgres
CREATE OPERATOR FAMILY "pgsnap range"."text ""class""" USING btree;
-- OPERATOR CLASS pgsnap range.text "class"; owner postgres
CREATE OPERATOR CLASS "pgsnap range"."text ""class"""
    FOR TYPE text USING btree FAMILY "pgsnap range"."text ""class""" AS
    OPERATOR 1 ~<~(text,text),
    OPERATOR 2 ~<=~(text,text),
    OPERATOR 3 =(text,text),
    OPERATOR 4 ~>=~(text,text),
    OPERATOR 5 ~>~(text,text),
    FUNCTION 1 (text, text) bttext_pattern_cmp(text,text);
-- TYPE pgsnap range.Full "range" é; owner pgsnap_owner
CREATE TYPE "pgsnap range"."Full ""range""
é" AS RANGE (
    subtype = text,
    multirange_type_name = "pgsnap ""multi"""."multi
range",
    subtype_opclass = "pgsnap range"."text ""class""",
    collation = pg_catalog."C",
    subtype_diff = "pgsnap range"."differ ence"
);
-- COMMENT pgsnap range.Full "range" é
COMMENT ON TYPE "pgsnap range"."Full ""range""
é" IS 'a range';
-- OPERATOR pgsnap range.~~<<; owner postgres
CREATE OPERATOR "pgsnap range".~~<< (
    FUNCTION = int8lt,
    LEFTARG = bigint,
    RIGHTARG = bigint,
    COMMUTATOR = OPERATOR("pgsnap range".~~>>)
);
-- OPERATOR FAMILY pgsnap range.zz_class; owner postgres
CREATE OPERATOR FAMILY "pgsnap range".zz_class USING btree;
-- OPERATOR CLASS pgsnap range.zz_class; owner postgres
CREATE OPERATOR CLASS "pgsnap range".zz_class
    FOR TYPE bigint USING btree FAMILY "pgsnap range".zz_class AS
    OPERATOR 1 "pgsnap range".~~<<(bigint,bigint),
    OPERATOR 2 <=(bigint,bigint),
    OPERATOR 3 =(bigint,bigint),
    OPERATOR 4 >=(bigint,bigint),
    OPERATOR 5 >(bigint,bigint),
    FUNCTION 1 (bigint, bigint) btint8cmp(bigint,bigint);
-- TYPE pgsnap range.aa_sorted; owner postgres
CREATE TYPE "pgsnap range".aa_sorted AS RANGE (
    subtype = bigint,
    multirange_type_name = "pgsnap range".aa_sorted_multirange,
    subtype_opclass = "pgsnap range".zz_class
);
-- SHELL TYPE pgsnap range.canonical
CREATE TYPE "pgsnap range".canonical;
-- FUNCTION pgsnap range.canonical fn; owner postgres
CREATE FUNCTION "pgsnap range"."canonical fn"("pgsnap range".canonical) RETURNS "pgsnap range".canonical
    LANGUAGE internal IMMUTABLE STRICT
    AS $$int4range_canonical$$;
-- TYPE pgsnap range.canonical; owner postgres
CREATE TYPE "pgsnap range".canonical AS RANGE (
    subtype = integer,
    multirange_type_name = "pgsnap range".canonical_multirange,
    canonical = "pgsnap range"."canonical fn",
    subtype_diff = int4range_subdiff
);
-- TYPE pgsnap range.plain; owner postgres
CREATE TYPE "pgsnap range".plain AS RANGE (
    subtype = integer,
    multirange_type_name = "pgsnap range".plain_multirange
);
-- TYPE pgsnap range.r2345678901234567890123456789012345678901234567890123456789012; owner postgres
CREATE TYPE "pgsnap range".r2345678901234567890123456789012345678901234567890123456789012 AS RANGE (
    subtype = timestamp with time zone,
    multirange_type_name = "pgsnap range".r234567890123456789012345678901234567890123456789012_multirange
);
-- FUNCTION pgsnap range.a_takes; owner postgres
CREATE FUNCTION "pgsnap range".a_takes("pgsnap ""multi"""."multi
range") RETURNS boolean
    LANGUAGE sql
    AS $$SELECT true$$;
-- FUNCTION pgsnap range.a_takes; owner postgres
CREATE FUNCTION "pgsnap range".a_takes("pgsnap range".plain[]) RETURNS boolean
    LANGUAGE sql
    AS $$SELECT true$$;
