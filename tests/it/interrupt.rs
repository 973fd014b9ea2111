//! Does what stops a dump half-way (signals, lost connections, locks) leave nothing that looks whole?
//!
//! Each test waits for the state it needs: a session that copies, a lock that is waited for.

use super::support::proxy::Proxy;
use super::support::sessions::{Held, end, named, sessions, waits_for};
use super::support::{Binaries, Database, Program, Server, expect, wait_until};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// 100 MB in rows of 1 kB, which no dump has read before somebody looks. Only read, so shared.
fn large() -> &'static Database<'static> {
    static DATABASE: OnceLock<Database<'static>> = OnceLock::new();
    DATABASE.get_or_init(|| {
        let database = Database::new(Server::shared(18));
        database.psql(
            "CREATE TABLE noise (id int, pad text);
             INSERT INTO noise SELECT n, md5(n::text) || repeat('x', 960) FROM generate_series(1, 100000) n",
        );
        database
    })
}

/// Starts a dump of [`large`] into `copy.tar.zst`, so slow that it lasts for seconds on any machine, and
/// waits until rows are copied and written.
fn slow_dump(program: &Program, name: &str) -> Child {
    let url = named(large(), name);
    let mut command = program.command(&["dump", "-d", &url, "-f", "copy.tar.zst", "-j", "3", "-Z", "19"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let partial = program.path("copy.tar.zst.partial");
    wait_until("rows are copied", || {
        let written = fs::metadata(&partial).is_ok_and(|file| file.len() > 0);
        written && !sessions(large().server, name, "pid", "query LIKE 'COPY%' AND state = 'active'").is_empty()
    });
    child
}

/// Starts a dump of [`large`] into a pipe that nobody reads yet, and waits until that has made every
/// connection stop in the middle of a COPY.
fn stuck_dump(program: &Program, name: &str, jobs: &str) -> Child {
    let url = named(large(), name);
    let mut command = program.command(&["dump", "-d", &url, "-f", "-", "-j", jobs, "-Z", "1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let stopped = || sessions(large().server, name, "pid", "query LIKE 'COPY%' AND wait_event = 'ClientWrite'");
    wait_until("all connections stop", || stopped().len().to_string() == jobs);
    child
}

fn signal(child: &Child, signal: &str) {
    let status = Command::new("/bin/sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
    assert!(status.expect("there is a shell").success());
}

#[track_caller]
fn nothing_left(program: &Program, server: &Server, name: &str) {
    assert_eq!(program.files(), Vec::<String>::new());
    wait_until("the sessions have gone", || sessions(server, name, "pid", "true").is_empty());
}

#[test]
fn a_signal_ends_a_dump_and_leaves_nothing() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let program = Program::new();
        let child = slow_dump(&program, name);
        signal(&child, name);
        let (code, said) = end(child);
        assert_eq!(code, Some(status), "{said}");
        assert!(said.contains("no archive was written") && said.lines().count() == 1, "{said}");
        nothing_left(&program, large().server, name);
    }
}

#[test]
fn what_a_killed_dump_leaves_is_not_taken_for_a_backup() {
    let program = Program::new();
    let mut child = slow_dump(&program, "killed");
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
    assert_eq!(program.files(), ["copy.tar.zst.partial"]);
    program.run(&["verify", "copy.tar.zst.partial"]).exits(3);
    wait_until("the sessions have gone", || sessions(large().server, "killed", "pid", "true").is_empty());
    // The next one takes its place.
    let small = Database::new(Server::shared(18));
    program.dump(&small, &[]);
    assert_eq!(program.files(), ["copy.tar.zst", "copy.tar.zst.json"]);
}

#[test]
fn what_a_killed_dump_leaves_gives_its_whole_chunks() {
    let program = Program::new();
    let mut child = slow_dump(&program, "salvaged");
    let partial = program.path("copy.tar.zst.partial");
    wait_until("chunks are written", || fs::metadata(&partial).is_ok_and(|file| file.len() > 600_000));
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
    let json = program.run(&["verify", "copy.tar.zst.partial", "--salvage", "--json"]).exits(3).json();
    let told = &json["salvage"]["tables"][0];
    assert_eq!((&json["salvage"]["guide"], &told["name"]), (&"draft".into(), &"noise".into()));
    let copy = Database::new(large().server);
    program.restore_into("copy.tar.zst.partial", &copy, &["--salvage"]).exits(4).says(&["unknown: public.noise: "]);
    let rows = |database: &Database<'_>| -> BTreeSet<String> {
        database.psql("SELECT id, md5(noise::text) FROM noise").lines().map(str::to_string).collect()
    };
    let (out, all) = (rows(&copy), rows(large()));
    assert_eq!(Some(out.len() as u64), told["rows"].as_u64());
    assert!(!out.is_empty() && out.len() < all.len() && out.is_subset(&all), "{} of {}", out.len(), all.len());
    wait_until("the sessions have gone", || sessions(large().server, "salvaged", "pid", "true").is_empty());
}

#[test]
fn a_second_dump_to_the_same_file_is_refused_while_one_runs() {
    let program = Program::new();
    let child = slow_dump(&program, "first");
    let run = program.run(&["dump", "-d", &large().url(), "-f", "copy.tar.zst"]).exits(2);
    run.says(&["another pgsnap is writing copy.tar.zst.partial"]);
    signal(&child, "INT");
    assert_eq!(end(child).0, Some(130));
    nothing_left(&program, large().server, "first");
}

#[test]
fn a_lost_leader_is_an_error_and_no_backup() {
    let program = Program::new();
    let child = stuck_dump(&program, "leader", "2");
    let leader = "query NOT LIKE 'COPY%' AND state = 'idle in transaction'";
    assert_eq!(sessions(large().server, "leader", "pg_terminate_backend(pid)", leader), ["t"]);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the connection that holds the snapshot was lost: \""), "{said}");
    assert!(said.contains("terminating connection due to administrator command"), "{said}");
    fs::write(program.path("copy.tar.zst"), output.stdout).expect("it is ours");
    program.run(&["verify", "copy.tar.zst"]).exits(3);
    fs::remove_file(program.path("copy.tar.zst")).expect("it is ours");
    nothing_left(&program, large().server, "leader");
}

#[test]
fn a_lost_worker_is_replaced_and_no_row_is_lost_or_doubled() {
    let program = Program::new();
    let child = stuck_dump(&program, "worker", "2");
    let one = "pid = (SELECT max(pid) FROM pg_stat_activity WHERE application_name = 'worker' AND query LIKE 'COPY%')";
    assert_eq!(sessions(large().server, "worker", "pg_terminate_backend(pid)", one), ["t"]);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("warning: the connection was lost while copying public.noise: "), "{said}");
    assert!(said.contains("has ended, while the server runs on") && said.contains("; trying again"), "{said}");
    fs::write(program.path("copy.tar.zst"), output.stdout).expect("it is ours");
    program.run(&["verify", "copy.tar.zst"]).exits(0);
    let copy = program.restore("copy.tar.zst", large().server, &[]);
    let digest = "SELECT count(*), sum(('x' || md5(noise::text))::bit(64)::bigint::numeric) FROM noise";
    assert_eq!(copy.psql(digest), large().psql(digest));
}

#[test]
fn a_single_connection_that_is_lost_is_an_error() {
    let program = Program::new();
    let child = stuck_dump(&program, "single", "1");
    sessions(large().server, "single", "pg_terminate_backend(pid)", "true");
    let (code, said) = end(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the connection was lost while copying public.noise: "), "{said}");
    assert!(said.contains("has ended, while the server runs on"), "{said}");
    nothing_left(&program, large().server, "single");
}

#[test]
fn a_connection_that_is_ended_while_it_waits_tells_what_the_server_said() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE film (a int)");
    let _held = Held::new(&database, "LOCK TABLE film IN ACCESS EXCLUSIVE MODE");
    let mut command = program.command(&["dump", "-d", &named(&database, "ended"), "-f", "copy.tar.zst"]);
    let child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    waits_for(&database, "ended", "film");
    sessions(database.server, "ended", "pg_terminate_backend(pid)", "true");
    let (code, said) = end(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("terminating connection due to administrator command (SQLSTATE 57P01)"), "{said}");
    nothing_left(&program, database.server, "ended");
}

#[test]
fn a_server_that_stops_is_an_error_that_says_so() {
    for jobs in ["1", "2"] {
        let server = expect(Server::start(&expect(Binaries::find(18)), &Default::default()));
        expect(server.create_database("copied"));
        let sql = "CREATE TABLE noise AS SELECT n AS id, repeat(md5(n::text), 30) FROM generate_series(1, 100000) n";
        expect(server.psql("copied", sql));
        let program = Program::new();
        let url = format!("{}&application_name=stopped", server.url("copied"));
        let mut command = program.command(&["dump", "-d", &url, "-f", "-", "-j", jobs, "-Z", "1"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        let stopped = "query LIKE 'COPY%' AND wait_event = 'ClientWrite'";
        wait_until("the rows stop", || sessions(&server, "stopped", "pid", stopped).len().to_string() == jobs);
        drop(server);
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("the connection was lost while copying public.noise"), "{said}");
        assert!(said.contains("the server cannot be reached again"), "{said}");
        std::fs::write(program.path("copy.tar.zst"), output.stdout).expect("it is ours");
        program.run(&["verify", "copy.tar.zst"]).exits(3);
    }
}

#[test]
fn a_lock_that_is_not_granted_ends_the_dump_in_time_and_names_the_table() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE free (a int); CREATE TABLE \"Busy \u{2603}\" (a int)");
    let held = Held::new(&database, "LOCK TABLE \"Busy \u{2603}\" IN ACCESS EXCLUSIVE MODE");
    let args = ["dump", "-d", &named(&database, "waiting"), "-f", "copy.tar.zst", "--lock-wait-timeout", "100ms"];
    let run = program.run(&args).exits(1);
    run.says(&[
        "cannot lock table \"public\".\"Busy \u{2603}\" for reading within 0.1 s",
        "55P03",
        "application \"held\"",
        "holds it",
    ]);
    nothing_left(&program, database.server, "waiting");
    // A table that is left out is not waited for.
    program.run(&[&args[..], &["-t", "free"]].concat()).exits(0);
    drop(held);
    program.run(&args).exits(0);
}

#[test]
fn a_table_that_may_not_be_read_is_an_error_that_names_it() {
    let (database, program) = (Database::new(Server::shared(17)), Program::new());
    expect(database.server.create_role("interrupt outsider"));
    database.psql("ALTER ROLE \"interrupt outsider\" LOGIN; CREATE TABLE closed (a int)");
    let url = database.url().replacen("postgres@", "interrupt%20outsider@", 1);
    let run = program.run(&["dump", "-d", &url, "-f", "copy.tar.zst"]).exits(1);
    run.says(&["lacks rights", "GRANT SELECT ON TABLE public.closed TO \"interrupt outsider\";"]);
    assert!(program.files().is_empty(), "{:?}", program.files());
}

/// An archive with a schema that a restore has to make; and a database where somebody else makes it and does not
/// commit: so the target looks empty, and then the restore has to wait.
fn waited_for<'s>(program: &Program, server: &'s Server) -> (String, Database<'s>, Held) {
    let source = Database::new(server);
    source.psql("CREATE SCHEMA waited_for; CREATE TABLE waited_for.t (a int)");
    let archive = program.dump(&source, &[]);
    let copy = Database::new(server);
    let held = Held::new(&copy, "CREATE SCHEMA waited_for");
    (archive, copy, held)
}

/// Starts a restore or a dump and waits until it waits for a lock.
fn waiting(program: &Program, args: &[&str], server: &Server, name: &str) -> Child {
    let child = program.command(args).stderr(Stdio::piped()).spawn().expect("it runs");
    let waits = || sessions(server, name, "pid", "wait_event_type = 'Lock'");
    wait_until("it waits", || !waits().is_empty());
    child
}

/// Servers before 14 do not notice by themselves that nobody waits for them any more.
#[test]
fn a_signal_ends_a_restore_that_waits() {
    for (major, name, status) in [(18, "INT", 130), (12, "TERM", 143)] {
        let (program, server) = (Program::new(), Server::shared(major));
        let (archive, copy, held) = waited_for(&program, server);
        let application = format!("restoring {name}");
        let url = named(&copy, &application.replace(' ', "%20"));
        let child = waiting(&program, &["restore", &archive, "-d", &url], server, &application);
        signal(&child, name);
        let (code, said) = end(child);
        assert_eq!(code, Some(status), "{said}");
        assert!(said.contains("ed; the target may hold a part of the archive"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        // The server gives up, although what it waited for is still held.
        wait_until("the sessions have gone", || sessions(server, &application, "pid", "true").is_empty());
        drop(held);
    }
}

#[test]
fn a_signal_ends_a_dump_that_waits() {
    for major in [12, 18] {
        let (program, database) = (Program::new(), Database::new(Server::shared(major)));
        database.psql("CREATE TABLE busy (a int)");
        let held = Held::new(&database, "LOCK TABLE busy IN ACCESS EXCLUSIVE MODE");
        let args = ["dump", "-d", &named(&database, "queueing"), "-f", "copy.tar.zst", "--lock-wait-timeout", "1h"];
        let child = waiting(&program, &args, database.server, "queueing");
        signal(&child, "INT");
        let (code, said) = end(child);
        assert_eq!(code, Some(130), "{said}");
        nothing_left(&program, database.server, "queueing");
        drop(held);
    }
}

/// A server that does not answer any more holds up the tidying up after the first signal; the second does not wait.
#[test]
fn a_second_signal_ends_it_at_once() {
    let (program, server) = (Program::new(), Server::shared(18));
    let (archive, copy, held) = waited_for(&program, server);
    let proxy = Proxy::before(server, None);
    // Whoever asks for TLS waits for an answer, also before he cancels.
    let through = |database: &Database<'_>| proxy.url(database).replace("disable", "prefer&application_name=twice");
    let url = through(&copy);
    let partial = program.path("other.tar.zst.partial");
    let source = Database::new(server);
    source.psql("CREATE TABLE busy (a int)");
    let busy = Held::new(&source, "LOCK TABLE busy IN ACCESS EXCLUSIVE MODE");
    let to_dump = through(&source);
    for (args, second, status) in [
        (["restore", &archive, "-d", &url].as_slice(), "INT", 130),
        (["dump", "-d", &to_dump, "-f", "other.tar.zst"].as_slice(), "TERM", 143),
    ] {
        let child = waiting(&program, args, server, "twice");
        let before = proxy.counts().len();
        proxy.fall_silent(true);
        signal(&child, "INT");
        wait_until("the server is asked to give up", || proxy.counts().len() > before);
        signal(&child, second);
        let (code, said) = end(child);
        assert_eq!((code, said.as_str()), (Some(status), ""), "the first signal has its say, the second has none");
        assert!(!partial.exists(), "what was half-written went first");
        proxy.fall_silent(false);
        wait_until("the sessions have gone", || sessions(server, "twice", "pid", "true").is_empty());
    }
    drop((held, busy));
}

/// What `verify -` keeps of its input has no name.
#[test]
fn a_signal_leaves_nothing_of_an_archive_that_comes_through_a_pipe() {
    let (program, spools) = (Program::new(), tempfile::tempdir().expect("a directory"));
    for name in ["INT", "TERM", "KILL"] {
        let mut command = program.command(&["verify", "-"]);
        command.env("TMPDIR", spools.path()).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let input = child.stdin.take();
        let open = format!("/proc/{}/fd", child.id());
        let is_spool = |file: fs::DirEntry| fs::read_link(file.path()).is_ok_and(|to| to.starts_with(spools.path()));
        wait_until("it reads", || fs::read_dir(&open).is_ok_and(|files| files.flatten().any(is_spool)));
        signal(&child, name);
        let (code, _) = end(child);
        assert_ne!(code, Some(0));
        drop(input);
        assert_eq!(fs::read_dir(spools.path()).expect("it is ours").count(), 0, "{name}");
    }
}

#[test]
fn a_target_that_goes_away_ends_the_restore_with_the_object() {
    let (source, program) = (Database::new(Server::shared(18)), Program::new());
    source.psql("CREATE SCHEMA waited_for; CREATE TABLE waited_for.t (a int)");
    let archive = program.dump(&source, &[]);
    let copy = Database::new(source.server);
    let _held = Held::new(&copy, "CREATE SCHEMA waited_for");
    let mut command = program.command(&["restore", &archive, "-d", &named(&copy, "dying"), "--json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    wait_until("the restore waits", || !sessions(copy.server, "dying", "pid", "wait_event_type = 'Lock'").is_empty());
    sessions(copy.server, "dying", "pg_terminate_backend(pid)", "true");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("SCHEMA waited_for") && said.contains("because: "), "{said}");
    assert!(serde_json::from_slice::<Value>(&output.stdout).is_err(), "no summary of what did not happen");
}
