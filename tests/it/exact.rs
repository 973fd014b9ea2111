//! Does a value come out of the copy as it went in, bit for bit?
//!
//! The types and values that make binary COPY dangerous or lossy, on the oldest server that has them all
//! and the newest. Compared twice: by pg_dump, and by a digest of every row that the server itself makes.
//! A copy is a database of its own, so its types have other oids than the source's; that is asserted.

use super::support::judge::{Options, equal_to_reference, roundtrip};
use super::support::{Database, Program, Server};
use serde_json::Value;

/// One statement or more per case; the numbers only keep them apart.
const TYPES: &str = r#"
CREATE TABLE a01 (i int); CREATE TABLE a01z (); INSERT INTO a01z SELECT FROM generate_series(1, 3);
CREATE TABLE a02 (x int, a int, id int GENERATED ALWAYS AS IDENTITY, g int GENERATED ALWAYS AS (a * 2) STORED);
ALTER TABLE a02 DROP COLUMN x; INSERT INTO a02 (a) VALUES (1), (2);
CREATE TYPE e03 AS ENUM ('a', 'b ''"', 'é');
CREATE TABLE a03 (v e03[]); INSERT INTO a03 VALUES ('{a,NULL,é}'), ('{}'), ('[-1:0]={a,a}'), (NULL);
CREATE DOMAIN d04 AS int CHECK (value > 0);
CREATE TYPE c04 AS (x int, e e03, z d04[], gone int); ALTER TYPE c04 DROP ATTRIBUTE gone;
CREATE TABLE a04 (v c04[], w c04);
INSERT INTO a04 VALUES (ARRAY[ROW(1, 'a', '{1,2}')::c04, NULL], ROW(NULL, NULL, NULL)), (NULL, NULL);
CREATE TABLE a05b (i int, t text); CREATE TABLE a05 (v a05b, w a05b[]);
INSERT INTO a05 VALUES (ROW(1, 'x'), ARRAY[ROW(2, 'y')::a05b]);
CREATE TYPE r06 AS RANGE (subtype = numeric); CREATE TYPE c06 AS (a int, e e03); CREATE TYPE r06c AS RANGE (subtype = c06);
CREATE TABLE a06 (v r06[], w int4range, c r06c);
INSERT INTO a06 VALUES (ARRAY['[1.50,2]'::r06, 'empty'], '(,)', r06c(ROW(1, 'a')::c06, NULL));
CREATE TABLE a06m (m int4multirange); INSERT INTO a06m VALUES ('{[1,2),[5,)}');
CREATE TABLE a07 (c regclass, t regtype, p regprocedure, f regconfig, n regnamespace, r regrole);
INSERT INTO a07 VALUES ('a05b', 'e03', 'now()', 'english', 'public', current_user::regrole), (0, 0, 0, 0, 0, 0);
CREATE TYPE c08 AS (t regtype[]); CREATE TABLE a08 (v c08); INSERT INTO a08 VALUES (ROW(ARRAY['e03'::regtype]));
CREATE TABLE a10 (i int2vector, o oidvector, q tsquery); INSERT INTO a10 VALUES ('', '', ''), ('1 2', '3', 'a & !b:*AB <2> c');
CREATE TABLE a11 (v interval); INSERT INTO a11 VALUES ('1 mon -1 day 0.000001 s'), ('-178000000 years');
CREATE TABLE a12 (v numeric, w numeric(10,2));
INSERT INTO a12 VALUES ('NaN', 'NaN'), ('Infinity', 0), ('1e131071', 0), ('1e-16383', 1.10), ('0.000', -0.00);
CREATE TABLE a13 (d date, t time, z timetz, s timestamp, u timestamptz);
INSERT INTO a13 VALUES
    ('-infinity', '24:00', '00:00+15:59:59', '294276-12-31 23:59:59.999999', '4714-11-24 00:00+00 BC'),
    ('5874897-12-31', '0:0:0.000001', '24:00-15:59:59', 'infinity', '-infinity');
CREATE TABLE a14 (a float8, b float4);
INSERT INTO a14 VALUES ('-0', '-0'), ('NaN', 'NaN'), ('5e-324', '1e-45'), (0.1::float8 + 0.2, 'Infinity');
CREATE TABLE a16 (c "char", n name, b char(5), v bpchar);
INSERT INTO a16 VALUES (('x' || chr(1))::"char", repeat('é', 31) || 'x', 'ab', 'ab  ');
INSERT INTO a16 SELECT i::"char" FROM generate_series(-128, 127) i;
CREATE TABLE a17 (t text);
INSERT INTO a17 VALUES (''), ('\N'), ('\.'), (E'a\tb\nc\rd\\'), (E'\b\f\v\x7f'), ('NULL'), (NULL), (repeat('é', 70000));
CREATE TABLE a17t (t text, kind regtype); INSERT INTO a17t SELECT t, 'int4' FROM a17;
CREATE TABLE a18 (b bytea);
INSERT INTO a18 SELECT string_agg(decode(lpad(to_hex(i), 2, '0'), 'hex'), '' ORDER BY i) FROM generate_series(0, 255) i;
CREATE TABLE a18t (b bytea, kind regtype); INSERT INTO a18t SELECT b, 'int4' FROM a18;
CREATE TABLE a20 (j json, b jsonb);
INSERT INTO a20 VALUES ('{"a":1,"a":2,  "z":"\u00e9"}', '{"b":1.00,"a":1e400,"aa":null}');
CREATE TABLE a22 (v tsvector); INSERT INTO a22 VALUES ('a:1A,2B z:16383 é:3'), (''), ('b');
CREATE TABLE a23 AS SELECT B'1010'::"bit" AS v, B''::varbit AS w, B'101'::bit(3) AS x;
CREATE TABLE a24 (p point, b box, c circle, pa path, n inet, m macaddr8);
INSERT INTO a24 VALUES ('(NaN,-0)', '(NaN,1),(0,0)', '<(0,0),NaN>', '[(0,0),(1,1)]', '::ffff:1.2.3.4/96', '08:00:2b:ff:fe:01:02:03');
CREATE TABLE a25 (v int[], w numeric(5,1)[], x d04[]);
INSERT INTO a25 VALUES (array_fill(1, ARRAY[1,2,1,2,1,2], ARRAY[5,0,-1,7,1,1]), '{1.5,NaN}', '{3}'), ('{}', '{}', NULL);
CREATE TABLE a26 (i int); CREATE TABLE a26c () INHERITS (a26); INSERT INTO a26 VALUES (1); INSERT INTO a26c VALUES (2);
CREATE TABLE a26p (e e03) PARTITION BY HASH (e);
CREATE TABLE a26p0 PARTITION OF a26p FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE a26p1 PARTITION OF a26p FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO a26p SELECT unnest(enum_range(NULL::e03));
CREATE TABLE a28 (i int); INSERT INTO a28 VALUES (-1); ALTER TABLE a28 ADD CHECK (i > 0) NOT VALID;
CREATE FUNCTION f28() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.i := NEW.i * 10; RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON a28 FOR EACH ROW EXECUTE FUNCTION f28();
CREATE SCHEMA "S 30"; CREATE TABLE "S 30"."select ""é""" ("from" int, "A b" text, "ord.er" e03[]);
INSERT INTO "S 30"."select ""é""" VALUES (1, 'x', ARRAY['b ''"'::e03]);
"#;

/// Count and digest of every table's rows, in an order that no collation changes. Partitions are looked at
/// together: which one a row hashes to depends on the oid of its enum.
const DIGESTS: &str = r#"
CREATE FUNCTION pg_temp.digest(relation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT count(*) || '' '' || coalesce(md5(string_agg(one_row::text, E''\n'' ORDER BY one_row::text COLLATE "C")), '''')
        FROM %s AS one_row', relation) INTO found;
    RETURN found;
END $$;
SELECT relname, pg_temp.digest(CASE relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || c.oid::regclass)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY relname COLLATE "C";
"#;

/// Copies within a server, and compares in both ways.
fn copies(major: u32, dump: &[&str]) {
    let source = Database::new(Server::shared(major));
    source.psql(TYPES);
    let program = Program::new();
    let archive = program.dump(&source, dump);
    program.run(&["verify", &archive]).exits(0);
    let copy = program.restore(&archive, source.server, &["-j", "3"]);
    for kind in ["e03", "c04", "r06", "a05b"] {
        let oid = format!("SELECT '{kind}'::regtype::oid");
        assert_ne!(source.psql(&oid), copy.psql(&oid), "{kind} has another oid in the copy");
    }
    let (before, after) = (source.psql(DIGESTS), copy.psql(DIGESTS));
    assert_eq!(before, after);
    assert!(before.lines().count() > 28, "{before}");
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn every_type_on_15() {
    copies(15, &["-j", "1"]);
}

#[test]
fn every_type_on_18() {
    copies(18, &["-j", "3"]);
}

#[test]
fn every_type_from_15_to_18() {
    let source = Database::new(Server::shared(15));
    source.psql(TYPES);
    roundtrip(&source, Server::shared(18), Options::default());
}

/// A table of an inspected archive.
fn table<'i>(inspection: &'i Value, name: &str) -> &'i Value {
    let tables = inspection["tables"].as_array().expect("a list");
    tables.iter().find(|table| table["name"] == name).unwrap_or_else(|| panic!("no {name} in {inspection:#}"))
}

#[test]
fn what_can_travel_as_bytes_does_and_nothing_else() {
    let source = Database::new(Server::shared(18));
    source.psql(TYPES);
    let program = Program::new();
    let inspection = program.run(&["inspect", "--json", &program.dump(&source, &[])]).exits(0).json();
    for name in ["a01", "a02", "a13", "a14", "a16", "a17", "a18", "a20", "a22", "a23", "a24", "a26c"] {
        assert_eq!(table(&inspection, name)["format"], "binary", "{name}");
    }
    for name in ["a07", "a08", "a10", "a17t"] {
        let table = table(&inspection, name);
        assert!(table["format"] == "text" && table["reason"].is_string(), "{table}");
    }
    let mixed = table(&inspection, "a18t");
    let formats: Vec<_> = mixed["columns"].as_array().expect("a list").iter().map(|column| &column["format"]).collect();
    assert!(mixed["format"] == "binary" && formats == ["binary", "text"], "{mixed}");
}

#[test]
fn vectors() {
    let source = Database::new(Server::shared_with_vector());
    source.psql(
        "CREATE EXTENSION vector; SELECT setseed(0.5);
         CREATE TABLE embedding (id int PRIMARY KEY, v vector(768), many vector[]);
         INSERT INTO embedding SELECT n, (SELECT array_agg((random() - 0.5 + n + part * 0)::real) FROM generate_series(1, 768) part)::vector,
             ARRAY['[1,2]', NULL, '[-0,1e-38,3.4e38]']::vector[] FROM generate_series(1, 500) n;
         INSERT INTO embedding VALUES (0, NULL, '{}');
         CREATE INDEX ON embedding USING hnsw (v vector_cosine_ops);
         CREATE TABLE compact (h halfvec(3), s sparsevec(5)); INSERT INTO compact VALUES ('[1,2.5,-65504]', '{1:1,5:-2.5}/5');",
    );
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let inspection = program.run(&["inspect", "--json", &archive]).exits(0).json();
    let table = table(&inspection, "embedding");
    assert_eq!(table["format"], "binary", "{table}");
    let as_text: u64 = source.psql("SELECT sum(length(v::text)) FROM embedding").parse().expect("a number");
    let raw = table["raw_bytes"].as_u64().expect("a number");
    assert!(raw * 2 < as_text, "{raw} bytes raw, {as_text} as text");
    let copy = program.restore(&archive, source.server, &["-j", "3"]);
    assert_eq!(source.psql(DIGESTS), copy.psql(DIGESTS));
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn a_value_of_50_mb_with_every_byte() {
    let source = Database::new(Server::shared(18));
    source.psql(
        "CREATE TABLE giant (id int, b bytea); ALTER TABLE giant ALTER b SET STORAGE EXTERNAL;
         INSERT INTO giant SELECT 1, decode(repeat(string_agg(lpad(to_hex(i), 2, '0'), '' ORDER BY i), 204800), 'hex')
         FROM generate_series(0, 255) i;
         INSERT INTO giant SELECT n, '\\x00ff' FROM generate_series(2, 100) n;",
    );
    assert_eq!(source.psql("SELECT max(length(b)) FROM giant"), "52428800");
    let program = Program::new();
    let archive = program.dump(&source, &["-j", "2"]);
    program.run(&["verify", &archive]).exits(0);
    let copy = program.restore(&archive, source.server, &[]);
    let digest = "SELECT count(*), md5(string_agg(id || md5(b), ',' ORDER BY id)) FROM giant";
    assert_eq!(source.psql(digest), copy.psql(digest));
}
