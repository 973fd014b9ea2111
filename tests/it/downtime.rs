//! Does nobody wait for a dump longer than allowed, and can nobody's timeouts end one?
//!
//! A dump into a pipe that nobody reads never ends by itself: what waits for it is served only where the dump gives
//! way.

use super::support::sessions::{Held, end, named, sessions, waits_for};
use super::support::{Database, Program, Server, expect, wait_until};
use std::process::{Child, Stdio};

/// A database with more rows than all buffers on the way hold.
pub fn large(server: &Server) -> Database<'_> {
    let database = Database::new(server);
    database.psql(
        "CREATE TABLE noise (id int, pad text);
         INSERT INTO noise SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 80000) n",
    );
    database
}

/// Starts a dump, as application `dump`, into a pipe that nobody reads yet.
pub fn start(program: &Program, url: &str, more: &[&str]) -> Child {
    let mut command = program.command(&[&["dump", "-d", url, "-f", "-", "-Z", "1"], more].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

/// Waits until `jobs` connections are stuck in the middle of a COPY.
pub fn is_stuck(server: &Server, name: &str, jobs: usize) {
    let stopped = "query LIKE 'COPY%' AND wait_event = 'ClientWrite'";
    wait_until("the rows stop", || sessions(server, name, "pid", stopped).len() == jobs);
}

/// Reads what a dump still writes, and the archive is whole.
pub fn finishes(program: &Program, child: Child) -> String {
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    std::fs::write(program.path("copy.tar.zst"), output.stdout).expect("it is ours");
    program.run(&["verify", "copy.tar.zst"]).exits(0);
    said
}

#[test]
fn what_waits_for_a_dump_is_served_within_the_limit_and_so_is_what_waits_behind_it() {
    for (major, jobs) in [(18, "1"), (18, "2"), (12, "1")] {
        let (database, program) = (large(Server::shared(major)), Program::new());
        let child = start(&program, &named(&database, "blocking"), &["-j", jobs, "--max-blocking", "500ms"]);
        is_stuck(database.server, "blocking", jobs.parse().expect("a number"));
        let mut altering = Held::waiting("altering", &database, "ALTER TABLE noise ADD more int");
        waits_for(&database, "altering", "noise");
        let _reading = Held::waiting("reading", &database, "SELECT count(*) FROM noise");
        waits_for(&database, "reading", "noise");
        altering.say("COMMIT;\n");
        let served = format!("datname = '{}' AND state = 'idle in transaction'", database.name);
        wait_until("the reader is served", || sessions(database.server, "reading", "pid", &served).len() == 1);
        let (code, said) = end(child);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("has kept others waiting for 0.5 s: process "), "{said}");
        let who = "application \"altering\") waits with ALTER TABLE for AccessExclusiveLock on public.noise";
        assert!(said.contains(who) && said.contains("--max-blocking"), "{said}");
        assert!(!said.contains("reading") && !said.contains("lost"), "{said}");
    }
}

#[test]
fn a_dump_that_waits_itself_lets_go_of_what_it_has() {
    for major in [12, 18] {
        let (database, program) = (Database::new(Server::shared(major)), Program::new());
        database.psql("CREATE TABLE a_free (); CREATE TABLE b_busy ()");
        let _busy = Held::new(&database, "LOCK TABLE b_busy IN ACCESS EXCLUSIVE MODE");
        let child = start(&program, &named(&database, "two"), &["--max-blocking", "300ms"]);
        waits_for(&database, "two", "b_busy");
        let _other = Held::by("wanting", &database, "TRUNCATE a_free");
        let (code, said) = end(child);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("waits with TRUNCATE for AccessExclusiveLock on public.a_free"), "{said}");
        wait_until("the sessions have gone", || sessions(database.server, "two", "pid", "true").is_empty());
    }
}

#[test]
fn others_wait_to_the_end_where_that_is_asked_for() {
    let (database, program) = (large(Server::shared(18)), Program::new());
    let child = start(&program, &named(&database, "patient"), &["-j", "1", "--max-blocking", "0"]);
    is_stuck(database.server, "patient", 1);
    let _altering = Held::waiting("altering", &database, "ALTER TABLE noise ADD more int");
    waits_for(&database, "altering", "noise");
    finishes(&program, child);
}

#[test]
fn a_comparison_gives_way_as_a_dump_does() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE a_free (); CREATE TABLE b_busy ()");
    let archive = program.dump(&database, &[]);
    let _busy = Held::new(&database, "LOCK TABLE b_busy IN ACCESS EXCLUSIVE MODE");
    let url = named(&database, "comparing");
    let mut command = program.command(&["verify", &archive, "--against", &url, "--max-blocking", "300ms"]);
    let child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    waits_for(&database, "comparing", "b_busy");
    let _other = Held::by("wanting", &database, "TRUNCATE a_free");
    let (code, said) = end(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("waits with TRUNCATE for AccessExclusiveLock on public.a_free"), "{said}");
}

#[test]
fn a_watchdog_that_cannot_look_is_named() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    expect(database.server.create_role("downtime single"));
    database.psql(
        "CREATE TABLE film (); ALTER ROLE \"downtime single\" LOGIN CONNECTION LIMIT 1;
         GRANT pg_read_all_data TO \"downtime single\"",
    );
    let busy = Held::new(&database, "LOCK TABLE film IN ACCESS EXCLUSIVE MODE");
    let url = named(&database, "watched").replacen("postgres@", "downtime%20single@", 1);
    let child = start(&program, &url, &["-j", "1"]);
    waits_for(&database, "watched", "film");
    // It has tried by now, or does so before the dump is over.
    wait_until("it was refused", || {
        database.server.log().contains("too many connections for role \"downtime single\"")
    });
    drop(busy);
    let said = finishes(&program, child);
    assert!(said.contains("warning: nobody watches who waits for this dump's locks (--max-blocking): "), "{said}");
}

/// Every timeout that PostgreSQL of a version has, for a role of its own.
fn hurried(server: &Server) -> String {
    let role = "downtime hurried";
    expect(server.create_role(role));
    let major: u32 = expect(server.psql("postgres", "SELECT current_setting('server_version_num')::int / 10000"))
        .parse()
        .expect("a number");
    let since = [
        (12, "statement_timeout"),
        (12, "lock_timeout"),
        (12, "idle_in_transaction_session_timeout"),
        (14, "idle_session_timeout"),
        (17, "transaction_timeout"),
    ];
    let known = since.iter().filter(|(since, _)| *since <= major);
    let set: String = known.map(|(_, name)| format!("ALTER ROLE \"{role}\" SET {name} TO '2s';")).collect();
    expect(server.psql("postgres", &format!("ALTER ROLE \"{role}\" SUPERUSER LOGIN; {set}")));
    "downtime%20hurried@".into()
}

/// Waits until a session of an application has been in one state for longer than any timeout of [`hurried`].
fn lasts(server: &Server, name: &str, condition: &str) {
    let long = format!("{condition} AND clock_timestamp() - state_change > '3s'");
    wait_until(&format!("{name} has lasted"), || !sessions(server, name, "pid", &long).is_empty());
}

#[test]
fn timeouts_of_the_role_end_neither_a_dump_nor_a_restore() {
    for major in [12, 18] {
        let (database, program) = (large(Server::shared(major)), Program::new());
        database.psql("CREATE SCHEMA waited_for; CREATE TABLE waited_for.film (a int)");
        let role = hurried(database.server);
        let url = |database: &Database<'_>, name: &str| named(database, name).replacen("postgres@", &role, 1);
        let busy = Held::new(&database, "LOCK TABLE waited_for.film IN ACCESS EXCLUSIVE MODE");
        let child = start(&program, &url(&database, "hurried"), &["-j", "2"]);
        lasts(database.server, "hurried", "wait_event_type = 'Lock'");
        drop(busy);
        if major >= 14 {
            // Before, one connection reads the table, and two connections' buffers hold it.
            lasts(database.server, "hurried", "wait_event = 'ClientWrite'");
        }
        lasts(database.server, "hurried", "state = 'idle in transaction'");
        finishes(&program, child);

        let copy = Database::new(database.server);
        // Not committed, so the target looks empty; and then the restore has to wait for it.
        let busy = Held::new(&copy, "CREATE SCHEMA waited_for");
        let mut command = program.command(&["restore", "copy.tar.zst", "-d", &url(&copy, "hurried back")]);
        let child = command.stderr(Stdio::piped()).spawn().expect("it runs");
        lasts(copy.server, "hurried back", "wait_event_type = 'Lock'");
        copy.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'held' AND datname = current_database()");
        drop(busy);
        let (code, said) = end(child);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(copy.psql("SELECT count(*) FROM noise"), "80000");
    }
}
