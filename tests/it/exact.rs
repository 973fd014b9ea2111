//! Does a value come out of the copy as it went in, bit for bit?
//!
//! The types and values that make binary COPY dangerous or lossy (`db/values.sql`), within a version and
//! between versions. Compared by a digest of every row that the server itself makes, by the fingerprints of the
//! copy's own dump, and within a version by pg_dump. A copy's types have other oids than the source's; that
//! is asserted. What cannot travel must be refused by name, with nothing changed.

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server};
use serde_json::Value;
use std::collections::BTreeMap;

/// What servers from 14 on can hold.
const FROM_14: &str = "
    CREATE TABLE v06_many (m int4multirange, e nummultirange[]);
    INSERT INTO v06_many VALUES ('{[1,2),[5,)}', ARRAY['{}'::nummultirange, '{[1.5,2)}']);";

/// What servers from 14 on can hold and older ones would take for something else.
const INFINITE_NUMERIC: &str = "CREATE TABLE v12_infinite (v numeric, w numeric[]);
    INSERT INTO v12_infinite VALUES (1, '{2}'), ('-Infinity', '{Infinity}');";

/// What servers from 17 on can hold and older ones would take for something else.
const INFINITE_INTERVAL: &str = "CREATE TYPE span AS (i interval); CREATE TABLE v11_infinite (v interval, w span[]);
    INSERT INTO v11_infinite VALUES ('infinity', ARRAY[ROW('-infinity')::span, ROW('1 mon -1 day 0.000001 s')::span]);";

/// Count and digest of every table's rows, in an order that no collation changes. Partitions are looked at
/// together: which one a row hashes to depends on the oid of its enum. A "char" is looked at as a number:
/// how its high half is shown depends on the version.
const DIGESTS: &str = r#"
CREATE FUNCTION pg_temp.digest(relation oid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text; columns text;
BEGIN
    SELECT string_agg(CASE atttypid WHEN 18 THEN format('%I::int4', attname)
                      WHEN 1002 THEN format('(SELECT array_agg(x::int4) FROM unnest(%I) x)', attname)
                      ELSE quote_ident(attname) END, ', ' ORDER BY attname COLLATE "C")
    INTO columns FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('SELECT count(*) || '' '' || coalesce(md5(string_agg(x.r::text, E''\n'' ORDER BY x.r::text COLLATE "C")), '''')
        FROM %s t CROSS JOIN LATERAL (SELECT ROW(%s) AS r) x',
        CASE WHEN (SELECT relkind FROM pg_class WHERE oid = relation) = 'r' THEN 'ONLY ' ELSE '' END || relation::regclass, columns)
    INTO found;
    RETURN found;
END $$;
SELECT relname, pg_temp.digest(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY relname COLLATE "C";
"#;

/// An empty database whose next objects get oids far from those of any other.
fn shifted(server: &'static Server) -> Database<'static> {
    let copy = Database::new(server);
    let pad = "EXECUTE 'CREATE TYPE pad AS ENUM (''x'')'; EXECUTE 'DROP TYPE pad'";
    copy.psql(&format!("DO $$ BEGIN FOR n IN 1..40 LOOP {pad}; END LOOP; END $$"));
    copy
}

/// A database with the values that `from` and `to` can both hold.
fn values(from: u32, to: u32) -> Database<'static> {
    let source = Database::from_script(Server::shared(from), "values.sql");
    for (since, sql) in [(14, FROM_14), (14, INFINITE_NUMERIC), (17, INFINITE_INTERVAL)] {
        if from.min(to) >= since {
            source.psql(sql);
        }
    }
    source
}

/// Copies between servers and compares each table: its rows as the server shows them, and the fingerprint of
/// the copy's own dump.
fn copies(from: u32, to: u32, jobs: &str) -> (Database<'static>, Database<'static>) {
    let (source, copy, program) = (values(from, to), shifted(Server::shared(to)), Program::new());
    let archive = program.dump(&source, &["-j", jobs]);
    program.run(&["verify", &archive]).exits(0);
    program.restore_into(&archive, &copy, &["-j", "3"]).exits(0);
    for kind in ["mood", "thing", "amounts", "v05_rows"] {
        let oid = format!("SELECT '{kind}'::regtype::oid");
        assert_ne!(source.psql(&oid), copy.psql(&oid), "{kind} has another oid in the copy");
    }
    let (before, after) = (source.psql(DIGESTS), copy.psql(DIGESTS));
    assert_eq!(before, after);
    assert!(before.lines().count() > 33, "{before}");
    let first = fingerprints(&program.run(&["inspect", "--json", &archive]).exits(0).json());
    let again = Program::new();
    let second = fingerprints(&again.run(&["inspect", "--json", &again.dump(&copy, &[])]).exits(0).json());
    if from.min(to) >= 14 {
        assert_eq!(first, second);
    } else {
        // Others travel otherwise from there.
        let compared: Vec<_> = first.iter().filter(|(key, _)| second.contains_key(*key)).collect();
        assert!(compared.iter().all(|(key, print)| second[*key] == **print), "{first:#?}\n{second:#?}");
        assert!(compared.len() > 25, "{first:#?}\n{second:#?}");
    }
    (source, copy)
}

/// The tables' fingerprints, by name and by how each column travels. Leaves below a hash are left out.
fn fingerprints(inspection: &Value) -> BTreeMap<String, String> {
    let tables = inspection["tables"].as_array().expect("a list").iter();
    let tables = tables.filter(|table| !table["name"].as_str().expect("a name").starts_with("v26_hash"));
    let key = |table: &Value| format!("{} {} {}", table["name"], table["format"], formats(table).join(" "));
    tables.map(|table| (key(table), table["fingerprint"].as_str().expect("a text").to_string())).collect()
}

fn formats(table: &Value) -> Vec<&str> {
    let columns = table["columns"].as_array().expect("a list").iter();
    columns.map(|column| column["format"].as_str().expect("a word")).collect()
}

#[test]
fn every_value_within_18() {
    let (source, copy) = copies(18, 18, "3");
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn every_value_within_15() {
    let (source, copy) = copies(15, 15, "1");
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn every_value_from_15_to_18() {
    copies(15, 18, "3");
}

#[test]
fn every_value_from_18_to_15() {
    copies(18, 15, "2");
}

#[test]
fn every_value_from_12_to_18() {
    copies(12, 18, "2");
}

#[test]
fn every_value_from_18_to_12() {
    copies(18, 12, "3");
}

/// Restores what `from` holds into `to`, which must be refused in these words before anything is there.
#[track_caller]
fn refused(from: u32, to: u32, sql: &str, words: &[&str]) {
    let (source, copy) = (Database::new(Server::shared(from)), Database::new(Server::shared(to)));
    source.psql("CREATE TABLE first_of_all (i interval, n numeric); INSERT INTO first_of_all VALUES ('1 day', 1)");
    source.psql(sql);
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    program.restore_into(&archive, &copy, &["-j", "2"]).exits(1).says(words);
    let made = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(copy.psql(made), "0", "nothing is there");
}

#[test]
fn infinite_intervals_do_not_become_finite() {
    let words = ["public.v11_infinite, row 1 of the archive, column \"v\"", "infinite from PostgreSQL 17 on"];
    for to in [12, 15, 16] {
        refused(18, to, INFINITE_INTERVAL, &words);
    }
    let inside = format!("{INFINITE_INTERVAL} UPDATE v11_infinite SET v = NULL");
    refused(17, 16, &inside, &["public.v11_infinite, row 1 of the archive, column \"w\""]);
}

#[test]
fn finite_intervals_do_not_become_infinite() {
    for extreme in [
        "'178956970 years 7 mons 2147483647 days 2562047788:00:54.775807'",
        "'-2147483648 mons -2147483648 days -2562047788:00:54.775807'::interval - '0.000001 s'::interval",
    ] {
        let sql = format!("CREATE TABLE longest (v interval); INSERT INTO longest VALUES ('1 day'), ({extreme})");
        refused(15, 18, &sql, &["public.longest, row 2 of the archive, column \"v\""]);
    }
}

#[test]
fn infinite_numerics_are_named() {
    let words = ["public.v12_infinite, row 2 of the archive, column \"v\"", "from PostgreSQL 14 on"];
    refused(18, 13, INFINITE_NUMERIC, &words);
}

/// Loads rows of one shape of tables into another, which must be refused in these words with nothing loaded.
#[track_caller]
fn unlike(here: &str, there: &str, words: &[&str]) {
    let (source, copy) = (Database::new(Server::shared(18)), Database::new(Server::shared(18)));
    source.psql(here);
    copy.psql(there);
    let program = Program::new();
    let archive = program.dump(&source, &["-a"]);
    let run = program.restore_into(&archive, &copy, &["-a"]).exits(1);
    run.says(&["the target's tables are not those of the archive"]).says(words);
    assert_eq!(copy.psql("SELECT count(*) FROM t"), "0");
}

#[test]
fn columns_of_the_same_width_are_not_taken_for_one_another() {
    unlike(
        "CREATE TABLE t (a timestamp, b int); INSERT INTO t VALUES (now(), 1)",
        "CREATE TABLE t (b int, a timestamptz)",
        &[
            "public.t: column \"a\" is timestamp without time zone in the archive, timestamp with time zone in the target",
        ],
    );
    unlike(
        "CREATE TYPE size AS (w int, h int); CREATE TABLE t (s size[]); INSERT INTO t VALUES (ARRAY[ROW(1, 2)::size])",
        "CREATE TYPE size AS (h int, w int); CREATE TABLE t (s size[])",
        &["column \"s\"", "public.size has \"w\" in the archive where the target has \"h\""],
    );
    unlike(
        "CREATE TABLE t (n numeric(8,4), c varchar(5)); INSERT INTO t VALUES (1.2345, 'abc  ')",
        "CREATE TABLE t (n numeric(4,2), c varchar(3))",
        &["column \"n\" is numeric(8,4) in the archive, numeric(4,2)", "column \"c\""],
    );
    unlike(
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2)",
        "CREATE TABLE t (a int)",
        &["no column \"b\""],
    );
    unlike(
        "CREATE TABLE t (b bytea, k regtype); INSERT INTO t VALUES ('\\x00', 'int4')",
        "CREATE TABLE t (b bytea, k regtype); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING",
        &["public.t: it has rules"],
    );
}

/// Here pg_dump's own copy would lose rows: it looks for enums themselves only.
#[test]
fn hashes_of_enums_inside_other_values_go_through_the_root() {
    let (source, copy) = (Database::new(Server::shared(18)), shifted(Server::shared(18)));
    source.psql(
        "CREATE TYPE e AS ENUM ('x', 'y', 'z'); CREATE TABLE p (v e[]) PARTITION BY HASH (v);
         CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 0);
         CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 1);
         CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 2);
         INSERT INTO p SELECT ARRAY[a, b] FROM unnest(enum_range(NULL::e)) a, unnest(enum_range(NULL::e)) b;",
    );
    let program = Program::new();
    program.restore_into(&program.dump(&source, &[]), &copy, &[]).exits(0);
    assert_eq!(source.psql(DIGESTS), copy.psql(DIGESTS));
    assert_eq!(copy.psql("SELECT count(*) FROM p"), "9");
}

#[test]
fn equal_types_of_other_oids_are_equal_whatever_their_arrays_are_called() {
    let (source, copy) = (Database::new(Server::shared(18)), Database::new(Server::shared(12)));
    source.psql("CREATE TYPE e AS ENUM ('x', 'y'); CREATE TABLE t (a e[], b int); INSERT INTO t VALUES ('{x,y}', 1)");
    copy.psql("CREATE TABLE _e (i int); CREATE TYPE e AS ENUM ('x', 'y'); CREATE TABLE t (b int, a e[])");
    assert_ne!(copy.psql("SELECT typname FROM pg_type WHERE oid = 'e[]'::regtype"), "_e");
    let program = Program::new();
    program.restore_into(&program.dump(&source, &["-a"]), &copy, &["-a"]).exits(0);
    assert_eq!(copy.psql("SELECT a, b FROM t"), "{x,y}|1");
}

/// A table of an inspected archive.
fn table<'i>(inspection: &'i Value, name: &str) -> &'i Value {
    let tables = inspection["tables"].as_array().expect("a list");
    tables.iter().find(|table| table["name"] == name).unwrap_or_else(|| panic!("no {name} in {inspection:#}"))
}

#[test]
fn what_can_travel_as_bytes_does_and_nothing_else() {
    let source = values(18, 18);
    let program = Program::new();
    let inspection = program.run(&["inspect", "--json", &program.dump(&source, &[])]).exits(0).json();
    for name in ["v01_empty", "v02", "v13", "v14", "v16", "v17", "v18", "v20", "v22", "v23", "v24", "v26_child"] {
        let table = table(&inspection, name);
        assert!(table["format"] == "binary" && formats(table).iter().all(|format| *format == "binary"), "{table}");
        let columns = table["columns"].as_array().expect("a list");
        assert!(columns.iter().all(|column| column["reason"].is_null()), "{table}");
    }
    for name in ["v03", "v04", "v05", "v06"] {
        let table = table(&inspection, name);
        let by_name = |column: &Value| column["reason"].as_str().is_some_and(|why| why.ends_with("written by name"));
        assert!(table["columns"].as_array().expect("a list").iter().any(by_name), "{table}");
        assert_eq!(table["format"], "binary", "{table}");
    }
    for name in ["v07", "v08", "v09", "v10", "v17_beside_text"] {
        let table = table(&inspection, name);
        assert!(table["format"] == "text" && table["reason"].is_string(), "{table}");
    }
    for (name, expected) in [
        ("v07_beside_bytes", "binary text text text text text text binary binary binary"),
        ("v08_beside_bytes", "text binary"),
        ("v16_beside_text", "binary binary text"),
    ] {
        let table = table(&inspection, name);
        assert!(table["format"] == "binary" && formats(table).join(" ") == expected, "{table}");
    }
    let shown = program.run(&["inspect", &program.path("copy.tar.zst").to_string_lossy()]).exits(0).text();
    assert!(shown.contains("binary, with text in t: reg* names an object by its oid"), "{shown}");
    assert!(shown.contains("binary (v: holds the oid of public.mood, written by name)"), "{shown}");
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

#[test]
fn large_objects_keep_their_lengths_on_every_version() {
    for major in [12, 13, 14, 15, 16, 17, 18] {
        let database = Database::new(Server::shared(major));
        // The small one first, and none after it has its length.
        database.psql(
            "SELECT lo_from_bytea(1001, 'x'), lo_from_bytea(1002, decode(repeat('0a', 700000), 'hex')),
                    lo_from_bytea(1003, '\\x'), lo_from_bytea(1004, decode(repeat('0b', 300000), 'hex'))",
        );
        let program = Program::new();
        let archive = program.dump(&database, &[]);
        let copy = program.restore(&archive, database.server, &[]);
        let lengths = "SELECT string_agg(length(lo_get(oid))::text, ',' ORDER BY oid) FROM pg_largeobject_metadata";
        assert_eq!(copy.psql(lengths), "1,700000,0,300000", "{major}");
    }
}

/// Small rows around one of 600 MB and one of 1.2 GB, in two columns.
const GIANTS: &str = "CREATE TABLE giant (id int, a text, b text);
    INSERT INTO giant SELECT n, 'before', NULL FROM generate_series(1, 100) n;
    INSERT INTO giant VALUES (101, repeat('x', 600000000), NULL);
    INSERT INTO giant SELECT 102, a, a FROM giant WHERE id = 101;
    INSERT INTO giant SELECT n, 'behind', NULL FROM generate_series(103, 200) n;
    CREATE TABLE another AS SELECT 1 AS one;";

#[test]
fn a_row_of_600_mb_travels_and_one_that_no_copy_can_carry_is_named() {
    let source = Database::new(Server::shared(18));
    source.psql(GIANTS);
    let place = source.psql("SELECT ctid FROM giant WHERE id = 102");
    let program = Program::new();
    let archive = program.path("giant.tar.zst").to_string_lossy().into_owned();
    let dump = program.run(&["dump", "--json", "-d", &source.url(), "-f", &archive, "-j", "1"]).exits(4);
    let skipped = dump.json()["skipped"].clone();
    assert_eq!(skipped.as_array().map(Vec::len), Some(1), "{skipped}");
    assert_eq!(skipped[0]["kind"], "ROW", "{skipped}");
    assert_eq!(skipped[0]["name"], format!("public.giant at ctid {place}"), "{skipped}");
    dump.says(&["no COPY can carry it"]);
    program.run(&["verify", &archive]).exits(0);
    let copy = Database::new(source.server);
    program.restore_into(&archive, &copy, &[]).exits(0);
    assert_eq!(copy.psql("SELECT count(*) FROM giant"), "199");
    // Without comparing any: that takes minutes in most locales.
    let digest = "SELECT count(*), sum(id), sum(length(a)::int8), string_agg(md5(a), ',' ORDER BY id) FROM giant WHERE id <> 102";
    assert_eq!(source.psql(digest), copy.psql(digest));
    assert_eq!(copy.psql("SELECT one FROM another"), "1");
}
