//! One error type for the whole program: what failed, why, and what the user can do about it.
//!
//! An [`Error`] carries a [`Fault`] (decides the exit code), what we were doing, an optional cause and
//! an optional hint. It is shown once, in `main`. Mistakes in our own code are panics, never errors;
//! damage found by `verify` is data (findings), not an error.
//!
//! Invariant: no secret ever enters an error; whoever builds one leaves passwords and conninfo out.

use std::error::Error as StdError;
use std::fmt;

/// Shorthand used throughout the crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of trouble it is, from the user's side. Decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The command line, the environment or a `.env` file asks for something impossible.
    Usage,
    /// No connection to the server, or the connection was lost.
    Connect,
    /// The server refused a statement.
    Server,
    /// An archive is not what it should be.
    Damaged,
    /// Reading or writing a file failed.
    Disk,
    /// Something this version cannot do: a newer format, an unknown kind of value.
    Unsupported,
    /// SIGINT or a closed pipe ended the work.
    Interrupted,
    /// SIGTERM ended the work.
    Terminated,
}

impl Fault {
    /// The process's exit code for an error with this fault (design: 1 failed, 2 usage, 3 damage,
    /// 130 interrupted, 143 terminated).
    pub fn exit_code(self) -> u8 {
        match self {
            Fault::Usage => 2,
            Fault::Damaged => 3,
            Fault::Interrupted => 130,
            Fault::Terminated => 143,
            Fault::Connect | Fault::Server | Fault::Disk | Fault::Unsupported => 1,
        }
    }
}

type Cause = Box<dyn StdError + Send + Sync + 'static>;

/// What failed. Cheap to move; made with [`Error::new`] or with [`During`].
pub struct Error(Box<Inner>);

struct Inner {
    fault: Fault,
    doing: String,
    hint: Option<String>,
    cause: Option<Cause>,
}

impl Error {
    /// An error without a deeper cause. `doing` is a sentence fragment such as
    /// `cannot open the archive: it ends after 12 bytes`.
    pub fn new(fault: Fault, doing: impl Into<String>) -> Error {
        Error(Box::new(Inner { fault, doing: doing.into(), hint: None, cause: None }))
    }

    /// The same error with a line that says what to try.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error with another line that says what to try.
    pub fn also_hint(self, hint: &str) -> Error {
        let hints = self.0.hint.as_ref().map_or_else(|| hint.to_string(), |first| format!("{first}\n  hint: {hint}"));
        self.hint(hints)
    }

    /// True where it says what to try.
    pub fn has_hint(&self) -> bool {
        self.0.hint.is_some()
    }

    /// The same error with what caused it.
    pub fn caused_by(mut self, cause: impl Into<Cause>) -> Error {
        self.0.cause = Some(cause.into());
        self
    }

    /// The fault, which decides the exit code.
    pub fn fault(&self) -> Fault {
        self.0.fault
    }

    /// What we were doing, without cause and hint.
    pub fn doing(&self) -> &str {
        &self.0.doing
    }

    /// The SQLSTATE of the server's refusal, where a server's answer is the cause.
    pub fn sqlstate(&self) -> Option<&str> {
        self.postgres()?.code().map(|code| code.code())
    }

    /// True where the connection to the server is gone, so that nothing more can be asked on it.
    pub fn is_closed(&self) -> bool {
        self.postgres().is_some_and(|error| error.is_closed() || error.as_db_error().is_none())
    }

    /// What failed and why, on one line, and what to do: for reports that list errors among other findings.
    pub fn finding(&self) -> (String, Option<&str>) {
        let causes = self.0.cause.iter().flat_map(|cause| explain(cause.as_ref()));
        let parts = std::iter::once(self.0.doing.clone()).chain(causes);
        (parts.collect::<Vec<_>>().join("; "), self.0.hint.as_deref())
    }

    fn postgres(&self) -> Option<&tokio_postgres::Error> {
        let mut cause = self.0.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static));
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<tokio_postgres::Error>() {
                return Some(error);
            }
            if let Some(error) = error.downcast_ref::<Error>() {
                return error.postgres();
            }
            cause = error.source();
        }
        None
    }

    /// Everything a person should read, over several lines: what, `because:` lines, `hint:`.
    pub fn report(&self) -> String {
        let mut out = self.0.doing.clone();
        if let Some(cause) = &self.0.cause {
            for line in explain(cause.as_ref()) {
                out.push_str("\n  ");
                out.push_str(&line);
            }
        }
        if let Some(hint) = &self.0.hint {
            out.push_str("\n  hint: ");
            out.push_str(hint);
        }
        out
    }
}

/// The lines under an error. The driver's errors print their cause and return it as a source too, so
/// a server's answer is taken apart here, field by field, instead of walking the chain.
fn explain(cause: &(dyn StdError + 'static)) -> Vec<String> {
    if let Some(error) = cause.downcast_ref::<Error>() {
        return error
            .report()
            .lines()
            .enumerate()
            .map(|(n, line)| if n == 0 { format!("because: {line}") } else { line.trim_start().to_string() })
            .collect();
    }
    if let Some(db) = cause.downcast_ref::<tokio_postgres::Error>().and_then(|error| error.as_db_error()) {
        let mut lines = vec![format!("because: {} (SQLSTATE {})", db.message(), db.code().code())];
        lines.extend(db.detail().map(|text| format!("detail: {text}")));
        lines.extend(db.where_().map(|text| format!("where: {text}")));
        lines.extend(db.hint().map(|text| format!("server hint: {text}")));
        return lines;
    }
    // The driver's own errors do not print their cause, other crates' do: what is said already is left out.
    let mut text = cause.to_string();
    let mut source = cause.source();
    while let Some(deeper) = source {
        let more = deeper.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = deeper.source();
    }
    vec![format!("because: {text}")]
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.0.fault, self.report())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

/// Turns a foreign error into ours at the place that knows what was being done.
pub trait During<T> {
    /// `client.query(..).await.during(Fault::Server, || format!("cannot list {kind}"))?`
    fn during(self, fault: Fault, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<Cause>> During<T> for std::result::Result<T, E> {
    fn during(self, fault: Fault, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::new(fault, doing()).caused_by(cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_names_what_why_and_what_to_do() {
        let io = std::io::Error::other("device is full");
        let error = Err::<(), _>(io)
            .during(Fault::Disk, || "cannot write a.tar.zst".into())
            .unwrap_err()
            .hint("free some space");
        assert_eq!(error.report(), "cannot write a.tar.zst\n  because: device is full\n  hint: free some space");
        assert_eq!(error.fault().exit_code(), 1);
    }

    #[test]
    fn a_wrapped_error_is_told_once() {
        let inner = Error::new(Fault::Damaged, "bad frame");
        let outer = Error::new(Fault::Damaged, "cannot read a").caused_by(inner);
        assert_eq!(outer.report(), "cannot read a\n  because: bad frame");
    }
}
