-- Values that a copy loses first: one table or more for each trap, numbered.
--
-- For every server from 12 on; what newer ones add is with the tests. Loaded by tests/it/exact.rs, which copies
-- it between versions and compares each table.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

-- 01 No rows; no columns.
CREATE TABLE v01_empty (i int);
CREATE TABLE v01_no_columns ();
INSERT INTO v01_no_columns SELECT FROM generate_series(1, 3);

-- 02 Columns that are dropped, generated, identities, in an odd order.
CREATE TABLE v02 (gone int, a int, id int GENERATED ALWAYS AS IDENTITY, g int GENERATED ALWAYS AS (a * 2) STORED);
ALTER TABLE v02 DROP COLUMN gone;
INSERT INTO v02 (a) VALUES (1), (2);

-- 03 An array of an enum: NULL, no elements, odd bounds.
CREATE TYPE mood AS ENUM ('calm', 'o''"dd', 'é');
CREATE TABLE v03 (v mood[]);
INSERT INTO v03 VALUES ('{calm,NULL,é}'), ('{}'), ('[-1:0]={calm,calm}'), (NULL);

-- 04 Composites in arrays, domains in composites, an attribute that was dropped; NULL and a row of NULLs.
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE TYPE thing AS (x int, e mood, z positive[], gone int);
ALTER TYPE thing DROP ATTRIBUTE gone;
CREATE DOMAIN some_thing AS thing;
CREATE DOMAIN moods AS mood[];
CREATE TABLE v04 (v thing[], w thing, s some_thing, m moods, ms moods[]);
INSERT INTO v04 VALUES
    (ARRAY[ROW(1, 'calm', '{1,2}')::thing, NULL], ROW(NULL, NULL, NULL), ROW(3, 'é', '{}')::thing, '{é,calm}', ARRAY['{é}'::moods]),
    (NULL, NULL, NULL, NULL, NULL);

-- 05 The row type of a table as a column's type.
CREATE TABLE v05_rows (i int, t text);
CREATE TABLE v05 (v v05_rows, w v05_rows[]);
INSERT INTO v05 VALUES (ROW(1, 'x'), ARRAY[ROW(2, 'y')::v05_rows]);

-- 06 Ranges: over a composite, in an array, empty, without bounds.
CREATE TYPE amounts AS RANGE (subtype = numeric);
CREATE TYPE pair AS (a int, e mood);
CREATE TYPE pairs AS RANGE (subtype = pair);
CREATE TABLE v06 (v amounts[], w int4range, c pairs);
INSERT INTO v06 VALUES (ARRAY['[1.50,2]'::amounts, 'empty'], '(,)', pairs(ROW(1, 'calm')::pair, NULL)),
    (NULL, 'empty', pairs(ROW(1, 'calm')::pair, ROW(2, 'é')::pair, '[]'));

-- 07 Names of objects as oids, none among them; beside bytes, in domains and arrays.
CREATE TABLE v07 (c regclass, t regtype, p regprocedure, f regconfig, n regnamespace, r regrole);
INSERT INTO v07 VALUES ('v05_rows', 'mood', 'now()', 'english', 'public', current_user::regrole), (0, 0, 0, 0, 0, 0);
CREATE DOMAIN known_class AS regclass;
CREATE TABLE v07_beside_bytes (b bytea, c regclass, k known_class, t regtype, many regclass[], o oidvector, q tsquery,
    id int GENERATED ALWAYS AS IDENTITY, f float8[], g int GENERATED ALWAYS AS (7) STORED, letter "char");
INSERT INTO v07_beside_bytes (b, c, k, t, many, o, q, f, letter) VALUES
    ('\x00ff5c0a', 'v07', 'v05_rows', 'mood[]', '{v07,NULL,-}', '', '', '{NaN,-0,5e-324}', (-23)::"char"),
    ('', 0, 0, 0, '{}', '1 2', 'a & b', '{}', 'x'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- 08 Such a name deep inside.
CREATE TYPE hidden AS (t regtype[]);
CREATE TABLE v08 (v hidden);
INSERT INTO v08 VALUES (ROW(ARRAY['mood'::regtype]));
CREATE TABLE v08_beside_bytes (v hidden, b bytea);
INSERT INTO v08_beside_bytes VALUES (ROW(ARRAY['mood'::regtype]), '\x00'), (ROW(NULL), NULL);

-- 09 A type without a binary form, NULL or not.
CREATE TABLE v09 (i int, a aclitem[]);
INSERT INTO v09 SELECT 1, NULL UNION ALL SELECT 2, ARRAY[makeaclitem(current_user::regrole, 10, 'SELECT', false)];

-- 10 Empty values that cannot be received.
CREATE TABLE v10 (i int2vector, o oidvector, q tsquery);
INSERT INTO v10 VALUES ('', '', ''), ('1 2', '3', 'a & !b:*AB <2> c');

-- 11 Intervals near their limits, alone and inside.
CREATE TABLE v11 (v interval, w interval[]);
INSERT INTO v11 VALUES ('1 mon -1 day 0.000001 s', ARRAY['-178000000 years'::interval, NULL]),
    ('178956970 years 7 mons 2147483646 days', '{}');

-- 12 Numerics at the edges.
CREATE TABLE v12 (v numeric, w numeric(10,2));
INSERT INTO v12 VALUES ('NaN', 'NaN'), ('1e131071', 0), ('1e-16383', 1.10), ('0.000', -0.00);

-- 13 Dates and times at the edges.
CREATE TABLE v13 (d date, t time, z timetz, s timestamp, u timestamptz);
INSERT INTO v13 VALUES
    ('-infinity', '24:00', '00:00+15:59:59', '294276-12-31 23:59:59.999999', '4714-11-24 00:00+00 BC'),
    ('5874897-12-31', '0:0:0.000001', '24:00-15:59:59', 'infinity', '-infinity');

-- 14 Floats.
CREATE TABLE v14 (a float8, b float4);
INSERT INTO v14 VALUES ('-0', '-0'), ('NaN', 'NaN'), ('5e-324', '1e-45'), (0.1::float8 + 0.2, 'Infinity');

-- 15 Money.
CREATE TABLE v15 (m money);
INSERT INTO v15 VALUES ('92233720368547758.07'), ('-0.01');

-- 16 Single bytes with the high bit, alone and beside what must be text; names of 63 bytes; blanks.
CREATE TABLE v16 (c "char", n name, b char(5), v bpchar);
INSERT INTO v16 VALUES (('x' || chr(1))::"char", repeat('é', 31) || 'x', 'ab', 'ab  ');
INSERT INTO v16 SELECT i::"char" FROM generate_series(-128, 127) i;
CREATE TABLE v16_beside_text (c "char", many "char"[], t regtype);
INSERT INTO v16_beside_text SELECT i::"char", ARRAY[i::"char", NULL], 'int4' FROM generate_series(-128, 127) i;

-- 17 Text that text formats trip over.
CREATE TABLE v17 (t text);
INSERT INTO v17 VALUES (''), ('\N'), ('\.'), (E'a\tb\nc\rd\\'), (E'\b\f\v\x7f'), ('NULL'), (NULL), (repeat('é', 70000));
CREATE TABLE v17_beside_text (t text, kind regtype);
INSERT INTO v17_beside_text SELECT t, 'int4' FROM v17;

-- 18 Every byte.
CREATE TABLE v18 (b bytea);
INSERT INTO v18 SELECT string_agg(decode(lpad(to_hex(i), 2, '0'), 'hex'), '' ORDER BY i) FROM generate_series(0, 255) i;

-- 20 JSON: keys twice, digits of numbers, order, escapes.
CREATE TABLE v20 (j json, b jsonb);
INSERT INTO v20 VALUES ('{"a":1,"a":2,  "z":"\u00e9"}', '{"b":1.00,"a":1e400,"aa":null}');

-- 22 Search vectors with places and weights.
CREATE TABLE v22 (v tsvector);
INSERT INTO v22 VALUES ('a:1A,2B z:16383 é:3'), (''), ('b');

-- 23 Bits.
CREATE TABLE v23 AS SELECT B'1010'::"bit" AS v, B''::varbit AS w, B'101'::bit(3) AS x;

-- 24 Geometry and networks.
CREATE TABLE v24 (p point, b box, c circle, pa path, n inet, m macaddr8);
INSERT INTO v24 VALUES
    ('(NaN,-0)', '(NaN,1),(0,0)', '<(0,0),NaN>', '[(0,0),(1,1)]', '::ffff:1.2.3.4/96', '08:00:2b:ff:fe:01:02:03');

-- 25 Arrays: six dimensions, odd bounds, none, of a domain, with a precision.
CREATE TABLE v25 (v int[], w numeric(5,1)[], x positive[]);
INSERT INTO v25 VALUES (array_fill(1, ARRAY[1,2,1,2,1,2], ARRAY[5,0,-1,7,1,1]), '{1.5,NaN}', '{3}'), ('{}', '{}', NULL);

-- 26 Inheritance; hash partitions by an enum, whose hash is that of an oid.
CREATE TABLE v26 (i int);
CREATE TABLE v26_child () INHERITS (v26);
INSERT INTO v26 VALUES (1);
INSERT INTO v26_child VALUES (2);
CREATE TABLE v26_hash (e mood) PARTITION BY HASH (e);
CREATE TABLE v26_hash_0 PARTITION OF v26_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE v26_hash_1 PARTITION OF v26_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO v26_hash SELECT unnest(enum_range(NULL::mood)) FROM generate_series(1, 5);

-- 28 A trigger that would change rows, a check that they fail.
CREATE TABLE v28 (i int);
INSERT INTO v28 VALUES (-1);
ALTER TABLE v28 ADD CHECK (i > 0) NOT VALID;
CREATE FUNCTION tenfold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.i := NEW.i * 10; RETURN NEW; END';
CREATE TRIGGER tenfold BEFORE INSERT ON v28 FOR EACH ROW EXECUTE FUNCTION tenfold();

-- 30 Names that need quotes, and types of such names.
CREATE SCHEMA "S 30";
CREATE TYPE "S 30"."ty""pe[]" AS ENUM ('one');
CREATE TABLE "S 30"."select ""é""" ("from" int, "A b" text, "ord.er" mood[], "new
line" "S 30"."ty""pe[]"[], kind regtype, "by""tes" bytea);
INSERT INTO "S 30"."select ""é""" VALUES (1, 'x', ARRAY['o''"dd'::mood], '{one}', '"S 30"."ty""pe[]"', '\x00');
