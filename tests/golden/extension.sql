-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- EXTENSION citext
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
-- COMMENT citext
COMMENT ON EXTENSION citext IS 'it''s
our own comment';
-- EXTENSION cube
CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA public;
-- EXTENSION earthdistance
CREATE EXTENSION IF NOT EXISTS earthdistance WITH SCHEMA public;
-- COMMENT earthdistance
COMMENT ON EXTENSION earthdistance IS 'calculate great-circle distances on the surface of the Earth';
-- EXTENSION hstore
CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA "we""ird
schema";
-- COMMENT hstore
COMMENT ON EXTENSION hstore IS 'data type for storing sets of (key, value) pairs';
-- EXTENSION plpgsql
CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
-- COMMENT plpgsql
COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';
-- EXTENSION uuid-ossp
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "we""ird
schema";
-- COMMENT uuid-ossp
COMMENT ON EXTENSION "uuid-ossp" IS 'generate universally unique identifiers (UUIDs)';
-- DOMAIN public.mail; owner postgres
CREATE DOMAIN public.mail AS public.citext
    CONSTRAINT mail_check CHECK ((VALUE OPERATOR(public.~) '@'::public.citext));
-- FUNCTION public.fires; owner postgres
CREATE FUNCTION public.fires() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RETURN NEW; END$$;
-- FUNCTION public.keys; owner postgres
CREATE FUNCTION public.keys(h "we""ird
schema".hstore) RETURNS text[]
    LANGUAGE sql
    AS $$ SELECT "we""ird
schema".akeys(h) $$;
-- FUNCTION public.leans; owner postgres
CREATE FUNCTION public.leans(a integer) RETURNS integer
    LANGUAGE sql
    AS $$SELECT a$$;
ALTER FUNCTION public.leans(a integer) DEPENDS ON EXTENSION cube;
ALTER FUNCTION public.leans(a integer) DEPENDS ON EXTENSION "uuid-ossp";
-- MATERIALIZED VIEW public.kept; owner postgres
CREATE MATERIALIZED VIEW public.kept AS
 SELECT 1 AS one
  WITH NO DATA;
ALTER MATERIALIZED VIEW public.kept DEPENDS ON EXTENSION earthdistance;
-- TABLE public.uses; owner postgres
CREATE TABLE public.uses (
    id integer NOT NULL,
    h "we""ird
schema".hstore DEFAULT '"a"=>"1"'::"we""ird
schema".hstore,
    c public.citext,
    k public.cube,
    n public.citext[] DEFAULT '{}'::public.citext[],
    CONSTRAINT uses_c_check CHECK ((c OPERATOR(public.<>) ''::public.citext))
);
-- VIEW public.seen; owner postgres
CREATE VIEW public.seen AS
 SELECT c,
    (h OPERATOR("we""ird
schema".->) 'x'::text) AS x,
    public.cube_dim(k) AS dim
   FROM public.uses
  WHERE (c OPERATOR(public.=) 'ab'::public.citext);
-- ==== PostData, Main
-- CONSTRAINT public.uses_pkey
ALTER TABLE ONLY public.uses
    ADD CONSTRAINT uses_pkey PRIMARY KEY (id);
ALTER INDEX public.uses_pkey DEPENDS ON EXTENSION citext;
-- INDEX public.by h
CREATE INDEX "by h" ON public.uses USING gist (h);
-- INDEX public.by_k
CREATE INDEX by_k ON public.uses USING gist (k);
-- INDEX public.leaning
CREATE INDEX leaning ON public.uses USING btree (id);
ALTER INDEX public.leaning DEPENDS ON EXTENSION citext;
-- TRIGGER public.fires
CREATE TRIGGER fires BEFORE INSERT ON public.uses FOR EACH ROW EXECUTE FUNCTION public.fires();
ALTER TRIGGER fires ON public.uses DEPENDS ON EXTENSION "uuid-ossp";
