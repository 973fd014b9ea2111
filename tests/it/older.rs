//! Does an older server get what it can hold, and is the rest named?
//!
//! Constructs of newer versions, with rows and things that need them, are restored into older servers: it must
//! succeed, and leave out and name exactly what the server cannot hold.

use super::support::{Database, Program, Server};

/// What no fixture shows: constructs of 15 to 18 with rows, and things that need them.
const NEWER: &str = "
    CREATE TABLE computed (a int NOT NULL NO INHERIT, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL);
    INSERT INTO computed VALUES (1), (2);
    CREATE TABLE booking (room int4range, span tsrange, PRIMARY KEY (room, span WITHOUT OVERLAPS));
    CREATE TABLE part_of (room int4range, span tsrange,
        FOREIGN KEY (room, PERIOD span) REFERENCES booking (room, PERIOD span));
    INSERT INTO booking VALUES ('[1,2)', '[2000-01-01,2000-01-02)');
    CREATE TABLE once (a int, b int UNIQUE NULLS NOT DISTINCT);
    CREATE UNIQUE INDEX once_more ON once (a) NULLS NOT DISTINCT;
    CREATE TABLE other (a int PRIMARY KEY, b int, c int UNIQUE, FOREIGN KEY (b) REFERENCES other ON DELETE SET NULL (b));
    ALTER TABLE other ADD FOREIGN KEY (c) REFERENCES other NOT ENFORCED;
    CREATE VIEW invoked WITH (security_invoker = true) AS SELECT a FROM other;
    CREATE VIEW above AS SELECT a FROM invoked;
    CREATE TABLE packed (a text COMPRESSION pglz) WITH (vacuum_truncate = off, fillfactor = 70,
        autovacuum_vacuum_max_threshold = 1000);
    CREATE TABLE heaped (a int) PARTITION BY LIST (a) USING heap;
    CREATE VIEW parsed AS SELECT JSON_VALUE(jsonb '[1]', '$[0]') AS one;
    CREATE UNLOGGED SEQUENCE counted;
    GRANT SELECT, MAINTAIN ON packed TO PUBLIC;
    CREATE PUBLICATION stored WITH (publish_generated_columns = stored)";

/// Restores [`NEWER`] into an older server; the labels of what was left out, sorted.
fn newer_into(target: u32) -> (Vec<String>, String, Database<'static>) {
    let database = Database::new(Server::shared(18));
    database.psql(NEWER);
    let (program, copy) = (Program::new(), Database::new(Server::shared(target)));
    let archive = program.dump(&database, &[]);
    let run = program.run(&["restore", "--json", &archive, "-d", &copy.url(), "-j", "3"]).exits(4);
    let summary = run.json();
    let refused = summary["refused"].as_array().expect("a list");
    let mut labels: Vec<String> =
        refused.iter().map(|one| one["entry"].as_str().expect("a label").to_string()).collect();
    labels.sort();
    assert!(labels.iter().all(|label| run.stderr.contains(&format!("not restored: {label}: "))), "{run}");
    (labels, run.stderr, copy)
}

#[test]
fn constructs_of_18_go_into_17_as_far_as_it_holds_them() {
    let (labels, said, copy) = newer_into(17);
    assert_eq!(
        labels,
        [
            "CONSTRAINT public.booking_pkey",
            "FK CONSTRAINT public.other_c_fkey",
            "FK CONSTRAINT public.part_of_room_span_fkey"
        ]
    );
    assert_eq!(copy.psql("SELECT sum(a), sum(twice) FROM computed"), "3|6");
    assert_eq!(copy.psql("SELECT count(*) FROM booking"), "1");
    assert_eq!(
        copy.psql("SELECT reloptions FROM pg_class WHERE relname = 'packed'"),
        "{vacuum_truncate=off,fillfactor=70}"
    );
    assert_eq!(copy.psql("SELECT one FROM parsed"), "1");
    assert_eq!(copy.psql("SELECT relacl::text LIKE '%,=rm/%' FROM pg_class WHERE relname = 'packed'"), "t");
    for words in
        ["virtual generated column is stored (twice)", "NO INHERIT (a)", "max_threshold", "generated columns out"]
    {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
}

#[test]
fn what_needs_what_is_left_out_is_left_out_too() {
    let (labels, said, copy) = newer_into(14);
    for label in ["INDEX public.once_more", "VIEW public.invoked", "VIEW public.above", "VIEW public.parsed"] {
        assert!(labels.iter().any(|found| found == label), "{label} is not in {labels:?}");
    }
    assert!(said.contains("VIEW public.above: it needs VIEW public.invoked"), "{said}");
    assert_eq!(copy.psql("SELECT count(*) FROM pg_class WHERE relname IN ('invoked', 'above', 'once_more')"), "0");
    assert_eq!(copy.psql("SELECT relacl::text LIKE '%,=r/%' FROM pg_class WHERE relname = 'packed'"), "t");
    assert_eq!(copy.psql("SELECT relpersistence FROM pg_class WHERE relname = 'counted'"), "p");
}

#[test]
fn nothing_is_passed_over_where_the_target_is_as_new() {
    let database = Database::new(Server::shared(15));
    database.psql("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int)");
    let (program, copy) = (Program::new(), Database::new(Server::shared(18)));
    let archive = program.dump(&database, &["-t", "t"]);
    copy.psql("DROP SCHEMA public");
    program.run(&["restore", &archive, "-d", &copy.url()]).exits(1);
}

#[test]
fn rows_that_an_older_server_cannot_read_are_left_out_and_nothing_behind_them() {
    let database = Database::new(Server::shared(18));
    database.psql(
        "CREATE TABLE a_path (p jsonpath, pad text); INSERT INTO a_path SELECT '$.datetime()', repeat('x', 1000) FROM generate_series(1, 100);
         CREATE TABLE beside (b bytea, k regtype); INSERT INTO beside SELECT '\\x00', 'int4' FROM generate_series(1, 50);
         CREATE TABLE counted (i int PRIMARY KEY); INSERT INTO counted SELECT generate_series(1, 30);
         CREATE TABLE referring (i int REFERENCES counted); INSERT INTO referring SELECT generate_series(1, 30)",
    );
    let (program, copy) = (Program::new(), Database::new(Server::shared(12)));
    let archive = program.dump(&database, &[]);
    let run = program.run(&["restore", "--json", &archive, "-d", &copy.url(), "-j", "1"]).exits(4);
    let refused = run.json()["refused"].clone();
    assert_eq!(refused.as_array().map(Vec::len), Some(1), "{refused}");
    assert_eq!(refused[0]["entry"], "TABLE DATA public.a_path");
    let counts =
        "SELECT (SELECT count(*) FROM a_path), (SELECT count(*) FROM beside), (SELECT count(*) FROM referring),
        (SELECT count(*) FROM pg_constraint WHERE conname IN ('counted_pkey', 'referring_i_fkey'))";
    assert_eq!(copy.psql(counts), "0|50|30|2");
}
