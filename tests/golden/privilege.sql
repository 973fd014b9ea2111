-- ==== PreData, Main
-- SCHEMA we"ird; -- ä; owner postgres
CREATE SCHEMA "we""ird; --
ä";
-- DOMAIN public.dom; owner postgres
CREATE DOMAIN public.dom AS integer;
-- TYPE public.mood; owner postgres
CREATE TYPE public.mood AS ENUM (
    'a'
);
-- TYPE public.pair; owner postgres
CREATE TYPE public.pair AS (
    a integer
);
-- TYPE public.span; owner postgres
CREATE TYPE public.span AS RANGE (
    subtype = integer,
    multirange_type_name = public.span_multirange
);
-- FUNCTION public.f(x); owner postgres
CREATE FUNCTION public."f(x)"(a integer, OUT b integer, VARIADIC c text[] DEFAULT '{}'::text[]) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1$$;
-- PROCEDURE public.p; owner postgres
CREATE PROCEDURE public.p(INOUT a integer)
    LANGUAGE sql
    AS $$SELECT 1$$;
-- FUNCTION public.step; owner postgres
CREATE FUNCTION public.step(bigint, integer, text) RETURNS bigint
    LANGUAGE sql
    AS $$SELECT 1::bigint$$;
-- FUNCTION public.window_it; owner postgres
CREATE FUNCTION public.window_it() RETURNS bigint
    LANGUAGE internal WINDOW
    AS $$window_row_number$$;
-- AGGREGATE public.agg; owner postgres
CREATE AGGREGATE public.agg(integer, text) (
    SFUNC = public.step,
    STYPE = bigint
);
-- AGGREGATE public.counted; owner postgres
CREATE AGGREGATE public.counted(*) (
    SFUNC = int8inc,
    STYPE = bigint,
    INITCOND = '0'
);
-- AGGREGATE public.ordered; owner postgres
CREATE AGGREGATE public.ordered(double precision ORDER BY anyelement) (
    SFUNC = ordered_set_transition,
    STYPE = internal,
    FINALFUNC = percentile_disc_final,
    FINALFUNC_EXTRA
);
-- FOREIGN DATA WRAPPER wrap"per; owner postgres
CREATE FOREIGN DATA WRAPPER "wrap""per";
-- SERVER serv"er; owner postgres
CREATE SERVER "serv""er" FOREIGN DATA WRAPPER "wrap""per";
-- SEQUENCE public.Seq"s; owner postgres
CREATE SEQUENCE public."Seq""s"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
-- SEQUENCE public.columned; owner postgres
CREATE SEQUENCE public.columned
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
-- FOREIGN TABLE public.far; owner postgres
CREATE FOREIGN TABLE public.far (
    a integer
)
SERVER "serv""er";
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer NOT NULL,
    "b,c" text
);
-- MATERIALIZED VIEW public.kept; owner postgres
CREATE MATERIALIZED VIEW public.kept AS
 SELECT a,
    "b,c"
   FROM public.plain
  WITH NO DATA;
-- TABLE public.parted; owner postgres
CREATE TABLE public.parted (
    k integer,
    city integer
)
PARTITION BY LIST (k);
-- TABLE public.leaf; owner postgres
CREATE TABLE public.leaf (
    k integer,
    city integer
);
-- SEQUENCE public.plain_a_seq; owner postgres
CREATE SEQUENCE public.plain_a_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
-- SEQUENCE OWNED BY public.plain_a_seq
ALTER SEQUENCE public.plain_a_seq OWNED BY public.plain.a;
-- VIEW public.seen; owner postgres
CREATE VIEW public.seen AS
 SELECT a,
    "b,c"
   FROM public.plain;
-- TABLE we"ird; -- ä.table; owner pgsnap_writer
CREATE TABLE "we""ird; --
ä"."table" (
    a integer,
    "b,c" text,
    "select" integer
);
-- TABLE ATTACH public.leaf
ALTER TABLE ONLY public.parted ATTACH PARTITION public.leaf FOR VALUES IN (1);
-- DEFAULT public.plain
ALTER TABLE ONLY public.plain ALTER COLUMN a SET DEFAULT nextval('public.plain_a_seq'::regclass);
-- ==== PreData, Privileges
-- ACL wrap"per
GRANT ALL ON FOREIGN DATA WRAPPER "wrap""per" TO pgsnap_reader;
-- ACL serv"er
GRANT ALL ON FOREIGN SERVER "serv""er" TO PUBLIC;
-- ACL FUNCTION pg_catalog.pg_reload_conf()
GRANT ALL ON FUNCTION pg_catalog.pg_reload_conf() TO pgsnap_reader;
-- ACL FUNCTION pg_catalog.pg_sleep(double precision)
REVOKE ALL ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_sleep(double precision) TO pgsnap_reader;
-- ACL FUNCTION pg_catalog.pg_stat_reset()
REVOKE ALL ON FUNCTION pg_catalog.pg_stat_reset() FROM postgres;
-- ACL public.f(x)
REVOKE ALL ON FUNCTION public."f(x)"(a integer, OUT b integer, VARIADIC c text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public."f(x)"(a integer, OUT b integer, VARIADIC c text[]) TO pgsnap_reader WITH GRANT OPTION;
-- ACL public.agg
GRANT ALL ON FUNCTION public.agg(integer, text) TO pgsnap_reader;
-- ACL public.counted
GRANT ALL ON FUNCTION public.counted() TO pgsnap_reader;
-- ACL public.ordered
REVOKE ALL ON FUNCTION public.ordered(double precision, anyelement) FROM PUBLIC;
-- ACL public.window_it
REVOKE ALL ON FUNCTION public.window_it() FROM PUBLIC;
-- ACL LANGUAGE plpgsql
GRANT ALL ON LANGUAGE plpgsql TO pgsnap_reader;
-- ACL LANGUAGE sql
REVOKE ALL ON LANGUAGE sql FROM PUBLIC;
-- ACL public.p
REVOKE ALL ON PROCEDURE public.p(INOUT a integer) FROM PUBLIC;
REVOKE ALL ON PROCEDURE public.p(INOUT a integer) FROM postgres;
-- ACL we"ird; -- ä
GRANT USAGE ON SCHEMA "we""ird; --
ä" TO PUBLIC;
GRANT USAGE ON SCHEMA "we""ird; --
ä" TO pgsnap_reader;
GRANT CREATE ON SCHEMA "we""ird; --
ä" TO "pgsnap ""quo'ted"" ä" WITH GRANT OPTION;
-- ACL SCHEMA pg_catalog
GRANT CREATE ON SCHEMA pg_catalog TO pgsnap_reader;
-- ACL SCHEMA public
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO pgsnap_reader WITH GRANT OPTION;
-- ACL public.Seq"s
GRANT USAGE ON SEQUENCE public."Seq""s" TO pgsnap_reader;
GRANT ALL ON SEQUENCE public."Seq""s" TO pgsnap_writer WITH GRANT OPTION;
-- ACL public.plain_a_seq
GRANT USAGE ON SEQUENCE public.plain_a_seq TO pgsnap_reader;
-- ACL we"ird; -- ä.table
REVOKE ALL ON TABLE "we""ird; --
ä"."table" FROM pgsnap_writer;
GRANT SELECT,INSERT,REFERENCES,DELETE,MAINTAIN,UPDATE ON TABLE "we""ird; --
ä"."table" TO pgsnap_writer;
GRANT ALL ON TABLE "we""ird; --
ä"."table" TO "pgsnap ""quo'ted"" ä" WITH GRANT OPTION;
SET SESSION AUTHORIZATION "pgsnap ""quo'ted"" ä";
GRANT SELECT,INSERT ON TABLE "we""ird; --
ä"."table" TO pgsnap_reader;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION "pgsnap ""quo'ted"" ä";
GRANT SELECT,INSERT ON TABLE "we""ird; --
ä"."table" TO PUBLIC;
RESET SESSION AUTHORIZATION;
-- ACL we"ird; -- ä.table
GRANT SELECT(tableoid) ON TABLE "we""ird; --
ä"."table" TO pgsnap_reader;
-- ACL we"ird; -- ä.table
SET SESSION AUTHORIZATION "pgsnap ""quo'ted"" ä";
GRANT UPDATE(a) ON TABLE "we""ird; --
ä"."table" TO PUBLIC;
RESET SESSION AUTHORIZATION;
-- ACL we"ird; -- ä.table
GRANT SELECT("b,c"),UPDATE("b,c") ON TABLE "we""ird; --
ä"."table" TO pgsnap_reader WITH GRANT OPTION;
-- ACL we"ird; -- ä.table
GRANT ALL("select") ON TABLE "we""ird; --
ä"."table" TO pgsnap_reader;
-- ACL TABLE pg_catalog.pg_authid
GRANT SELECT(rolname) ON TABLE pg_catalog.pg_authid TO pgsnap_reader;
-- ACL TABLE pg_catalog.pg_proc
REVOKE SELECT ON TABLE pg_catalog.pg_proc FROM PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(tableoid) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(oid) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proname) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(pronamespace) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proowner) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prolang) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(procost) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prorows) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(provariadic) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prosupport) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prokind) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prosecdef) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proleakproof) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proisstrict) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proretset) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(provolatile) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proparallel) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(pronargs) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(pronargdefaults) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prorettype) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proargtypes) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proallargtypes) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proargmodes) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proargnames) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proargdefaults) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(protrftypes) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prosrc) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(probin) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(prosqlbody) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proconfig) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL TABLE pg_catalog.pg_proc
GRANT SELECT(proacl) ON TABLE pg_catalog.pg_proc TO PUBLIC;
-- ACL public.columned
GRANT SELECT(last_value) ON TABLE public.columned TO pgsnap_reader;
-- ACL public.far
GRANT SELECT ON TABLE public.far TO PUBLIC;
-- ACL public.kept
GRANT SELECT ON TABLE public.kept TO PUBLIC;
GRANT MAINTAIN ON TABLE public.kept TO pgsnap_reader;
-- ACL public.leaf
GRANT SELECT ON TABLE public.leaf TO pgsnap_reader;
-- ACL public.parted
GRANT SELECT ON TABLE public.parted TO PUBLIC;
-- ACL public.parted
GRANT SELECT(city) ON TABLE public.parted TO "pgsnap ""quo'ted"" ä";
-- ACL public.plain
REVOKE ALL ON TABLE public.plain FROM postgres;
GRANT SELECT ON TABLE public.plain TO pgsnap_reader;
-- ACL public.seen
GRANT SELECT ON TABLE public.seen TO PUBLIC;
-- ACL public.seen
GRANT SELECT(a) ON TABLE public.seen TO pgsnap_reader;
-- ACL TYPE pg_catalog.int4range
REVOKE ALL ON TYPE pg_catalog.int4range FROM PUBLIC;
-- ACL public.dom
GRANT ALL ON TYPE public.dom TO pgsnap_reader;
-- ACL public.mood
REVOKE ALL ON TYPE public.mood FROM PUBLIC;
-- ACL public.pair
REVOKE ALL ON TYPE public.pair FROM PUBLIC;
-- ACL public.span
GRANT ALL ON TYPE public.span TO pgsnap_reader WITH GRANT OPTION;
