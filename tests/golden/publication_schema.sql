-- ==== PreData, Main
-- SCHEMA we"ird; -- ä; owner postgres
CREATE SCHEMA "we""ird; --
ä";
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer NOT NULL
);
-- ==== PostData, Main
-- CONSTRAINT public.plain_pkey
ALTER TABLE ONLY public.plain
    ADD CONSTRAINT plain_pkey PRIMARY KEY (a);
-- PUBLICATION one; owner postgres
CREATE PUBLICATION one WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION select; owner postgres
CREATE PUBLICATION "select" WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION TABLE public.plain
ALTER PUBLICATION one ADD TABLE ONLY public.plain;
-- PUBLICATION TABLES IN SCHEMA public.public
ALTER PUBLICATION one ADD TABLES IN SCHEMA public;
-- PUBLICATION TABLES IN SCHEMA we"ird; -- ä.we"ird; -- ä
ALTER PUBLICATION one ADD TABLES IN SCHEMA "we""ird; --
ä";
-- PUBLICATION TABLES IN SCHEMA we"ird; -- ä.we"ird; -- ä
ALTER PUBLICATION "select" ADD TABLES IN SCHEMA "we""ird; --
ä";
