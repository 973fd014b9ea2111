//! Under random faults, is every archive that claims to be whole whole, and every restore that says it is done done?
//!
//! Seeded: run N is the same fault everywhere. A handful on every run of the tests; `PGSNAP_RUNS=1000` for the
//! long one. The counts are printed.

use super::cuts::{bounded, limited, source};
use super::support::proxy::{End, Plan, Proxy, Way};
use super::support::sessions::sessions;
use super::support::{Database, Program, Run, Server, wait_until};
use std::io::Write;
use std::process::{Command, Stdio};

/// Runs without `PGSNAP_RUNS`.
const RUNS: u64 = 16;

/// What a copy must equal its source in.
const DIGEST: &str =
    "SELECT (SELECT sum(hashtext(film::text)) FROM film), (SELECT sum(hashtext(actor::text)) FROM actor),
    (SELECT count(*) FROM film), (SELECT count(*) FROM actor), (SELECT md5(lo_get(4711)))";

/// What happens during a run.
#[derive(Debug, Clone, Copy)]
enum Happening {
    /// To a connection.
    Connection(Plan),
    /// A signal, once so many bytes went by.
    Signal(&'static str, u64),
    /// The server ends one of the sessions then.
    Backend(u64),
    /// Files may have so many blocks.
    Limit(u64),
}

impl Happening {
    fn of(run: u64, dump: bool) -> Happening {
        let mut state = xxhash_rust::xxh3::xxh3_64(&[run.to_le_bytes(), u64::from(dump).to_le_bytes()].concat());
        let mut below = |bound: u64| {
            let drawn = state % bound;
            state = xxhash_rust::xxh3::xxh3_64(&state.to_le_bytes());
            drawn
        };
        // Up to about what a run carries on its busiest connection.
        let bytes = [below(20_000), below(400_000)][below(2) as usize];
        match below(8) {
            0 if dump => Happening::Limit(below(700)),
            1 => Happening::Backend(bytes),
            2 => Happening::Signal(["INT", "TERM", "KILL"][below(3) as usize], bytes),
            _ => Happening::Connection(Plan {
                connection: below(4) as usize,
                way: [Way::ToClient, Way::ToServer][below(2) as usize],
                after: bytes,
                end: [End::Cut, End::Reset, End::Late][below(3) as usize],
            }),
        }
    }
}

/// Runs the program while it happens.
fn suffer(happening: Happening, server: &Server, database: &Database<'_>, program: &Program, args: &[&str]) -> Run {
    let plan = if let Happening::Connection(plan) = happening { Some(plan) } else { None };
    let proxy = Proxy::before(server, plan);
    let url = format!("{}&application_name=chaos", proxy.url(database));
    let mut command = program.command(&[args, &["-d", &url, "-q", "-j", "2"]].concat());
    let (Happening::Signal(_, bytes) | Happening::Backend(bytes)) = happening else {
        let blocks = if let Happening::Limit(blocks) = happening { Some(blocks) } else { None };
        return bounded(match blocks {
            Some(blocks) => limited(program, &command, blocks),
            None => command,
        });
    };
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("it runs");
    let passed = || proxy.counts().iter().map(|(to_client, to_server)| to_client + to_server).sum::<u64>() >= bytes;
    wait_until("so many bytes went by", || passed() || child.try_wait().expect("it is ours").is_some());
    match happening {
        Happening::Signal(name, _) => {
            // It may have ended.
            let _ = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {} 2>/dev/null", child.id())]).status();
        }
        _ => {
            let one = format!(
                "pid = (SELECT max(pid) FROM pg_stat_activity WHERE datname = '{}' AND application_name = 'chaos')",
                database.name
            );
            sessions(server, "chaos", "pg_terminate_backend(pid)", &one);
        }
    }
    wait_until("it ends", || child.try_wait().expect("it is ours").is_some());
    let output = child.wait_with_output().expect("it has ended");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Run { command: args.join(" "), code: output.status.code(), stdout: output.stdout, stderr }
}

#[test]
fn what_claims_to_be_whole_is_whole() {
    let runs = std::env::var("PGSNAP_RUNS").map_or(RUNS, |runs| runs.parse().expect("a number of runs"));
    let server = Server::shared(18);
    let source = source(server);
    let digest = source.psql(DIGEST);
    let (mut archives, mut copies) = (0, 0);
    for run in 0..runs {
        let program = Program::new();
        let happening = Happening::of(run, true);
        let dumped = suffer(happening, server, &source, &program, &["dump", "-f", "copy.tar.zst"]);
        let what = format!("run {run}, {happening:?}\n{dumped}");
        assert!(!dumped.stderr.contains("panicked"), "{what}");
        let files = program.files();
        if !files.contains(&"copy.tar.zst".to_string()) {
            assert!(dumped.code != Some(0), "done, and there is no archive: {what}");
            let killed = matches!(happening, Happening::Signal("KILL", _));
            assert!(files.is_empty() || (killed && files == ["copy.tar.zst.partial"]), "left {files:?}: {what}");
            continue;
        }
        archives += 1;
        let verified = program.run(&["verify", "copy.tar.zst"]);
        assert_eq!(verified.code, Some(0), "{what}{verified}");
        let copy = Database::new(server);
        let happening = Happening::of(run, false);
        let restored = suffer(happening, server, &copy, &program, &["restore", "copy.tar.zst"]);
        assert!(!restored.stderr.contains("panicked"), "run {run}, {happening:?}\n{restored}");
        if restored.code == Some(0) {
            copies += 1;
            assert_eq!(copy.psql(DIGEST), digest, "run {run}, {happening:?}\n{restored}");
        }
        let again = program.restore("copy.tar.zst", server, &[]);
        assert_eq!(again.psql(DIGEST), digest, "{what}");
    }
    let _ = writeln!(
        std::io::stderr(),
        "random faults: {runs} dumps, {archives} archives, all of them whole; {copies} restores done, all of them equal"
    );
    assert!(archives > 0 && copies > 0, "nothing was survived: {archives} {copies}");
}
