-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- EXTENSION btree_gist
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
-- COMMENT btree_gist
COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';
-- FUNCTION public.refuses; owner postgres
CREATE FUNCTION public.refuses() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE 'not loaded this way'; END $$;
-- TABLE public.Größe; owner postgres
CREATE TABLE public."Größe" (
    "Ä" integer
);
-- TABLE public.aa_first; owner postgres
CREATE TABLE public.aa_first (
    a smallint,
    b bigint,
    c numeric
);
-- TABLE public.from_root; owner postgres
CREATE TABLE public.from_root (
    k integer,
    t integer
)
PARTITION BY LIST (k);
-- TABLE public.from_middle; owner postgres
CREATE TABLE public.from_middle (
    k integer,
    t integer
)
PARTITION BY LIST (k);
-- TABLE public.aa_from_deep; owner postgres
CREATE TABLE public.aa_from_deep (
    k integer,
    t integer
);
-- TABLE public.both_root; owner postgres
CREATE TABLE public.both_root (
    k integer,
    t integer
)
PARTITION BY LIST (k);
-- TABLE public.both_more; owner postgres
CREATE TABLE public.both_more (
    k integer,
    t integer
)
PARTITION BY LIST (t);
-- TABLE public.both_deep; owner postgres
CREATE TABLE public.both_deep (
    k integer,
    t integer
);
-- TABLE public.both_leaf; owner postgres
CREATE TABLE public.both_leaf (
    k integer,
    t integer
);
-- TABLE public.parent; owner postgres
CREATE TABLE public.parent (
    a integer
);
-- TABLE public.child; owner postgres
CREATE TABLE public.child (
)
INHERITS (public.parent);
-- TABLE public.egg; owner postgres
CREATE TABLE public.egg (
    id integer NOT NULL,
    hen integer
);
-- TABLE public.free_child; owner postgres
CREATE TABLE public.free_child (
)
INHERITS (public.parent);
-- TABLE public.from_attached; owner postgres
CREATE TABLE public.from_attached (
    t integer,
    k integer
);
-- TABLE public.from_leaf; owner postgres
CREATE TABLE public.from_leaf (
    k integer,
    t integer
);
-- TABLE public.guarded; owner postgres
CREATE TABLE public.guarded (
    k integer,
    t integer
)
PARTITION BY LIST (k);
-- TABLE public.guarded_leaf; owner postgres
CREATE TABLE public.guarded_leaf (
    k integer,
    t integer
);
-- TABLE public.hen; owner postgres
CREATE TABLE public.hen (
    id integer NOT NULL,
    egg integer
);
-- TABLE public.late; owner postgres
CREATE TABLE public.late (
    a integer
);
-- TABLE public.listed; owner postgres
CREATE TABLE public.listed (
    a integer,
    b integer DEFAULT 1,
    "c ""d" integer
);
-- TABLE public.periods; owner postgres
CREATE TABLE public.periods (
    id integer NOT NULL,
    during tsrange NOT NULL
);
-- TABLE public.references_root; owner postgres
CREATE TABLE public.references_root (
    a integer,
    b integer,
    c integer
);
-- TABLE public.source; owner postgres
CREATE TABLE public.source (
    x integer,
    y integer,
    z text,
    w integer
);
-- TABLE public.target; owner postgres
CREATE TABLE public.target (
    id integer NOT NULL,
    a integer,
    b text,
    "c d" integer
);
-- TABLE public.to_root; owner postgres
CREATE TABLE public.to_root (
    k integer NOT NULL,
    v integer,
    up integer
)
PARTITION BY RANGE (k);
-- TABLE public.to_attached; owner postgres
CREATE TABLE public.to_attached (
    v integer,
    up integer,
    k integer NOT NULL
);
-- TABLE public.to_leaf; owner postgres
CREATE TABLE public.to_leaf (
    k integer CONSTRAINT to_root_k_not_null NOT NULL,
    v integer,
    up integer
);
-- TABLE public.to_middle; owner postgres
CREATE TABLE public.to_middle (
    k integer CONSTRAINT to_root_k_not_null NOT NULL,
    v integer,
    up integer
)
PARTITION BY RANGE (k);
-- TABLE public.two_keys; owner postgres
CREATE TABLE public.two_keys (
    a integer NOT NULL,
    b integer NOT NULL
);
-- TABLE public.unenforced; owner postgres
CREATE TABLE public.unenforced (
    a integer
);
-- TABLE public.within; owner postgres
CREATE TABLE public.within (
    id integer,
    "du""ring" tsrange
);
-- TABLE public.zz_to_deep; owner postgres
CREATE TABLE public.zz_to_deep (
    k integer CONSTRAINT to_root_k_not_null NOT NULL,
    v integer,
    up integer
);
-- TABLE we"ird schema.ta"ble; '; owner postgres
CREATE TABLE "we""ird
schema"."ta""ble; '" (
    "col'umn
" integer NOT NULL,
    "select" integer
);
-- TABLE ATTACH public.aa_from_deep
ALTER TABLE ONLY public.from_middle ATTACH PARTITION public.aa_from_deep FOR VALUES IN (2);
-- TABLE ATTACH public.both_deep
ALTER TABLE ONLY public.both_more ATTACH PARTITION public.both_deep FOR VALUES IN (11);
-- TABLE ATTACH public.both_leaf
ALTER TABLE ONLY public.both_root ATTACH PARTITION public.both_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.both_more
ALTER TABLE ONLY public.both_root ATTACH PARTITION public.both_more FOR VALUES IN (2);
-- TABLE ATTACH public.from_attached
ALTER TABLE ONLY public.from_root ATTACH PARTITION public.from_attached FOR VALUES IN (9);
-- TABLE ATTACH public.from_leaf
ALTER TABLE ONLY public.from_root ATTACH PARTITION public.from_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.from_middle
ALTER TABLE ONLY public.from_root ATTACH PARTITION public.from_middle FOR VALUES IN (2, 3);
-- TABLE ATTACH public.guarded_leaf
ALTER TABLE ONLY public.guarded ATTACH PARTITION public.guarded_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.to_attached
ALTER TABLE ONLY public.to_root ATTACH PARTITION public.to_attached FOR VALUES FROM (30) TO (40);
-- TABLE ATTACH public.to_leaf
ALTER TABLE ONLY public.to_root ATTACH PARTITION public.to_leaf FOR VALUES FROM (0) TO (10);
-- TABLE ATTACH public.to_middle
ALTER TABLE ONLY public.to_root ATTACH PARTITION public.to_middle FOR VALUES FROM (10) TO (30);
-- TABLE ATTACH public.zz_to_deep
ALTER TABLE ONLY public.to_middle ATTACH PARTITION public.zz_to_deep FOR VALUES FROM (10) TO (20);
-- ==== PostData, Main
-- CONSTRAINT public.egg_pkey
ALTER TABLE ONLY public.egg
    ADD CONSTRAINT egg_pkey PRIMARY KEY (id);
-- CONSTRAINT public.hen_pkey
ALTER TABLE ONLY public.hen
    ADD CONSTRAINT hen_pkey PRIMARY KEY (id);
-- CONSTRAINT public.odd; '
ALTER TABLE ONLY public.target
    ADD CONSTRAINT "odd; '" UNIQUE ("c d");
-- CONSTRAINT public.periods_pkey
ALTER TABLE ONLY public.periods
    ADD CONSTRAINT periods_pkey PRIMARY KEY (id, during WITHOUT OVERLAPS);
-- CONSTRAINT public.target_a_b_key
ALTER TABLE ONLY public.target
    ADD CONSTRAINT target_a_b_key UNIQUE (a, b);
-- CONSTRAINT public.target_pkey
ALTER TABLE ONLY public.target
    ADD CONSTRAINT target_pkey PRIMARY KEY (id);
-- CONSTRAINT public.to_root_pkey
ALTER TABLE ONLY public.to_root
    ADD CONSTRAINT to_root_pkey PRIMARY KEY (k);
-- CONSTRAINT public.to_attached_pkey
ALTER TABLE ONLY public.to_attached
    ADD CONSTRAINT to_attached_pkey PRIMARY KEY (k);
-- CONSTRAINT public.to_leaf_pkey
ALTER TABLE ONLY public.to_leaf
    ADD CONSTRAINT to_leaf_pkey PRIMARY KEY (k);
-- CONSTRAINT public.to_middle_pkey
ALTER TABLE ONLY public.to_middle
    ADD CONSTRAINT to_middle_pkey PRIMARY KEY (k);
-- CONSTRAINT public.two_keys_pkey
ALTER TABLE ONLY public.two_keys
    ADD CONSTRAINT two_keys_pkey PRIMARY KEY (a, b);
-- CONSTRAINT public.zz_to_deep_pkey
ALTER TABLE ONLY public.zz_to_deep
    ADD CONSTRAINT zz_to_deep_pkey PRIMARY KEY (k);
-- CONSTRAINT we"ird schema.ta"ble; '_pkey
ALTER TABLE ONLY "we""ird
schema"."ta""ble; '"
    ADD CONSTRAINT "ta""ble; '_pkey" PRIMARY KEY ("col'umn
");
-- INDEX public.just_an_index
CREATE UNIQUE INDEX just_an_index ON public.target USING btree (b, a);
-- INDEX ATTACH public.to_attached_pkey
ALTER INDEX public.to_root_pkey ATTACH PARTITION public.to_attached_pkey;
-- INDEX ATTACH public.to_leaf_pkey
ALTER INDEX public.to_root_pkey ATTACH PARTITION public.to_leaf_pkey;
-- INDEX ATTACH public.to_middle_pkey
ALTER INDEX public.to_root_pkey ATTACH PARTITION public.to_middle_pkey;
-- INDEX ATTACH public.zz_to_deep_pkey
ALTER INDEX public.to_middle_pkey ATTACH PARTITION public.zz_to_deep_pkey;
-- TRIGGER public.refuses
CREATE TRIGGER refuses AFTER INSERT ON public.guarded FOR EACH ROW EXECUTE FUNCTION public.refuses();
-- FK CONSTRAINT public.Größe_Ä_fkey
ALTER TABLE ONLY public."Größe"
    ADD CONSTRAINT "Größe_Ä_fkey" FOREIGN KEY ("Ä") REFERENCES "we""ird
schema"."ta""ble; '"("col'umn
");
-- FK CONSTRAINT public.aa_first_a_fkey
ALTER TABLE ONLY public.aa_first
    ADD CONSTRAINT aa_first_a_fkey FOREIGN KEY (a) REFERENCES public.target(id);
-- FK CONSTRAINT public.aa_first_b_fkey
ALTER TABLE ONLY public.aa_first
    ADD CONSTRAINT aa_first_b_fkey FOREIGN KEY (b) REFERENCES public.target(id);
-- FK CONSTRAINT public.both_late
ALTER TABLE public.both_root
    ADD CONSTRAINT both_late FOREIGN KEY (k) REFERENCES public.target(id) NOT VALID;
-- FK CONSTRAINT public.both_loose
ALTER TABLE public.both_root
    ADD CONSTRAINT both_loose FOREIGN KEY (t) REFERENCES public.target(id) NOT ENFORCED;
-- FK CONSTRAINT public.both_root_t_fkey
ALTER TABLE public.both_root
    ADD CONSTRAINT both_root_t_fkey FOREIGN KEY (t) REFERENCES public.to_root(k);
-- FK CONSTRAINT public.by_index
ALTER TABLE ONLY public.source
    ADD CONSTRAINT by_index FOREIGN KEY (z, y) REFERENCES public.target(b, a);
-- FK CONSTRAINT public.child_a_fkey
ALTER TABLE ONLY public.child
    ADD CONSTRAINT child_a_fkey FOREIGN KEY (a) REFERENCES public.target(id) ON DELETE CASCADE;
-- FK CONSTRAINT public.defaults
ALTER TABLE ONLY public.source
    ADD CONSTRAINT defaults FOREIGN KEY (y) REFERENCES public.target(id) ON UPDATE SET NULL ON DELETE SET DEFAULT;
-- FK CONSTRAINT public.deferred
ALTER TABLE ONLY public.source
    ADD CONSTRAINT deferred FOREIGN KEY (x) REFERENCES public.target(id) ON UPDATE RESTRICT ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
-- FK CONSTRAINT public.egg_hen_fkey
ALTER TABLE ONLY public.egg
    ADD CONSTRAINT egg_hen_fkey FOREIGN KEY (hen) REFERENCES public.hen(id);
-- FK CONSTRAINT public.fk; ' --
ALTER TABLE ONLY public.source
    ADD CONSTRAINT "fk; '
--" FOREIGN KEY (w) REFERENCES public.target("c d") ON UPDATE SET DEFAULT ON DELETE RESTRICT DEFERRABLE;
-- COMMENT public.fk; ' --
COMMENT ON CONSTRAINT "fk; '
--" ON public.source IS 'foreign key''s
comment';
-- FK CONSTRAINT public.from; '
ALTER TABLE public.from_root
    ADD CONSTRAINT "from; '" FOREIGN KEY (t) REFERENCES public.target(id) ON DELETE CASCADE;
-- COMMENT public.from; '
COMMENT ON CONSTRAINT "from; '" ON public.from_root IS 'from the top';
-- FK CONSTRAINT public.guarded_t_fkey
ALTER TABLE public.guarded
    ADD CONSTRAINT guarded_t_fkey FOREIGN KEY (t) REFERENCES public.target(id);
-- FK CONSTRAINT public.hen_egg_fkey
ALTER TABLE ONLY public.hen
    ADD CONSTRAINT hen_egg_fkey FOREIGN KEY (egg) REFERENCES public.egg(id) DEFERRABLE INITIALLY DEFERRED;
-- FK CONSTRAINT public.late_fk
ALTER TABLE ONLY public.late
    ADD CONSTRAINT late_fk FOREIGN KEY (a) REFERENCES public.target(id) NOT VALID;
-- COMMENT public.late_fk
COMMENT ON CONSTRAINT late_fk ON public.late IS 'not valid';
-- FK CONSTRAINT public.loose
ALTER TABLE ONLY public.unenforced
    ADD CONSTRAINT loose FOREIGN KEY (a) REFERENCES public.target(id) ON DELETE CASCADE NOT ENFORCED;
-- COMMENT public.loose
COMMENT ON CONSTRAINT loose ON public.unenforced IS 'loose';
-- FK CONSTRAINT public.of_leaf
ALTER TABLE ONLY public.from_leaf
    ADD CONSTRAINT of_leaf FOREIGN KEY (k) REFERENCES public.target(id);
-- FK CONSTRAINT public.of_middle
ALTER TABLE public.from_middle
    ADD CONSTRAINT of_middle FOREIGN KEY (k) REFERENCES public.target(id) DEFERRABLE;
-- FK CONSTRAINT public.parent_a_fkey
ALTER TABLE ONLY public.parent
    ADD CONSTRAINT parent_a_fkey FOREIGN KEY (a) REFERENCES public.target(id);
-- FK CONSTRAINT public.period; '
ALTER TABLE ONLY public.within
    ADD CONSTRAINT "period; '" FOREIGN KEY (id, PERIOD "du""ring") REFERENCES public.periods(id, PERIOD during);
-- FK CONSTRAINT public.references_root_a_fkey
ALTER TABLE ONLY public.references_root
    ADD CONSTRAINT references_root_a_fkey FOREIGN KEY (a) REFERENCES public.to_root(k) ON UPDATE CASCADE ON DELETE SET NULL;
-- FK CONSTRAINT public.references_root_b_fkey
ALTER TABLE ONLY public.references_root
    ADD CONSTRAINT references_root_b_fkey FOREIGN KEY (b) REFERENCES public.to_leaf(k);
-- FK CONSTRAINT public.references_root_c_fkey
ALTER TABLE ONLY public.references_root
    ADD CONSTRAINT references_root_c_fkey FOREIGN KEY (c) REFERENCES public.zz_to_deep(k) DEFERRABLE;
-- FK CONSTRAINT public.source_x_fkey
ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_x_fkey FOREIGN KEY (x) REFERENCES public.target(id);
-- FK CONSTRAINT public.source_y_z_fkey
ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_y_z_fkey FOREIGN KEY (y, z) REFERENCES public.target(a, b) MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL;
-- FK CONSTRAINT public.three
ALTER TABLE ONLY public.listed
    ADD CONSTRAINT three FOREIGN KEY ("c ""d", b) REFERENCES public.two_keys(a, b) MATCH FULL ON UPDATE CASCADE ON DELETE SET DEFAULT ("c ""d", b);
-- FK CONSTRAINT public.to_itself
ALTER TABLE public.to_root
    ADD CONSTRAINT to_itself FOREIGN KEY (up) REFERENCES public.to_root(k);
-- FK CONSTRAINT public.two
ALTER TABLE ONLY public.listed
    ADD CONSTRAINT two FOREIGN KEY (a, b) REFERENCES public.two_keys(a, b) ON DELETE SET NULL (b);
-- FK CONSTRAINT public.zz
ALTER TABLE ONLY public.aa_first
    ADD CONSTRAINT zz FOREIGN KEY (b) REFERENCES "we""ird
schema"."ta""ble; '"("col'umn
");
-- FK CONSTRAINT we"ird schema.ta"ble; '_select_fkey
ALTER TABLE ONLY "we""ird
schema"."ta""ble; '"
    ADD CONSTRAINT "ta""ble; '_select_fkey" FOREIGN KEY ("select") REFERENCES "we""ird
schema"."ta""ble; '"("col'umn
") ON DELETE CASCADE;
