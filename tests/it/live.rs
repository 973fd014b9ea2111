//! Does a comparison with a database find every difference, and does a scratch restore leave nothing?
//!
//! One database with something of everything is dumped and changed in one place at a time: the comparison must
//! find and name that place, and nothing else.

use super::support::sessions::Held;
use super::support::{Database, Program, Run, Server, expect, wait_until};
use serde_json::Value;
use std::process::{Command, Stdio};

/// Something of everything that a comparison looks at.
const SHOP: &str = "
    CREATE SCHEMA shop;
    CREATE TABLE shop.film (id serial PRIMARY KEY, title text DEFAULT 'none' NOT NULL, rating text,
        CONSTRAINT rated CHECK (rating IN ('G', 'PG')));
    CREATE TABLE shop.plain (a int, b bytea);
    CREATE TABLE shop.named (kind regclass, note varchar(20) CHECK (note IN ('a', 'b')));
    CREATE TABLE shop.parted (id int, state text) PARTITION BY HASH (id);
    CREATE TABLE shop.parted_0 PARTITION OF shop.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE INDEX film_title ON shop.film (title);
    CREATE VIEW shop.titles AS SELECT title FROM shop.film WHERE id > 3;
    CREATE MATERIALIZED VIEW shop.counted AS SELECT count(*) FROM shop.film;
    CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
    CREATE FUNCTION shop.twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n || n';
    COMMENT ON TABLE shop.film IS 'films';
    COMMENT ON COLUMN shop.film.title IS 'as on the poster';
    INSERT INTO shop.film (title, rating) SELECT 'film ' || n, 'PG' FROM generate_series(1, 3000) n;
    INSERT INTO shop.plain SELECT n, decode(md5(n::text), 'hex') FROM generate_series(1, 100) n;
    INSERT INTO shop.named VALUES ('shop.film', 'a'), (NULL, 'b');
    INSERT INTO shop.parted SELECT n, 's' FROM generate_series(1, 50) n;
    REFRESH MATERIALIZED VIEW shop.counted;
    GRANT SELECT ON shop.film TO PUBLIC;
    SELECT lo_from_bytea(4711, decode(repeat('00ff', 300000), 'hex'));
    SELECT lo_from_bytea(4712, 'some bytes');
    COMMENT ON LARGE OBJECT 4712 IS 'small'";

fn shop(major: u32) -> Database<'static> {
    let database = Database::new(Server::shared(major));
    database.psql(SHOP);
    database
}

fn against(program: &Program, archive: &str, database: &Database<'_>, more: &[&str]) -> Run {
    program.run(&[&["verify", archive, "--against", &database.url()], more].concat())
}

/// The places of one list of the JSON summary.
fn places(summary: &Value, list: &str) -> Vec<String> {
    let place = |one: &Value| {
        let text = |field: &str| one[field].as_str().expect("it is text").to_string();
        format!("{}: {}", text("how"), text("place"))
    };
    summary[list].as_array().expect("it is a list").iter().map(place).collect()
}

#[test]
fn a_database_equals_its_own_archive_and_its_copy() {
    let (source, program) = (shop(18), Program::new());
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, source.server, &[]);
    for jobs in ["1", "3"] {
        let run = against(&program, &archive, &source, &["-j", jobs]).exits(0);
        run.says(&["sound", "equal", "5 tables", "3152 rows"]);
        let run = against(&program, &archive, &copy, &["-j", jobs, "--json"]).exits(0);
        let summary = &run.json()["against"];
        assert_eq!((&summary["equal"], &summary["rows"]), (&Value::Bool(true), &3152.into()), "{run}");
        // The server writes this constraint otherwise once it has read it back.
        assert_eq!(places(summary, "rewritten"), ["rewritten: TABLE shop.named"], "{run}");
    }
    against(&program, &archive, &source, &["-q"]).exits(0);
}

/// What is changed, and what must be found: the places, in order.
const CHANGES: &[(&str, &[&str])] = &[
    ("UPDATE shop.plain SET b = set_byte(b, 3, get_byte(b, 3) # 1) WHERE a = 50", &["different: rows of shop.plain"]),
    ("DELETE FROM shop.plain WHERE a = 50", &["different: rows of shop.plain"]),
    ("INSERT INTO shop.plain SELECT * FROM shop.plain WHERE a = 50", &["different: rows of shop.plain"]),
    (
        "DELETE FROM shop.plain WHERE a = 1; INSERT INTO shop.plain SELECT * FROM shop.plain WHERE a = 50",
        &["different: rows of shop.plain"],
    ),
    ("UPDATE shop.named SET kind = 'shop.plain' WHERE note = 'a'", &["different: rows of shop.named"]),
    ("INSERT INTO shop.parted VALUES (51, 's')", &["different: rows of shop.parted_0"]),
    ("ALTER TABLE shop.film ALTER title SET DEFAULT 'some'", &["different: TABLE shop.film"]),
    ("DROP INDEX shop.film_title", &["missing: INDEX shop.film_title"]),
    ("CREATE INDEX plain_a ON shop.plain (a)", &["extra: INDEX shop.plain_a"]),
    ("CREATE TABLE shop.more (a int)", &["extra: TABLE shop.more", "extra: rows of shop.more"]),
    ("DROP TABLE shop.plain", &["missing: TABLE shop.plain", "missing: rows of shop.plain"]),
    ("SELECT setval('shop.film_id_seq', 5000)", &["different: SEQUENCE SET shop.film_id_seq"]),
    ("SELECT lo_put(4711, 100, 'x')", &["different: contents of LARGE OBJECT 4711"]),
    ("SELECT lo_truncate(lo_open(4712, 131072), 4)", &["different: contents of LARGE OBJECT 4712"]),
    (
        "SELECT lo_unlink(4712)",
        &[
            "missing: COMMENT ON LARGE OBJECT 4712",
            "missing: LARGE OBJECT 4712",
            "missing: contents of LARGE OBJECT 4712",
        ],
    ),
    ("SELECT lo_from_bytea(4713, 'x')", &["extra: LARGE OBJECT 4713", "extra: contents of LARGE OBJECT 4713"]),
    ("GRANT SELECT ON LARGE OBJECT 4712 TO PUBLIC", &["extra: ACL of LARGE OBJECT 4712"]),
    ("ALTER TABLE shop.plain OWNER TO pg_monitor", &["different: TABLE shop.plain"]),
    ("ALTER LARGE OBJECT 4712 OWNER TO pg_monitor", &["different: LARGE OBJECT 4712"]),
    ("GRANT INSERT ON shop.film TO PUBLIC", &["different: ACL shop.film"]),
    ("REVOKE SELECT ON shop.film FROM PUBLIC", &["missing: ACL shop.film"]),
    ("COMMENT ON COLUMN shop.film.title IS 'other'", &["different: COMMENT ON COLUMN shop.film.title"]),
    ("COMMENT ON TABLE shop.film IS NULL", &["missing: COMMENT ON TABLE shop.film"]),
    (
        "CREATE OR REPLACE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3'",
        &["different: FUNCTION shop.twice(n integer)"],
    ),
    ("DROP FUNCTION shop.twice(text)", &["missing: FUNCTION shop.twice(n text)"]),
    (
        "CREATE OR REPLACE VIEW shop.titles AS SELECT title FROM shop.film WHERE id > 4",
        &["different: VIEW shop.titles"],
    ),
    (
        "ALTER TABLE shop.film RENAME rating TO rated_as",
        &["different: TABLE shop.film", "different: rows of shop.film"],
    ),
    ("ALTER TABLE shop.plain ALTER a TYPE bigint", &["different: TABLE shop.plain", "different: rows of shop.plain"]),
    ("ALTER TABLE shop.plain ADD c int", &["different: TABLE shop.plain", "different: rows of shop.plain"]),
    ("ALTER TABLE shop.plain SET UNLOGGED", &["different: TABLE shop.plain"]),
    ("REFRESH MATERIALIZED VIEW shop.counted WITH NO DATA", &["missing: MATERIALIZED VIEW DATA shop.counted"]),
    ("ALTER SCHEMA shop RENAME TO shop2; CREATE SCHEMA shop", &[]),
];

#[test]
fn every_difference_is_found_and_named() {
    let (source, program) = (shop(18), Program::new());
    let archive = program.dump(&source, &[]);
    for (change, expected) in CHANGES {
        let name = format!("{} changed", source.name);
        let from = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{}\"", source.name);
        expect(source.server.psql("postgres", &from));
        let copy = Database { server: source.server, name };
        copy.psql(&format!("BEGIN; {change}; COMMIT"));
        let run = against(&program, &archive, &copy, &["--json"]).exits(3);
        let found = places(&run.json()["against"], "differences");
        assert!(!found.is_empty() && (expected.is_empty() || found == *expected), "{change}\nfound {found:#?}");
        // The lines for people name the same places.
        let lines = against(&program, &archive, &copy, &["-q"]).exits(3).stderr;
        for place in &found {
            assert!(lines.contains(place), "{place:?} is not in\n{lines}");
        }
    }
}

#[test]
fn a_difference_tells_what_it_is() {
    let (source, program) = (shop(18), Program::new());
    let archive = program.dump(&source, &[]);
    source.psql(
        "DELETE FROM shop.plain WHERE a < 4;
         ALTER TABLE shop.film ALTER title SET DEFAULT 'some';
         SELECT setval('shop.film_id_seq', 5000)",
    );
    let run = against(&program, &archive, &source, &[]);
    run.exits(3).says(&[
        "DIFFERENT: ",
        "rows of shop.plain: 100 in the archive, 97 in the database",
        "\n    -     title text DEFAULT 'none'::text NOT NULL,",
        "\n    +     title text DEFAULT 'some'::text NOT NULL,",
        "\n    - 3000\n    + 5000",
    ]);
}

#[test]
fn a_part_is_compared_with_that_part() {
    let (source, program) = (shop(18), Program::new());
    source
        .psql("CREATE TABLE other (a int); CREATE SCHEMA \"O'dd\"; CREATE TABLE \"O'dd\".\"t \"\"x\" AS SELECT 1 AS a");
    for selection in [
        &["-t", "shop.p*", "-T", "shop.parted_1"][..],
        &["-n", "shop", "--exclude-table-data", "shop.plain", "-O", "-x", "--no-comments"],
        &["-n", "\"O'dd\""],
        &["-s"],
        &["-a"],
        &["--section", "post-data"],
    ] {
        let archive = program.dump(&source, selection);
        source.psql("INSERT INTO other VALUES (1)");
        let run = against(&program, &archive, &source, &["--json"]);
        let expected = if selection == ["-a"] { 3 } else { 0 };
        if expected == 3 {
            assert_eq!(places(&run.json()["against"], "differences"), ["different: rows of public.other"], "{run}");
        }
        run.exits(expected);
    }
    let archive = program.dump(&source, &["-t", "other"]);
    source.psql("DROP TABLE other");
    let run = against(&program, &archive, &source, &["--json"]).exits(3);
    let expected = ["missing: TABLE public.other", "missing: rows of public.other"];
    assert_eq!(places(&run.json()["against"], "differences"), expected);
}

#[test]
fn rows_that_are_hidden_are_an_error_and_no_difference() {
    let (source, program) = (shop(18), Program::new());
    let archive = program.dump(&source, &[]);
    expect(source.server.create_role("viewer"));
    source.psql(
        "ALTER ROLE viewer LOGIN; GRANT USAGE ON SCHEMA shop TO viewer; GRANT SELECT ON ALL TABLES IN SCHEMA shop TO viewer;
         GRANT SELECT ON ALL SEQUENCES IN SCHEMA shop TO viewer;
         GRANT SELECT ON LARGE OBJECT 4711, 4712 TO viewer; ALTER TABLE shop.film ENABLE ROW LEVEL SECURITY",
    );
    let url = source.url().replace("postgres@", "viewer@");
    let run = program.run(&["verify", &archive, "--against", &url]).exits(1);
    run.says(&["film", "row-level security"]);
}

#[test]
fn copies_of_other_versions_compare_as_far_as_the_versions_allow() {
    for (from, to) in [(15, 18), (18, 15), (12, 18), (18, 12)] {
        let (source, program) = (shop(from), Program::new());
        let archive = program.dump(&source, &[]);
        let copy = program.restore(&archive, Server::shared(to), &[]);
        let run = against(&program, &archive, &copy, &["--json"]);
        let summary = &run.json()["against"];
        assert_eq!(places(summary, "differences"), Vec::<String>::new(), "{from} to {to}\n{run}");
        assert!(matches!(run.code, Some(0 | 4)), "{run}");
        assert_eq!(summary["rows"], 3152, "{run}");
        copy.psql("UPDATE shop.film SET title = 'x' WHERE id = 7; ALTER TABLE shop.plain ALTER a SET DEFAULT 1");
        let run = against(&program, &archive, &copy, &["--json"]).exits(3);
        let found = places(&run.json()["against"], "differences");
        assert_eq!(found, ["different: TABLE shop.plain", "different: rows of shop.film"], "{from} to {to}");
    }
}

#[test]
fn another_encoding_is_compared_in_the_archives() {
    let server = Server::shared(18);
    let name = "latin source".to_string();
    let sql = format!("CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
    expect(server.psql("postgres", &sql));
    let (source, program) = (Database { server, name }, Program::new());
    source.psql("CREATE TABLE word (w text, j jsonb); INSERT INTO word VALUES (chr(233) || 'tude', '{\"a\": 1}')");
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, server, &[]);
    assert_eq!(copy.psql("SHOW server_encoding"), "UTF8");
    against(&program, &archive, &copy, &[]).exits(0);
    program.run(&["verify", &archive, "--restore-into", &server.url("postgres")]).exits(0);
}

#[test]
fn text_that_is_not_utf8_is_compared_as_it_is() {
    let server = Server::shared(18);
    for (encoding, word) in [("SQL_ASCII", r"\351tude"), ("EUC_JP", r"\244\242")] {
        let name = format!("in {encoding}");
        let clause = format!("TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        expect(server.psql("postgres", &format!("CREATE DATABASE \"{name}\" {clause}")));
        let (source, program) = (Database { server, name }, Program::new());
        let bytes = format!("convert_from('{word}'::bytea, '{encoding}')");
        source.psql(&format!("CREATE TABLE word AS SELECT {bytes} AS w; SELECT lo_from_bytea(7, 'x')"));
        let archive = program.dump(&source, &[]);
        against(&program, &archive, &source, &[]).exits(0);
        program.run(&["verify", &archive, "--restore-into", &server.url("postgres")]).exits(0);
        source.psql("UPDATE word SET w = w || w");
        against(&program, &archive, &source, &[]).exits(3).says(&["rows of public.word: 1 in the archive, 1 in"]);
    }
}

#[test]
fn a_hole_in_a_large_object_is_the_same_stored_or_not() {
    let (source, program) = (Database::new(Server::shared(18)), Program::new());
    source.psql("SELECT lo_from_bytea(5001, 'x'), lo_put(5001, 3000000, 'y')");
    let archive = program.dump(&source, &[]);
    source.psql("SELECT lo_put(5001, 1000000, decode(repeat('00', 600000), 'hex'))");
    against(&program, &archive, &source, &[]).exits(0);
    source.psql("SELECT lo_put(5001, 1000000, 'z')");
    against(&program, &archive, &source, &[]).exits(3).says(&["different: contents of LARGE OBJECT 5001"]);
}

#[test]
fn the_database_itself_is_compared_with_itself_only() {
    let (source, program) = (shop(18), Program::new());
    source.psql(&format!("ALTER DATABASE \"{}\" SET work_mem = '7MB'", source.name));
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, source.server, &[]);
    against(&program, &archive, &copy, &[]).exits(0);
    against(&program, &archive, &source, &[]).exits(0);
    source.psql(&format!("ALTER DATABASE \"{}\" SET work_mem = '8MB'", source.name));
    against(&program, &archive, &source, &[]).exits(3).says(&["different: DATABASE PROPERTIES", "8MB"]);
}

/// The databases that scratch restores made and did not drop.
fn scratch_databases(server: &Server) -> Vec<String> {
    let sql = "SELECT datname FROM pg_database WHERE datname LIKE 'pgsnap_verify%'";
    expect(server.psql("postgres", sql)).lines().map(str::to_string).collect()
}

/// A server of its own, so that no other test's scratch database is taken for ours.
fn own_server() -> Server {
    let binaries = expect(super::support::Binaries::find(18));
    expect(Server::start(&binaries, &super::support::Options::default()))
}

#[test]
fn a_scratch_restore_proves_records_and_leaves_nothing() {
    let (source, program, target) = (shop(18), Program::new(), own_server());
    source.psql("CREATE SUBSCRIPTION told CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false)");
    let archive = program.dump(&source, &[]);
    source.psql("ALTER SUBSCRIPTION told SET (slot_name = NONE); DROP SUBSCRIPTION told");
    assert!(program.run(&["inspect", "--json", &archive]).exits(0).json().get("proof").is_none());
    let run = program.run(&["verify", &archive, "--restore-into", &target.url("postgres"), "--json"]).exits(0);
    let summary = run.json();
    assert_eq!((&summary["restored"]["equal"], &summary["restored"]["rows"]), (&true.into(), &3152.into()), "{run}");
    assert_eq!(scratch_databases(&target), Vec::<String>::new());

    let sidecar: Value =
        serde_json::from_slice(&std::fs::read(format!("{archive}.json")).expect("it is there")).unwrap();
    assert_eq!(sidecar["totals"]["rows"], 3152, "what the dump wrote is still there");
    let proof = &sidecar["proof"];
    assert_eq!((&proof["result"], &proof["rows"], &proof["tables"]), (&"equal".into(), &3152.into(), &5.into()));
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(format!("{archive}.json")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(program.run(&["inspect", "--json", &archive]).exits(0).json()["proof"], *proof);
    let shown = program.run(&["inspect", &archive]).exits(0).text();
    assert!(shown.contains("restored     20") && shown.contains("3152 rows: equal"), "{shown}");
    // A new archive under the same name is not proven by it.
    program.dump(&source, &[]);
    assert!(program.run(&["inspect", "--json", &archive]).exits(0).json().get("proof").is_none());
}

#[test]
fn a_scratch_restore_that_fails_leaves_nothing() {
    let (source, program, target) = (Database::new(Server::shared(18)), Program::new(), own_server());
    expect(source.server.create_role("only here"));
    source.psql("CREATE TABLE t (a int); ALTER TABLE t OWNER TO \"only here\"; INSERT INTO t VALUES (1)");
    let archive = program.dump(&source, &[]);
    let into = ["verify", archive.as_str(), "--restore-into", &target.url("postgres")].map(String::from);
    program.run(&into).exits(1).says(&["only here", "--no-owner"]);
    assert_eq!(scratch_databases(&target), Vec::<String>::new());
    program.run(&[&into[..], &["--no-owner".into(), "--no-privileges".into()]].concat()).exits(0);
    assert_eq!(scratch_databases(&target), Vec::<String>::new());
    // Half-way: the function is there, and what calls it fails.
    let source = Database::new(source.server);
    source.psql(
        "CREATE FUNCTION once(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
           'BEGIN IF current_database() LIKE ''pgsnap%'' THEN RAISE EXCEPTION ''not again''; END IF; RETURN $1; END';
         CREATE TABLE late (a int); INSERT INTO late VALUES (1); CREATE INDEX at_last ON late (once(a))",
    );
    let archive = program.dump(&source, &[]);
    program
        .run(&["verify", &archive, "--restore-into", &target.url("postgres")])
        .exits(1)
        .says(&["at_last", "not again"]);
    assert_eq!(scratch_databases(&target), Vec::<String>::new());
    program.run(&["verify", &archive, "--restore-into", &target.url("no such database")]).exits(1);
}

#[test]
fn a_signal_ends_a_scratch_restore_and_leaves_nothing() {
    let (source, program, target) = (Database::new(Server::shared(18)), Program::new(), own_server());
    source.psql(
        "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
           'BEGIN IF current_database() LIKE ''pgsnap%'' THEN PERFORM pg_sleep(600); END IF; RETURN $1; END';
         CREATE TABLE late (a int); INSERT INTO late VALUES (1); CREATE INDEX at_last ON late (slow(a))",
    );
    let archive = program.dump(&source, &[]);
    for (signal, status) in [("TERM", 143), ("INT", 130)] {
        let mut command = program.command(&["verify", &archive, "--restore-into", &target.url("postgres")]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        wait_until("the index is made", || expect(target.psql("postgres", sleeping)) == "1");
        assert_eq!(scratch_databases(&target).len(), 1);
        let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
        assert!(sent.expect("there is a shell").success());
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains("interrupted; the scratch database was dropped"), "{said}");
        assert_eq!(scratch_databases(&target), Vec::<String>::new());
    }
}

#[test]
fn a_second_signal_does_not_wait_for_the_scratch_database_to_go() {
    let (source, program, target) = (Database::new(Server::shared(18)), Program::new(), own_server());
    source.psql(
        "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
           'BEGIN IF current_database() LIKE ''pgsnap%'' THEN PERFORM pg_sleep(600); END IF; RETURN $1; END';
         CREATE TABLE late (a int); INSERT INTO late VALUES (1); CREATE INDEX at_last ON late (slow(a))",
    );
    let archive = program.dump(&source, &[]);
    let beside = Database::new(&target);
    let mut command = program.command(&["verify", &archive, "--restore-into", &target.url("postgres")]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let count =
        |what: &str| expect(target.psql("postgres", &format!("SELECT count(*) FROM pg_stat_activity WHERE {what}")));
    wait_until("the index is made", || count("wait_event = 'PgSleep'") == "1");
    // No database can be dropped now.
    let held = Held::new(&beside, "LOCK TABLE pg_database IN SHARE MODE");
    let signal = |name: &str| {
        let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
        assert!(sent.expect("there is a shell").success());
    };
    signal("TERM");
    wait_until("dropping waits", || count("wait_event_type = 'Lock' AND query LIKE 'DROP DATABASE%'") == "1");
    signal("INT");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted; the scratch database pgsnap_verify_"), "{said}");
    drop(held);
}

#[test]
fn parts_restore_into_a_scratch_database_and_rows_alone_do_not() {
    let (source, program, target) = (shop(18), Program::new(), own_server());
    let url = target.url("postgres");
    for selection in [&["-t", "shop.plain"][..], &["-n", "shop", "-O", "-x"], &["-s"]] {
        let archive = program.dump(&source, selection);
        program.run(&["verify", &archive, "--restore-into", &url]).exits(0);
    }
    let archive = program.dump(&source, &["-a"]);
    program.run(&["verify", &archive, "--restore-into", &url]).exits(2).says(&["rows only"]);
    assert_eq!(scratch_databases(&target), Vec::<String>::new());
}

#[test]
fn an_unsound_archive_meets_no_server() {
    let (source, program) = (shop(18), Program::new());
    let archive = program.dump(&source, &[]);
    let mut bytes = std::fs::read(&archive).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&archive, bytes).expect("it is ours");
    for option in ["--against", "--restore-into"] {
        program.run(&["verify", &archive, option, "postgresql://nowhere.invalid/x"]).exits(3).says(&["DAMAGED"]);
    }
    program.run(&["verify", &archive, "--against", "x", "--restore-into", "y"]).exits(2);
}

#[test]
fn an_older_server_proves_what_it_can_hold() {
    let (source, program, target) = (Database::new(Server::shared(18)), Program::new(), Server::shared(15));
    source.psql(
        "CREATE TABLE booking (room int4range, span tsrange, PRIMARY KEY (room, span WITHOUT OVERLAPS));
         INSERT INTO booking VALUES ('[1,2)', '[2000-01-01,2000-01-02)');
         CREATE TABLE computed (a int, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL); INSERT INTO computed VALUES (1)",
    );
    let archive = program.dump(&source, &[]);
    let run = program.run(&["verify", &archive, "--restore-into", &target.url("postgres"), "--json"]).exits(4);
    let summary = &run.json()["restored"];
    assert_eq!(places(summary, "not_comparable"), ["not-comparable: CONSTRAINT public.booking_pkey"], "{run}");
    assert_eq!((&summary["equal"], &summary["rows"]), (&true.into(), &2.into()), "{run}");
    let sidecar: Value = serde_json::from_slice(&std::fs::read(format!("{archive}.json")).unwrap()).unwrap();
    assert_eq!(sidecar["proof"]["result"], "equal-in-part");
}
