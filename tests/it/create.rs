//! Does `--create` make the database that pg_dump -C would make?
//!
//! pg_dump -C judges: what it prints of the database that pgsnap created on another server is what it prints
//! of the source, the name included.

use super::support::{Database, Program, Server, expect};

/// What `pg_dump -C -s` prints, without what differs between any two runs and two servers.
fn printed(server: &Server, database: &str) -> String {
    let dump = String::from_utf8_lossy(&expect(server.pg_dump(database, &["-C", "-s"]))).into_owned();
    let noise = ["\\restrict", "\\unrestrict", "-- Dumped", "\\connect"];
    dump.lines().filter(|line| !noise.iter().any(|start| line.starts_with(start))).collect::<Vec<_>>().join("\n")
}

/// Creates the fixture's database on a second server of the version, and again with `-c`.
fn fixture_on(major: u32) {
    let source = Database::from_script(Server::shared(major), "fixture/database.sql");
    let binaries = &source.server.binaries;
    let target = expect(Server::start(binaries, &Default::default()));
    expect(target.create_role("pgsnap database 'owner"));
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let create = ["restore", &archive, "-d", &target.url("postgres"), "-C"];
    program.run(&[&create[..], &["-c"]].concat()).exits(1).says(&["cannot drop the database", "--if-exists"]);
    program.run(&create).exits(0);
    assert_eq!(printed(&target, &source.name), printed(source.server, &source.name));
    assert_eq!(expect(target.psql(&source.name, "SELECT count(*) FROM kept")), "3");
    program.run(&create).exits(2).says(&["has a database", "already", "-c"]);
    expect(target.psql("postgres", &format!("ALTER DATABASE \"{}\" IS_TEMPLATE true", source.name)));
    let over_itself = ["restore", &archive, "-d", &target.url(&source.name), "-C", "-c"];
    program.run(&over_itself).exits(2).says(&["over a connection to it"]);
    program.run(&[&create[..], &["-c", "-j", "3"]].concat()).exits(0);
    assert_eq!(printed(&target, &source.name), printed(source.server, &source.name));
    expect(target.drop_database(&source.name));
    program.run(&[&create[..], &["-c", "--if-exists", "-O", "-x"]].concat()).exits(0);
    let owner = "SELECT pg_get_userbyid(datdba), datacl FROM pg_database WHERE datname = current_database()";
    assert_eq!(expect(target.psql(&source.name, owner)), "postgres|");
}

#[test]
fn the_fixture_on_12() {
    fixture_on(12);
}

#[test]
fn the_fixture_on_15() {
    fixture_on(15);
}

#[test]
fn the_fixture_on_18() {
    fixture_on(18);
}

#[test]
fn locales_are_those_of_the_source_as_far_as_the_target_has_them() {
    let (source, older) = (Server::shared(18), Server::shared(15));
    let program = Program::new();
    for (name, options, shown, below) in [
        ("create icu", "LOCALE_PROVIDER icu ICU_LOCALE 'de' ICU_RULES '&a < g'", "i|de|&a < g", "have no rules"),
        ("create builtin", "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C'", "b|C|", "no provider builtin"),
        ("create plain", "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc", "c||", ""),
    ] {
        let create = format!("CREATE DATABASE \"{name}\" TEMPLATE template0 {options}");
        expect(source.psql("postgres", &create));
        let database = Database { server: source, name: name.to_string() };
        let archive = program.dump(&database, &[]);
        let target = expect(Server::start(&source.binaries, &Default::default()));
        program.run(&["restore", &archive, "-C", "-d", &target.url("template1")]).exits(0);
        let asked = "SELECT datlocprovider, datlocale, daticurules FROM pg_database WHERE datname = current_database()";
        assert_eq!(expect(target.psql(name, asked)), shown);
        assert_eq!(printed(&target, name), printed(source, name));
        let run = program.run(&["restore", &archive, "-C", "-d", &older.url("postgres")]).exits(0);
        assert!(run.stderr.contains(below), "{run}");
        drop(Database { server: older, name: name.to_string() });
    }
}

#[test]
fn without_the_option_the_database_is_as_it_was() {
    let source = Database::from_script(Server::shared(18), "fixture/database.sql");
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, Server::shared(18), &[]);
    let known = "SELECT datacl IS NULL, datconnlimit, shobj_description(oid, 'pg_database') IS NULL,
        (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = d.oid) FROM pg_database d
        WHERE datname = current_database()";
    assert_eq!(copy.psql(known), "t|-1|t|0");
    program.run(&["restore", &archive, "-C", "-1", "-d", "postgres"]).exits(2);
}
