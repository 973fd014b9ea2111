//! Does bad input give one clear message, the right exit code, and nothing half-written?
//!
//! A message is clear when it names the thing (file, host, role, object) and says what to try. After
//! each failure the directory must be as before, and the target as empty as before.

use super::connect::tcp;
use super::support::server::PASSWORD;
use super::support::{Database, Program, Run, Server, expect};
use pgsnap::archive::{Encoder, HEAD_PATH, Head, Manifest, Version, Writer};
use std::fs;

/// Runs a dump that must fail, and checks that it leaves nothing.
#[track_caller]
fn dump_fails(args: &[&str], code: i32, words: &[&str]) -> Run {
    let program = Program::new();
    let run = program.run(&[&["dump", "-f", "x.tar.zst"], args].concat()).exits(code).says(words);
    assert!(program.files().is_empty(), "left {:?}\n{run}", program.files());
    one_message(&run);
    run
}

/// One error, told once.
#[track_caller]
fn one_message(run: &Run) {
    let errors = run.stderr.lines().filter(|line| line.starts_with("pgsnap: ") && !line.contains("warning: "));
    assert_eq!(errors.count(), 1, "{run}");
    assert!(run.stdout.is_empty() && !run.stderr.contains("panicked"), "{run}");
}

/// A restore that must fail before it changes anything.
#[track_caller]
fn restore_fails(program: &Program, args: &[&str], target: &Database<'_>, code: i32, words: &[&str]) {
    let before = target.pg_dump(&[]);
    let run = program.run(&[&["restore", "-d", &target.url()], args].concat()).exits(code).says(words);
    one_message(&run);
    let after = target.pg_dump(&[]);
    let lines = |dump: &[u8]| dump.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines(&before), lines(&after), "the target was changed\n{}", String::from_utf8_lossy(&after));
}

fn small(server: &Server) -> Database<'_> {
    let database = Database::new(server);
    database.psql("CREATE TABLE film (id int PRIMARY KEY); INSERT INTO film SELECT generate_series(1, 1000)");
    database
}

#[test]
fn servers_and_databases_that_are_not_there() {
    let (server, free) = (tcp(), Server::shared(18));
    let port = server.port().to_string();
    let url = |user: &str, database: &str| format!("postgresql://{user}@127.0.0.1:{port}/{database}");
    dump_fails(&["-d", &url("postgres:wrong", "postgres")], 1, &["28P01", "127.0.0.1", "the password came from"]);
    dump_fails(&["-d", &url("postgres", "postgres")], 1, &["no password was given", "PGPASSWORD"]);
    dump_fails(&["-d", &url("nobody:x", "postgres")], 1, &["28P01", "\"nobody\""]);
    dump_fails(&["-d", &free.url("no such one")], 1, &["3D000", "no such one", "the database's name came from"]);
    dump_fails(&["-d", "postgresql://me@db.invalid/x"], 1, &["db.invalid", "no such host is known"]);
    dump_fails(&["-d", "postgresql://me@127.0.0.1:1/x"], 1, &["127.0.0.1:1", "does the server run"]);
    let run = dump_fails(&["-h", "/nowhere/at/all", "-d", "x", "-U", "me"], 1, &["/nowhere/at/all/.s.PGSQL.5432"]);
    assert!(run.stderr.contains("hint: "), "{run}");
    let run =
        Program::new().env("PGPASSWORD", format!("{PASSWORD}x")).run(&["dump", "-d", &url("postgres", "postgres")]);
    let run = run.exits(1).says(&["PGPASSWORD in the environment"]);
    assert!(!run.stderr.contains(PASSWORD), "{run}");
}

#[test]
fn what_is_no_archive_is_named() {
    let (program, target) = (Program::new(), Database::new(Server::shared(18)));
    fs::write(program.path("text.tar.zst"), "-- PostgreSQL database dump\n".repeat(100)).expect("it is ours");
    fs::write(program.path("empty.tar.zst"), "").expect("it is ours");
    fs::create_dir(program.path("folder")).expect("it is ours");
    let zstd = zstd::encode_all(&b"a file that zstd packed"[..], 3).expect("it packs");
    fs::write(program.path("other.tar.zst"), zstd).expect("it is ours");
    for (name, code) in [
        ("text.tar.zst", 3),
        ("empty.tar.zst", 3),
        ("other.tar.zst", 3),
        ("folder", 2),
        ("missing.tar.zst", 1),
        ("folder/missing.tar.zst", 1),
    ] {
        let before = program.files();
        for command in [&["verify", name][..], &["inspect", name]] {
            let run = program.run(command);
            assert!(run.code == Some(code), "{code} was expected\n{run}");
            one_message(&run.says(&[name]));
        }
        restore_fails(&program, &[name], &target, code, &[name]);
        assert_eq!(program.files(), before);
    }
    // Through a pipe there is no name, but it is as wrong.
    one_message(&program.run(&["restore", "-", "-d", &target.url()]).exits(3).says(&["standard input"]));
    one_message(&program.run(&["verify", "-"]).exits(3).says(&["standard input"]));
}

#[test]
fn a_truncated_archive_is_damaged_wherever_it_ends() {
    let (source, program) = (small(Server::shared(18)), Program::new());
    let archive = fs::read(program.dump(&source, &[])).expect("it is there");
    let target = Database::new(source.server);
    for length in [1, 100, archive.len() / 2, archive.len() - 100, archive.len() - 1] {
        fs::write(program.path("cut.tar.zst"), &archive[..length]).expect("it is ours");
        for command in ["verify", "inspect"] {
            program.run(&[command, "cut.tar.zst"]).exits(3).says(&["cut.tar.zst"]);
        }
        restore_fails(&program, &["cut.tar.zst"], &target, 3, &["cut.tar.zst"]);
    }
    // What is behind the end belongs to nothing.
    fs::write(program.path("long.tar.zst"), [&archive[..], b"x"].concat()).expect("it is ours");
    program.run(&["verify", "long.tar.zst"]).exits(3);
}

#[test]
fn a_newer_format_is_refused_by_its_number() {
    let (program, target) = (Program::new(), Database::new(Server::shared(18)));
    let feature = || vec!["time travel".to_string()];
    for (format, features, words) in [
        (Version { major: 2, minor: 0 }, vec![], &["2.0", "new.tar.zst"][..]),
        (Version { major: 1, minor: 0 }, feature(), &["time travel", "new.tar.zst"]),
    ] {
        let manifest = Manifest { format, features, database: "x".into(), ..Manifest::default() };
        let mut encoder = Encoder::new(1).expect("an encoder");
        let mut writer = Writer::new(Vec::new());
        let head = Head { format, features: manifest.features.clone(), ..Head::from(&manifest) };
        writer.append(&encoder.encode(HEAD_PATH, &head.to_json()).expect("it packs")).expect("it is appended");
        let (bytes, _) = writer.finish(manifest, 1).expect("it is finished");
        fs::write(program.path("new.tar.zst"), bytes).expect("it is ours");
        for command in ["verify", "inspect"] {
            one_message(&program.run(&[command, "new.tar.zst"]).exits(1).says(words));
        }
        restore_fails(&program, &["new.tar.zst"], &target, 1, words);
    }
}

#[test]
fn a_place_that_cannot_be_written_is_found_out_before_the_server_is_asked() {
    // Nobody answers there, which is never reached.
    let nobody = "postgresql://me@127.0.0.1:1/x";
    let program = Program::new();
    fs::write(program.path("file"), "").expect("it is ours");
    fs::create_dir(program.path("folder")).expect("it is ours");
    for (args, code, words) in [
        (["-f", "gone/x.tar.zst"], 2, &["there is no directory gone", "mkdir -p gone"][..]),
        (["--dir", "gone"], 2, &["there is no directory gone"]),
        (["-f", "folder"], 2, &["folder is a directory"]),
        (["-f", "file/x.tar.zst"], 1, &["file/x.tar.zst"]),
        (["--dir", "file"], 1, &["file/"]),
    ] {
        one_message(&program.run(&[&["dump", "-d", nobody], &args[..]].concat()).exits(code).says(words));
        assert_eq!(program.files(), ["file", "folder"]);
    }
}

#[test]
fn a_full_disk_is_an_error_and_no_backup() {
    let source = small(Server::shared(18));
    let program = Program::new();
    for jobs in ["1", "3"] {
        let run = program.run(&["dump", "-d", &source.url(), "-f", "/dev/full", "-j", jobs]).exits(1);
        one_message(&run.says(&["No space left", "hint"]));
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("there is a full device");
    let mut command = program.command(&["dump", "-d", &source.url(), "-f", "-"]);
    let output = command.stdout(full).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(program.files().is_empty());
}

#[test]
fn a_reader_that_stops_ends_the_dump() {
    let source = small(Server::shared(18));
    source.psql("CREATE TABLE noise AS SELECT sha512(n::text::bytea) FROM generate_series(1, 20000) n");
    let program = Program::new();
    let mut command = program.command(&["dump", "-d", &source.url(), "-f", "-"]);
    let mut child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("ok");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| code != 0) && !said.contains("panicked"), "{output:?}");
}

#[test]
fn patterns_that_match_nothing_are_wrong() {
    let (source, program) = (small(Server::shared(18)), Program::new());
    let (url, target) = (source.url(), Database::new(source.server));
    let archive = program.dump(&source, &[]);
    for (args, words) in [
        (["-t", "flim"], "no table matches \"flim\""),
        (["-t", "other.film"], "no table matches \"other.film\""),
        (["-n", "publik"], "no schema matches \"publik\""),
        (["-t", "a.b.c.d"], "cannot read the pattern"),
        (["-n", "a.b.c"], "cannot read the pattern"),
    ] {
        dump_fails(&["-d", &url, args[0], args[1]], 2, &[words]);
        restore_fails(&program, &[&archive, args[0], args[1]], &target, 2, &[words]);
    }
}

#[test]
fn a_restore_wants_a_target_that_is_empty_and_another() {
    let server = Server::shared(18);
    let (source, program) = (small(server), Program::new());
    let archive = program.dump(&source, &[]);
    program.run(&["restore", &archive]).exits(2).says(&["restore needs a target", "-d"]);
    restore_fails(&program, &[&archive], &source, 2, &["the very database", "-d"]);
    for (making, named) in [
        ("CREATE TABLE other (a int)", "table public.other"),
        ("CREATE VIEW seen AS SELECT 1", "view public.seen"),
        ("CREATE SEQUENCE counter", "sequence public.counter"),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1", "function public.f"),
        ("CREATE TYPE mood AS ENUM ()", "type public.mood"),
        ("CREATE TYPE pair AS (a int, b int)", "type public.pair"),
        ("CREATE PUBLICATION news", "publication news"),
        ("CREATE SCHEMA other", "schema other"),
        ("SELECT lo_create(4711)", "large object 4711"),
    ] {
        let target = Database::new(server);
        target.psql(making);
        restore_fails(&program, &[&archive], &target, 2, &["is not empty", named]);
    }
    // An extension that a template brought does not count.
    let target = Database::new(server);
    target.psql("CREATE SCHEMA IF NOT EXISTS public; COMMENT ON SCHEMA public IS 'mine'");
    program.run(&["restore", &archive, "-d", &target.url()]).exits(0);
    program.run(&["restore", &archive, "-d", &server.url("no such one")]).exits(1).says(&["3D000", "no such one"]);
}

#[test]
fn missing_roles_are_named_before_anything_is_made() {
    let (server, other) = (Server::shared(18), Server::shared(17));
    for role in ["input owner", "input reader"] {
        expect(server.create_role(role));
    }
    let source = small(server);
    source.psql(
        "ALTER TABLE film OWNER TO \"input owner\"; GRANT SELECT ON film TO \"input reader\";
         CREATE TABLE plain (a int); GRANT SELECT (a) ON plain TO \"input reader\";",
    );
    let (program, target) = (Program::new(), Database::new(other));
    let archive = program.dump(&source, &[]);
    let missing = |args: &[&str], words: &[&str]| {
        restore_fails(&program, &[&[archive.as_str()], args].concat(), &target, 1, words);
    };
    let hint = "--no-owner, --no-privileges";
    missing(&[], &["the target lacks the roles input owner, input reader", hint]);
    missing(&["-x"], &["the target lacks the role input owner", hint]);
    missing(&["-O"], &["the target lacks the role input reader", hint]);
    missing(&["-t", "plain"], &["the target lacks the role input reader", hint]);
    program.run(&["restore", &archive, "-d", &target.url(), "-O", "-x"]).exits(0);
    assert_eq!(target.psql("SELECT count(*) FROM film"), "1000");
}

#[test]
fn a_missing_extension_is_named_before_anything_is_made() {
    let source = small(Server::shared_with_vector());
    source.psql("CREATE EXTENSION vector; CREATE TABLE embedding (v vector(3))");
    let (program, target) = (Program::new(), Database::new(Server::shared(18)));
    let archive = program.dump(&source, &[]);
    restore_fails(&program, &[&archive], &target, 1, &["the target lacks the extension vector", "install"]);
}

#[test]
fn a_missing_tablespace_is_named_before_anything_is_made() {
    let server = Server::shared(15);
    let place = server.directory().join("space");
    expect(server.psql("postgres", &format!("COPY (SELECT 1) TO PROGRAM 'mkdir -p \"{}\"'", place.display())));
    expect(server.psql("postgres", &format!("CREATE TABLESPACE far LOCATION '{}'", place.display())));
    let source = small(server);
    source.psql("CREATE TABLE away (a int) TABLESPACE far");
    let (program, target) = (Program::new(), Database::new(Server::shared(18)));
    let archive = program.dump(&source, &[]);
    restore_fails(&program, &[&archive], &target, 1, &["the target lacks the tablespace far"]);
}

#[test]
fn an_older_target_and_another_encoding_are_warned_of() {
    let (source, program) = (small(Server::shared(18)), Program::new());
    let archive = program.dump(&source, &[]);
    let target = Database::new(Server::shared(12));
    let run = program.run(&["restore", &archive, "-d", &target.url()]).exits(0);
    run.says(&["warning: the archive is of PostgreSQL 18, the target is 12"]);
    let server = Server::shared(18);
    expect(server.psql("postgres", "CREATE DATABASE input_latin1 TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'"));
    let run = program.run(&["restore", &archive, "-d", &server.url("input_latin1")]);
    expect(server.drop_database("input_latin1"));
    run.exits(0).says(&["warning: the archive's encoding is UTF8, the target's LATIN1"]);
}
