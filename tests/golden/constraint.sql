-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- EXTENSION btree_gist
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
-- COMMENT btree_gist
COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';
-- DOMAIN public.dom; owner postgres
CREATE DOMAIN public.dom AS integer
    CONSTRAINT plain CHECK ((VALUE < 100));
-- DOMAIN public.of_row; owner postgres
CREATE DOMAIN public.of_row AS integer
    CONSTRAINT of_row_check CHECK ((VALUE > 0));
-- TABLE public.uses_of_row; owner postgres
CREATE TABLE public.uses_of_row (
    a public.of_row
);
-- FUNCTION public.counts; owner postgres
CREATE FUNCTION public.counts(public.uses_of_row) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$SELECT true$$;
-- TABLE public.default_loop; owner postgres
CREATE TABLE public.default_loop (
    a integer,
    b integer
);
-- FUNCTION public.of_default; owner postgres
CREATE FUNCTION public.of_default(public.default_loop) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT 5$$;
-- FUNCTION public.of_dom; owner postgres
CREATE FUNCTION public.of_dom(integer, public.dom[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT $1 > 0$_$;
-- TABLE public.looped; owner postgres
CREATE TABLE public.looped (
    a integer,
    b integer DEFAULT 3,
    CONSTRAINT looped_b_check CHECK ((b > 0))
);
-- FUNCTION public.of_looped; owner postgres
CREATE FUNCTION public.of_looped(public.looped) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $_$SELECT ($1).a > 0$_$;
-- TABLE public.one; owner postgres
CREATE TABLE public.one (
    a integer,
    x integer
);
-- FUNCTION public.of_one; owner postgres
CREATE FUNCTION public.of_one(public.one) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT 1$$;
-- TABLE public.loop_root; owner postgres
CREATE TABLE public.loop_root (
    k integer,
    a integer
)
PARTITION BY LIST (k);
-- FUNCTION public.of_root; owner postgres
CREATE FUNCTION public.of_root(public.loop_root) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$SELECT true$$;
-- TABLE public.two; owner postgres
CREATE TABLE public.two (
    b integer,
    y integer DEFAULT public.of_one(NULL::public.one),
    CONSTRAINT two_check CHECK ((public.of_one(NULL::public.one) = 1))
);
-- FUNCTION public.of_two; owner postgres
CREATE FUNCTION public.of_two(public.two) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT 1$$;
-- OPERATOR we"ird schema.===; owner postgres
CREATE OPERATOR "we""ird
schema".=== (
    FUNCTION = int4eq,
    LEFTARG = integer,
    RIGHTARG = integer,
    COMMUTATOR = OPERATOR("we""ird
schema".===)
);
-- OPERATOR FAMILY we"ird schema.ops'; owner postgres
CREATE OPERATOR FAMILY "we""ird
schema"."ops'" USING btree;
-- OPERATOR CLASS we"ird schema.ops'; owner postgres
CREATE OPERATOR CLASS "we""ird
schema"."ops'"
    FOR TYPE integer USING btree FAMILY "we""ird
schema"."ops'" AS
    OPERATOR 1 <(integer,integer),
    OPERATOR 2 <=(integer,integer),
    OPERATOR 3 "we""ird
schema".===(integer,integer),
    OPERATOR 4 >=(integer,integer),
    OPERATOR 5 >(integer,integer),
    FUNCTION 1 (integer, integer) btint4cmp(integer,integer);
-- TABLE public.excluding_root; owner postgres
CREATE TABLE public.excluding_root (
    a integer,
    r int4range
)
PARTITION BY LIST (a);
-- TABLE public.excluding_middle; owner postgres
CREATE TABLE public.excluding_middle (
    a integer,
    r int4range
)
PARTITION BY LIST (a);
-- TABLE public.aa_excluding; owner postgres
CREATE TABLE public.aa_excluding (
    a integer,
    r int4range
);
-- TABLE public.parent; owner postgres
CREATE TABLE public.parent (
    a integer,
    CONSTRAINT positive CHECK ((a > 0))
);
-- TABLE public.child; owner postgres
CREATE TABLE public.child (
    CONSTRAINT own CHECK ((a < 9)) NO INHERIT,
    CONSTRAINT positive CHECK ((a > 0))
)
INHERITS (public.parent);
-- TABLE public.deferring; owner postgres
CREATE TABLE public.deferring (
    a integer NOT NULL,
    b integer,
    c integer
);
-- TABLE public.dropped_column; owner postgres
CREATE TABLE public.dropped_column (
    a integer NOT NULL,
    b integer NOT NULL
);
-- TABLE public.excluding; owner postgres
CREATE TABLE public.excluding (
    a integer,
    r int4range,
    p box,
    t text
);
-- TABLE public.excluding_own; owner postgres
CREATE TABLE public.excluding_own (
    a integer
);
-- TABLE public.excluding_part; owner postgres
CREATE TABLE public.excluding_part (
    a integer,
    r int4range
);
-- TABLE public.keyed; owner postgres
CREATE TABLE public.keyed (
    a integer NOT NULL,
    b text,
    "c d" integer,
    e text COLLATE pg_catalog."C"
);
-- TABLE public.root; owner postgres
CREATE TABLE public.root (
    a integer,
    CONSTRAINT root_a_check CHECK ((a > 0))
)
PARTITION BY LIST (a);
-- TABLE public.leaf; owner postgres
CREATE TABLE public.leaf (
    a integer,
    CONSTRAINT leaf_own CHECK ((a < 3)),
    CONSTRAINT root_a_check CHECK ((a > 0))
);
-- TABLE public.loop_leaf; owner postgres
CREATE TABLE public.loop_leaf (
    k integer,
    a integer,
    CONSTRAINT loop_check CHECK (public.of_root(NULL::public.loop_root))
);
-- TABLE public.looped_child; owner postgres
CREATE TABLE public.looped_child (
)
INHERITS (public.looped);
-- TABLE public.nulls; owner postgres
CREATE TABLE public.nulls (
    a integer,
    b integer
);
-- TABLE public.of_domains; owner postgres
CREATE TABLE public.of_domains (
    a public.dom,
    b public.dom DEFAULT 5
);
-- TABLE public.optioned; owner postgres
CREATE TABLE public.optioned (
    a integer NOT NULL,
    b integer
);
-- TABLE public.period_root; owner postgres
CREATE TABLE public.period_root (
    a integer NOT NULL,
    during tsrange NOT NULL
)
PARTITION BY LIST (a);
-- TABLE public.period_part; owner postgres
CREATE TABLE public.period_part (
    a integer CONSTRAINT period_root_a_not_null NOT NULL,
    during tsrange CONSTRAINT period_root_during_not_null NOT NULL
);
-- TABLE public.periods; owner postgres
CREATE TABLE public.periods (
    a integer NOT NULL,
    during tsrange NOT NULL,
    other daterange NOT NULL,
    "b c" int4multirange
);
-- TABLE public.renamed; owner postgres
CREATE TABLE public.renamed (
    a integer NOT NULL,
    b integer
);
-- TABLE public.renamed_column; owner postgres
CREATE TABLE public.renamed_column (
    "new""; a" integer CONSTRAINT renamed_column_a_not_null NOT NULL,
    b integer NOT NULL,
    CONSTRAINT renamed_column_check CHECK (("new""; a" > b))
);
-- TABLE public.same_name; owner postgres
CREATE TABLE public.same_name (
    a integer,
    CONSTRAINT same CHECK ((a > 0))
);
-- COMMENT public.same_name
COMMENT ON CONSTRAINT same ON public.same_name IS 'one';
-- TABLE public.same_name_too; owner postgres
CREATE TABLE public.same_name_too (
    a integer,
    CONSTRAINT same CHECK ((a > 1))
);
-- COMMENT public.same_name_too
COMMENT ON CONSTRAINT same ON public.same_name_too IS 'two';
-- TABLE public.using_index; owner postgres
CREATE TABLE public.using_index (
    a integer NOT NULL,
    b integer NOT NULL
);
-- TABLE public.violates; owner postgres
CREATE TABLE public.violates (
    a integer
);
-- TABLE public.violating_parent; owner postgres
CREATE TABLE public.violating_parent (
    a integer
);
-- TABLE public.violating_child; owner postgres
CREATE TABLE public.violating_child (
)
INHERITS (public.violating_parent);
-- TABLE public.violating_root; owner postgres
CREATE TABLE public.violating_root (
    k integer,
    a integer
)
PARTITION BY LIST (k);
-- TABLE public.violating_leaf; owner postgres
CREATE TABLE public.violating_leaf (
    k integer,
    a integer
);
-- TABLE we"ird schema.ta"ble; '; owner postgres
CREATE TABLE "we""ird
schema"."ta""ble; '" (
    "col'umn
" integer NOT NULL,
    "select" text NOT NULL,
    x integer
);
-- TABLE ATTACH public.aa_excluding
ALTER TABLE ONLY public.excluding_middle ATTACH PARTITION public.aa_excluding FOR VALUES IN (2);
-- TABLE ATTACH public.excluding_middle
ALTER TABLE ONLY public.excluding_root ATTACH PARTITION public.excluding_middle FOR VALUES IN (2, 3);
-- TABLE ATTACH public.excluding_part
ALTER TABLE ONLY public.excluding_root ATTACH PARTITION public.excluding_part FOR VALUES IN (1);
-- TABLE ATTACH public.leaf
ALTER TABLE ONLY public.root ATTACH PARTITION public.leaf FOR VALUES IN (1, 2, 7);
-- TABLE ATTACH public.loop_leaf
ALTER TABLE ONLY public.loop_root ATTACH PARTITION public.loop_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.period_part
ALTER TABLE ONLY public.period_root ATTACH PARTITION public.period_part FOR VALUES IN (1);
-- TABLE ATTACH public.violating_leaf
ALTER TABLE ONLY public.violating_root ATTACH PARTITION public.violating_leaf FOR VALUES IN (1);
-- DEFAULT public.default_loop
ALTER TABLE ONLY public.default_loop ALTER COLUMN b SET DEFAULT public.of_default(NULL::public.default_loop);
-- DEFAULT public.looped_child
ALTER TABLE ONLY public.looped_child ALTER COLUMN b SET DEFAULT 3;
-- DEFAULT public.one
ALTER TABLE ONLY public.one ALTER COLUMN x SET DEFAULT public.of_two(NULL::public.two);
-- ==== PostData, Main
-- CONSTRAINT public.b; deferred
ALTER TABLE ONLY public.deferring
    ADD CONSTRAINT "b; deferred" UNIQUE (b) DEFERRABLE INITIALLY DEFERRED;
-- CONSTRAINT public.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63
ALTER TABLE ONLY public.optioned
    ADD CONSTRAINT ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63 PRIMARY KEY (a) WITH (fillfactor='50');
-- CONSTRAINT public.deferring_c_key
ALTER TABLE ONLY public.deferring
    ADD CONSTRAINT deferring_c_key UNIQUE (c);
-- CONSTRAINT public.deferring_pkey
ALTER TABLE ONLY public.deferring
    ADD CONSTRAINT deferring_pkey PRIMARY KEY (a) DEFERRABLE;
-- CONSTRAINT public.dropped_column_b_key
ALTER TABLE ONLY public.dropped_column
    ADD CONSTRAINT dropped_column_b_key UNIQUE (b);
-- CONSTRAINT public.dropped_column_pkey
ALTER TABLE ONLY public.dropped_column
    ADD CONSTRAINT dropped_column_pkey PRIMARY KEY (a, b);
ALTER TABLE ONLY public.dropped_column REPLICA IDENTITY USING INDEX dropped_column_pkey;
-- CONSTRAINT public.ex; '
ALTER TABLE ONLY public.excluding
    ADD CONSTRAINT "ex; '" EXCLUDE USING gist (a WITH =, r WITH &&) INCLUDE (t) WITH (fillfactor='70') WHERE (((a > 0) AND (t <> 'it''s \'::text))) DEFERRABLE INITIALLY DEFERRED;
-- COMMENT public.ex; '
COMMENT ON CONSTRAINT "ex; '" ON public.excluding IS 'exclusion';
-- CONSTRAINT public.excluding_a_excl
ALTER TABLE ONLY public.excluding
    ADD CONSTRAINT excluding_a_excl EXCLUDE USING btree (a DESC NULLS LAST WITH =);
-- CONSTRAINT public.excluding_root_a_r_excl
ALTER TABLE public.excluding_root
    ADD CONSTRAINT excluding_root_a_r_excl EXCLUDE USING gist (a WITH =, r WITH &&);
-- CONSTRAINT public.excluding_middle_a_r_excl
DO $$
DECLARE
    made pg_catalog.name;
BEGIN
    SELECT c.conname INTO STRICT made
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_constraint p ON p.oid = c.conparentid
    WHERE c.conrelid = 'public.excluding_middle'::pg_catalog.regclass
      AND p.conrelid = 'public.excluding_root'::pg_catalog.regclass AND p.conname = 'excluding_root_a_r_excl';
    IF made <> 'excluding_middle_a_r_excl' THEN
        EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', 'public.excluding_middle', made, 'excluding_middle_a_r_excl');
    END IF;
END
$$;
-- CONSTRAINT public.excluding_own_a_excl
ALTER TABLE ONLY public.excluding_own
    ADD CONSTRAINT excluding_own_a_excl EXCLUDE USING btree (a "we""ird
schema"."ops'" WITH OPERATOR("we""ird
schema".===));
-- CONSTRAINT public.excluding_part_a_r_excl
DO $$
DECLARE
    made pg_catalog.name;
BEGIN
    SELECT c.conname INTO STRICT made
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_constraint p ON p.oid = c.conparentid
    WHERE c.conrelid = 'public.excluding_part'::pg_catalog.regclass
      AND p.conrelid = 'public.excluding_root'::pg_catalog.regclass AND p.conname = 'excluding_root_a_r_excl';
    IF made <> 'excluding_part_a_r_excl' THEN
        EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', 'public.excluding_part', made, 'excluding_part_a_r_excl');
    END IF;
END
$$;
-- CONSTRAINT public.excluding_r_excl
ALTER TABLE ONLY public.excluding
    ADD CONSTRAINT excluding_r_excl EXCLUDE USING gist (r WITH &&);
-- CONSTRAINT public.excluding_t_excl
ALTER TABLE ONLY public.excluding
    ADD CONSTRAINT excluding_t_excl EXCLUDE USING hash (t WITH =) WHERE ((a IS NULL));
-- CONSTRAINT public.expressions
ALTER TABLE ONLY public.excluding
    ADD CONSTRAINT expressions EXCLUDE USING btree (lower(t) COLLATE "C" WITH =, ((a + 1)) WITH =);
-- CONSTRAINT public.keyed_b_key
ALTER TABLE ONLY public.keyed
    ADD CONSTRAINT keyed_b_key UNIQUE (b);
-- CONSTRAINT public.keyed_c d_e_key
ALTER TABLE ONLY public.keyed
    ADD CONSTRAINT "keyed_c d_e_key" UNIQUE ("c d", e);
ALTER TABLE public.keyed CLUSTER ON "keyed_c d_e_key";
-- CONSTRAINT public.keyed_pkey
ALTER TABLE ONLY public.keyed
    ADD CONSTRAINT keyed_pkey PRIMARY KEY (a) WITH (fillfactor='90');
-- COMMENT public.keyed_pkey
COMMENT ON CONSTRAINT keyed_pkey ON public.keyed IS 'key''s
comment';
-- CHECK CONSTRAINT public.late
ALTER TABLE public.parent
    ADD CONSTRAINT late CHECK ((a <> 4)) NOT VALID;
-- COMMENT public.late
COMMENT ON CONSTRAINT late ON public.parent IS 'late';
-- CHECK CONSTRAINT public.late_leaf
ALTER TABLE public.leaf
    ADD CONSTRAINT late_leaf CHECK ((a <> 7)) NOT VALID;
-- CHECK CONSTRAINT public.late_own
ALTER TABLE public.child
    ADD CONSTRAINT late_own CHECK ((a <> 5)) NOT VALID;
-- CHECK CONSTRAINT public.late_root
ALTER TABLE public.root
    ADD CONSTRAINT late_root CHECK ((a <> 2)) NOT VALID;
-- CHECK CONSTRAINT public.loop; '
ALTER TABLE public.looped
    ADD CONSTRAINT "loop; '" CHECK (public.of_looped(ROW(a, b)::public.looped));
-- COMMENT public.loop; '
COMMENT ON CONSTRAINT "loop; '" ON public.looped IS 'in a loop';
-- CHECK CONSTRAINT public.loop_check
ALTER TABLE public.loop_root
    ADD CONSTRAINT loop_check CHECK (public.of_root(NULL::public.loop_root));
-- CONSTRAINT public.made also
ALTER TABLE ONLY public.using_index
    ADD CONSTRAINT "made also" UNIQUE (b) INCLUDE (a) WITH (fillfactor='44') DEFERRABLE;
-- CONSTRAINT public.multi
ALTER TABLE ONLY public.periods
    ADD CONSTRAINT multi UNIQUE (a, "b c" WITHOUT OVERLAPS) INCLUDE (other);
-- CONSTRAINT public.n
ALTER TABLE ONLY public.nulls
    ADD CONSTRAINT n UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (b) WITH (fillfactor='20');
-- CONSTRAINT public.new; "index
ALTER TABLE ONLY public.renamed
    ADD CONSTRAINT "new; ""index" UNIQUE (b);
ALTER TABLE public.renamed CLUSTER ON "new; ""index";
-- CONSTRAINT public.new; name
ALTER TABLE ONLY public.renamed
    ADD CONSTRAINT "new; name" PRIMARY KEY (a);
-- CHECK CONSTRAINT public.not_all
ALTER TABLE public.violates
    ADD CONSTRAINT not_all CHECK ((a > 0)) NOT VALID;
-- CHECK CONSTRAINT public.not_all
ALTER TABLE public.violating_parent
    ADD CONSTRAINT not_all CHECK ((a > 0)) NOT VALID;
-- CHECK CONSTRAINT public.not_all
ALTER TABLE public.violating_root
    ADD CONSTRAINT not_all CHECK ((a > 0)) NOT VALID;
-- CONSTRAINT public.nulls_a_key
ALTER TABLE ONLY public.nulls
    ADD CONSTRAINT nulls_a_key UNIQUE NULLS NOT DISTINCT (a);
-- CHECK CONSTRAINT public.one_check
ALTER TABLE public.one
    ADD CONSTRAINT one_check CHECK ((public.of_two(NULL::public.two) = 1));
-- CONSTRAINT public.optioned_b_key
ALTER TABLE ONLY public.optioned
    ADD CONSTRAINT optioned_b_key UNIQUE (b) WITH (fillfactor='60');
-- CONSTRAINT public.over; '
ALTER TABLE ONLY public.periods
    ADD CONSTRAINT "over; '" PRIMARY KEY (a, during WITHOUT OVERLAPS);
-- CONSTRAINT public.over_unique
ALTER TABLE ONLY public.periods
    ADD CONSTRAINT over_unique UNIQUE (a, other WITHOUT OVERLAPS) DEFERRABLE;
-- CONSTRAINT public.period_root_pkey
ALTER TABLE public.period_root
    ADD CONSTRAINT period_root_pkey PRIMARY KEY (a, during WITHOUT OVERLAPS);
-- CONSTRAINT public.period_part_pkey
DO $$
DECLARE
    made pg_catalog.name;
BEGIN
    SELECT c.conname INTO STRICT made
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_constraint p ON p.oid = c.conparentid
    WHERE c.conrelid = 'public.period_part'::pg_catalog.regclass
      AND p.conrelid = 'public.period_root'::pg_catalog.regclass AND p.conname = 'period_root_pkey';
    IF made <> 'period_part_pkey' THEN
        EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', 'public.period_part', made, 'period_part_pkey');
    END IF;
END
$$;
-- CONSTRAINT public.re'named; $$
DO $_$
DECLARE
    made pg_catalog.name;
BEGIN
    SELECT c.conname INTO STRICT made
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_constraint p ON p.oid = c.conparentid
    WHERE c.conrelid = 'public.aa_excluding'::pg_catalog.regclass
      AND p.conrelid = 'public.excluding_middle'::pg_catalog.regclass AND p.conname = 'excluding_middle_a_r_excl';
    IF made <> 're''named; $$' THEN
        EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', 'public.aa_excluding', made, 're''named; $$');
    END IF;
END
$_$;
ALTER TABLE public.aa_excluding CLUSTER ON "re'named; $$";
-- COMMENT public.re'named; $$
COMMENT ON CONSTRAINT "re'named; $$" ON public.aa_excluding IS 'of a part';
-- CONSTRAINT public.renamed_column_pkey
ALTER TABLE ONLY public.renamed_column
    ADD CONSTRAINT renamed_column_pkey PRIMARY KEY (b, "new""; a");
-- CHECK CONSTRAINT public.self; '
ALTER DOMAIN public.dom ADD CONSTRAINT "self; '" CHECK (public.of_dom(VALUE, '{}'::public.dom[]));
-- COMMENT public.self; '
COMMENT ON CONSTRAINT "self; '" ON DOMAIN public.dom IS 'domain loop';
-- CHECK CONSTRAINT public.through_table
ALTER DOMAIN public.of_row ADD CONSTRAINT through_table CHECK (public.counts(NULL::public.uses_of_row));
-- CONSTRAINT we"ird schema.con"straint; ' --
ALTER TABLE ONLY "we""ird
schema"."ta""ble; '"
    ADD CONSTRAINT "con""straint; '
--" PRIMARY KEY ("select", "col'umn
") INCLUDE (x) WITH (fillfactor='30');
-- COMMENT we"ird schema.con"straint; ' --
COMMENT ON CONSTRAINT "con""straint; '
--" ON "we""ird
schema"."ta""ble; '" IS '\ ';
-- CONSTRAINT we"ird schema.unique
ALTER TABLE ONLY "we""ird
schema"."ta""ble; '"
    ADD CONSTRAINT "unique" UNIQUE (x) INCLUDE ("select") DEFERRABLE INITIALLY DEFERRED;
-- INDEX public.made_before
CREATE UNIQUE INDEX made_before ON public.using_index USING btree (a DESC, b);
