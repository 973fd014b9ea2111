-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- FUNCTION we"ird schema.do 'it'; owner postgres
CREATE FUNCTION "we""ird
schema"."do 'it'"() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RETURN NEW; END $$;
-- TABLE public.root; owner postgres
CREATE TABLE public.root (
    k integer
)
PARTITION BY LIST (k);
-- TABLE public.middle; owner postgres
CREATE TABLE public.middle (
    k integer
)
PARTITION BY LIST (k);
-- TABLE public.a_leaf; owner postgres
CREATE TABLE public.a_leaf (
    k integer
);
-- TABLE public.b_leaf; owner postgres
CREATE TABLE public.b_leaf (
    k integer
);
-- TABLE public.c"leaf; owner postgres
CREATE TABLE public."c""leaf" (
    k integer
);
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer NOT NULL,
    "b,c" text,
    "Größe" integer
);
-- VIEW public.seen; owner postgres
CREATE VIEW public.seen AS
 SELECT a,
    "b,c"
   FROM public.plain;
-- TABLE we"ird schema.table; owner postgres
CREATE TABLE "we""ird
schema"."table" (
    a integer,
    "select" text
);
-- TABLE ATTACH public.a_leaf
ALTER TABLE ONLY public.middle ATTACH PARTITION public.a_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.b_leaf
ALTER TABLE ONLY public.middle ATTACH PARTITION public.b_leaf FOR VALUES IN (2);
-- TABLE ATTACH public.c"leaf
ALTER TABLE ONLY public.root ATTACH PARTITION public."c""leaf" FOR VALUES IN (3);
-- TABLE ATTACH public.middle
ALTER TABLE ONLY public.root ATTACH PARTITION public.middle FOR VALUES IN (1, 2);
-- ==== PostData, Main
-- CONSTRAINT public.plain_pkey
ALTER TABLE ONLY public.plain
    ADD CONSTRAINT plain_pkey PRIMARY KEY (a);
-- TRIGGER public.Replica
CREATE TRIGGER "Replica" BEFORE INSERT ON public.plain FOR EACH STATEMENT EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
ALTER TABLE public.plain ENABLE REPLICA TRIGGER "Replica";
-- TRIGGER public.Same
CREATE TRIGGER "Same" AFTER DELETE ON public.root FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
ALTER TABLE public.root ENABLE ALWAYS TRIGGER "Same";
-- TRIGGER public.always
CREATE TRIGGER always BEFORE INSERT ON public.plain FOR EACH STATEMENT EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
ALTER TABLE public.plain ENABLE ALWAYS TRIGGER always;
-- TRIGGER public.checked
CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON public.plain FROM "we""ird
schema"."table" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.a > 0)) EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- COMMENT public.checked
COMMENT ON TRIGGER checked ON public.plain IS 'constraint trigger';
-- TRIGGER public.fired
CREATE TRIGGER fired AFTER INSERT ON public.root FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER public.fired
ALTER TABLE ONLY public.middle DISABLE TRIGGER fired;
-- TRIGGER public.fired
ALTER TABLE ONLY public.b_leaf ENABLE ALWAYS TRIGGER fired;
-- TRIGGER public.instead
CREATE TRIGGER instead INSTEAD OF INSERT OR DELETE OR UPDATE ON public.seen FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER public.lazy
CREATE CONSTRAINT TRIGGER lazy AFTER INSERT ON public.plain DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER public.off
CREATE TRIGGER off BEFORE INSERT ON public.plain FOR EACH STATEMENT EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
ALTER TABLE public.plain DISABLE TRIGGER off;
-- TRIGGER public.own
CREATE TRIGGER own BEFORE INSERT ON public.a_leaf FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER public.quiet
CREATE TRIGGER quiet AFTER UPDATE ON public.root FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
ALTER TABLE public.root DISABLE TRIGGER quiet;
-- TRIGGER public.quiet
ALTER TABLE ONLY public."c""leaf" ENABLE TRIGGER quiet;
-- TRIGGER public.quiet
ALTER TABLE ONLY public.middle ENABLE REPLICA TRIGGER quiet;
-- TRIGGER public.t
CREATE TRIGGER t BEFORE INSERT OR DELETE OR UPDATE OF a, "b,c" ON public.plain FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"('arg', 'it''s \ "x"', '', 'ä
;');
-- COMMENT public.t
COMMENT ON TRIGGER t ON public.plain IS 'it''s
a comment';
-- TRIGGER public.transition; -- 
CREATE TRIGGER "transition; --
" AFTER UPDATE ON public.plain REFERENCING OLD TABLE AS "old rows" NEW TABLE AS "new rows" FOR EACH STATEMENT EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER public.truncated
CREATE TRIGGER truncated AFTER TRUNCATE ON public.plain FOR EACH STATEMENT EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER public.when
CREATE TRIGGER "when" AFTER UPDATE ON public.plain FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND ((new.a > 0) OR (new."Größe" IS NULL)))) EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER we"ird schema.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63
CREATE TRIGGER aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa63 BEFORE INSERT ON "we""ird
schema"."table" FOR EACH ROW EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
-- TRIGGER we"ird schema.t
CREATE TRIGGER t BEFORE INSERT ON "we""ird
schema"."table" FOR EACH STATEMENT EXECUTE FUNCTION "we""ird
schema"."do 'it'"();
