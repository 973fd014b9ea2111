//! Does an older server get what it can hold, and is the rest named?
//!
//! Every fixture and constructs of newer versions, with rows and things that need them, are restored into older
//! servers: it must succeed, and leave out and name exactly what the server cannot hold. For the fixtures that
//! is kept in `tests/older/<version>.txt`; `UPDATE_OLDER=1` writes these lists anew.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::support::{Binaries, Database, Options, Program, Server, expect, repository};

/// What only the build of a server lacks is not its version's fault.
const OF_THE_BUILD: [&str; 2] = ["not supported in this build", "the target lacks the extension"];

/// A server for one test alone. Fixtures make roles, which belong to the whole server, and of two sessions that
/// make the same one at the same time the second fails whatever it asked before.
fn own_server(major: u32) -> Server {
    expect(Binaries::find(major).and_then(|binaries| Server::start(&binaries, &Options::default())))
}

/// The archives of all fixtures from 18, by name, made once for all tests.
fn archives() -> &'static BTreeMap<String, Vec<u8>> {
    static ARCHIVES: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    ARCHIVES.get_or_init(|| {
        let (program, server) = (Program::new(), own_server(18));
        let found = std::fs::read_dir(repository().join("db/fixture")).expect("the fixtures are in db/fixture");
        let names = found.map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned());
        let names = names.filter_map(|name| name.strip_suffix(".sql").map(str::to_string));
        let dump = |name: String| {
            let database = Database::from_script(&server, &format!("fixture/{name}.sql"));
            let archive = program.path(&format!("{name}.tar.zst"));
            let url = database.url();
            let run = program.run(&["dump", "-q", "-d", &url, "-f", &archive.to_string_lossy()]);
            assert!(matches!(run.code, Some(0 | 4)), "{run}");
            (name, std::fs::read(archive).expect("the archive is there"))
        };
        let archives: BTreeMap<String, Vec<u8>> = names.map(dump).collect();
        assert!(archives.len() > 20, "only {} fixtures were found", archives.len());
        archives
    })
}

/// Stands in a list for a fixture that the build of the server could not take; then it is not compared.
const NOT_TRIED: &str = "not tried: the server's build lacks something";

/// Restores every fixture into a server of an older version and compares what was left out with the list.
fn fixtures_into(target: u32) {
    let archives = archives();
    let server = own_server(target);
    let path = repository().join(format!("tests/older/{target}.txt"));
    let list = std::fs::read_to_string(&path).unwrap_or_default();
    let (mut broken, mut failed, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for (name, archive) in archives {
        let start = format!("{name}: ");
        let mut expected: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix(&start)).collect();
        let found = match left_out(name, archive, &server) {
            Ok(Some(found)) => found,
            Ok(None) => vec![(NOT_TRIED.to_string(), String::new())],
            Err(account) => {
                broken.push(account);
                continue;
            }
        };
        let both = !expected.contains(&NOT_TRIED) && found.iter().all(|(label, _)| label != NOT_TRIED);
        new.extend(found.iter().map(|(label, _)| format!("{start}{label}\n")));
        for (label, why) in found {
            match expected.iter().position(|line| *line == label) {
                Some(at) => drop(expected.remove(at)),
                None if both => failed.push(format!("+ {start}{label}\n    because {why}")),
                None => {}
            }
        }
        let restored = expected.into_iter().filter(|_| both);
        failed.extend(restored.map(|label| format!("- {start}{label}\n    was restored, or is no more")));
    }
    assert!(broken.is_empty(), "from 18 to {target}:\n{}", broken.join("\n"));
    if std::env::var_os("UPDATE_OLDER").is_some() {
        return std::fs::write(&path, new.concat()).expect("the list can be written");
    }
    let hint = format!("if this is right: UPDATE_OLDER=1 cargo test --test it older:: writes {}", path.display());
    assert!(failed.is_empty(), "from 18 to {target}:\n{}\n{hint}", failed.join("\n"));
}

/// What a restore of one fixture leaves out, with the reasons, in order; `None` where the build is to blame.
fn left_out(name: &str, archive: &[u8], server: &Server) -> Result<Option<Vec<(String, String)>>, String> {
    // The fixture makes its roles; what else it makes is not looked at.
    let roles = Database::new(server);
    let script = std::fs::read(repository().join(format!("db/fixture/{name}.sql"))).expect("it is there");
    expect(server.load_anyway(&roles.name, &script));
    let (program, copy) = (Program::new(), Database::new(server));
    std::fs::write(program.path("copy.tar.zst"), archive).expect("the home can be written to");
    let run = program.run(&["restore", "--json", "copy.tar.zst", "-d", &copy.url()]);
    if run.code == Some(1) && OF_THE_BUILD.iter().any(|words| run.stderr.contains(words)) {
        return Ok(None);
    }
    if !matches!(run.code, Some(0 | 4)) {
        return Err(format!("{name}: {run}"));
    }
    let summary = run.json();
    let refused = summary["refused"].as_array().expect("a list");
    let text = |one: &serde_json::Value, field: &str| one[field].as_str().expect("a text").to_string();
    let all = refused.iter().map(|one| (text(one, "entry"), text(one, "reason")));
    let mut all: Vec<_> = all.filter(|(_, why)| !OF_THE_BUILD.iter().any(|words| why.contains(words))).collect();
    all.sort();
    Ok(Some(all))
}

#[test]
fn every_fixture_into_17() {
    fixtures_into(17);
}

#[test]
fn every_fixture_into_16() {
    fixtures_into(16);
}

#[test]
fn every_fixture_into_15() {
    fixtures_into(15);
}

#[test]
fn every_fixture_into_12() {
    fixtures_into(12);
}

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
