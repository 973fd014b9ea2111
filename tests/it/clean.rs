//! Does `--clean` drop what is there in the right order, and nothing before the archive is proven?
//!
//! The hardest target is a restored copy itself: everything of the archive is in it. Cleaned and restored
//! again it must be the same, without `--if-exists`, so that every DROP found what it names.

use super::support::judge::{differences, equal_to_reference};
use super::support::{Database, Program, Server, repository};

/// Restores every fixture over its own copy; all failures are shown, not the first.
fn fixtures_over_themselves(major: u32) {
    let server = Server::shared(major);
    let folder = std::fs::read_dir(repository().join("db/fixture")).expect("the fixtures are in db/fixture");
    let mut names: Vec<String> =
        folder.map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert!(names.len() > 20, "only {} fixtures were found", names.len());
    let failed: Vec<String> = names.into_iter().filter_map(|name| over_itself(server, &name).err()).collect();
    assert!(failed.is_empty(), "on PostgreSQL {major}:\n{}", failed.join("\n"));
}

fn over_itself(server: &'static Server, name: &str) -> Result<(), String> {
    let source = Database::from_script(server, &format!("fixture/{name}"));
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, server, &[]);
    // What the copy of a copy is, by pg_dump: some fixtures change when they are copied.
    let expected = program.restore(&archive, server, &[]);
    for more in [&["-c"][..], &["-c", "--if-exists", "-1"]] {
        let run = program.restore_into(&archive, &copy, more);
        if run.code != Some(0) {
            return Err(format!("{name}: {run}"));
        }
        // Before 15 PUBLIC may create in public from the start, so there its privileges come in another order.
        if (server.binaries.major, name) == (12, "privilege.sql") {
            continue;
        }
        let found = differences(&source, &expected, &copy);
        if let Some(first) = found.first() {
            return Err(format!("{name} {more:?}: {} differences: {first}", found.len()));
        }
    }
    Ok(())
}

#[test]
fn every_fixture_over_itself_on_12() {
    fixtures_over_themselves(12);
}

#[test]
fn every_fixture_over_itself_on_18() {
    fixtures_over_themselves(18);
}

#[test]
fn a_missing_object_is_an_error_unless_it_may_be_missing() {
    let server = Server::shared(18);
    let source = Database::new(server);
    source.psql(
        "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id int PRIMARY KEY, m mood); CREATE VIEW v AS TABLE t;
         INSERT INTO t VALUES (1, 'a'); SELECT lo_from_bytea(4711, 'x');",
    );
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, server, &[]);
    copy.psql("DROP VIEW v");
    program.restore_into(&archive, &copy, &["-c"]).exits(1).says(&[
        "cannot drop VIEW public.v",
        "42P01",
        "--if-exists",
    ]);
    program.restore_into(&archive, &copy, &["-c", "--if-exists"]).exits(0);
    equal_to_reference(&source, &copy, &[]);
    // An empty target is one where everything is missing.
    let copy = Database::new(server);
    program.restore_into(&archive, &copy, &["-c", "--if-exists"]).exits(0);
    equal_to_reference(&source, &copy, &[]);
    copy.psql("CREATE VIEW mine AS TABLE t");
    program.restore_into(&archive, &copy, &["-c", "-1"]).exits(1).says(&["2BP01", "objects of its own"]);
    assert_eq!(copy.psql("SELECT count(*) FROM mine"), "1", "one transaction: nothing was dropped");
}

#[test]
fn nothing_is_dropped_for_an_archive_that_is_damaged() {
    let server = Server::shared(18);
    let source = Database::new(server);
    source.psql(
        "CREATE TABLE t (id int, x text); INSERT INTO t SELECT n, repeat('x', 99) FROM generate_series(1, 9999) n",
    );
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, server, &[]);
    let mut bytes = std::fs::read(&archive).expect("it was written");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&archive, bytes).expect("it is ours");
    program.restore_into(&archive, &copy, &["-c"]).exits(3).says(&["nothing was changed", "pgsnap verify"]);
    assert_eq!(copy.psql("SELECT count(*) FROM t"), "9999");
}

#[test]
fn the_source_is_never_cleaned() {
    let server = Server::shared(18);
    let source = Database::new(server);
    source.psql("CREATE TABLE t (id int)");
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    for more in [&["-c"][..], &["-c", "--if-exists", "-1"]] {
        program.restore_into(&archive, &source, more).exits(2).says(&["very database the archive was taken from"]);
    }
    let restore = ["restore", &archive, "-C", "-c", "-d", &server.url("postgres")];
    program.run(&restore).exits(2).says(&["very database the archive was taken from"]);
    assert_eq!(source.psql("SELECT count(*) FROM t"), "0");
}
