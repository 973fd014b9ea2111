-- ==== PreData, Main
-- SCHEMA pgsnap class; owner postgres
CREATE SCHEMA "pgsnap class";
-- TYPE pgsnap class.a "type" é; owner postgres
CREATE TYPE "pgsnap class"."a ""type""
é" AS ENUM (
    'a'
);
-- FUNCTION pgsnap class.zz "compare"; owner postgres
CREATE FUNCTION "pgsnap class"."zz ""compare"""(bigint, bigint) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT
    AS $$btint8cmp$$;
-- OPERATOR pgsnap class.<<<; owner postgres
CREATE OPERATOR "pgsnap class".<<< (
    FUNCTION = int8lt,
    LEFTARG = bigint,
    RIGHTARG = bigint
);
-- OPERATOR FAMILY pgsnap class.Full "class" é; owner postgres
CREATE OPERATOR FAMILY "pgsnap class"."Full ""class""
é" USING btree;
ALTER OPERATOR FAMILY "pgsnap class"."Full ""class""
é" USING btree ADD
    OPERATOR 1 <(anyenum,anyenum),
    OPERATOR 2 <=(anyenum,anyenum),
    OPERATOR 3 =(anyenum,anyenum),
    OPERATOR 4 >=(anyenum,anyenum),
    OPERATOR 5 >(anyenum,anyenum),
    FUNCTION 1 (anyenum, anyenum) enum_cmp(anyenum,anyenum);
-- OPERATOR CLASS pgsnap class.Full "class" é; owner pgsnap_owner
CREATE OPERATOR CLASS "pgsnap class"."Full ""class""
é"
    DEFAULT FOR TYPE "pgsnap class"."a ""type""
é" USING btree FAMILY "pgsnap class"."Full ""class""
é" AS
    STORAGE "pgsnap class"."a ""type""
é";
-- COMMENT pgsnap class.Full "class" é
COMMENT ON OPERATOR CLASS "pgsnap class"."Full ""class""
é" USING btree IS 'a class';
-- OPERATOR FAMILY pgsnap class.fam "ily"; owner postgres
CREATE OPERATOR FAMILY "pgsnap class"."fam ""ily""" USING btree;
ALTER OPERATOR FAMILY "pgsnap class"."fam ""ily""" USING btree ADD
    FUNCTION 2 (bigint, bigint) btint8sortsupport(internal),
    FUNCTION 4 (bigint, bigint) btequalimage(oid);
-- OPERATOR CLASS pgsnap class.big; owner postgres
CREATE OPERATOR CLASS "pgsnap class".big
    FOR TYPE bigint USING btree FAMILY "pgsnap class"."fam ""ily""" AS
    OPERATOR 1 "pgsnap class".<<<(bigint,bigint),
    OPERATOR 3 =(bigint,bigint),
    OPERATOR 5 >(bigint,bigint),
    FUNCTION 1 (bigint, bigint) "pgsnap class"."zz ""compare"""(bigint,bigint);
-- OPERATOR FAMILY pgsnap class.big; owner postgres
CREATE OPERATOR FAMILY "pgsnap class".big USING hash;
-- OPERATOR CLASS pgsnap class.big; owner postgres
CREATE OPERATOR CLASS "pgsnap class".big
    FOR TYPE bigint USING hash FAMILY "pgsnap class".big AS
    OPERATOR 1 =(bigint,bigint),
    FUNCTION 1 (bigint, bigint) hashint8(bigint);
-- OPERATOR FAMILY pgsnap class.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63; owner postgres
CREATE OPERATOR FAMILY "pgsnap class".ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63 USING btree;
-- OPERATOR CLASS pgsnap class.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63; owner postgres
CREATE OPERATOR CLASS "pgsnap class".ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63
    FOR TYPE bigint USING btree FAMILY "pgsnap class".ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63 AS
    STORAGE bigint;
-- OPERATOR FAMILY pgsnap class.empty; owner postgres
CREATE OPERATOR FAMILY "pgsnap class".empty USING btree;
-- OPERATOR CLASS pgsnap class.empty; owner postgres
CREATE OPERATOR CLASS "pgsnap class".empty
    FOR TYPE bigint USING btree FAMILY "pgsnap class".empty AS
    STORAGE bigint;
-- OPERATOR FAMILY pgsnap class.points; owner postgres
CREATE OPERATOR FAMILY "pgsnap class".points USING gist;
ALTER OPERATOR FAMILY "pgsnap class".points USING gist ADD
    OPERATOR 1 <<(point,point),
    OPERATOR 15 <->(point,point) FOR ORDER BY pg_catalog.float_ops,
    OPERATOR 28 <@(point,box),
    FUNCTION 3 (point, point) gist_point_compress(internal),
    FUNCTION 8 (point, point) gist_point_distance(internal,point,smallint,oid,internal);
-- OPERATOR CLASS pgsnap class.points; owner postgres
CREATE OPERATOR CLASS "pgsnap class".points
    FOR TYPE point USING gist FAMILY "pgsnap class".points AS
    STORAGE box,
    FUNCTION 1 (point, point) gist_point_consistent(internal,point,smallint,oid,internal),
    FUNCTION 2 (point, point) gist_box_union(internal,internal),
    FUNCTION 5 (point, point) gist_box_penalty(internal,internal,internal),
    FUNCTION 6 (point, point) gist_box_picksplit(internal,internal),
    FUNCTION 7 (point, point) gist_box_same(box,box,internal);
-- OPERATOR CLASS pgsnap class.small; owner postgres
CREATE OPERATOR CLASS "pgsnap class".small
    FOR TYPE smallint USING btree FAMILY "pgsnap class"."fam ""ily""" AS
    OPERATOR 1 <(smallint,smallint),
    OPERATOR 3 =(smallint,smallint),
    OPERATOR 5 >(smallint,smallint),
    FUNCTION 1 (smallint, smallint) btint2cmp(smallint,smallint);
-- OPERATOR FAMILY pgsnap class.words; owner postgres
CREATE OPERATOR FAMILY "pgsnap class".words USING gin;
ALTER OPERATOR FAMILY "pgsnap class".words USING gin ADD
    OPERATOR 1 &&(anyarray,anyarray),
    OPERATOR 2 @>(anyarray,anyarray),
    FUNCTION 1 (text[], text[]) bttextcmp(text,text),
    FUNCTION 4 (text[], text[]) ginarrayconsistent(internal,smallint,anyarray,integer,internal,internal,internal,internal);
-- OPERATOR CLASS pgsnap class.words; owner postgres
CREATE OPERATOR CLASS "pgsnap class".words
    FOR TYPE text[] USING gin FAMILY "pgsnap class".words AS
    STORAGE text,
    FUNCTION 2 (text[], text[]) ginarrayextract(anyarray,internal,internal),
    FUNCTION 3 (text[], text[]) ginqueryarrayextract(anyarray,internal,smallint,internal,internal,internal,internal);
