//! A throwaway PgBouncer in front of a throwaway server, on a socket of its own.
//!
//! Found on the machine, never fetched: `.ci/run` installs it. Where it is not, the tests that need it cannot run, and
//! each says so on a line that the test runner does not swallow.
//!
//! Invariant: as for servers, a run that ends in any way leaves no process and no file behind.

use super::server::{Clients, user};
use super::{Database, Server, expect, wait_until};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const PORT: u16 = 6432;

/// Directories that `PATH` often leaves out.
const USUAL_PLACES: &[&str] = &["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"];

/// `$1` is the pooler, `$2` its directory. It lives as long as our end of the standard input is open.
const WATCHER: &str = r#"
trap '' HUP INT TERM
"$1" -q "$2/pgbouncer.ini" >/dev/null 2>&1 </dev/null &
cat >/dev/null
kill -KILL $!
rm -rf "$2"/*
"#;

/// A running PgBouncer.
pub struct Pooler {
    directory: TempDir,
    watcher: Child,
}

impl Pooler {
    /// Starts one before a server. `None`, and a line that says so, where the machine has none.
    pub fn start(server: &Server, mode: &str, size: u32, more: &str) -> Option<Pooler> {
        let Some(program) = program() else {
            static COUNT: AtomicU32 = AtomicU32::new(1);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let test = std::thread::current().name().unwrap_or_default().to_string();
            // Not eprintln, which the runner keeps to itself.
            let _ = writeln!(std::io::stderr(), "\nNOT RUN ({count}): {test}: there is no pgbouncer; install it");
            return None;
        };
        let directory =
            tempfile::Builder::new().prefix("pgsnap-").rand_bytes(6).tempdir_in("/tmp").expect("it is made");
        let own = directory.path().display();
        let settings = format!(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nunix_socket_dir = {own}\nlisten_port = {PORT}\n\
             auth_type = trust\nauth_file = {own}/users\nlogfile = {own}/log\npool_mode = {mode}\n\
             default_pool_size = {size}\nserver_lifetime = 3600\n{more}\n",
            server.directory().display(),
            server.port()
        );
        std::fs::write(directory.path().join("pgbouncer.ini"), settings).expect("it is ours");
        std::fs::write(directory.path().join("users"), "\"postgres\" \"\"\n").expect("it is ours");
        let mut watcher = Command::new("/bin/sh");
        watcher.args(["-c", WATCHER, "sh"]).arg(&program).arg(directory.path()).env_clear();
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        if let Some(user) = expect(user::unprivileged()) {
            expect(user.give(directory.path()));
            watcher.uid(user.uid).gid(user.gid);
        }
        let pooler = Pooler { watcher: watcher.spawn().expect("there is a shell"), directory };
        let socket = pooler.directory.path().join(format!(".s.PGSQL.{PORT}"));
        wait_until("the pooler listens", || UnixStream::connect(&socket).is_ok());
        Some(pooler)
    }

    /// The address of a database through it.
    pub fn url(&self, database: &Database<'_>) -> String {
        let url = database.url();
        let (before, _) = url.split_once('?').expect("it has parameters");
        format!("{before}?host={}&port={PORT}", self.directory.path().display())
    }

    /// What SQL prints to another client of the pool.
    pub fn psql(&self, database: &Database<'_>, sql: &str) -> String {
        let mut psql = Command::new(&expect(Clients::get()).psql);
        psql.env_clear().args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database), "-c", sql]);
        let output = psql.output().expect("psql runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_string()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// PgBouncer, on `PATH` or where systems put it.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain(USUAL_PLACES.iter().map(|place| Path::new(place).to_path_buf()));
    places.map(|place| place.join("pgbouncer")).find(|program| program.is_file())
}
