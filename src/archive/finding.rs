//! What is wrong in an archive, as data: a broken rule of the format, where, and how.
//!
//! Owns [`Finding`] and the way it becomes an [`Error`] for those who cannot go on. It does not find
//! anything itself. Texts hold names and numbers of the archive, never its content.

use crate::error::{Error, Fault};

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The rule of the archive format: `F12`.
    pub rule: &'static str,
    /// Byte position in the file, for order and for people with a hex editor.
    pub offset: u64,
    /// Which member, table or part of the file.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (at byte {}): {} [{}]", self.place, self.offset, self.problem, self.rule)
    }
}

impl From<Finding> for Error {
    fn from(finding: Finding) -> Error {
        Error::new(Fault::Damaged, finding.to_string())
    }
}

/// A broken rule whose place the caller knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) rule: &'static str,
    pub(super) problem: String,
}

impl Broken {
    pub(super) fn new(rule: &'static str, problem: impl Into<String>) -> Broken {
        Broken { rule, problem: problem.into() }
    }

    pub(super) fn at(self, offset: u64, place: impl Into<String>) -> Finding {
        Finding { rule: self.rule, offset, place: place.into(), problem: self.problem }
    }
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Error {
        Error::new(Fault::Damaged, format!("damaged archive: {} [{}]", broken.problem, broken.rule))
    }
}
