-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer,
    "b,c" text
);
-- VIEW public.seen; owner postgres
CREATE VIEW public.seen AS
 SELECT a,
    "b,c"
   FROM public.plain;
-- TABLE we"ird.log --; owner postgres
CREATE TABLE "we""ird"."log
--" (
    a integer,
    "select" text
);
-- ==== PostData, Main
-- RULE public.Also; -- x
CREATE RULE "Also; --
x" AS
    ON INSERT TO public.plain
   WHERE ((new.a > 0) AND ((new."b,c" <> 'it''s \'::text) OR (new.a IS NULL))) DO  INSERT INTO "we""ird"."log
--" (a, "select")
  VALUES (new.a, new."b,c");
-- RULE public.nothing
CREATE RULE nothing AS
    ON DELETE TO public.plain DO INSTEAD NOTHING;
-- COMMENT public.nothing
COMMENT ON RULE nothing ON public.plain IS 'keeps';
-- RULE public.select
CREATE RULE "select" AS
    ON INSERT TO public.seen DO INSTEAD  INSERT INTO public.plain (a, "b,c")
  VALUES (new.a, new."b,c")
  RETURNING plain.a,
    plain."b,c";
-- COMMENT public.select
COMMENT ON RULE "select" ON public.seen IS 'on a view';
-- RULE public.several
CREATE RULE several AS
    ON UPDATE TO public.plain DO ( INSERT INTO "we""ird"."log
--" (a, "select")
  VALUES (old.a, 'old'::text);
 UPDATE "we""ird"."log
--" SET "select" = new."b,c"
  WHERE ("log
--".a = old.a);

 NOTIFY "Chan";
);
-- RULE we"ird.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63
CREATE RULE aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63 AS
    ON DELETE TO "we""ird"."log
--" DO  SELECT 1 AS "?column?";
ALTER TABLE "we""ird"."log
--" ENABLE REPLICA RULE aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63;
-- RULE we"ird.always
CREATE RULE always AS
    ON DELETE TO "we""ird"."log
--" DO NOTHING;
ALTER TABLE "we""ird"."log
--" ENABLE ALWAYS RULE always;
-- RULE we"ird.nothing
CREATE RULE nothing AS
    ON INSERT TO "we""ird"."log
--"
   WHERE false DO INSTEAD NOTHING;
-- RULE we"ird.off
CREATE RULE off AS
    ON UPDATE TO "we""ird"."log
--" DO INSTEAD NOTHING;
ALTER TABLE "we""ird"."log
--" DISABLE RULE off;
