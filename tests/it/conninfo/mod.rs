//! Does pgsnap connect where psql connects, and only there?
//!
//! A case is a command line, variables and files. psql and `pgsnap check` run with the same in the same empty
//! home, and must reach the same server in the same way, as the server reports it, or both must fail. Where
//! the two differ on purpose, the case says how and why. The tables are in `plain.rs` and `encrypted.rs`, the
//! servers in `servers.rs`.

mod certificates;
mod encrypted;
mod plain;
pub mod servers;

use super::support::{Binaries, Clients, Program, expect};
use serde_json::Value;
use servers::Servers;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

/// What must come of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Both connect, to the same.
    Connects,
    /// Both fail.
    Fails,
    /// pgsnap connects and psql does not: why.
    OnlyPgsnap(&'static str),
    /// psql connects and pgsnap refuses by name: the words it must say.
    OnlyPsql(&'static str),
}

/// Texts have placeholders, see [`Servers::fill`].
#[derive(Clone)]
struct Case {
    args: Vec<String>,
    env: Vec<(&'static str, &'static str)>,
    files: Vec<(&'static str, &'static str, u32)>,
    outcome: Outcome,
}

impl Case {
    /// A connection string for `-d`; an empty one leaves `-d` out.
    fn new(conn: &str, outcome: Outcome) -> Case {
        let args = if conn.is_empty() { Vec::new() } else { vec!["-d".to_string(), conn.to_string()] };
        Case { args, env: Vec::new(), files: Vec::new(), outcome }
    }

    /// Further arguments, which psql has too.
    fn args(mut self, args: &[&str]) -> Case {
        self.args.extend(args.iter().map(ToString::to_string));
        self
    }

    fn env(mut self, name: &'static str, value: &'static str) -> Case {
        self.env.push((name, value));
        self
    }

    /// A file in the home, with its mode.
    fn file(mut self, name: &'static str, content: &'static str, mode: u32) -> Case {
        self.files.push((name, content, mode));
        self
    }
}

fn yes(conn: &str) -> Case {
    Case::new(conn, Outcome::Connects)
}

fn no(conn: &str) -> Case {
    Case::new(conn, Outcome::Fails)
}

/// Asks for what `pgsnap check` reports, under the same names.
const QUESTION: &str = "SELECT json_build_object('role', CURRENT_USER, 'database', current_database(), \
    'reported', CASE WHEN inet_server_port() IS NULL THEN NULL \
                     ELSE json_build_array(host(inet_server_addr()), inet_server_port()) END, \
    'reported_tls', s.version, 'client_certificate', s.client_dn, 'standby', pg_is_in_recovery(), \
    'application_name', nullif(current_setting('application_name'), 'psql')) \
    FROM (SELECT) AS one LEFT JOIN pg_stat_ssl s ON s.pid = pg_backend_pid()";

/// What the server reports of a connection, or the error.
type Answer = Result<Value, String>;

/// psql with a libpq that knows TLS. Where psql's own does not (the fetched one), the server's package of the
/// same version has one that does, and the loader puts it in its place.
fn psql() -> Command {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let bare = || {
        let mut psql = Command::new(&expect(Clients::get()).psql);
        psql.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        psql
    };
    let knows_tls = |mut psql: Command| {
        let output = psql.args(["-X", "host=/nowhere sslmode=require"]).output().expect("psql runs");
        !String::from_utf8_lossy(&output.stderr).contains("not compiled in")
    };
    let library = LIBRARY.get_or_init(|| {
        let library = (!knows_tls(bare())).then(|| expect(Binaries::find(18)).bin.join("../lib/libpq.so.5"));
        if let Some(library) = &library {
            let mut psql = bare();
            psql.env("LD_PRELOAD", library);
            assert!(knows_tls(psql), "no libpq of 18 with TLS: neither psql's nor {}", library.display());
        }
        library
    });
    let mut psql = bare();
    psql.envs(library.iter().map(|library| ("LD_PRELOAD", library)));
    psql
}

fn ask_psql(case: &Case, servers: &Servers, program: &Program) -> Answer {
    let mut psql = psql();
    psql.args(["-X", "-w", "-A", "-t", "-c", QUESTION]);
    psql.args(case.args.iter().map(|arg| servers.fill(arg)));
    psql.current_dir(program.home()).env("HOME", program.home());
    psql.envs(case.env.iter().map(|(name, value)| (name, servers.fill(value))));
    let output = psql.output().expect("psql runs");
    let errors = String::from_utf8_lossy(&output.stderr).trim().to_string();
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).expect("psql prints what was asked for")),
        false => Err(errors),
    }
}

fn ask_pgsnap(case: &Case, servers: &Servers, program: &Program) -> Answer {
    let mut args = vec!["check".to_string(), "--json".into(), "-w".into()];
    args.extend(case.args.iter().map(|arg| servers.fill(arg)));
    let mut pgsnap = program.command(&args);
    pgsnap.envs(case.env.iter().map(|(name, value)| (name, servers.fill(value))));
    let output = pgsnap.output().expect("pgsnap runs");
    let errors = String::from_utf8_lossy(&output.stderr).trim().to_string();
    let Ok(report) = serde_json::from_slice::<Value>(&output.stdout) else { return Err(errors) };
    let secret = servers.password_in(&format!("{report}{errors}"));
    assert!(!secret, "a password is shown:\n{report}\n{errors}");
    let Some(server) = report["server"].as_object() else { return Err(report["findings"].to_string()) };
    assert!(output.status.success(), "{report}");
    let names = ["role", "database", "reported", "reported_tls", "client_certificate", "standby", "application_name"];
    let mut answer: serde_json::Map<String, Value> =
        names.iter().map(|name| (name.to_string(), server[*name].clone())).collect();
    if answer["application_name"] == "pgsnap" {
        answer.insert("application_name".into(), Value::Null);
    }
    Ok(answer.into())
}

/// What is wrong with a case; `None` where nothing is.
fn judge(case: &Case, servers: &Servers) -> Option<String> {
    let program = Program::new();
    for (name, content, mode) in &case.files {
        let path = program.path(name);
        fs::create_dir_all(path.parent().expect("it is in the home")).expect("the home is ours");
        fs::write(&path, servers.content(content)).expect("the home is ours");
        fs::set_permissions(&path, PermissionsExt::from_mode(*mode)).expect("it is ours");
    }
    let (psql, pgsnap) = (ask_psql(case, servers, &program), ask_pgsnap(case, servers, &program));
    let right = match (case.outcome, &psql, &pgsnap) {
        (Outcome::Connects, Ok(psql), Ok(pgsnap)) => psql == pgsnap,
        (Outcome::Fails, Err(_), Err(_)) => true,
        (Outcome::OnlyPgsnap(_), Err(_), Ok(_)) => true,
        (Outcome::OnlyPsql(words), Ok(_), Err(error)) => error.contains(words),
        _ => false,
    };
    if right {
        return None;
    }
    let mut account = format!("{:?}: {:?}", case.outcome, case.args);
    let _ = write!(account, " {:?}", case.env);
    for (name, content, mode) in &case.files {
        let _ = write!(account, "\n  {name} ({mode:o}): {content}");
    }
    let _ = write!(account, "\n  psql:   {psql:?}\n  pgsnap: {pgsnap:?}");
    Some(account)
}

/// Judges all cases of a table, a few at a time.
#[track_caller]
fn run(cases: &[Case]) {
    let servers = Servers::get();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(account) = judge(case, servers) {
                        wrong.lock().expect("no other thread panicked").push(account);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no thread panicked");
    assert!(wrong.is_empty(), "{} of {} cases are wrong:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn strings_are_read_as_psql_reads_them() {
    run(&[plain::urls(), plain::keywords(), plain::differences()].concat());
}

#[test]
fn variables_services_and_password_files_count_as_for_psql() {
    run(&[plain::variables(), plain::password_files()].concat());
}

#[test]
fn of_several_servers_psqls_choice_is_taken() {
    run(&plain::hosts());
}

#[test]
fn authentication_goes_as_with_psql() {
    run(&plain::authentication());
}

#[test]
fn tls_is_negotiated_as_by_psql() {
    run(&encrypted::modes());
}

#[test]
fn certificates_are_judged_as_by_psql() {
    run(&[encrypted::certificates(), encrypted::revocation()].concat());
}

#[test]
fn client_certificates_are_shown_as_by_psql() {
    run(&encrypted::clients());
}

#[test]
fn the_tables_are_long_enough() {
    let plain = [
        plain::urls(),
        plain::keywords(),
        plain::differences(),
        plain::variables(),
        plain::password_files(),
        plain::hosts(),
    ]
    .concat();
    let encrypted = [encrypted::modes(), encrypted::certificates(), encrypted::revocation(), encrypted::clients()];
    let (plain, encrypted) = (plain.len() + plain::authentication().len(), encrypted.concat().len());
    println!("{plain} cases without TLS, {encrypted} with");
    assert!(encrypted >= 40 && plain + encrypted >= 120, "{plain} {encrypted}");
}
