-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer,
    "user" name
);
-- TABLE we"ird.table; owner postgres
CREATE TABLE "we""ird"."table" (
    a integer
);
-- ==== PostData, Main
-- POLICY public.Größe
CREATE POLICY "Größe" ON public.plain FOR UPDATE TO postgres USING (true) WITH CHECK (false);
-- POLICY public.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63
CREATE POLICY aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63 ON public.plain FOR DELETE USING ((a = 2));
-- POLICY public.bare
CREATE POLICY bare ON public.plain;
-- POLICY public.everyone
CREATE POLICY everyone ON public.plain USING (("user" = CURRENT_USER)) WITH CHECK (((a > 0) OR (a IS NULL)));
-- COMMENT public.everyone
COMMENT ON POLICY everyone ON public.plain IS 'it''s mine';
-- POLICY public.p; -- x
CREATE POLICY "p; --
x" ON public.plain AS RESTRICTIVE FOR SELECT TO pgsnap_reader, "pgsnap ""quo'ted"" ä" USING ((EXISTS ( SELECT 1
   FROM "we""ird"."table" t
  WHERE (t.a = plain.a))));
-- ROW SECURITY public.plain
ALTER TABLE public.plain ENABLE ROW LEVEL SECURITY;
-- POLICY public.select
CREATE POLICY "select" ON public.plain FOR INSERT TO "pgsnap ""quo'ted"" ä", pgsnap_reader WITH CHECK ((a = 1));
-- POLICY we"ird.everyone
CREATE POLICY everyone ON "we""ird"."table" USING ((a = 1));
