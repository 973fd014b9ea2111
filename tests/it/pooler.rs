//! Does a dump through a pooler work and leave nothing in it, and is the rest refused?
//!
//! PgBouncer in each mode, with pools so small that what is left in them is found again.

use super::downtime::{finishes, is_stuck, large, start};
use super::support::pooler::Pooler;
use super::support::sessions::{Held, end, sessions, waits_for};
use super::support::{Database, Program, Server, expect, judge, wait_until};
use std::process::Stdio;

/// What a client of a pool finds in the server's session: its process, every setting that somebody made there,
/// prepared statements, locks.
const FOUND: &str = "SELECT pg_backend_pid(),
    (SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
     WHERE source = 'session' AND name <> 'client_encoding'), current_setting('client_encoding'),
    current_setting('search_path'), current_setting('statement_timeout'), current_setting('default_transaction_read_only'),
    (SELECT count(*) FROM pg_prepared_statements), current_user,
    (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation::int > 16384)";

/// A database with every way for rows to travel.
fn sample(server: &Server) -> Database<'_> {
    expect(server.create_role("sample_reader"));
    Database::from_script(server, "sample.sql")
}

#[test]
fn a_dump_through_a_pool_of_transactions_is_whole_and_leaves_nothing_in_it() {
    for (major, more) in [(18, ""), (18, "ignore_startup_parameters = options"), (12, "")] {
        let (database, program) = (sample(Server::shared(major)), Program::new());
        let Some(pooler) = Pooler::start(database.server, "transaction", 1, more) else { return };
        let found = pooler.psql(&database, FOUND);
        let url = pooler.url(&database);
        let run = program.run(&["dump", "-d", &url, "-f", "copy.tar.zst", "-j", "3", "--max-blocking", "0"]).exits(0);
        run.says(&["is a connection pooler: everything is read over one connection, in one transaction"]);
        assert_eq!(pooler.psql(&database, FOUND), found, "the same session, as it was");
        program.run(&["verify", "copy.tar.zst"]).exits(0);
        let copy = program.restore("copy.tar.zst", database.server, &[]);
        judge::equal_to_reference(&database, &copy, &[]);
    }
}

#[test]
fn a_pool_of_transactions_keeps_rows_in_their_encoding() {
    let (database, program) = (Database::encoded(Server::shared(18), "LATIN1"), Program::new());
    database.psql("CREATE TABLE film (title text); INSERT INTO film VALUES (chr(233) || 't' || chr(233))");
    let Some(pooler) = Pooler::start(database.server, "transaction", 1, "") else { return };
    let found = pooler.psql(&database, FOUND);
    let url = pooler.url(&database);
    program.run(&["dump", "-d", &url, "-f", "copy.tar.zst", "--max-blocking", "0"]).exits(0);
    assert_eq!(pooler.psql(&database, FOUND), found);
    program.run(&["verify", "copy.tar.zst", "--against", &database.url()]).exits(0);
}

#[test]
fn a_signal_and_the_watchdog_end_a_dump_through_a_pool_of_transactions() {
    let (database, program) = (large(Server::shared(18)), Program::new());
    let Some(pooler) = Pooler::start(database.server, "transaction", 3, "") else { return };
    let url = |name: &str| format!("{}&application_name={name}", pooler.url(&database));
    let child = start(&program, &url("pooled"), &[]);
    is_stuck(database.server, "pooled", 1);
    let status = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(status.expect("there is a shell").success());
    assert_eq!(end(child).0, Some(130));
    let copies = |name: &str| sessions(database.server, name, "pid", "state <> 'idle'");
    wait_until("the server has stopped", || copies("pooled").is_empty());

    let child = start(&program, &url("pooled2"), &["--max-blocking", "500ms"]);
    is_stuck(database.server, "pooled2", 1);
    let altering = Held::waiting("altering", &database, "ALTER TABLE noise ADD more int");
    waits_for(&database, "altering", "noise");
    // Read only then: a dump that can write on may be done before the watchdog looks.
    wait_until("the server has stopped", || copies("pooled2").is_empty());
    let (code, said) = end(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("waits with ALTER TABLE for AccessExclusiveLock on public.noise"), "{said}");
    drop(altering);
}

#[test]
fn a_pool_of_sessions_takes_workers_and_restores() {
    let (database, program) = (large(Server::shared(18)), Program::new());
    let Some(pooler) = Pooler::start(database.server, "session", 8, "") else { return };
    let url = |database: &Database<'_>| format!("{}&application_name=sessions", pooler.url(database));
    let child = start(&program, &url(&database), &["-j", "2"]);
    is_stuck(database.server, "sessions", 2);
    let said = finishes(&program, child);
    assert!(!said.contains("warning"), "{said}");
    let copy = Database::new(database.server);
    program.run(&["restore", "copy.tar.zst", "-d", &url(&copy)]).exits(0);
    judge::equal_to_reference(&database, &copy, &[]);
}

#[test]
fn a_pool_that_is_too_small_for_the_workers_gives_a_dump_over_one_connection() {
    let (database, program) = (sample(Server::shared(18)), Program::new());
    let Some(pooler) = Pooler::start(database.server, "session", 2, "") else { return };
    let url = format!("{}&connect_timeout=5", pooler.url(&database));
    let run = program.run(&["dump", "-d", &url, "-f", "copy.tar.zst", "-j", "4", "--max-blocking", "0"]).exits(0);
    run.says(&["warning: everything is read over one connection: ", "no answer within 5 s"]);
    program.run(&["verify", "copy.tar.zst", "--against", &database.url()]).exits(0);
}

#[test]
fn what_a_pool_of_transactions_cannot_do_is_refused_before_anything_is_changed() {
    let (database, program) = (sample(Server::shared(18)), Program::new());
    let archive = program.dump(&database, &[]);
    let copy = Database::new(database.server);
    let Some(pooler) = Pooler::start(database.server, "transaction", 2, "") else { return };
    let found = pooler.psql(&copy, FOUND);
    let run = program.run(&["restore", &archive, "-d", &pooler.url(&copy)]).exits(1);
    run.says(&["is a connection pooler that gives each transaction another session", "hint: ", "pool_mode = session"]);
    assert_eq!(pooler.psql(&copy, FOUND), found);
    assert_eq!(copy.psql("SELECT count(*) FROM pg_class WHERE oid > 16384"), "0");
}

#[test]
fn a_pool_of_statements_is_refused_with_what_to_change() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    let Some(pooler) = Pooler::start(database.server, "statement", 2, "") else { return };
    let run = program.run(&["dump", "-d", &pooler.url(&database), "-f", "copy.tar.zst"]).exits(1);
    run.says(&["hint: ", "gives each statement another session", "pool_mode = transaction or session"]);
    assert_eq!(program.files(), Vec::<String>::new());
}

#[test]
fn a_prepared_statement_that_somebody_left_in_a_pool_is_explained() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE film AS SELECT 1 AS id");
    let Some(pooler) = Pooler::start(database.server, "transaction", 1, "") else { return };
    for number in 0..40 {
        pooler.psql(&database, &format!("PREPARE s{number} AS SELECT 1"));
    }
    let url = pooler.url(&database);
    let mut command = program.command(&["dump", "-d", &url, "-f", "copy.tar.zst", "--max-blocking", "0"]);
    let (code, said) = end(command.stderr(Stdio::piped()).spawn().expect("it runs"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("42P05") && said.contains("hint: ") && said.contains("max_prepared_statements"), "{said}");
}
