-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer,
    "b,c" integer,
    "select" text
);
-- MATERIALIZED VIEW public.kept; owner postgres
CREATE MATERIALIZED VIEW public.kept AS
 SELECT a,
    "b,c"
   FROM public.plain
  WITH NO DATA;
-- TABLE public.parted; owner postgres
CREATE TABLE public.parted (
    a integer,
    b integer
)
PARTITION BY LIST (a);
-- ==== PostData, Main
-- STATISTICS public.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63; owner postgres
CREATE STATISTICS public.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63 ON a, "b,c" FROM public.kept;
-- STATISTICS public.deps; owner pgsnap_reader
CREATE STATISTICS public.deps (dependencies) ON a, "b,c" FROM public.plain;
-- STATISTICS public.every; owner postgres
CREATE STATISTICS public.every ON a, "b,c" FROM public.plain;
ALTER STATISTICS public.every SET STATISTICS 1000;
-- STATISTICS public.expr; owner postgres
CREATE STATISTICS public.expr ON (a + "b,c"), lower("select") FROM public.plain;
-- STATISTICS public.mixed; owner postgres
CREATE STATISTICS public.mixed (mcv) ON a, upper("select") FROM public.plain;
-- STATISTICS public.one_expr; owner postgres
CREATE STATISTICS public.one_expr ON (a * 2) FROM public.plain;
-- STATISTICS public.table; owner postgres
CREATE STATISTICS public."table" ON a, b FROM public.parted;
-- STATISTICS public.two; owner postgres
CREATE STATISTICS public.two (ndistinct, mcv) ON a, "b,c" FROM public.plain;
ALTER STATISTICS public.two SET STATISTICS 0;
-- STATISTICS we"ird.n; -- d; owner postgres
CREATE STATISTICS "we""ird"."n; --
d" (ndistinct) ON a, "select" FROM public.plain;
-- COMMENT we"ird.n; -- d
COMMENT ON STATISTICS "we""ird"."n; --
d" IS 'distinct';
