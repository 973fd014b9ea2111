//! What the tests stand on: a database of its own for each test, the program, and waiting for a state.
//!
//! Servers are in `db/server.rs`, shared by version within this process; the judge is in `judge.rs`.
//! Nothing here knows pgsnap's library: tests of the program see what a user sees.

#![allow(dead_code, unused_imports)] // Each module of tests uses its own part.

pub mod judge;
pub mod pooler;
pub mod program;
pub mod proxy;
#[path = "../../../db/server.rs"]
pub mod server;
pub mod sessions;
pub mod standby;

pub use program::{Program, Run, pgsnap};
pub use server::{Binaries, Clients, MAJORS, Options, Server};

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A database that no other test uses. Dropped at the end, whatever is connected to it.
#[derive(Debug)]
pub struct Database<'s> {
    /// Where it is.
    pub server: &'s Server,
    /// Its name: new in this process, and this process has its servers for itself.
    pub name: String,
}

impl<'s> Database<'s> {
    /// An empty database.
    pub fn new(server: &'s Server) -> Database<'s> {
        let name = unused_name("test");
        expect(server.create_database(&name));
        Database { server, name }
    }

    /// An empty database with the encoding and locale of another, which may be on another server.
    pub fn like(server: &'s Server, other: &Database<'_>) -> Database<'s> {
        let name = unused_name("like");
        expect(server.create_database_like(&name, other.server, &other.name));
        Database { server, name }
    }

    /// An empty database in another encoding than UTF-8, with the locale C.
    pub fn encoded(server: &'s Server, encoding: &str) -> Database<'s> {
        let name = unused_name("encoded");
        let options = format!("TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
        expect(server.psql("postgres", &format!("CREATE DATABASE \"{name}\" {options}")));
        Database { server, name }
    }

    /// A database with a script of the folder `db` loaded.
    pub fn from_script(server: &'s Server, script: &str) -> Database<'s> {
        let database = Database::new(server);
        database.load(script);
        database
    }

    /// Loads another script of the folder `db`.
    pub fn load(&self, script: &str) {
        expect(self.server.load(&self.name, &repository().join("db").join(script)));
    }

    /// Runs SQL and returns what it prints, unaligned; panics with the server's error.
    pub fn psql(&self, sql: &str) -> String {
        expect(self.server.psql(&self.name, sql))
    }

    /// Its address, for `-d`.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// What `pg_dump ARGS` prints.
    pub fn pg_dump(&self, args: &[&str]) -> Vec<u8> {
        expect(self.server.pg_dump(&self.name, args))
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        let dropped = self.server.drop_database(&self.name);
        // A second panic while one unwinds would abort and hide the first.
        if !std::thread::panicking() {
            expect(dropped);
        }
    }
}

fn unused_name(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{what} {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The value, or a panic with the whole message.
#[track_caller]
pub fn expect<T>(result: Result<T, String>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

/// The folder of the sources.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The longest wait for a state: nothing takes as long, but on a machine that is busy with other things.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Waits until a state is reached; panics naming it after [`WAIT_MAX`].
#[track_caller]
pub fn wait_until(state: &str, mut reached: impl FnMut() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < WAIT_MAX, "waited {} s in vain until {state}", WAIT_MAX.as_secs());
        std::thread::park_timeout(Duration::from_millis(5));
    }
}
