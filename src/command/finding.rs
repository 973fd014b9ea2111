//! What a look beforehand finds: one thing, how bad it is, and what to do about it.
//!
//! Owns the words of severity, and what becomes of findings in a command that does the work itself: an error ends
//! it before anything is done, the rest is told. `check` lists the same findings.

use std::sync::Arc;

use serde::Serialize;

use crate::archive::manifest::Skipped;
use crate::error::{Error, Result};
use crate::progress::{Event, Progress};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The work would fail.
    Error,
    /// It would be done, but something would be left out: exit status 4.
    Warning,
    /// It would be done; this is worth knowing.
    Note,
    /// All is well.
    Ok,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub what: String,
    /// What to do about it; SQL has a line for each statement.
    pub todo: Option<String>,
}

impl Finding {
    fn new(severity: Severity, what: String, todo: Option<&str>) -> Finding {
        Finding { severity, what, todo: todo.map(str::to_string) }
    }

    /// An error, as an error.
    pub fn error(error: &Error) -> Finding {
        let (what, todo) = error.finding();
        Finding::new(Severity::Error, what, todo)
    }

    /// Something that would be left out.
    pub fn warning(what: impl Into<String>, todo: Option<&str>) -> Finding {
        Finding::new(Severity::Warning, what.into(), todo)
    }

    /// Something that a dump would leave out.
    pub fn skipped(one: &Skipped) -> Finding {
        Finding::warning(format!("not copied: {} {}: {}", one.kind, one.name, one.reason), None)
    }

    /// Something worth knowing.
    pub fn note(what: impl Into<String>, todo: Option<&str>) -> Finding {
        Finding::new(Severity::Note, what.into(), todo)
    }

    /// Something that is as it should be.
    pub fn ok(what: impl Into<String>) -> Finding {
        Finding::new(Severity::Ok, what.into(), None)
    }

    /// What and what to do, as one text.
    pub fn words(&self) -> String {
        match &self.todo {
            Some(todo) => format!("{}\n  hint: {todo}", self.what),
            None => self.what.clone(),
        }
    }
}

/// What was found before the work.
#[derive(Default)]
pub struct Findings {
    /// Why it must not begin, the weightiest first.
    pub errors: Vec<Error>,
    /// Everything else.
    pub others: Vec<Finding>,
}

impl Findings {
    /// The first error, where there is one; the others are told beside it.
    ///
    /// # Errors
    /// That.
    pub fn pass(&mut self, progress: &Arc<dyn Progress>) -> Result<()> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let mut errors = std::mem::take(&mut self.errors).into_iter();
        let first = errors.next().expect("it is not empty");
        errors.for_each(|error| progress.on(Event::Warned(format!("and {}", error.report()))));
        Err(first)
    }

    /// Adds what is worth knowing.
    pub fn tell(&mut self, texts: impl IntoIterator<Item = String>) {
        self.others.extend(texts.into_iter().map(|text| Finding::note(text, None)));
    }

    /// All of them.
    pub fn all(self) -> Vec<Finding> {
        self.errors.iter().map(Finding::error).chain(self.others).collect()
    }
}
