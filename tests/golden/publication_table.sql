-- ==== PreData, Main
-- SCHEMA we"ird; owner postgres
CREATE SCHEMA "we""ird";
-- TABLE public.parent; owner postgres
CREATE TABLE public.parent (
    a integer
);
-- TABLE public.child; owner postgres
CREATE TABLE public.child (
)
INHERITS (public.parent);
-- TABLE public.parted; owner postgres
CREATE TABLE public.parted (
    k integer
)
PARTITION BY LIST (k);
-- TABLE public.part; owner postgres
CREATE TABLE public.part (
    k integer
);
-- TABLE public.plain; owner postgres
CREATE TABLE public.plain (
    a integer NOT NULL,
    "b,c" text,
    "select" integer
);
-- TABLE we"ird.table; -- ä; owner postgres
CREATE TABLE "we""ird"."table; --
ä" (
    a integer NOT NULL,
    "Größe" text
);
-- TABLE ATTACH public.part
ALTER TABLE ONLY public.parted ATTACH PARTITION public.part FOR VALUES IN (1);
-- ==== PostData, Main
-- CONSTRAINT public.plain_pkey
ALTER TABLE ONLY public.plain
    ADD CONSTRAINT plain_pkey PRIMARY KEY (a);
-- CONSTRAINT we"ird.table; -- ä_pkey
ALTER TABLE ONLY "we""ird"."table; --
ä"
    ADD CONSTRAINT "table; --
ä_pkey" PRIMARY KEY (a);
-- PUBLICATION both; owner postgres
CREATE PUBLICATION "both" WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION filtered; owner postgres
CREATE PUBLICATION filtered WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION leafed; owner postgres
CREATE PUBLICATION leafed WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION listed; owner postgres
CREATE PUBLICATION listed WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION one; owner postgres
CREATE PUBLICATION one WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION rooted; owner postgres
CREATE PUBLICATION rooted WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);
-- PUBLICATION three; owner postgres
CREATE PUBLICATION three WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION two; --; owner postgres
CREATE PUBLICATION "two; --" WITH (publish = 'insert, update, delete, truncate');
-- PUBLICATION TABLE public.child
ALTER PUBLICATION three ADD TABLE ONLY public.child;
-- PUBLICATION TABLE public.parent
ALTER PUBLICATION one ADD TABLE ONLY public.parent;
-- PUBLICATION TABLE public.parent
ALTER PUBLICATION three ADD TABLE ONLY public.parent;
-- PUBLICATION TABLE public.part
ALTER PUBLICATION leafed ADD TABLE ONLY public.part;
-- PUBLICATION TABLE public.parted
ALTER PUBLICATION rooted ADD TABLE ONLY public.parted;
-- PUBLICATION TABLE public.plain
ALTER PUBLICATION filtered ADD TABLE ONLY public.plain WHERE (((a > 1) AND (("b,c" = 'it''s'::text) OR ("select" IS NULL))));
-- PUBLICATION TABLE public.plain
ALTER PUBLICATION listed ADD TABLE ONLY public.plain (a, "select");
-- PUBLICATION TABLE public.plain
ALTER PUBLICATION one ADD TABLE ONLY public.plain;
-- PUBLICATION TABLE public.plain
ALTER PUBLICATION "two; --" ADD TABLE ONLY public.plain;
-- PUBLICATION TABLE we"ird.table; -- ä
ALTER PUBLICATION "both" ADD TABLE ONLY "we""ird"."table; --
ä" (a, "Größe") WHERE ((a = 1));
-- PUBLICATION TABLE we"ird.table; -- ä
ALTER PUBLICATION "two; --" ADD TABLE ONLY "we""ird"."table; --
ä";
