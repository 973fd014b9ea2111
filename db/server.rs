//! Throwaway PostgreSQL servers for the tests and the examples: found or fetched, started, removed.
//!
//! Included by path (`#[path = "../../db/server.rs"] mod server;`), so it is no part of the library:
//! pgsnap itself never starts a server and never needs a client. Only std, serde_json and tempfile.
//!
//! Invariants: a server listens on a Unix socket in its own directory (on TCP only when asked, on the
//! loopback address, with a password); it never runs as root; a run that ends in any way, `kill -9`
//! included, leaves no process and no file behind. A watcher (`sh`) owns the server and the directory;
//! we hold the write end of its standard input, and when that closes it stops the one and removes
//! the other. So nothing depends on destructors.

// Each program that includes this file uses its own part of it.
#![allow(dead_code, unused_imports)]

#[path = "server/binaries.rs"]
mod binaries;
#[path = "server/client.rs"]
mod client;
#[path = "server/fetch.rs"]
mod fetch;
#[path = "server/user.rs"]
pub mod user;

pub use binaries::{Binaries, Clients, MAJORS, parse_version};
pub use fetch::once;
pub use user::choose;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::{env, fs};

/// The superuser of every server. Trusted on the socket; asked for [`PASSWORD`] over TCP.
pub const SUPERUSER: &str = "postgres";

/// The superuser's password over TCP (SCRAM). Holds what a URL and a `.pgpass` must escape.
pub const PASSWORD: &str = "p@ss:w/rd %41#?\\";

/// Longest socket directory we use. PostgreSQL allows 107 bytes on Linux and 103 on macOS for the
/// whole path (`UNIXSOCK_PATH_BUFLEN`), with `/.s.PGSQL.65535` at its end.
const LONGEST_DIRECTORY: usize = 90;

/// Fast rather than durable: every server is thrown away. Large enough for tests that run at once.
const SETTINGS: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("shared_buffers", "64MB"),
    ("max_connections", "100"),
    ("max_locks_per_transaction", "1024"),
    ("autovacuum", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
];

/// Runs the server's whole life. `$1` is the directory, `$2` the binaries, `$3` initdb's
/// authentication for TCP. Says `ready` or `failed`, then waits for its standard input to end.
/// Signals meant for the program that started us (Ctrl-C) are not for the watcher: it must outlive it.
const WATCHER: &str = r#"
trap '' HUP INT TERM
cd / || exit 1
make() {
    "$2/initdb" -D "$1/data" -U postgres -E UTF8 --locale="$4" --auth-local=trust --auth-host="$3" \
        --pwfile="$1/password" -N >>"$1/log" 2>&1
}
make "$1" "$2" "$3" C.UTF-8 || { rm -rf "$1/data"; make "$1" "$2" "$3" C; }
cat "$1/settings" >>"$1/data/postgresql.conf"
if "$2/pg_ctl" -D "$1/data" -l "$1/log" -w -s start >>"$1/log" 2>&1 </dev/null; then echo ready; else echo failed; fi
cat >/dev/null
"$2/pg_ctl" -D "$1/data" -w -s -m immediate stop >/dev/null 2>&1
rm -rf "$1"
"#;

/// What a server is started with, beyond what every server has.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Also listen on a free port of 127.0.0.1, where [`SUPERUSER`] needs [`PASSWORD`].
    pub tcp: bool,
    /// Further lines of `postgresql.conf`; they win over ours.
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// The same options with one more server setting.
    pub fn set(mut self, name: &str, value: &str) -> Options {
        self.settings.push((name.to_string(), value.to_string()));
        self
    }
}

/// A running server. Stopped, and its directory removed, when dropped or when the process ends.
#[derive(Debug)]
pub struct Server {
    /// What it runs on.
    pub binaries: Binaries,
    directory: PathBuf,
    port: u16,
    tcp: bool,
    watcher: Child,
}

impl Server {
    /// Makes a cluster and starts it: superuser [`SUPERUSER`], UTF8, locale C.UTF-8 (C where there is
    /// none). The error carries the end of the server's log.
    pub fn start(binaries: &Binaries, options: &Options) -> Result<Server, String> {
        let mut tries = 5;
        loop {
            match Server::start_once(binaries, options) {
                // Another process may take the free port between our look and the server's.
                Err(log) if options.tcp && tries > 1 && log.contains("Address already in use") => tries -= 1,
                other => return other,
            }
        }
    }

    /// The server of a major version that all tests of this process share. Started on first use;
    /// stopped by the process's end. For tests that change server settings, use [`Server::start`].
    ///
    /// # Panics
    /// Where that version cannot be had or does not start: a test without its server has failed.
    pub fn shared(major: u32) -> &'static Server {
        Server::shared_as(major, || Binaries::find(major))
    }

    /// Like [`Server::shared`], on binaries that have the extension pgvector.
    ///
    /// # Panics
    /// As [`Server::shared`].
    pub fn shared_with_vector() -> &'static Server {
        Server::shared_as(0, Binaries::with_vector)
    }

    fn shared_as(key: u32, binaries: impl FnOnce() -> Result<Binaries, String>) -> &'static Server {
        static SHARED: Mutex<BTreeMap<u32, &'static OnceLock<Server>>> = Mutex::new(BTreeMap::new());
        let slot: &'static OnceLock<Server> = {
            let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            shared.entry(key).or_insert_with(|| Box::leak(Box::default()))
        };
        slot.get_or_init(|| {
            let server = binaries().and_then(|binaries| Server::start(&binaries, &Options::default()));
            server.unwrap_or_else(|error| panic!("no PostgreSQL server for this test: {error}"))
        })
    }

    /// The server's directory: socket, log and data. Gone after the server.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The port, which is part of the socket's name and, with [`Options::tcp`], listened on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's log so far.
    pub fn log(&self) -> String {
        read_log(&self.directory)
    }

    /// The server's process id, from `postmaster.pid`.
    pub fn process_id(&self) -> Option<u32> {
        fs::read_to_string(self.directory.join("data/postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
    }

    fn start_once(binaries: &Binaries, options: &Options) -> Result<Server, String> {
        let port = if options.tcp { free_port()? } else { 5432 };
        let user = user::unprivileged()?;
        let binaries = user::reachable(binaries, user.as_ref())?;
        let directory = own_directory()?;
        write(&directory.path().join("settings"), &settings(directory.path(), port, options)?)?;
        write(&directory.path().join("password"), PASSWORD)?;
        write(&directory.path().join("log"), "")?;

        let mut watcher = Command::new("/bin/sh");
        watcher.args(["-c", WATCHER, "sh"]).arg(directory.path()).arg(&binaries.bin).arg("scram-sha-256");
        watcher.env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin").env("HOME", directory.path());
        watcher.env("LC_ALL", "C").env("TZ", "UTC").env("PGCTLTIMEOUT", "120");
        watcher.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        if let Some(user) = &user {
            user.give(directory.path())?;
            watcher.uid(user.uid).gid(user.gid);
        }
        let mut watcher = watcher.spawn().map_err(|error| format!("cannot run /bin/sh: {error}"))?;
        // From here on the watcher removes the directory.
        let directory = directory.keep();

        let answer = read_answer(&mut watcher);
        let server = Server { binaries, directory, port, tcp: options.tcp, watcher };
        match answer.as_str() {
            "ready" => Ok(server),
            _ => Err(format!("PostgreSQL {} did not start:\n{}", server.binaries.version, tail(&server.log(), 30))),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // Nothing can be done about a failure here, and the directory is removed below either way.
        let _ = self.watcher.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// `ready`, `failed`, or nothing where the watcher died. Its output is closed afterwards.
fn read_answer(watcher: &mut Child) -> String {
    let mut answer = String::new();
    if let Some(output) = watcher.stdout.take() {
        let _ = BufReader::new(output).read_line(&mut answer);
    }
    answer.trim().to_string()
}

fn settings(directory: &Path, port: u16, options: &Options) -> Result<String, String> {
    let socket = directory.to_str().ok_or("the temporary directory's name is not UTF-8")?;
    let port = port.to_string();
    let addresses = if options.tcp { "127.0.0.1" } else { "" };
    let own = [("unix_socket_directories", socket), ("port", &port), ("listen_addresses", addresses)];
    let asked = options.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let lines = SETTINGS.iter().copied().chain(own).chain(asked);
    Ok(lines.map(|(name, value)| format!("{name} = '{}'\n", value.replace('\'', "''"))).collect())
}

/// A new directory whose name is short enough for a socket: in the usual place, else in `/tmp`.
fn own_directory() -> Result<tempfile::TempDir, String> {
    let usual = fs::canonicalize(env::temp_dir()).unwrap_or_else(|_| PathBuf::from("/tmp"));
    let fits = usual.as_os_str().len() + "/pgsnap-123456".len() <= LONGEST_DIRECTORY && user::traversable(&usual);
    let parent = if fits { usual } else { PathBuf::from("/tmp") };
    let made = tempfile::Builder::new().prefix("pgsnap-").rand_bytes(6).tempdir_in(&parent);
    made.map_err(|error| format!("cannot make a directory in {}: {error}", parent.display()))
}

fn free_port() -> Result<u16, String> {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(|error| format!("no free TCP port: {error}"))
}

fn read_log(directory: &Path) -> String {
    fs::read(directory.join("log")).map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default()
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn write(path: &Path, content: &str) -> Result<(), String> {
    fs::write(path, content).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
