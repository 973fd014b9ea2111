//! Runs the built `pgsnap` as a user would, in an empty home and with nothing of the developer's
//! environment (no `PG*`, no `.env`, no `.pgpass`).

use super::{Database, Server};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Runs `pgsnap ARGS` to its end.
pub fn pgsnap<A: AsRef<OsStr>>(args: &[A]) -> Run {
    Program::new().run(args)
}

/// A place to run the program in: an empty directory that is its home and its working directory.
pub struct Program {
    home: TempDir,
    environment: Vec<(OsString, OsString)>,
}

impl Program {
    /// An empty home and an empty environment.
    pub fn new() -> Program {
        let home = tempfile::Builder::new().prefix("pgsnap-home-").tempdir().expect("a temporary directory");
        Program { home, environment: Vec::new() }
    }

    /// The same with a variable set.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Program {
        self.environment.push((name.as_ref().to_os_string(), value.as_ref().to_os_string()));
        self
    }

    /// The home and working directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Runs the program with these arguments to its end; its standard input is empty.
    pub fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Run {
        let output = self.command(args).output().expect("the built program runs");
        Run {
            command: args.iter().map(|arg| arg.as_ref().to_string_lossy().into_owned()).collect::<Vec<_>>().join(" "),
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Dumps a database into `copy.tar.zst` in the home, and gives that path.
    #[track_caller]
    pub fn dump(&self, database: &Database<'_>, more: &[&str]) -> String {
        let archive = self.path("copy.tar.zst").to_string_lossy().into_owned();
        self.run(&[&["dump", "-q", "-d", &database.url(), "-f", &archive], more].concat()).exits(0);
        archive
    }

    /// Restores an archive into a new, empty database on a server.
    #[track_caller]
    pub fn restore<'s>(&self, archive: &str, server: &'s Server, more: &[&str]) -> Database<'s> {
        let copy = Database::new(server);
        self.restore_into(archive, &copy, more).exits(0);
        copy
    }

    /// Restores an archive into a database, or fails to.
    pub fn restore_into(&self, archive: &str, copy: &Database<'_>, more: &[&str]) -> Run {
        self.run(&[&["restore", archive, "-d", &copy.url()], more].concat())
    }

    /// The names of what lies in the home, but for hidden files.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.home()).expect("it is ours").flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }

    /// The command itself, for tests that need more than its end.
    pub fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgsnap"));
        command.args(args).current_dir(self.home.path()).stdin(Stdio::null());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.home.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// How a run of the program ended.
pub struct Run {
    /// The arguments, for messages.
    pub command: String,
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote for pipes.
    pub stdout: Vec<u8>,
    /// What it wrote for eyes.
    pub stderr: String,
}

impl Run {
    /// Asserts the exit code, and shows everything where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Asserts that what it wrote for eyes contains all of these.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Run {
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in\n{self}");
        }
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ pgsnap {}", self.command)?;
        writeln!(f, "exit code: {:?}", self.code)?;
        write!(f, "stdout ({} bytes): {:.6000}\nstderr: {}", self.stdout.len(), self.text(), self.stderr)
    }
}
