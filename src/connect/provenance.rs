//! Where each value of a connection came from, as data and as words for messages.
//!
//! Owns no value's meaning. Invariant: a secret value is not in here; an entry only tells that there is one.

use std::fmt;

use serde::Serialize;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// An option of the command line.
    Flag {
        /// `-d`.
        name: &'static str,
    },
    /// A variable of the process.
    Variable {
        /// `PGHOST`.
        name: String,
    },
    /// A variable in a `.env` file.
    EnvFile {
        /// `DATABASE_URL`.
        name: String,
        /// `.env.local`.
        file: String,
        /// Counted from 1.
        line: usize,
    },
    /// A service file.
    Service {
        /// The service's name.
        name: String,
        /// The file's path.
        file: String,
        /// Counted from 1.
        line: usize,
    },
    /// A password file.
    PasswordFile {
        /// Its path.
        file: String,
        /// Counted from 1.
        line: usize,
    },
    /// The person at the terminal.
    Prompt,
    /// Nobody said anything.
    Default {
        /// What the default follows from; may be empty.
        why: &'static str,
    },
}

impl Source {
    /// The default, without more to say.
    pub const DEFAULT: Source = Source::Default { why: "" };
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag { name } => f.write_str(name),
            Source::Variable { name } => write!(f, "{name} in the environment"),
            Source::EnvFile { name, file, line } => write!(f, "{name} in {file} line {line}"),
            Source::Service { name, file, line } => write!(f, "service {name} in {file} line {line}"),
            Source::PasswordFile { file, line } => write!(f, "{file} line {line}"),
            Source::Prompt => f.write_str("the prompt"),
            Source::Default { why: "" } => f.write_str("the default"),
            Source::Default { why } => write!(f, "the default, {why}"),
        }
    }
}

/// One value of the connection and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// libpq's keyword: `host`.
    pub keyword: &'static str,
    /// The value; `None` for a secret one.
    pub value: Option<String>,
    /// Where it came from.
    pub source: Source,
}
