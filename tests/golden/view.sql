-- ==== PreData, Main
-- SCHEMA we"ird schema; owner postgres
CREATE SCHEMA "we""ird
schema";
-- VIEW public.keyed; owner pgsnap_view
CREATE VIEW public.keyed AS
SELECT
    NULL::integer AS id,
    NULL::text AS "b c",
    NULL::text COLLATE pg_catalog."C" AS "select",
    NULL::bigint AS n;
-- COMMENT public.keyed
COMMENT ON VIEW public.keyed IS 'keyed';
-- COMMENT public.keyed
COMMENT ON COLUMN public.keyed.id IS 'keyed''s id';
-- FUNCTION public.body_view; owner postgres
CREATE FUNCTION public.body_view() RETURNS bigint
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT count(*) AS count
    FROM public.keyed;
END;
-- FUNCTION public.body_outer; owner postgres
CREATE FUNCTION public.body_outer(a integer DEFAULT public.body_view()) RETURNS bigint
    LANGUAGE sql
    RETURN (public.body_view() + a);
-- COMMENT public.body_outer
COMMENT ON FUNCTION public.body_outer(a integer) IS 'after the data';
-- TABLE public.base; owner postgres
CREATE TABLE public.base (
    id integer NOT NULL,
    "b c" text,
    d numeric(4,2),
    "select" text COLLATE pg_catalog."C"
);
-- VIEW public.default_loop; owner postgres
CREATE VIEW public.default_loop AS
 SELECT id
   FROM public.base;
-- FUNCTION public.of_default; owner postgres
CREATE FUNCTION public.of_default(public.default_loop) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT 4$$;
-- FUNCTION public.of_keyed; owner postgres
CREATE FUNCTION public.of_keyed(public.keyed) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1$$;
-- VIEW public.looped; owner pgsnap_view
CREATE VIEW public.looped AS
SELECT
    NULL::integer AS id,
    NULL::text AS "select";
-- COMMENT public.looped
COMMENT ON COLUMN public.looped."select" IS 'in a loop';
-- FUNCTION public.of_loop; owner postgres
CREATE FUNCTION public.of_loop(public.looped) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1$$;
-- FUNCTION public.set_of; owner postgres
CREATE FUNCTION public.set_of(integer) RETURNS SETOF public.looped
    LANGUAGE sql
    AS $$SELECT id, "b c" FROM public.base$$;
-- VIEW public.Größe; owner postgres
CREATE VIEW public."Größe" AS
 SELECT 1 AS "Ä",
    'ä'::text AS "order";
-- MATERIALIZED VIEW public.filled; owner postgres
CREATE MATERIALIZED VIEW public.filled AS
 SELECT id,
    "b c"
   FROM public.base
  WITH NO DATA;
-- MATERIALIZED VIEW public.aa_upon; owner postgres
CREATE MATERIALIZED VIEW public.aa_upon AS
 SELECT id,
    "b c"
   FROM public.filled
  WITH NO DATA;
-- VIEW public.between; owner postgres
CREATE VIEW public."between" AS
 SELECT id,
    "b c"
   FROM public.aa_upon;
-- MATERIALIZED VIEW public.a_upon_between; owner postgres
CREATE MATERIALIZED VIEW public.a_upon_between AS
 SELECT count(*) AS n
   FROM public."between"
  WITH NO DATA;
-- TABLE public.changes; owner postgres
CREATE TABLE public.changes (
    "new; '" integer,
    b integer,
    c integer,
    z integer
);
-- VIEW public.aliased; owner postgres
CREATE VIEW public.aliased AS
 SELECT c.a,
    c.b
   FROM (public.changes c(a, b, c, z)
     JOIN public.changes d(a, b, c, z) USING (a));
-- VIEW public.barrier; owner postgres
CREATE VIEW public.barrier WITH (security_barrier='true') AS
 SELECT id
   FROM public.base
  WHERE (id > 0);
-- VIEW public.barrier_off; owner postgres
CREATE VIEW public.barrier_off WITH (security_barrier='true') AS
 SELECT id
   FROM public.base;
-- VIEW public.checked_local; owner postgres
CREATE VIEW public.checked_local WITH (security_barrier='true') AS
 SELECT id
   FROM public.base
  WHERE (id > 0);
-- VIEW public.checked; owner postgres
CREATE VIEW public.checked AS
 SELECT id
   FROM public.checked_local
  WHERE (id < 100)
  WITH CASCADED CHECK OPTION;
-- VIEW public.collations; owner postgres
CREATE VIEW public.collations AS
 SELECT ("b c" COLLATE "C") AS a,
    "select"
   FROM public.base;
-- VIEW public.counting; owner postgres
CREATE VIEW public.counting AS
 WITH RECURSIVE counting(n) AS (
         VALUES (1)
        UNION ALL
         SELECT (counting_1.n + 1)
           FROM counting counting_1
          WHERE (counting_1.n < 5)
        )
 SELECT n
   FROM counting;
-- VIEW public.distinct_on; owner postgres
CREATE VIEW public.distinct_on AS
 SELECT DISTINCT ON ("select") "select",
    id
   FROM public.base
  ORDER BY "select", id;
-- MATERIALIZED VIEW public.emptied; owner postgres
CREATE MATERIALIZED VIEW public.emptied AS
 SELECT id
   FROM public.base
  WITH NO DATA;
-- MATERIALIZED VIEW public.empty; owner postgres
CREATE MATERIALIZED VIEW public.empty AS
 SELECT id
   FROM public.base
  WITH NO DATA;
-- MATERIALIZED VIEW public.from_dummy; owner postgres
CREATE MATERIALIZED VIEW public.from_dummy AS
 SELECT id,
    n
   FROM public.keyed
  WITH NO DATA;
-- VIEW public.grouped_sets; owner postgres
CREATE VIEW public.grouped_sets AS
 SELECT d,
    "select",
    count(*) AS count,
    GROUPING(d) AS "grouping"
   FROM public.base
  GROUP BY GROUPING SETS ((d, "select"), ROLLUP(d), ())
 HAVING (count(*) > 0);
-- TABLE public.holds_keyed; owner postgres
CREATE TABLE public.holds_keyed (
    k public.keyed
);
-- VIEW public.invoker; owner postgres
CREATE VIEW public.invoker WITH (security_invoker='true', security_barrier='true') AS
 SELECT id
   FROM public.base
  WITH LOCAL CHECK OPTION;
-- VIEW public.joined; owner postgres
CREATE VIEW public.joined AS
 SELECT a.i,
    a.k,
    b.id,
    b."b c",
    b.d,
    b."select",
    "p ""q"."o""ne"
   FROM ((public.base a(i, j, k, l)
     JOIN public.base b ON ((a.i = b.id)))
     CROSS JOIN ( SELECT 1 AS "o""ne") "p ""q");
-- VIEW public.keyed_checked; owner postgres
CREATE VIEW public.keyed_checked AS
SELECT
    NULL::integer AS id;
-- VIEW public.keyed_columns; owner postgres
CREATE VIEW public.keyed_columns AS
 SELECT
   FROM public.base
  GROUP BY id;
-- VIEW public.locked; owner postgres
CREATE VIEW public.locked AS
 SELECT id
   FROM public.base
 FOR UPDATE OF base;
-- VIEW public.loop_one; owner postgres
CREATE VIEW public.loop_one AS
 SELECT a
   FROM ( SELECT 1 AS a) s
  WHERE (NOT (EXISTS ( SELECT
           FROM pg_class
          WHERE (pg_class.relname = 'x'::name))));
-- VIEW public.loop_two; owner postgres
CREATE VIEW public.loop_two AS
 SELECT a
   FROM public.loop_one;
-- VIEW public.plain; owner pgsnap_view
CREATE VIEW public.plain AS
 SELECT id,
    "b c",
    d,
    "select"
   FROM public.base;
-- COMMENT public.plain
COMMENT ON VIEW public.plain IS 'it''s
a comment';
-- COMMENT public.plain
COMMENT ON COLUMN public.plain."b c" IS 'of a view''s column';
-- VIEW public.many; owner postgres
CREATE VIEW public.many AS
 WITH w AS (
         SELECT base.id,
            row_number() OVER (PARTITION BY base."select" ORDER BY base.id DESC NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS place
           FROM public.base
        )
 SELECT w.id,
    w.place,
    b.d,
    ( SELECT max(x.id) AS max
           FROM public.base x
          WHERE (x.id < w.id)) AS before,
        CASE
            WHEN (b.d IS NULL) THEN 'none'::text
            ELSE (b.d)::text
        END AS "case",
    ARRAY[w.id, 1] AS list,
    ((w.id = 1) AND (b."b c" = NULL::text)) AS pair,
    b.*::public.base AS whole,
    count(*) FILTER (WHERE true) OVER () AS counted,
    (EXISTS ( SELECT
           FROM public.base)) AS "any",
    g.g,
    o.ordinality
   FROM (((w
     LEFT JOIN public.base b USING (id))
     CROSS JOIN generate_series(1, 2) g(g))
     CROSS JOIN LATERAL unnest(ARRAY['a'::text, 'b'::text]) WITH ORDINALITY o(o, ordinality))
  WHERE ((w.id IN ( SELECT plain.id
           FROM public.plain)) AND ((b."b c" COLLATE "C") IS DISTINCT FROM 'q'::text))
  ORDER BY w.id DESC, w.place
 OFFSET 1
 LIMIT 10;
-- VIEW public.no_columns; owner postgres
CREATE VIEW public.no_columns AS
 SELECT
   FROM public.base;
-- MATERIALIZED VIEW public.none; owner postgres
CREATE MATERIALIZED VIEW public."none" AS
 SELECT
   FROM public.base
  WITH NO DATA;
-- MATERIALIZED VIEW public.optioned; owner pgsnap_view
CREATE MATERIALIZED VIEW public.optioned WITH (fillfactor='60', autovacuum_enabled='false', toast.autovacuum_enabled='false') AS
 SELECT id,
    "b c",
    d,
    "select"
   FROM public.base
  WITH NO DATA;
ALTER TABLE ONLY public.optioned ALTER COLUMN id SET STATISTICS 40;
ALTER TABLE ONLY public.optioned ALTER COLUMN id SET (n_distinct='2');
ALTER TABLE ONLY public.optioned ALTER COLUMN "b c" SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.optioned ALTER COLUMN "select" SET STATISTICS 0;
-- COMMENT public.optioned
COMMENT ON MATERIALIZED VIEW public.optioned IS 'materialized''s comment';
-- COMMENT public.optioned
COMMENT ON COLUMN public.optioned.id IS 'its column';
-- VIEW public.renamed; owner postgres
CREATE VIEW public.renamed AS
 SELECT "new; '" AS a,
    b AS "view""column",
    c,
    z
   FROM public.changes;
-- VIEW public.sampled; owner postgres
CREATE VIEW public.sampled AS
 SELECT id
   FROM public.base TABLESAMPLE bernoulli (50) REPEATABLE (3);
-- MATERIALIZED VIEW public.sees_function; owner postgres
CREATE MATERIALIZED VIEW public.sees_function AS
 SELECT public.of_loop(NULL::public.looped) AS one
  WITH NO DATA;
-- MATERIALIZED VIEW public.stale; owner postgres
CREATE MATERIALIZED VIEW public.stale AS
 SELECT count(*) AS n
   FROM public.changes
  WITH NO DATA;
-- VIEW public.times; owner postgres
CREATE VIEW public.times AS
 SELECT '2023-12-31 22:00:00+00'::timestamp with time zone AS t,
    '1 mon 2 days'::interval AS i,
    '\xff'::bytea AS b,
    (0.1)::double precision AS f,
    'NaN'::double precision AS n;
-- VIEW public.united; owner postgres
CREATE VIEW public.united AS
(
         SELECT base.id
           FROM public.base
        UNION
         SELECT 5 AS id
) EXCEPT (
         SELECT 1 AS id
        INTERSECT ALL
         SELECT 2 AS id
);
-- VIEW public.upon_body; owner postgres
CREATE VIEW public.upon_body AS
SELECT
    NULL::integer AS id,
    NULL::text AS "b c",
    NULL::numeric(4,2) AS d,
    NULL::text COLLATE pg_catalog."C" AS "select";
-- MATERIALIZED VIEW public.upon_empty; owner postgres
CREATE MATERIALIZED VIEW public.upon_empty AS
 SELECT id
   FROM public.empty
  WITH NO DATA;
-- VIEW public.upon_keyed; owner postgres
CREATE VIEW public.upon_keyed AS
 SELECT id,
    "select"
   FROM public.keyed;
-- VIEW public.upon_set; owner postgres
CREATE VIEW public.upon_set AS
 SELECT id,
    "select"
   FROM public.set_of(1) s(id, "select");
-- VIEW public.values_view; owner postgres
CREATE VIEW public.values_view AS
 SELECT column1 AS a,
    column2 AS b
   FROM (VALUES (1,'x'::text), (2,'y'::text)) "*VALUES*";
-- VIEW public.view_upon_keyed; owner postgres
CREATE VIEW public.view_upon_keyed AS
SELECT
    NULL::integer AS id,
    NULL::text AS "b c",
    NULL::bigint AS n;
-- VIEW public.vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv63; owner postgres
CREATE VIEW public.vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv63 AS
 SELECT 1 AS one;
-- MATERIALIZED VIEW we"ird schema.ma't; -- ; owner postgres
CREATE MATERIALIZED VIEW "we""ird
schema"."ma't; --
" AS
 SELECT id AS "a""b"
   FROM public.base
  WITH NO DATA;
-- VIEW we"ird schema.vi'ew; -- "x"; owner postgres
CREATE VIEW "we""ird
schema"."vi'ew; --
""x""" AS
 SELECT id AS "i""d
",
    "b c" AS "from",
    'it''s \ "$$"'::text AS "--",
    '
'::text AS "a.b",
    NULL::text AS nothing
   FROM public.base
  WHERE (("b c" <> '\'''::text) OR (id > '-1'::integer));
-- COMMENT we"ird schema.vi'ew; -- "x"
COMMENT ON COLUMN "we""ird
schema"."vi'ew; --
""x"""."i""d
" IS 'hostile';
-- DEFAULT public.checked
ALTER TABLE ONLY public.checked ALTER COLUMN id SET DEFAULT 7;
-- DEFAULT public.default_loop
ALTER TABLE ONLY public.default_loop ALTER COLUMN id SET DEFAULT public.of_default(NULL::public.default_loop);
-- DEFAULT public.keyed
ALTER TABLE ONLY public.keyed ALTER COLUMN id SET DEFAULT 3;
-- DEFAULT we"ird schema.vi'ew; -- "x"
ALTER TABLE ONLY "we""ird
schema"."vi'ew; --
""x""" ALTER COLUMN "i""d
" SET DEFAULT (1 + 2);
-- ==== PostData, Main
-- CONSTRAINT public.base_pkey
ALTER TABLE ONLY public.base
    ADD CONSTRAINT base_pkey PRIMARY KEY (id);
-- FUNCTION public.body_keyed; owner postgres
CREATE FUNCTION public.body_keyed() RETURNS SETOF public.base
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT base.id,
     base."b c",
     base.d,
     base."select"
    FROM public.base
   GROUP BY base.id;
END;
-- MATERIALIZED VIEW public.keyed_filled; owner pgsnap_view
CREATE MATERIALIZED VIEW public.keyed_filled AS
 SELECT id,
    "b c",
    count(*) AS n
   FROM public.base
  GROUP BY id
  WITH NO DATA;
-- COMMENT public.keyed_filled
COMMENT ON MATERIALIZED VIEW public.keyed_filled IS 'after the data';
-- FUNCTION public.of_keyed_filled; owner postgres
CREATE FUNCTION public.of_keyed_filled(public.keyed_filled) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1$$;
-- MATERIALIZED VIEW public.aa_upon_keyed; owner postgres
CREATE MATERIALIZED VIEW public.aa_upon_keyed AS
 SELECT id,
    "b c",
    n
   FROM public.keyed_filled
  WITH NO DATA;
-- INDEX public.keyed_index
CREATE UNIQUE INDEX keyed_index ON public.keyed_filled USING btree (id);
-- INDEX public.opt'ioned
CREATE UNIQUE INDEX "opt'ioned" ON public.optioned USING btree (id) WITH (fillfactor='50');
ALTER TABLE public.optioned CLUSTER ON "opt'ioned";
-- COMMENT public.opt'ioned
COMMENT ON INDEX public."opt'ioned" IS 'its index';
-- INDEX public.optioned_length_idx
CREATE INDEX optioned_length_idx ON public.optioned USING btree (length("b c")) WHERE (id > 0);
-- STATISTICS public.of_keyed_filled; owner postgres
CREATE STATISTICS public.of_keyed_filled ON id, n FROM public.keyed_filled;
-- STATISTICS public.of_optioned; owner postgres
CREATE STATISTICS public.of_optioned ON id, d FROM public.optioned;
-- RULE public._RETURN
CREATE OR REPLACE VIEW public.keyed WITH (security_barrier='true') AS
 SELECT id,
    "b c",
    "select",
    count(*) AS n
   FROM public.base
  GROUP BY id;
-- RULE public._RETURN
CREATE OR REPLACE VIEW public.keyed_checked WITH (security_barrier='true') AS
 SELECT id
   FROM public.base
  WHERE (id IN ( SELECT base_1.id
           FROM public.base base_1
          GROUP BY base_1.id
         HAVING (base_1."b c" IS NOT NULL)))
  WITH LOCAL CHECK OPTION;
-- RULE public._RETURN
CREATE OR REPLACE VIEW public.looped WITH (security_barrier='true') AS
 SELECT id,
    "b c" AS "select"
   FROM public.base
  WHERE ((public.of_loop(ROW(id, "b c")::public.looped) = 1) AND (EXISTS ( SELECT
           FROM public.upon_set)));
-- RULE public._RETURN
CREATE OR REPLACE VIEW public.upon_body AS
 SELECT id,
    "b c",
    d,
    "select"
   FROM public.body_keyed() body_keyed(id, "b c", d, "select");
-- RULE public._RETURN
CREATE OR REPLACE VIEW public.view_upon_keyed AS
 SELECT id,
    "b c",
    n
   FROM public.aa_upon_keyed;
-- RULE public.on_insert
CREATE RULE on_insert AS
    ON INSERT TO public.keyed DO INSTEAD NOTHING;
-- ==== PostData, Privileges
-- ACL public.aa_upon_keyed
GRANT SELECT ON TABLE public.aa_upon_keyed TO pgsnap_view;
-- ==== PreData, Privileges
-- ACL public.base
GRANT SELECT ON TABLE public.base TO pgsnap_view;
-- ACL public.keyed
GRANT SELECT(id) ON TABLE public.keyed TO pgsnap_view;
