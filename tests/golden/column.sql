-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- COLLATION we"ird schema.col'l; owner postgres
CREATE COLLATION "we""ird
schema"."col'l" (provider = libc, locale = 'C');
-- TYPE we"ird schema.en'um; owner postgres
CREATE TYPE "we""ird
schema"."en'um" AS ENUM (
    'a''b',
    'c"d',
    'e\f
'
);
-- DOMAIN we"ird schema.select; owner postgres
CREATE DOMAIN "we""ird
schema"."select" AS text COLLATE pg_catalog."C" DEFAULT 'of domain'::text;
-- FUNCTION we"ird schema.fun"c'; owner postgres
CREATE FUNCTION "we""ird
schema"."fun""c'"(a integer DEFAULT 1) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT a + 1$$;
-- TABLE public.collated; owner postgres
CREATE TABLE public.collated (
    a text DEFAULT 'x'::text NOT NULL COLLATE pg_catalog."C",
    b text[] COLLATE pg_catalog."POSIX",
    c "we""ird
schema"."select" COLLATE pg_catalog."POSIX",
    d character varying(3) COLLATE "we""ird
schema"."col'l",
    e text
);
-- TABLE public.defaults; owner postgres
CREATE TABLE public.defaults (
    a text DEFAULT 'it''s \ "x"
; --'::text,
    b integer DEFAULT "we""ird
schema"."fun""c'"(),
    c timestamp with time zone DEFAULT (now() + '1 day'::interval),
    d "we""ird
schema"."en'um" DEFAULT 'a''b'::"we""ird
schema"."en'um",
    e integer[] DEFAULT ARRAY[1, (2 + 3), NULL::integer],
    f date DEFAULT CURRENT_DATE,
    g name DEFAULT CURRENT_USER,
    h text DEFAULT upper(('a'::text || 'b'::text)) COLLATE pg_catalog."C",
    i jsonb DEFAULT '{"a": [1, "\\"]}'::jsonb,
    j boolean DEFAULT (NOT ((1 > 2) AND (3 IS NULL))),
    k numeric DEFAULT '-1.50'::numeric,
    l integer,
    m double precision DEFAULT 'NaN'::double precision,
    n bytea DEFAULT '\x00ff'::bytea,
    o text DEFAULT 
CASE
    WHEN (1 = 2) THEN 'x'::text
    ELSE NULL::text
END,
    p integer DEFAULT ('-5'::integer % 3),
    q double precision DEFAULT (0.1 + '1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000'::numeric),
    r timestamp with time zone DEFAULT '2023-12-31 18:30:00+00'::timestamp with time zone,
    s interval DEFAULT '1 mon -2 days +03:04:05.678'::interval,
    "t'u" oid DEFAULT 'pg_class'::regclass,
    v text DEFAULT current_setting('server_encoding'::text)
);
-- TABLE public.expression_dropped; owner postgres
CREATE TABLE public.expression_dropped (
    a integer
);
-- TABLE public.generated; owner postgres
CREATE TABLE public.generated (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 2)) STORED,
    "c d" text GENERATED ALWAYS AS (('it''s '::text || COALESCE((a)::text, ''::text))) STORED NOT NULL,
    e integer GENERATED ALWAYS AS ("we""ird
schema"."fun""c'"(a)) STORED,
    f text GENERATED ALWAYS AS (('ä'::text || (a)::text)) STORED COLLATE pg_catalog."C",
    CONSTRAINT generated_e_check CHECK ((e > 0))
);
-- COMMENT public.generated
COMMENT ON COLUMN public.generated."c d" IS 'generated';
-- TABLE public.second_generated; owner postgres
CREATE TABLE public.second_generated (
    b integer GENERATED ALWAYS AS ((a * 5)) STORED,
    a integer
);
-- TABLE public.generated_both; owner postgres
CREATE TABLE public.generated_both (
    b integer GENERATED ALWAYS AS ((a * 6)) STORED
)
INHERITS (public.generated, public.second_generated);
-- TABLE public.generated_child; owner postgres
CREATE TABLE public.generated_child (
)
INHERITS (public.generated);
-- TABLE public.generated_grandchild; owner postgres
CREATE TABLE public.generated_grandchild (
    z integer GENERATED ALWAYS AS ((a + 1)) STORED
)
INHERITS (public.generated_child);
-- TABLE public.generated_root; owner postgres
CREATE TABLE public.generated_root (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 3)) STORED
)
PARTITION BY LIST (a);
-- TABLE public.generated_leaf; owner postgres
CREATE TABLE public.generated_leaf (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 3)) STORED
);
-- TABLE public.generated_leaf_own; owner postgres
CREATE TABLE public.generated_leaf_own (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 33)) STORED
);
-- TABLE public.generated_merged; owner postgres
CREATE TABLE public.generated_merged (
    a integer,
    b integer,
    "c d" text NOT NULL,
    e integer,
    f text COLLATE pg_catalog."C",
    CONSTRAINT generated_e_check CHECK ((e > 0))
)
INHERITS (public.generated);
-- TABLE public.generated_own; owner postgres
CREATE TABLE public.generated_own (
    b integer GENERATED ALWAYS AS ((a * 22)) STORED,
    "c d" text GENERATED ALWAYS AS ('other'::text) STORED
)
INHERITS (public.generated);
-- TABLE public.missing; owner postgres
CREATE TABLE public.missing (
    a integer,
    b text DEFAULT 'other'::text NOT NULL,
    c integer
);
-- TABLE public.properties; owner postgres
CREATE TABLE public.properties (
    a text,
    "b; '" text,
    c text,
    d integer,
    "e""f
" text,
    g text[],
    h numeric,
    i text
);
ALTER TABLE ONLY public.properties ALTER COLUMN a SET STATISTICS 0;
ALTER TABLE ONLY public.properties ALTER COLUMN a SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.properties ALTER COLUMN "b; '" SET STATISTICS 10000;
ALTER TABLE ONLY public.properties ALTER COLUMN "b; '" SET STORAGE MAIN;
ALTER TABLE ONLY public.properties ALTER COLUMN c SET STORAGE PLAIN;
ALTER TABLE ONLY public.properties ALTER COLUMN c SET COMPRESSION pglz;
ALTER TABLE ONLY public.properties ALTER COLUMN d SET STATISTICS 90;
ALTER TABLE ONLY public.properties ALTER COLUMN d SET (n_distinct='-0.5', n_distinct_inherited='10');
ALTER TABLE ONLY public.properties ALTER COLUMN "e""f
" SET (n_distinct='3');
ALTER TABLE ONLY public.properties ALTER COLUMN g SET STORAGE MAIN;
ALTER TABLE ONLY public.properties ALTER COLUMN h SET STORAGE EXTENDED;
-- COMMENT public.properties
COMMENT ON COLUMN public.properties."b; '" IS 'it''s
-- \';
-- TABLE public.properties_child; owner postgres
CREATE TABLE public.properties_child (
)
INHERITS (public.properties);
ALTER TABLE ONLY public.properties_child ALTER COLUMN a SET STATISTICS 33;
ALTER TABLE ONLY public.properties_child ALTER COLUMN "b; '" SET STORAGE MAIN;
ALTER TABLE ONLY public.properties_child ALTER COLUMN c SET STORAGE PLAIN;
ALTER TABLE ONLY public.properties_child ALTER COLUMN c SET (n_distinct='1');
ALTER TABLE ONLY public.properties_child ALTER COLUMN g SET STORAGE MAIN;
ALTER TABLE ONLY public.properties_child ALTER COLUMN h SET STORAGE EXTENDED;
-- COMMENT public.properties_child
COMMENT ON COLUMN public.properties_child.a IS 'inherited';
-- TABLE public.properties_root; owner postgres
CREATE TABLE public.properties_root (
    k integer,
    t text
)
PARTITION BY LIST (k);
ALTER TABLE ONLY public.properties_root ALTER COLUMN t SET STATISTICS 5;
ALTER TABLE ONLY public.properties_root ALTER COLUMN t SET STORAGE EXTERNAL;
-- TABLE public.properties_leaf; owner postgres
CREATE TABLE public.properties_leaf (
    k integer,
    t text
);
ALTER TABLE ONLY public.properties_leaf ALTER COLUMN k SET (n_distinct='4');
ALTER TABLE ONLY public.properties_leaf ALTER COLUMN t SET STORAGE PLAIN;
-- TABLE public.types; owner postgres
CREATE TABLE public.types (
    a numeric(10,2),
    b numeric,
    c character(5),
    d "char",
    e bpchar,
    f character varying(7),
    g character varying,
    h bit(3),
    i bit varying(9),
    j bit varying,
    k timestamp(3) with time zone,
    l time(0) without time zone,
    m interval day to second(2),
    n interval year,
    o interval(4),
    p integer[],
    q numeric(3,1)[],
    r text[],
    s "we""ird
schema"."en'um",
    t "we""ird
schema"."en'um"[],
    u "we""ird
schema"."select"
);
-- TABLE public.virtual; owner postgres
CREATE TABLE public.virtual (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 2)),
    c text GENERATED ALWAYS AS ('x'::text) NOT NULL COLLATE pg_catalog."C",
    d integer GENERATED ALWAYS AS (a) STORED
);
-- TABLE public.virtual_child; owner postgres
CREATE TABLE public.virtual_child (
)
INHERITS (public.virtual);
-- TABLE public.virtual_root; owner postgres
CREATE TABLE public.virtual_root (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 3))
)
PARTITION BY LIST (a);
-- TABLE public.virtual_leaf; owner postgres
CREATE TABLE public.virtual_leaf (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 30))
);
-- TABLE public.virtual_only; owner postgres
CREATE TABLE public.virtual_only (
    a integer GENERATED ALWAYS AS (1)
);
-- TABLE public.virtual_own; owner postgres
CREATE TABLE public.virtual_own (
    b integer GENERATED ALWAYS AS ((a * 4))
)
INHERITS (public.virtual);
-- TABLE public.virtual_plain; owner postgres
CREATE TABLE public.virtual_plain (
    a integer,
    b integer GENERATED ALWAYS AS ((a * 3))
);
-- TABLE public.wide; owner postgres
CREATE TABLE public.wide (
    "c 1" integer DEFAULT 1,
    "c 2" integer DEFAULT 2,
    "c 3" integer DEFAULT 3,
    "c 4" integer DEFAULT 4,
    "c 5" integer DEFAULT 5,
    "c 6" integer DEFAULT 6,
    "c 7" integer DEFAULT 7,
    "c 8" integer DEFAULT 8,
    "c 9" integer DEFAULT 9,
    "c 10" integer DEFAULT 10,
    "c 11" integer DEFAULT 11,
    "c 12" integer DEFAULT 12,
    "c 13" integer DEFAULT 13,
    "c 14" integer DEFAULT 14,
    "c 15" integer DEFAULT 15,
    "c 16" integer DEFAULT 16,
    "c 17" integer DEFAULT 17,
    "c 18" integer DEFAULT 18,
    "c 19" integer DEFAULT 19,
    "c 20" integer DEFAULT 20,
    "c 21" integer DEFAULT 21,
    "c 22" integer DEFAULT 22,
    "c 23" integer DEFAULT 23,
    "c 24" integer DEFAULT 24,
    "c 25" integer DEFAULT 25,
    "c 26" integer DEFAULT 26,
    "c 27" integer DEFAULT 27,
    "c 28" integer DEFAULT 28,
    "c 29" integer DEFAULT 29,
    "c 30" integer DEFAULT 30,
    "c 31" integer DEFAULT 31,
    "c 32" integer DEFAULT 32,
    "c 33" integer DEFAULT 33,
    "c 34" integer DEFAULT 34,
    "c 35" integer DEFAULT 35,
    "c 36" integer DEFAULT 36,
    "c 37" integer DEFAULT 37,
    "c 38" integer DEFAULT 38,
    "c 39" integer DEFAULT 39,
    "c 40" integer DEFAULT 40,
    "c 41" integer DEFAULT 41,
    "c 42" integer DEFAULT 42,
    "c 43" integer DEFAULT 43,
    "c 44" integer DEFAULT 44,
    "c 45" integer DEFAULT 45,
    "c 46" integer DEFAULT 46,
    "c 47" integer DEFAULT 47,
    "c 48" integer DEFAULT 48,
    "c 49" integer DEFAULT 49,
    "c 50" integer DEFAULT 50,
    "c 51" integer DEFAULT 51,
    "c 52" integer DEFAULT 52,
    "c 53" integer DEFAULT 53,
    "c 54" integer DEFAULT 54,
    "c 55" integer DEFAULT 55,
    "c 56" integer DEFAULT 56,
    "c 57" integer DEFAULT 57,
    "c 58" integer DEFAULT 58,
    "c 59" integer DEFAULT 59,
    "c 60" integer DEFAULT 60
);
-- TABLE ATTACH public.generated_leaf
ALTER TABLE ONLY public.generated_root ATTACH PARTITION public.generated_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.generated_leaf_own
ALTER TABLE ONLY public.generated_root ATTACH PARTITION public.generated_leaf_own FOR VALUES IN (2);
-- TABLE ATTACH public.properties_leaf
ALTER TABLE ONLY public.properties_root ATTACH PARTITION public.properties_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.virtual_leaf
ALTER TABLE ONLY public.virtual_root ATTACH PARTITION public.virtual_leaf FOR VALUES IN (1);
-- TABLE ATTACH public.virtual_plain
ALTER TABLE ONLY public.virtual_root ATTACH PARTITION public.virtual_plain FOR VALUES IN (2);
