//! Does a connection that ends at any byte, or a file that ends at any byte, give a clear error in bounded time
//! and nothing that looks whole?
//!
//! A proxy stands between pgsnap and a real server and cuts, resets or holds up one connection after so many
//! bytes; how many there are is measured first. Writes fail by a real limit on the size of files. The counts are
//! printed.

use super::support::proxy::{End, Plan, Proxy, Way};
use super::support::{Database, Program, Run, Server, wait_until};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

/// Points at which each connection fails.
const STEPS: u64 = 6;

/// Large enough that workers fetch several buffers; small enough to be copied a hundred times.
pub fn source(server: &Server) -> Database<'_> {
    let database = Database::new(server);
    database.psql(
        "CREATE TABLE film (id int PRIMARY KEY, t text); INSERT INTO film SELECT n, md5(n::text) FROM generate_series(1, 4000) n;
         CREATE TABLE actor (id int PRIMARY KEY, t text); INSERT INTO actor SELECT n, md5(n::text) FROM generate_series(1, 4000) n;
         CREATE INDEX ON film (t); SELECT lo_from_bytea(4711, 'x');",
    );
    database
}

/// Runs to the end, which must come in bounded time.
pub fn bounded(mut command: Command) -> Run {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("it runs");
    wait_until(&format!("{command:?} ends"), || child.try_wait().expect("it is ours").is_some());
    let output = child.wait_with_output().expect("it has ended");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let command = format!("{command:?}");
    Run { command, code: output.status.code(), stdout: output.stdout, stderr }
}

/// The same command under a limit on the size of files, in blocks of 512 bytes.
pub fn limited(program: &Program, inner: &Command, blocks: u64) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "ulimit -f $0 && exec \"$@\"", &blocks.to_string()]).arg(inner.get_program());
    shell.args(inner.get_args()).current_dir(program.home()).env_clear();
    shell.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

/// Every connection of a clean run, cut and reset in turn at steps over the bytes that it carried.
fn plans(counts: &[(u64, u64)], way: Way) -> Vec<Plan> {
    let mut plans = Vec::new();
    for (connection, (to_client, to_server)) in counts.iter().enumerate() {
        let bytes = if way == Way::ToClient { *to_client } else { *to_server };
        for step in 0..STEPS {
            let end = if step % 2 == 0 { End::Cut } else { End::Reset };
            plans.push(Plan { connection, way, after: bytes * step / STEPS, end });
        }
        plans.push(Plan { connection, way, after: bytes / 2, end: End::Late });
    }
    plans
}

/// Exit code 1 with one error that was no panic.
#[track_caller]
fn clear(run: &Run, plan: &Plan) {
    let errors = run.stderr.lines().filter(|line| line.starts_with("pgsnap: ") && !line.contains("warning: ")).count();
    assert!(run.code == Some(1) && errors == 1 && !run.stderr.contains("panicked"), "{plan:?}\n{run}");
    assert!(run.stdout.is_empty(), "{plan:?}: a summary of what did not happen\n{run}");
}

#[test]
fn a_dump_whose_connections_end_anywhere() {
    let server = Server::shared(18);
    let (source, program) = (source(server), Program::new());
    let dump = |plan: Option<Plan>| {
        let proxy = Proxy::before(server, plan);
        let args = ["dump", "-q", "--json", "-d", &proxy.url(&source), "-f", "copy.tar.zst", "-j", "2"];
        let run = bounded(program.command(&args));
        (run, proxy.counts())
    };
    let (clean, counts) = dump(None);
    clean.exits(0);
    let plans = plans(&counts, Way::ToClient);
    let (mut whole, mut refused) = (0, 0);
    for plan in &plans {
        let _ = fs::remove_file(program.path("copy.tar.zst"));
        let _ = fs::remove_file(program.path("copy.tar.zst.json"));
        let (run, _) = dump(Some(*plan));
        if run.code == Some(0) {
            // A worker was replaced, or all was said before.
            let verified = program.run(&["verify", "copy.tar.zst", "--json"]).exits(0).json();
            assert_eq!(verified["rows"], 8000, "{plan:?}\n{run}");
            whole += 1;
            continue;
        }
        assert!(plan.end != End::Late, "what is only late is no loss: {plan:?}\n{run}");
        clear(&run, plan);
        assert!(program.files().is_empty(), "{plan:?} left {:?}\n{run}", program.files());
        refused += 1;
    }
    let connections = counts.len();
    let cases = plans.len();
    let _ = writeln!(
        std::io::stderr(),
        "cuts of a dump: {cases} over {connections} connections, {whole} whole archives, {refused} clear errors"
    );
    assert!(refused > 0 && whole > 0, "both must happen: {whole} {refused}");
}

#[test]
fn a_restore_whose_connections_end_anywhere() {
    let server = Server::shared(18);
    let (source, program) = (source(server), Program::new());
    program.dump(&source, &[]);
    let restore = |plan: Option<Plan>| {
        let (copy, proxy) = (Database::new(server), Proxy::before(server, plan));
        let args = ["restore", "copy.tar.zst", "-q", "--json", "-d", &proxy.url(&copy), "-j", "2"];
        let run = bounded(program.command(&args));
        (run, proxy.counts(), copy)
    };
    let (clean, counts, _) = restore(None);
    clean.exits(0);
    let (mut cases, mut whole, mut refused) = (0, 0, 0);
    for way in [Way::ToServer, Way::ToClient] {
        for plan in plans(&counts, way) {
            cases += 1;
            let (run, _, copy) = restore(Some(plan));
            if run.code == Some(0) {
                let rows = "SELECT (SELECT count(*) FROM film) + (SELECT count(*) FROM actor)";
                assert_eq!(copy.psql(rows), "8000", "{plan:?}\n{run}");
                whole += 1;
                continue;
            }
            assert!(plan.end != End::Late, "what is only late is no loss: {plan:?}\n{run}");
            clear(&run, &plan);
            refused += 1;
        }
    }
    let connections = counts.len();
    let _ = writeln!(
        std::io::stderr(),
        "cuts of a restore: {cases} over {connections} connections, {whole} whole copies, {refused} clear errors"
    );
    assert!(refused > 0 && whole > 0, "both must happen: {whole} {refused}");
}

/// A quota by a limit on files: whatever fits, the archive is whole or not there.
#[test]
fn a_dump_whose_file_ends_anywhere() {
    let server = Server::shared(18);
    let (source, program) = (source(server), Program::new());
    let archive = program.dump(&source, &[]);
    let blocks = fs::metadata(&archive).expect("it is there").len() / 512;
    let (mut whole, mut refused) = (0, 0);
    for limit in (0..=blocks + 1).step_by((blocks as usize / 24).max(1)).chain([blocks + 1]) {
        let _ = fs::remove_file(program.path("copy.tar.zst"));
        let _ = fs::remove_file(program.path("copy.tar.zst.json"));
        let inner = program.command(&["dump", "-q", "-d", &source.url(), "-f", "copy.tar.zst"]);
        let run = bounded(limited(&program, &inner, limit));
        if run.code == Some(0) {
            program.run(&["verify", "copy.tar.zst"]).exits(0);
            whole += 1;
            continue;
        }
        assert_eq!(run.code, Some(1), "{limit} of {blocks} blocks\n{run}");
        assert!(run.stderr.contains("File too large"), "{limit} of {blocks} blocks\n{run}");
        assert!(program.files().is_empty(), "{limit} of {blocks} blocks left {:?}\n{run}", program.files());
        refused += 1;
    }
    let _ = writeln!(std::io::stderr(), "limits on a dump's file: {whole} whole archives, {refused} clear errors");
    assert!(refused > 0 && whole > 0, "both must happen: {whole} {refused}");
}
