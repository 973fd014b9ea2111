-- ==== PreData, Main
-- SCHEMA pgsnap family; owner postgres
CREATE SCHEMA "pgsnap family";
-- FUNCTION pgsnap family.zz "compare"; owner postgres
CREATE FUNCTION "pgsnap family"."zz ""compare"""(bigint, integer) RETURNS integer
    LANGUAGE internal IMMUTABLE STRICT
    AS $$btint84cmp$$;
-- OPERATOR pgsnap family.<<<; owner postgres
CREATE OPERATOR "pgsnap family".<<< (
    FUNCTION = int84lt,
    LEFTARG = bigint,
    RIGHTARG = integer
);
-- OPERATOR FAMILY pgsnap family.loose; owner postgres
CREATE OPERATOR FAMILY "pgsnap family".loose USING btree;
ALTER OPERATOR FAMILY "pgsnap family".loose USING btree ADD
    OPERATOR 1 "pgsnap family".<<<(bigint,integer),
    OPERATOR 2 <=(bigint,integer),
    OPERATOR 3 =(bigint,integer),
    OPERATOR 4 >=(bigint,integer),
    OPERATOR 5 >(bigint,integer),
    FUNCTION 1 (bigint, integer) "pgsnap family"."zz ""compare"""(bigint,integer),
    FUNCTION 2 (bigint, bigint) btint8sortsupport(internal);
-- OPERATOR CLASS pgsnap family.big; owner postgres
CREATE OPERATOR CLASS "pgsnap family".big
    FOR TYPE bigint USING btree FAMILY "pgsnap family".loose AS
    OPERATOR 1 <(bigint,bigint),
    OPERATOR 2 <=(bigint,bigint),
    OPERATOR 3 =(bigint,bigint),
    OPERATOR 4 >=(bigint,bigint),
    OPERATOR 5 >(bigint,bigint),
    FUNCTION 1 (bigint, bigint) btint8cmp(bigint,bigint);
-- OPERATOR FAMILY pgsnap family.empty "family" é; owner pgsnap_owner
CREATE OPERATOR FAMILY "pgsnap family"."empty ""family""
é" USING btree;
-- COMMENT pgsnap family.empty "family" é
COMMENT ON OPERATOR FAMILY "pgsnap family"."empty ""family""
é" USING btree IS 'a family';
-- OPERATOR FAMILY pgsnap family.empty "family" é; owner postgres
CREATE OPERATOR FAMILY "pgsnap family"."empty ""family""
é" USING hash;
-- OPERATOR FAMILY pgsnap family.fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff63; owner postgres
CREATE OPERATOR FAMILY "pgsnap family".fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff63 USING brin;
-- OPERATOR FAMILY pgsnap family.order; owner postgres
CREATE OPERATOR FAMILY "pgsnap family"."order" USING gist;
ALTER OPERATOR FAMILY "pgsnap family"."order" USING gist ADD
    OPERATOR 15 <->(point,point) FOR ORDER BY pg_catalog.float_ops,
    OPERATOR 16 <->(circle,point) FOR ORDER BY pg_catalog.float_ops;
