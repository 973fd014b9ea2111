-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- COLLATION we"ird schema.Col; owner postgres
CREATE COLLATION "we""ird
schema"."Col" (provider = libc, locale = 'C');
-- EXTENSION citext
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
-- COMMENT citext
COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';
-- FUNCTION we"ird schema.ex'pr; owner postgres
CREATE FUNCTION "we""ird
schema"."ex'pr"(text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT $1 || 'x'$_$;
-- TABLE public.root; owner postgres
CREATE TABLE public.root (
    k integer,
    t text
)
PARTITION BY RANGE (k);
-- TABLE public.a_part; owner postgres
CREATE TABLE public.a_part (
    k integer,
    t text
);
-- TABLE public.base; owner postgres
CREATE TABLE public.base (
    id integer NOT NULL,
    "b c" text,
    d integer[],
    e point,
    f tsvector,
    g int4range,
    "select" text NOT NULL,
    h boolean,
    i timestamp with time zone,
    j inet
);
-- TABLE public.below; owner postgres
CREATE TABLE public.below (
    k integer NOT NULL
)
PARTITION BY LIST (k);
-- TABLE public.below_part; owner postgres
CREATE TABLE public.below_part (
    k integer CONSTRAINT below_k_not_null NOT NULL
);
-- TABLE public.clu"stered; owner postgres
CREATE TABLE public."clu""stered" (
    a integer NOT NULL,
    b integer NOT NULL
);
-- TABLE public.key_only; owner postgres
CREATE TABLE public.key_only (
    k integer NOT NULL
)
PARTITION BY LIST (k);
-- TABLE public.key_only_part; owner postgres
CREATE TABLE public.key_only_part (
    k integer CONSTRAINT key_only_k_not_null NOT NULL
);
-- TABLE public.keyed; owner postgres
CREATE TABLE public.keyed (
    k integer NOT NULL,
    v integer NOT NULL
)
PARTITION BY RANGE (k);
-- TABLE public.keyed_before; owner postgres
CREATE TABLE public.keyed_before (
    v integer NOT NULL,
    k integer NOT NULL
);
-- TABLE public.keyed_made; owner postgres
CREATE TABLE public.keyed_made (
    k integer CONSTRAINT keyed_k_not_null NOT NULL,
    v integer CONSTRAINT keyed_v_not_null NOT NULL
);
-- TABLE public.middle; owner postgres
CREATE TABLE public.middle (
    k integer,
    t text
)
PARTITION BY LIST (k);
-- TABLE public.unlogged; owner postgres
CREATE UNLOGGED TABLE public.unlogged (
    a integer
);
-- TABLE public.z_part; owner postgres
CREATE TABLE public.z_part (
    t text,
    k integer
);
-- TABLE we"ird schema.dee'p; owner postgres
CREATE TABLE "we""ird
schema"."dee'p" (
    k integer,
    t text
);
-- TABLE we"ird schema.ta.ble; owner postgres
CREATE TABLE "we""ird
schema"."ta.ble" (
    "col""umn" text
);
-- TABLE ATTACH public.a_part
ALTER TABLE ONLY public.root ATTACH PARTITION public.a_part FOR VALUES FROM (0) TO (10);
-- TABLE ATTACH public.below_part
ALTER TABLE ONLY public.below ATTACH PARTITION public.below_part FOR VALUES IN (1);
-- TABLE ATTACH public.key_only_part
ALTER TABLE ONLY public.key_only ATTACH PARTITION public.key_only_part FOR VALUES IN (1);
-- TABLE ATTACH public.keyed_before
ALTER TABLE ONLY public.keyed ATTACH PARTITION public.keyed_before FOR VALUES FROM (10) TO (20);
-- TABLE ATTACH public.keyed_made
ALTER TABLE ONLY public.keyed ATTACH PARTITION public.keyed_made FOR VALUES FROM (0) TO (10);
-- TABLE ATTACH public.middle
ALTER TABLE ONLY public.root ATTACH PARTITION public.middle FOR VALUES FROM (10) TO (30);
-- TABLE ATTACH public.z_part
ALTER TABLE ONLY public.root ATTACH PARTITION public.z_part FOR VALUES FROM (30) TO (40);
-- TABLE ATTACH we"ird schema.dee'p
ALTER TABLE ONLY public.middle ATTACH PARTITION "we""ird
schema"."dee'p" FOR VALUES IN (11, 12);
-- ==== PostData, Main
-- CONSTRAINT public.its; key
ALTER TABLE ONLY public."clu""stered"
    ADD CONSTRAINT "its; key" PRIMARY KEY (a) WITH (fillfactor='77');
ALTER TABLE public."clu""stered" CLUSTER ON "its; key";
ALTER INDEX public."its; key" DEPENDS ON EXTENSION citext;
-- COMMENT public.its; key
COMMENT ON CONSTRAINT "its; key" ON public."clu""stered" IS 'the key';
-- COMMENT public.its; key
COMMENT ON INDEX public."its; key" IS 'the key''s index';
-- CONSTRAINT public.key_below
ALTER TABLE ONLY public.below_part
    ADD CONSTRAINT key_below PRIMARY KEY (k);
-- CONSTRAINT public.key_only_top
ALTER TABLE ONLY public.key_only
    ADD CONSTRAINT key_only_top PRIMARY KEY (k);
-- CONSTRAINT public.unique_both
ALTER TABLE ONLY public.keyed
    ADD CONSTRAINT unique_both UNIQUE (k, v) WITH (fillfactor='55') DEFERRABLE;
-- CONSTRAINT public.keyed_before_k_v_key
ALTER TABLE ONLY public.keyed_before
    ADD CONSTRAINT keyed_before_k_v_key UNIQUE (k, v) WITH (fillfactor='55') DEFERRABLE;
-- CONSTRAINT public.keyed_made_k_v_key
ALTER TABLE ONLY public.keyed_made
    ADD CONSTRAINT keyed_made_k_v_key UNIQUE (k, v) WITH (fillfactor='55') DEFERRABLE;
-- CONSTRAINT public.top key
ALTER TABLE ONLY public.keyed
    ADD CONSTRAINT "top key" PRIMARY KEY (k);
ALTER TABLE ONLY public.keyed REPLICA IDENTITY USING INDEX "top key";
-- CONSTRAINT public.keyed_made_pkey
ALTER TABLE ONLY public.keyed_made
    ADD CONSTRAINT keyed_made_pkey PRIMARY KEY (k);
ALTER TABLE public.keyed_made CLUSTER ON keyed_made_pkey;
ALTER TABLE ONLY public.keyed_made REPLICA IDENTITY USING INDEX keyed_made_pkey;
-- COMMENT public.keyed_made_pkey
COMMENT ON INDEX public.keyed_made_pkey IS 'part of a key';
-- CONSTRAINT public.own key
ALTER TABLE ONLY public.keyed_before
    ADD CONSTRAINT "own key" PRIMARY KEY (k);
-- COMMENT public.own key
COMMENT ON CONSTRAINT "own key" ON public.keyed_before IS 'was first';
-- INDEX public.Größe
CREATE INDEX "Größe" ON public.base USING btree ("select" COLLATE "C");
-- INDEX public.tree; '
CREATE INDEX "tree; '" ON ONLY public.root USING btree (t DESC, k) WITH (fillfactor='60');
-- COMMENT public.tree; '
COMMENT ON INDEX public."tree; '" IS 'top of a tree';
-- INDEX public.a_part_t_k_idx
CREATE INDEX a_part_t_k_idx ON public.a_part USING btree (t DESC, k) WITH (fillfactor='60');
-- INDEX public.aa_middle_alone
CREATE INDEX aa_middle_alone ON ONLY public.middle USING btree (k) INCLUDE (t);
-- INDEX public.base_id_idx
CREATE INDEX base_id_idx ON public.base USING btree (id);
-- INDEX public.below_k_idx
CREATE UNIQUE INDEX below_k_idx ON ONLY public.below USING btree (k);
-- INDEX public.below_part_k_idx
CREATE UNIQUE INDEX below_part_k_idx ON public.below_part USING btree (k);
-- INDEX public.by_brin
CREATE INDEX by_brin ON public.base USING brin (id, i) WITH (pages_per_range='16', autosummarize='true');
-- INDEX public.by_gin
CREATE INDEX by_gin ON public.base USING gin (d, f) WITH (fastupdate=off, gin_pending_list_limit='128');
-- INDEX public.by_gist
CREATE INDEX by_gist ON public.base USING gist (e, g) WITH (buffering=auto);
-- INDEX public.by_hash
CREATE INDEX by_hash ON public.base USING hash ("b c") WITH (fillfactor='33');
-- INDEX public.by_quad
CREATE INDEX by_quad ON public.base USING spgist (e kd_point_ops);
-- INDEX public.by_spgist
CREATE INDEX by_spgist ON public.base USING spgist (e);
-- INDEX public.class_options
CREATE INDEX class_options ON public.base USING gist (f tsvector_ops (siglen='100'));
-- INDEX public.covering
CREATE UNIQUE INDEX covering ON public.base USING btree (id) INCLUDE ("b c", "select") WITH (fillfactor='40') WHERE (id > 0);
-- INDEX public.covering_spgist
CREATE INDEX covering_spgist ON public.base USING spgist (e) INCLUDE (id);
-- INDEX public.expressions
CREATE INDEX expressions ON public.base USING btree (lower("b c"), "we""ird
schema"."ex'pr"("select"), ((id + 1)), (("b c" || 'it''s \'::text)) COLLATE "C", id);
ALTER INDEX public.expressions ALTER COLUMN 1 SET STATISTICS 50;
ALTER INDEX public.expressions ALTER COLUMN 2 SET STATISTICS 0;
ALTER INDEX public.expressions ALTER COLUMN 3 SET STATISTICS 10000;
-- COMMENT public.expressions
COMMENT ON INDEX public.expressions IS 'it''s
a comment';
-- INDEX public.iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii63
CREATE INDEX iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii63 ON public.base USING btree (h);
-- INDEX public.in"dex '; -- 
CREATE UNIQUE INDEX "in""dex '; --
" ON public.base USING btree (id DESC NULLS LAST, "b c" COLLATE "we""ird
schema"."Col" text_pattern_ops NULLS FIRST);
ALTER TABLE public.base CLUSTER ON "in""dex '; --
";
-- COMMENT public.in"dex '; -- 
COMMENT ON INDEX public."in""dex '; --
" IS '\';
-- INDEX public.inet
CREATE INDEX inet ON public.base USING gist (j inet_ops);
-- INDEX public.keyed_unique
CREATE UNIQUE INDEX keyed_unique ON ONLY public.keyed USING btree (v, k);
-- INDEX public.keyed_before_v_k_idx
CREATE UNIQUE INDEX keyed_before_v_k_idx ON public.keyed_before USING btree (v, k);
-- INDEX public.keyed_made_v_k_idx
CREATE UNIQUE INDEX keyed_made_v_k_idx ON public.keyed_made USING btree (v, k);
-- INDEX public.tree_of_expressions
CREATE INDEX tree_of_expressions ON ONLY public.root USING btree (lower(t)) WHERE (k <> 5);
-- INDEX public.leaf; '
CREATE INDEX "leaf; '" ON public.a_part USING btree (lower(t)) WHERE (k <> 5);
ALTER INDEX public."leaf; '" ALTER COLUMN 1 SET STATISTICS 12;
-- INDEX public.middle_lower_idx
CREATE INDEX middle_lower_idx ON ONLY public.middle USING btree (lower(t)) WHERE (k <> 5);
-- INDEX public.middle_t_k_idx
CREATE INDEX middle_t_k_idx ON ONLY public.middle USING btree (t DESC, k) WITH (fillfactor='60');
-- INDEX public.multi
CREATE INDEX multi ON public.base USING brin (id int4_minmax_multi_ops (values_per_range='8'));
-- INDEX public.not_deduplicated
CREATE INDEX not_deduplicated ON public.base USING btree (h) WITH (deduplicate_items=off);
-- INDEX public.not_yet
CREATE INDEX not_yet ON public.z_part USING btree (t, k);
-- INDEX public.nulls_equal
CREATE UNIQUE INDEX nulls_equal ON public.base USING btree ("select", h) NULLS NOT DISTINCT;
-- INDEX public.of_a_part_alone
CREATE INDEX of_a_part_alone ON public.a_part USING btree (k, t);
-- INDEX public.of_unlogged
CREATE INDEX of_unlogged ON public.unlogged USING btree (a);
-- INDEX public.only_top
CREATE INDEX only_top ON ONLY public.root USING btree (k);
-- INDEX public.partial
CREATE INDEX partial ON public.base USING btree (id) WHERE (("b c" <> 'it''s \'::text) AND (h IS NOT TRUE) AND (i > '2020-01-01 00:00:00+00'::timestamp with time zone));
ALTER INDEX public.partial DEPENDS ON EXTENSION citext;
-- INDEX public.partly
CREATE INDEX partly ON ONLY public.root USING btree (t, k);
-- INDEX public.partly_a
CREATE INDEX partly_a ON public.a_part USING btree (t, k);
ALTER TABLE public.a_part CLUSTER ON partly_a;
-- COMMENT public.partly_a
COMMENT ON INDEX public.partly_a IS 'attached';
-- INDEX public.partly_middle
CREATE INDEX partly_middle ON ONLY public.middle USING btree (t, k);
-- INDEX public.re'plica
CREATE UNIQUE INDEX "re'plica" ON public."clu""stered" USING btree (b);
ALTER TABLE ONLY public."clu""stered" REPLICA IDENTITY USING INDEX "re'plica";
-- INDEX public.whole_row
CREATE INDEX whole_row ON public.base USING btree (((base.* IS NOT NULL)));
-- INDEX public.z_part_lower_idx
CREATE INDEX z_part_lower_idx ON public.z_part USING btree (lower(t)) WHERE (k <> 5);
-- INDEX public.z_part_t_k_idx
CREATE INDEX z_part_t_k_idx ON public.z_part USING btree (t DESC, k) WITH (fillfactor='60');
-- INDEX we"ird schema.dee'p_k_t_idx
CREATE INDEX "dee'p_k_t_idx" ON "we""ird
schema"."dee'p" USING btree (k) INCLUDE (t);
-- INDEX we"ird schema.dee'p_lower_idx
CREATE INDEX "dee'p_lower_idx" ON "we""ird
schema"."dee'p" USING btree (lower(t)) WHERE (k <> 5);
-- INDEX we"ird schema.dee'p_t_k_idx
CREATE INDEX "dee'p_t_k_idx" ON "we""ird
schema"."dee'p" USING btree (t DESC, k) WITH (fillfactor='60');
-- INDEX we"ird schema.ta.ble_col"umn_idx
CREATE INDEX "ta.ble_col""umn_idx" ON "we""ird
schema"."ta.ble" USING btree ("col""umn");
-- INDEX ATTACH public.a_part_t_k_idx
ALTER INDEX public."tree; '" ATTACH PARTITION public.a_part_t_k_idx;
-- INDEX ATTACH public.below_part_k_idx
ALTER INDEX public.below_k_idx ATTACH PARTITION public.below_part_k_idx;
-- INDEX ATTACH public.keyed_before_k_v_key
ALTER INDEX public.unique_both ATTACH PARTITION public.keyed_before_k_v_key;
-- INDEX ATTACH public.keyed_before_v_k_idx
ALTER INDEX public.keyed_unique ATTACH PARTITION public.keyed_before_v_k_idx;
-- INDEX ATTACH public.keyed_made_k_v_key
ALTER INDEX public.unique_both ATTACH PARTITION public.keyed_made_k_v_key;
-- INDEX ATTACH public.keyed_made_pkey
ALTER INDEX public."top key" ATTACH PARTITION public.keyed_made_pkey;
-- INDEX ATTACH public.keyed_made_v_k_idx
ALTER INDEX public.keyed_unique ATTACH PARTITION public.keyed_made_v_k_idx;
-- INDEX ATTACH public.leaf; '
ALTER INDEX public.tree_of_expressions ATTACH PARTITION public."leaf; '";
-- INDEX ATTACH public.middle_lower_idx
ALTER INDEX public.tree_of_expressions ATTACH PARTITION public.middle_lower_idx;
-- INDEX ATTACH public.middle_t_k_idx
ALTER INDEX public."tree; '" ATTACH PARTITION public.middle_t_k_idx;
-- INDEX ATTACH public.own key
ALTER INDEX public."top key" ATTACH PARTITION public."own key";
-- INDEX ATTACH public.partly_a
ALTER INDEX public.partly ATTACH PARTITION public.partly_a;
-- INDEX ATTACH public.partly_middle
ALTER INDEX public.partly ATTACH PARTITION public.partly_middle;
-- INDEX ATTACH public.z_part_lower_idx
ALTER INDEX public.tree_of_expressions ATTACH PARTITION public.z_part_lower_idx;
-- INDEX ATTACH public.z_part_t_k_idx
ALTER INDEX public."tree; '" ATTACH PARTITION public.z_part_t_k_idx;
-- INDEX ATTACH we"ird schema.dee'p_k_t_idx
ALTER INDEX public.aa_middle_alone ATTACH PARTITION "we""ird
schema"."dee'p_k_t_idx";
-- INDEX ATTACH we"ird schema.dee'p_lower_idx
ALTER INDEX public.middle_lower_idx ATTACH PARTITION "we""ird
schema"."dee'p_lower_idx";
-- INDEX ATTACH we"ird schema.dee'p_t_k_idx
ALTER INDEX public.middle_t_k_idx ATTACH PARTITION "we""ird
schema"."dee'p_t_k_idx";
