-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- TYPE public.hashed_by; owner postgres
CREATE TYPE public.hashed_by AS ENUM (
    'a',
    'b',
    'c'
);
-- TYPE we"ird schema.ty"pe; owner postgres
CREATE TYPE "we""ird
schema"."ty""pe" AS (
    a integer,
    "b c" text COLLATE pg_catalog."C",
    d numeric(5,2)
);
-- ACCESS METHOD heap 2
CREATE ACCESS METHOD "heap 2" TYPE TABLE HANDLER heap_tableam_handler;
-- FOREIGN DATA WRAPPER nowhere; owner postgres
CREATE FOREIGN DATA WRAPPER nowhere;
-- SERVER ser'ver; owner postgres
CREATE SERVER "ser'ver" FOREIGN DATA WRAPPER nowhere;
-- TABLE public.-- x; owner postgres
CREATE TABLE public."-- x" (
    a integer
);
-- TABLE public.Groß; owner postgres
CREATE TABLE public."Groß" (
    "Ä" integer
);
-- TABLE public.parent; owner postgres
CREATE TABLE public.parent (
    a integer DEFAULT 11,
    b text DEFAULT 'b'::text NOT NULL,
    c integer,
    d date,
    added integer DEFAULT 5
);
-- TABLE public.a_child; owner postgres
CREATE TABLE public.a_child (
)
INHERITS (public.parent);
-- TABLE public.listed; owner postgres
CREATE TABLE public.listed (
    v text,
    n integer NOT NULL
)
PARTITION BY LIST (v);
-- TABLE we"ird schema.part '; --; owner postgres
CREATE TABLE "we""ird
schema"."part '; --" (
    v text,
    n integer CONSTRAINT listed_n_not_null NOT NULL
)
PARTITION BY HASH (n);
-- TABLE public.aa_p1; owner postgres
CREATE TABLE public.aa_p1 (
    v text,
    n integer CONSTRAINT listed_n_not_null NOT NULL
)
PARTITION BY RANGE (n);
-- TABLE public.aa_deep; owner postgres
CREATE TABLE public.aa_deep (
    v text,
    n integer CONSTRAINT listed_n_not_null NOT NULL
);
-- TABLE public.attached; owner postgres
CREATE TABLE public.attached (
    n integer DEFAULT 3 NOT NULL,
    v text
);
-- TABLE public.boolean_list; owner postgres
CREATE TABLE public.boolean_list (
    b boolean
)
PARTITION BY LIST (b);
-- TABLE public.boolean_true; owner postgres
CREATE TABLE public.boolean_true (
    b boolean
);
-- TABLE public.both_secured; owner postgres
CREATE TABLE public.both_secured (
    a integer
);
ALTER TABLE ONLY public.both_secured FORCE ROW LEVEL SECURITY;
-- FOREIGN TABLE public.foreign_alone; owner pgsnap_table's "owner"
CREATE FOREIGN TABLE public.foreign_alone (
    a integer DEFAULT 4 NOT NULL,
    b text COLLATE pg_catalog."C",
    c integer GENERATED ALWAYS AS ((a * 2)) STORED,
    CONSTRAINT foreign_alone_a_check CHECK ((a > 0))
)
SERVER "ser'ver"
OPTIONS (
    "B" E'2
\\',
    a '1'
);
ALTER FOREIGN TABLE ONLY public.foreign_alone ALTER COLUMN a SET STATISTICS 20;
ALTER FOREIGN TABLE ONLY public.foreign_alone ALTER COLUMN a SET (n_distinct='5');
ALTER FOREIGN TABLE ONLY public.foreign_alone ALTER COLUMN a OPTIONS (
    "Z z" '',
    x 'y'
);
ALTER FOREIGN TABLE ONLY public.foreign_alone ALTER COLUMN b SET STORAGE EXTERNAL;
-- COMMENT public.foreign_alone
COMMENT ON FOREIGN TABLE public.foreign_alone IS 'foreign';
-- COMMENT public.foreign_alone
COMMENT ON COLUMN public.foreign_alone.a IS 'foreign column';
-- TABLE public.child_of_foreign; owner postgres
CREATE TABLE public.child_of_foreign (
)
INHERITS (public.foreign_alone);
ALTER TABLE ONLY public.child_of_foreign ALTER COLUMN b SET STORAGE EXTERNAL;
-- TABLE public.ck_parent; owner postgres
CREATE TABLE public.ck_parent (
    a integer,
    b text,
    CONSTRAINT ck_parent_a_check CHECK ((a > 0)),
    CONSTRAINT "it's; --" CHECK (((b <> 'it''s \ "'::text) OR (a < 10))),
    CONSTRAINT only_here CHECK ((a <> 5)) NO INHERIT
);
-- COMMENT public.ck_parent
COMMENT ON CONSTRAINT "it's; --" ON public.ck_parent IS 'a check''s
comment';
-- TABLE public.ck_child; owner postgres
CREATE TABLE public.ck_child (
    CONSTRAINT "it's; --" CHECK (((b <> 'it''s \ "'::text) OR (a < 10))),
    CONSTRAINT own CHECK ((a < 100))
)
INHERITS (public.ck_parent);
-- COMMENT public.ck_child
COMMENT ON CONSTRAINT own ON public.ck_child IS 'own';
-- TABLE public.ck_grandchild; owner postgres
CREATE TABLE public.ck_grandchild (
)
INHERITS (public.ck_child);
-- TABLE public.ck_many; owner postgres
CREATE TABLE public.ck_many (
    a integer,
    b integer,
    CONSTRAINT ck_many_check CHECK ((a > b)),
    CONSTRAINT ck_many_check1 CHECK (((b > a) OR (a IS NULL))),
    CONSTRAINT ck_many_check2 CHECK (true),
    CONSTRAINT ck_many_check3 CHECK (((a IS DISTINCT FROM 1) OR (b IS DISTINCT FROM 2))),
    CONSTRAINT "select" CHECK (((a = ANY (ARRAY[1, 2, 3])) AND ((b >= 1) AND (b <= 5))))
);
-- TABLE public.dated; owner postgres
CREATE TABLE public.dated (
    at timestamp with time zone,
    d date
)
PARTITION BY RANGE (at);
-- TABLE public.dated_part; owner postgres
CREATE TABLE public.dated_part (
    at timestamp with time zone,
    d date
)
PARTITION BY LIST (EXTRACT(year FROM d));
-- TABLE public.detached; owner postgres
CREATE TABLE public.detached (
    k integer,
    t text DEFAULT 'root'::text COLLATE pg_catalog."C",
    at timestamp with time zone,
    CONSTRAINT "named; --" CHECK ((t <> ''::text)),
    CONSTRAINT ranged_k_check CHECK ((k > '-1000'::integer))
);
-- TABLE public.diamond_left; owner postgres
CREATE TABLE public.diamond_left (
)
INHERITS (public.parent);
-- TABLE public.diamond_right; owner postgres
CREATE TABLE public.diamond_right (
)
INHERITS (public.parent);
-- TABLE public.diamond; owner postgres
CREATE TABLE public.diamond (
)
INHERITS (public.diamond_left, public.diamond_right);
-- TABLE public.dropped; owner postgres
CREATE TABLE public.dropped (
    a integer,
    b integer,
    c text DEFAULT 'c'::text,
    late integer DEFAULT 7 NOT NULL,
    CONSTRAINT dropped_b_check CHECK ((b > 0))
);
-- TABLE public.forced; owner postgres
CREATE TABLE public.forced (
    a integer
);
ALTER TABLE ONLY public.forced FORCE ROW LEVEL SECURITY;
-- TABLE public.second_parent; owner postgres
CREATE TABLE public.second_parent (
    c integer DEFAULT 9,
    e text COLLATE pg_catalog."C"
);
-- FOREIGN TABLE public.foreign_child; owner postgres
CREATE FOREIGN TABLE public.foreign_child (
    z integer
)
INHERITS (public.second_parent)
SERVER "ser'ver";
ALTER FOREIGN TABLE ONLY public.foreign_child ALTER COLUMN e OPTIONS (
    late 'x'
);
ALTER FOREIGN TABLE ONLY public.foreign_child ALTER COLUMN z OPTIONS (
    k 'v'
);
-- FOREIGN TABLE public.foreign_empty; owner postgres
CREATE FOREIGN TABLE public.foreign_empty (
)
SERVER "ser'ver";
-- FOREIGN TABLE public.foreign_part; owner postgres
CREATE FOREIGN TABLE public.foreign_part (
    v text,
    n integer CONSTRAINT listed_n_not_null NOT NULL
)
SERVER "ser'ver"
OPTIONS (
    "ta ble" 'it''s'
);
-- TABLE public.grandchild; owner postgres
CREATE TABLE public.grandchild (
    g integer
)
INHERITS (public.a_child, public.second_parent);
-- TABLE public.hashed; owner postgres
CREATE TABLE public.hashed (
    a integer,
    b text
)
PARTITION BY HASH (a, b text_pattern_ops);
-- TABLE we"ird schema.root ; --; owner postgres
CREATE TABLE "we""ird
schema"."root
; --" (
    e public.hashed_by,
    n integer
)
PARTITION BY HASH (e);
-- TABLE public.hashed_1; owner postgres
CREATE TABLE public.hashed_1 (
    e public.hashed_by,
    n integer
);
-- TABLE public.identity_full; owner postgres
CREATE TABLE public.identity_full (
    a integer
);
ALTER TABLE ONLY public.identity_full REPLICA IDENTITY FULL;
-- TABLE public.identity_index; owner postgres
CREATE TABLE public.identity_index (
    a integer NOT NULL,
    b integer NOT NULL
);
-- TABLE public.identity_key; owner postgres
CREATE TABLE public.identity_key (
    a integer NOT NULL,
    b integer NOT NULL
);
-- TABLE public.identity_root; owner postgres
CREATE TABLE public.identity_root (
    a integer NOT NULL
)
PARTITION BY LIST (a);
ALTER TABLE ONLY public.identity_root REPLICA IDENTITY FULL;
-- TABLE public.identity_leaf; owner postgres
CREATE TABLE public.identity_leaf (
    a integer CONSTRAINT identity_root_a_not_null NOT NULL
);
-- TABLE public.identity_nothing; owner postgres
CREATE TABLE public.identity_nothing (
    a integer
);
ALTER TABLE ONLY public.identity_nothing REPLICA IDENTITY NOTHING;
-- TABLE public.joined; owner postgres
CREATE TABLE public.joined (
    b text DEFAULT 'joined'::text NOT NULL,
    extra integer,
    d date,
    c integer,
    a integer DEFAULT NULL
)
INHERITS (public.parent);
-- TABLE public.key_names; owner postgres
CREATE TABLE public.key_names (
    a integer CONSTRAINT "of key" NOT NULL
);
-- TABLE public.large; owner postgres
CREATE TABLE public.large (
    a text
);
-- TABLE public.late; owner postgres
CREATE TABLE public.late (
    a integer,
    b integer
);
-- TABLE public.late_other_parent; owner postgres
CREATE TABLE public.late_other_parent (
    a integer CONSTRAINT "late; --" NOT NULL,
    b integer
);
-- TABLE public.late_both; owner postgres
CREATE TABLE public.late_both (
)
INHERITS (public.late, public.late_other_parent);
-- TABLE public.late_child; owner postgres
CREATE TABLE public.late_child (
    CONSTRAINT "late; --" NOT NULL a,
    x integer
)
INHERITS (public.late);
-- TABLE public.late_joined; owner postgres
CREATE TABLE public.late_joined (
    a integer CONSTRAINT other NOT NULL,
    b integer
)
INHERITS (public.late);
-- TABLE public.late_root; owner postgres
CREATE TABLE public.late_root (
    k integer,
    a integer
)
PARTITION BY LIST (k);
-- TABLE public.late_leaf; owner postgres
CREATE TABLE public.late_leaf (
    k integer,
    a integer
);
-- TABLE public.late_own; owner postgres
CREATE TABLE public.late_own (
    a integer CONSTRAINT "late; --" NOT NULL
)
INHERITS (public.late);
-- TABLE public.late_sound; owner postgres
CREATE TABLE public.late_sound (
    k integer,
    a integer CONSTRAINT late_root_a NOT NULL
);
-- TABLE public.late_valid; owner postgres
CREATE TABLE public.late_valid (
    CONSTRAINT "late; --" NOT NULL a
)
INHERITS (public.late);
-- COMMENT public.late_valid
COMMENT ON CONSTRAINT "late; --" ON public.late_valid IS 'valid here';
-- TABLE public.left_behind; owner postgres
CREATE TABLE public.left_behind (
    a integer DEFAULT 1,
    b text DEFAULT 'b'::text CONSTRAINT parent_b_not_null NOT NULL,
    c integer,
    d date
);
-- TABLE public.method_root; owner postgres
CREATE TABLE public.method_root (
    a integer
)
PARTITION BY LIST (a);
ALTER TABLE public.method_root SET ACCESS METHOD "heap 2";
-- TABLE public.method_heap; owner postgres
CREATE TABLE public.method_heap (
    a integer
);
-- TABLE public.method_leaf; owner postgres
SET default_table_access_method = "heap 2";
CREATE TABLE public.method_leaf (
    a integer
);
-- TABLE public.method_middle; owner postgres
CREATE TABLE public.method_middle (
    a integer
)
PARTITION BY LIST (a);
ALTER TABLE public.method_middle SET ACCESS METHOD "heap 2";
-- TABLE public.named; owner postgres
SET default_table_access_method = heap;
CREATE TABLE public.named (
    a integer CONSTRAINT "named ""nn""" NOT NULL,
    b integer NOT NULL,
    c integer NOT NULL NO INHERIT,
    d integer CONSTRAINT odd NOT NULL NO INHERIT,
    e integer CONSTRAINT named_e_not_null NOT NULL
);
-- COMMENT public.named
COMMENT ON CONSTRAINT "named ""nn""" ON public.named IS 'named';
-- COMMENT public.named
COMMENT ON CONSTRAINT named_e_not_null ON public.named IS 'usual name, yet a comment';
-- TABLE public.named_child; owner postgres
CREATE TABLE public.named_child (
)
INHERITS (public.named);
-- TABLE public.named_own; owner postgres
CREATE TABLE public.named_own (
    CONSTRAINT "own; --" NOT NULL c,
    CONSTRAINT own_d NOT NULL d NO INHERIT
)
INHERITS (public.named);
-- TABLE public.nn_parent; owner postgres
CREATE TABLE public.nn_parent (
    a integer NOT NULL,
    b integer,
    c integer NOT NULL NO INHERIT
);
-- TABLE public.nn_child; owner postgres
CREATE TABLE public.nn_child (
    NOT NULL b
)
INHERITS (public.nn_parent);
-- TABLE public.nn_keyed; owner postgres
CREATE TABLE public.nn_keyed (
    NOT NULL a
)
INHERITS (public.nn_parent);
-- TABLE public.nn_local; owner postgres
CREATE TABLE public.nn_local (
    b integer NOT NULL,
    c integer
)
INHERITS (public.nn_parent);
-- TABLE public.no_columns; owner postgres
CREATE TABLE public.no_columns (
);
-- TABLE public.no_default; owner postgres
CREATE TABLE public.no_default (
)
INHERITS (public.parent);
-- TABLE public.no_default_local; owner postgres
CREATE TABLE public.no_default_local (
    a integer DEFAULT NULL,
    b text DEFAULT NULL
)
INHERITS (public.parent);
-- TABLE public.no_parts; owner postgres
CREATE TABLE public.no_parts (
    a integer
)
PARTITION BY LIST (a);
-- TABLE public.none_left; owner postgres
CREATE TABLE public.none_left (
);
-- TABLE public.select; owner postgres
CREATE TABLE public."select" (
    "from" integer
);
-- TABLE public.of_rows; owner postgres
CREATE TABLE public.of_rows (
    r public."select",
    rs public.parent[],
    d "we""ird
schema"."ty""pe"
);
-- TABLE public.other_method; owner postgres
SET default_table_access_method = "heap 2";
CREATE TABLE public.other_method (
    a integer,
    b text
);
-- TABLE public.zz_parent; owner postgres
SET default_table_access_method = heap;
CREATE TABLE public.zz_parent (
    z integer
);
-- TABLE public.other_order; owner postgres
CREATE TABLE public.other_order (
    x integer
)
INHERITS (public.zz_parent, public.parent);
-- MATERIALIZED VIEW public.other_view; owner postgres
SET default_table_access_method = "heap 2";
CREATE MATERIALIZED VIEW public.other_view AS
 SELECT 1 AS one
  WITH NO DATA;
-- TABLE public.own_defaults; owner postgres
SET default_table_access_method = heap;
CREATE TABLE public.own_defaults (
    a integer DEFAULT 2,
    c integer DEFAULT 3
)
INHERITS (public.parent);
-- TABLE public.plain_method; owner postgres
CREATE TABLE public.plain_method (
    a integer
);
-- TABLE public.public.table; owner postgres
CREATE TABLE public."public.table" (
    a integer
);
-- TABLE public.ranged; owner postgres
CREATE TABLE public.ranged (
    k integer,
    t text DEFAULT 'root'::text COLLATE pg_catalog."C",
    at timestamp with time zone,
    CONSTRAINT "named; --" CHECK ((t <> ''::text)),
    CONSTRAINT ranged_k_check CHECK ((k > '-1000'::integer))
)
PARTITION BY RANGE (k, lower(t));
-- COMMENT public.ranged
COMMENT ON TABLE public.ranged IS 'root';
-- TABLE public.ranged_high; owner postgres
CREATE TABLE public.ranged_high (
    k integer,
    t text DEFAULT 'high'::text COLLATE pg_catalog."C",
    at timestamp with time zone,
    CONSTRAINT "named; --" CHECK ((t <> ''::text)),
    CONSTRAINT ranged_high_k_check CHECK ((k < 5000)),
    CONSTRAINT ranged_k_check CHECK ((k > '-1000'::integer))
);
-- TABLE public.ranged_low; owner pgsnap_table's "owner"
CREATE TABLE public.ranged_low (
    k integer NOT NULL,
    t text COLLATE pg_catalog."C",
    at timestamp with time zone,
    CONSTRAINT "named; --" CHECK ((t <> ''::text)),
    CONSTRAINT ranged_k_check CHECK ((k > '-1000'::integer))
);
-- COMMENT public.ranged_low
COMMENT ON COLUMN public.ranged_low.k IS 'leaf';
-- TABLE public.ranged_rest; owner postgres
CREATE TABLE public.ranged_rest (
    k integer,
    t text DEFAULT 'root'::text COLLATE pg_catalog."C",
    at timestamp with time zone,
    CONSTRAINT "named; --" CHECK ((t <> ''::text)),
    CONSTRAINT ranged_k_check CHECK ((k > '-1000'::integer))
);
-- TABLE public.secured; owner postgres
CREATE TABLE public.secured (
    a integer
);
-- TABLE public.secured_root; owner postgres
CREATE TABLE public.secured_root (
    a integer
)
PARTITION BY LIST (a);
ALTER TABLE ONLY public.secured_root FORCE ROW LEVEL SECURITY;
-- TABLE public.spaced; owner postgres
SET default_tablespace = "pgsnap ""space""";
CREATE TABLE public.spaced (
    a integer NOT NULL,
    b integer
);
-- TABLE public.spaced_root; owner postgres
CREATE TABLE public.spaced_root (
    a integer
)
PARTITION BY LIST (a);
-- TABLE public.spaced_default; owner postgres
SET default_tablespace = '';
CREATE TABLE public.spaced_default (
    a integer
);
-- TABLE public.spaced_leaf; owner postgres
SET default_tablespace = "pgsnap ""space""";
CREATE TABLE public.spaced_leaf (
    a integer
);
-- MATERIALIZED VIEW public.spaced_view; owner postgres
CREATE MATERIALIZED VIEW public.spaced_view AS
 SELECT a
   FROM public.spaced
  WITH NO DATA;
-- TABLE public.stored; owner postgres
SET default_tablespace = '';
CREATE TABLE public.stored (
    a integer,
    b text
)
WITH (fillfactor='70', autovacuum_enabled='false', toast_tuple_target='1000', autovacuum_vacuum_scale_factor='0.05', parallel_workers='3', user_catalog_table='true', toast.autovacuum_enabled='false', toast.autovacuum_vacuum_threshold='9');
-- TABLE public.toast_only; owner postgres
CREATE TABLE public.toast_only (
    b text
)
WITH (toast.autovacuum_enabled=off);
-- TABLE public.ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt63; owner postgres
CREATE TABLE public.ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt63 (
    a integer
);
-- TABLE public.typed; owner postgres
CREATE TABLE public.typed OF "we""ird
schema"."ty""pe";
-- TABLE public.typed_check; owner postgres
CREATE TABLE public.typed_check OF "we""ird
schema"."ty""pe" (
    CONSTRAINT typed_check_a_check CHECK ((a > 0))
);
-- TABLE public.typed_more; owner postgres
CREATE TABLE public.typed_more OF "we""ird
schema"."ty""pe" (
    a WITH OPTIONS DEFAULT 5 NOT NULL,
    "b c" WITH OPTIONS DEFAULT 'x'::text NOT NULL,
    CONSTRAINT c CHECK ((d > (0)::numeric))
);
ALTER TABLE ONLY public.typed_more ALTER COLUMN d SET STATISTICS 50;
-- TABLE public.unenforced; owner postgres
CREATE TABLE public.unenforced (
    a integer,
    CONSTRAINT strict CHECK ((a < 10))
);
-- TABLE public.unenforced_child; owner postgres
CREATE TABLE public.unenforced_child (
)
INHERITS (public.unenforced);
-- TABLE public.unlogged; owner postgres
CREATE UNLOGGED TABLE public.unlogged (
    a integer NOT NULL
);
-- TABLE public.unlogged_leaf; owner postgres
CREATE UNLOGGED TABLE public.unlogged_leaf (
    k integer,
    t text COLLATE pg_catalog."C",
    at timestamp with time zone,
    CONSTRAINT "named; --" CHECK ((t <> ''::text)),
    CONSTRAINT ranged_k_check CHECK ((k > '-1000'::integer))
);
-- TABLE public.untyped; owner postgres
CREATE TABLE public.untyped (
    a integer,
    "b c" text COLLATE pg_catalog."C",
    d numeric(5,2)
);
-- TABLE we"ird schema.p0; owner postgres
CREATE TABLE "we""ird
schema".p0 (
    v text,
    n integer CONSTRAINT listed_n_not_null NOT NULL
);
-- TABLE we"ird schema.part 0; owner postgres
CREATE TABLE "we""ird
schema"."part
0" (
    e public.hashed_by,
    n integer
);
-- TABLE we"ird schema.ta"ble '; --; owner pgsnap_table's "owner"
CREATE TABLE "we""ird
schema"."ta""ble
'; --" (
    "col""umn
'; --" integer,
    "select" text,
    "Größe" text,
    "a.b" text,
    "$1" text,
    " " text,
    """" text,
    "\" text,
    ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc63 text,
    "xööööööööööööööööööööööööööööööö" text
);
-- COMMENT we"ird schema.ta"ble '; --
COMMENT ON TABLE "we""ird
schema"."ta""ble
'; --" IS 'it''s \a
comment';
-- COMMENT we"ird schema.ta"ble '; --
COMMENT ON COLUMN "we""ird
schema"."ta""ble
'; --"."col""umn
'; --" IS 'column''s';
-- TABLE we"ird schema.two parents; owner postgres
CREATE TABLE "we""ird
schema"."two parents" (
    f integer
)
INHERITS (public.parent, public.second_parent);
-- TABLE ATTACH public.aa_deep
ALTER TABLE ONLY public.aa_p1 ATTACH PARTITION public.aa_deep FOR VALUES FROM (1) TO (1000000);
-- TABLE ATTACH public.aa_p1
ALTER TABLE ONLY "we""ird
schema"."part '; --" ATTACH PARTITION public.aa_p1 FOR VALUES WITH (modulus 2, remainder 1);
-- TABLE ATTACH public.attached
ALTER TABLE ONLY public.listed ATTACH PARTITION public.attached FOR VALUES IN ('x', 'y');
-- TABLE ATTACH public.boolean_true
ALTER TABLE ONLY public.boolean_list ATTACH PARTITION public.boolean_true FOR VALUES IN (true);
-- TABLE ATTACH public.dated_part
ALTER TABLE ONLY public.dated ATTACH PARTITION public.dated_part FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
-- TABLE ATTACH public.foreign_part
ALTER TABLE ONLY public.listed ATTACH PARTITION public.foreign_part FOR VALUES IN ('f');
-- TABLE ATTACH public.hashed_1
ALTER TABLE ONLY "we""ird
schema"."root
; --" ATTACH PARTITION public.hashed_1 FOR VALUES WITH (modulus 2, remainder 1);
-- TABLE ATTACH public.identity_leaf
ALTER TABLE ONLY public.identity_root ATTACH PARTITION public.identity_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.late_leaf
ALTER TABLE ONLY public.late_root ATTACH PARTITION public.late_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.late_sound
ALTER TABLE ONLY public.late_root ATTACH PARTITION public.late_sound FOR VALUES IN (2);
-- TABLE ATTACH public.method_heap
ALTER TABLE ONLY public.method_root ATTACH PARTITION public.method_heap FOR VALUES IN (2);
-- TABLE ATTACH public.method_leaf
ALTER TABLE ONLY public.method_root ATTACH PARTITION public.method_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.method_middle
ALTER TABLE ONLY public.method_root ATTACH PARTITION public.method_middle FOR VALUES IN (3);
-- TABLE ATTACH public.ranged_high
ALTER TABLE ONLY public.ranged ATTACH PARTITION public.ranged_high FOR VALUES FROM (0, 'a''b') TO (100, MAXVALUE);
-- TABLE ATTACH public.ranged_low
ALTER TABLE ONLY public.ranged ATTACH PARTITION public.ranged_low FOR VALUES FROM (MINVALUE, MINVALUE) TO (0, 'a''b');
-- TABLE ATTACH public.ranged_rest
ALTER TABLE ONLY public.ranged ATTACH PARTITION public.ranged_rest DEFAULT;
-- TABLE ATTACH public.spaced_default
ALTER TABLE ONLY public.spaced_root ATTACH PARTITION public.spaced_default FOR VALUES IN (2);
-- TABLE ATTACH public.spaced_leaf
ALTER TABLE ONLY public.spaced_root ATTACH PARTITION public.spaced_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.unlogged_leaf
ALTER TABLE ONLY public.ranged ATTACH PARTITION public.unlogged_leaf FOR VALUES FROM (5000, 'a') TO (6000, 'b');
-- TABLE ATTACH we"ird schema.p0
ALTER TABLE ONLY "we""ird
schema"."part '; --" ATTACH PARTITION "we""ird
schema".p0 FOR VALUES WITH (modulus 2, remainder 0);
-- TABLE ATTACH we"ird schema.part 0
ALTER TABLE ONLY "we""ird
schema"."root
; --" ATTACH PARTITION "we""ird
schema"."part
0" FOR VALUES WITH (modulus 2, remainder 0);
-- TABLE ATTACH we"ird schema.part '; --
ALTER TABLE ONLY public.listed ATTACH PARTITION "we""ird
schema"."part '; --" FOR VALUES IN ('a''b', 'n
', NULL);
-- DEFAULT public.a_child
ALTER TABLE ONLY public.a_child ALTER COLUMN a SET DEFAULT 1;
-- DEFAULT public.a_child
ALTER TABLE ONLY public.a_child ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.a_child
ALTER TABLE ONLY public.a_child ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.child_of_foreign
ALTER TABLE ONLY public.child_of_foreign ALTER COLUMN a SET DEFAULT 4;
-- DEFAULT public.diamond
ALTER TABLE ONLY public.diamond ALTER COLUMN a SET DEFAULT 77;
-- DEFAULT public.diamond
ALTER TABLE ONLY public.diamond ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.diamond
ALTER TABLE ONLY public.diamond ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.diamond_left
ALTER TABLE ONLY public.diamond_left ALTER COLUMN a SET DEFAULT 1;
-- DEFAULT public.diamond_left
ALTER TABLE ONLY public.diamond_left ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.diamond_left
ALTER TABLE ONLY public.diamond_left ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.diamond_right
ALTER TABLE ONLY public.diamond_right ALTER COLUMN a SET DEFAULT 1;
-- DEFAULT public.diamond_right
ALTER TABLE ONLY public.diamond_right ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.diamond_right
ALTER TABLE ONLY public.diamond_right ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.foreign_child
ALTER FOREIGN TABLE ONLY public.foreign_child ALTER COLUMN c SET DEFAULT 9;
-- DEFAULT public.grandchild
ALTER TABLE ONLY public.grandchild ALTER COLUMN a SET DEFAULT 1;
-- DEFAULT public.grandchild
ALTER TABLE ONLY public.grandchild ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.grandchild
ALTER TABLE ONLY public.grandchild ALTER COLUMN c SET DEFAULT 9;
-- DEFAULT public.grandchild
ALTER TABLE ONLY public.grandchild ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.joined
ALTER TABLE ONLY public.joined ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.no_default
ALTER TABLE ONLY public.no_default ALTER COLUMN a SET DEFAULT NULL;
-- DEFAULT public.no_default
ALTER TABLE ONLY public.no_default ALTER COLUMN b SET DEFAULT 'other'::text;
-- DEFAULT public.no_default
ALTER TABLE ONLY public.no_default ALTER COLUMN d SET DEFAULT '2000-01-01'::date;
-- DEFAULT public.no_default
ALTER TABLE ONLY public.no_default ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.no_default_local
ALTER TABLE ONLY public.no_default_local ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.other_order
ALTER TABLE ONLY public.other_order ALTER COLUMN a SET DEFAULT 1;
-- DEFAULT public.other_order
ALTER TABLE ONLY public.other_order ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.other_order
ALTER TABLE ONLY public.other_order ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT public.own_defaults
ALTER TABLE ONLY public.own_defaults ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT public.own_defaults
ALTER TABLE ONLY public.own_defaults ALTER COLUMN added SET DEFAULT 5;
-- DEFAULT we"ird schema.two parents
ALTER TABLE ONLY "we""ird
schema"."two parents" ALTER COLUMN a SET DEFAULT 1;
-- DEFAULT we"ird schema.two parents
ALTER TABLE ONLY "we""ird
schema"."two parents" ALTER COLUMN b SET DEFAULT 'b'::text;
-- DEFAULT we"ird schema.two parents
ALTER TABLE ONLY "we""ird
schema"."two parents" ALTER COLUMN c SET DEFAULT 10;
-- DEFAULT we"ird schema.two parents
ALTER TABLE ONLY "we""ird
schema"."two parents" ALTER COLUMN added SET DEFAULT 5;
-- ==== PostData, Main
-- CHECK CONSTRAINT public.child_later
ALTER TABLE public.ck_child
    ADD CONSTRAINT child_later CHECK ((length(b) > 2)) NOT VALID;
-- CHECK CONSTRAINT public.fc
ALTER FOREIGN TABLE public.foreign_alone
    ADD CONSTRAINT fc CHECK ((b <> ''::text)) NOT VALID;
-- CONSTRAINT public.identity_key_b_key
ALTER TABLE ONLY public.identity_key
    ADD CONSTRAINT identity_key_b_key UNIQUE (b);
ALTER TABLE ONLY public.identity_key REPLICA IDENTITY USING INDEX identity_key_b_key;
-- CONSTRAINT public.identity_root_pkey
ALTER TABLE ONLY public.identity_root
    ADD CONSTRAINT identity_root_pkey PRIMARY KEY (a);
-- CONSTRAINT public.identity_leaf_pkey
ALTER TABLE ONLY public.identity_leaf
    ADD CONSTRAINT identity_leaf_pkey PRIMARY KEY (a);
ALTER TABLE ONLY public.identity_leaf REPLICA IDENTITY USING INDEX identity_leaf_pkey;
-- CONSTRAINT public.late; --
ALTER TABLE public.late
    ADD CONSTRAINT "late; --" NOT NULL a NOT VALID;
-- COMMENT public.late; --
COMMENT ON CONSTRAINT "late; --" ON public.late IS 'not valid';
-- CONSTRAINT public.late_b
ALTER TABLE public.late
    ADD CONSTRAINT late_b NOT NULL b NO INHERIT NOT VALID;
-- CONSTRAINT public.late_root_a
ALTER TABLE public.late_root
    ADD CONSTRAINT late_root_a NOT NULL a NOT VALID;
-- CHECK CONSTRAINT public.later
ALTER TABLE public.ck_parent
    ADD CONSTRAINT later CHECK ((a > 1)) NOT VALID;
-- COMMENT public.later
COMMENT ON CONSTRAINT later ON public.ck_parent IS 'not valid';
-- CHECK CONSTRAINT public.later_only
ALTER TABLE public.ck_parent
    ADD CONSTRAINT later_only CHECK ((a > 2)) NO INHERIT NOT VALID;
-- CHECK CONSTRAINT public.loose
ALTER TABLE public.unenforced
    ADD CONSTRAINT loose CHECK ((a > 0)) NOT ENFORCED;
-- COMMENT public.loose
COMMENT ON CONSTRAINT loose ON public.unenforced IS 'loose';
-- CONSTRAINT public.nn_keyed_b_key
ALTER TABLE ONLY public.nn_keyed
    ADD CONSTRAINT nn_keyed_b_key UNIQUE (b);
-- CONSTRAINT public.nn_keyed_pkey
ALTER TABLE ONLY public.nn_keyed
    ADD CONSTRAINT nn_keyed_pkey PRIMARY KEY (a);
-- CONSTRAINT public.spaced_b_key
ALTER TABLE ONLY public.spaced
    ADD CONSTRAINT spaced_b_key UNIQUE (b);
-- CONSTRAINT public.spaced_pkey
SET default_tablespace = "pgsnap ""space""";
ALTER TABLE ONLY public.spaced
    ADD CONSTRAINT spaced_pkey PRIMARY KEY (a);
-- CONSTRAINT public.the key
SET default_tablespace = '';
ALTER TABLE ONLY public.identity_key
    ADD CONSTRAINT "the key" PRIMARY KEY (a);
-- CONSTRAINT public.the; key
ALTER TABLE ONLY public.key_names
    ADD CONSTRAINT "the; key" PRIMARY KEY (a);
-- CONSTRAINT public.typed_more_pkey
ALTER TABLE ONLY public.typed_more
    ADD CONSTRAINT typed_more_pkey PRIMARY KEY (a);
-- CONSTRAINT public.unlogged_pkey
ALTER TABLE ONLY public.unlogged
    ADD CONSTRAINT unlogged_pkey PRIMARY KEY (a);
-- INDEX public.spaced_tree
SET default_tablespace = "pgsnap ""space""";
CREATE INDEX spaced_tree ON ONLY public.spaced_root USING btree (a);
-- INDEX public.spaced_default_a_idx
CREATE INDEX spaced_default_a_idx ON public.spaced_default USING btree (a);
-- INDEX public.spaced_index
CREATE INDEX spaced_index ON public.spaced USING btree (b, a);
-- INDEX public.spaced_leaf_a_idx
CREATE INDEX spaced_leaf_a_idx ON public.spaced_leaf USING btree (a);
-- INDEX public.the 'index'
SET default_tablespace = '';
CREATE UNIQUE INDEX "the 'index'" ON public.identity_index USING btree (b);
ALTER TABLE ONLY public.identity_index REPLICA IDENTITY USING INDEX "the 'index'";
-- INDEX ATTACH public.identity_leaf_pkey
ALTER INDEX public.identity_root_pkey ATTACH PARTITION public.identity_leaf_pkey;
-- INDEX ATTACH public.spaced_default_a_idx
ALTER INDEX public.spaced_tree ATTACH PARTITION public.spaced_default_a_idx;
-- INDEX ATTACH public.spaced_leaf_a_idx
ALTER INDEX public.spaced_tree ATTACH PARTITION public.spaced_leaf_a_idx;
-- ROW SECURITY public.both_secured
ALTER TABLE public.both_secured ENABLE ROW LEVEL SECURITY;
-- ROW SECURITY public.ranged_low
ALTER TABLE public.ranged_low ENABLE ROW LEVEL SECURITY;
-- ROW SECURITY public.secured
ALTER TABLE public.secured ENABLE ROW LEVEL SECURITY;
-- ROW SECURITY public.secured_root
ALTER TABLE public.secured_root ENABLE ROW LEVEL SECURITY;
