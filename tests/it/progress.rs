//! Is what is being copied and built told while it happens, by table and by index?
//!
//! An index over a function that waits for a lock stands still while it is looked at.

use super::support::pooler::Pooler;
use super::support::sessions::{Held, sessions};
use super::support::{Database, Program, Server, wait_until};
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// A database whose restore stops at an index while somebody holds the lock there.
fn stopping() -> Database<'static> {
    let database = Database::new(Server::shared(18));
    database.psql(
        "CREATE FUNCTION stop(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
           'BEGIN IF $1 = 3000 THEN PERFORM pg_advisory_xact_lock_shared(4711); END IF; RETURN $1; END';
         CREATE TABLE film (id int, pad text); CREATE TABLE nothing ();
         INSERT INTO film SELECT n, repeat(md5(n::text), 3) FROM generate_series(1, 5000) n;
         CREATE INDEX at_last ON film (stop(id)); SELECT lo_from_bytea(4711, 'x')",
    );
    database
}

/// Collects what comes until the end, beside the test.
fn collect(mut from: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let all = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&all);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            told.lock().expect("nobody panics").push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    });
    all
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn an_index_that_is_built_is_told_in_json() {
    told_in_json(&["-j", "2"]);
}

#[test]
fn in_one_transaction_it_is_told_as_well() {
    told_in_json(&["-1"]);
}

fn told_in_json(how: &[&str]) {
    let (database, program) = (stopping(), Program::new());
    program.dump(&database, &[]);
    let copy = Database::new(database.server);
    let held = Held::new(&copy, "SELECT pg_advisory_xact_lock(4711)");
    let url = copy.url();
    let args = [&["restore", "copy.tar.zst", "-d", &url, "--progress", "json"], how].concat();
    let mut command = program.command(&args);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    let told = collect(child.stderr.take().expect("it is piped"));
    let building = |line: &Value| line["building"][0]["phase"] != "" && !line["building"][0].is_null();
    wait_until("the index is told of", || lines(&told.lock().expect("nobody panics")).iter().any(building));
    drop(held);
    assert!(child.wait().expect("it ends").success());
    let end = || lines(&told.lock().expect("nobody panics"));
    wait_until("all is told", || {
        end().last().is_some_and(|line| line["tables"] == 2 && line["building"] == Value::from([0; 0]))
    });
    let lines = end();
    let build = &lines.iter().find(|line| building(line)).expect("it was there")["building"][0];
    assert_eq!(build["entry"], "INDEX public.at_last", "{build}");
    assert!(build["phase"].as_str().is_some_and(|phase| phase.starts_with("building index")), "{build}");
    assert_eq!(build["unit"], "blocks", "{build}");
    assert!(build["total"].as_u64() > build["done"].as_u64() && build["seconds"].is_u64(), "{build}");
    let finished: Vec<&Value> = lines.iter().filter(|line| line["event"] == "table").collect();
    assert_eq!(finished.len(), 2, "an empty table is complete, too, and large objects are none: {finished:?}");
}

#[test]
fn no_second_connection_looks_through_a_pooler() {
    let (database, program) = (stopping(), Program::new());
    let Some(pooler) = Pooler::start(database.server, "session", 8, "") else { return };
    program.dump(&database, &[]);
    let copy = Database::new(database.server);
    let held = Held::new(&copy, "SELECT pg_advisory_xact_lock(4711)");
    let url = format!("{}&application_name=looking", pooler.url(&copy));
    let mut command = program.command(&["restore", "copy.tar.zst", "-d", &url, "-1", "--progress", "json"]);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    let told = collect(child.stderr.take().expect("it is piped"));
    let building = |line: &Value| line["building"][0]["entry"] == "INDEX public.at_last";
    wait_until("the index is told of", || lines(&told.lock().expect("nobody panics")).iter().any(building));
    assert_eq!(sessions(database.server, "looking", "pid", "query LIKE '%at_last%' AND state = 'active'").len(), 1);
    assert!(sessions(database.server, "looking", "pid", "query LIKE '%pg_stat_progress_create_index%'").is_empty());
    drop(held);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_table_that_moves_is_told_in_json() {
    let (database, program) = (stopping(), Program::new());
    let args = ["dump", "-d", &database.url(), "-f", "copy.tar.zst", "-j", "1", "--progress", "json"];
    let told = lines(&program.run(&args).exits(0).stderr);
    // What moves first is told at once.
    let first = told.iter().find(|line| line["event"] == "progress").expect("it was copied");
    let running = &first["running"][0];
    assert_eq!((&running["table"], &running["rows"]), (&"public.film".into(), &5000.into()), "{first}");
    assert!(running["total_bytes"].as_u64() >= running["bytes"].as_u64(), "{first}");
    assert!(running["eta_seconds"].is_u64() && running["bytes_per_second"].is_u64(), "{first}");
    let last = told.last().expect("something was told");
    assert_eq!((&last["running"], &last["tables"]), (&Value::from([0; 0]), &2.into()), "{last}");
}

#[test]
fn on_a_terminal_an_index_has_a_line_of_its_own() {
    let (database, program) = (stopping(), Program::new());
    program.dump(&database, &[]);
    let copy = Database::new(database.server);
    let held = Held::new(&copy, "SELECT pg_advisory_xact_lock(4711)");
    let line = format!("exec '{}' restore copy.tar.zst -d '{}'", env!("CARGO_BIN_EXE_pgsnap"), copy.url());
    let mut script = Command::new("script");
    match cfg!(target_os = "macos") {
        true => script.args(["-q", "/dev/null", "/bin/sh", "-c", &line]),
        false => script.args(["-qec", &line, "/dev/null"]),
    };
    script.env_clear().env("PATH", "/usr/bin:/bin").env("TERM", "xterm").env("SHELL", "/bin/sh");
    script.current_dir(program.home()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = script.spawn().expect("script runs");
    let told = collect(child.stdout.take().expect("it is piped"));
    let said = || told.lock().expect("nobody panics").clone();
    wait_until("the index has a line", || said().contains("INDEX public.at_last: building index: scanning table, "));
    drop(held);
    assert!(child.wait().expect("it ends").success(), "{}", said());
    wait_until("all is told", || said().contains("restored into"));
}
