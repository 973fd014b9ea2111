//! Why a connection did not come about, told so that a person knows what to change.
//!
//! Owns the reading of failed attempts: what to say, and whether another attempt makes sense. Every
//! message names where the doubtful setting came from. Pure.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::Duration;

use tokio_postgres::config::SslMode as DriverMode;

use super::settings::{Host, Settings};
use crate::error::{Error, Fault};

/// A failed attempt.
pub enum Refusal {
    /// The host's name has no address.
    Lookup(std::io::Error),
    /// The limit passed first.
    TimedOut(Duration),
    /// The driver or the server said no.
    Driver(tokio_postgres::Error),
    /// The session came up and is of no use.
    Unfit(Error),
}

impl From<tokio_postgres::Error> for Refusal {
    fn from(error: tokio_postgres::Error) -> Refusal {
        Refusal::Driver(error)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Unfit(error)
    }
}

impl Refusal {
    fn code(&self) -> Option<&str> {
        match self {
            Refusal::Driver(error) => Some(error.code()?.code()),
            _ => None,
        }
    }

    fn io_kind(&self) -> Option<ErrorKind> {
        match self {
            Refusal::Driver(error) => Some(error.source()?.downcast_ref::<std::io::Error>()?.kind()),
            _ => None,
        }
    }

    /// The driver keeps its kind of error to itself.
    fn says(&self, text: &str) -> bool {
        matches!(self, Refusal::Driver(error) if whole(error).contains(text))
    }

    /// True where the server was reached, so that another address of it would say the same.
    pub fn is_final(&self) -> bool {
        match self {
            Refusal::Driver(_) => {
                self.code().is_some_and(|code| code != "57P03")
                    || self.says("password missing")
                    || self.says("authentication error")
            }
            Refusal::Unfit(_) => true,
            Refusal::Lookup(_) | Refusal::TimedOut(_) => false,
        }
    }

    /// True where the next mode of sslmode allow or prefer may do better: the handshake failed, or the
    /// server does not let this user in this way (pg_hba.conf). Not after a wrong password: it would
    /// only be sent again, and in the clear.
    pub fn wants_other_tls(&self, tried: DriverMode) -> bool {
        let tls_failed = tried != DriverMode::Disable && self.says("TLS handshake");
        tls_failed || self.code() == Some("28000")
    }

    /// True where the server may have stumbled over a startup parameter, as poolers do.
    pub fn wants_bare_startup(&self) -> bool {
        match self.code() {
            Some(code) => !["28", "3D", "53", "57"].iter().any(|class| code.starts_with(class)) && code != "42501",
            None => matches!(self, Refusal::Driver(error) if error.is_closed()),
        }
    }

    /// The error to show. `before` is what an earlier attempt with the other TLS mode met.
    pub fn into_error(self, settings: &Settings, before: Option<Refusal>) -> Error {
        if let Refusal::Unfit(error) = self {
            return error;
        }
        let mut hint = self.hint(settings);
        if let Some(Refusal::Driver(before)) = before {
            let note = whole(&before);
            hint = format!("{hint}; the attempt before this one, with the other kind of encryption, met: {note}");
        }
        let doing = format!(
            "cannot connect to database \"{}\" at {} as \"{}\" ({})",
            settings.database.escape_debug(),
            settings.server(),
            settings.user.escape_debug(),
            settings.origin
        );
        let error = Error::new(Fault::Connect, doing).hint(hint);
        match self {
            Refusal::Lookup(cause) => error.caused_by(cause),
            Refusal::TimedOut(limit) => error.caused_by(format!("no answer within {} s", limit.as_secs())),
            // A server's answer stays whole, for its SQLSTATE; the rest is told in full here, because the
            // driver's message leaves out the cause.
            Refusal::Driver(cause) if cause.as_db_error().is_none() => error.caused_by(whole(&cause)),
            Refusal::Driver(cause) => error.caused_by(cause),
            Refusal::Unfit(_) => error,
        }
    }

    fn hint(&self, settings: &Settings) -> String {
        let origins = &settings.origins;
        match self {
            Refusal::Lookup(_) => return format!("no such host is known; the host came from {}", origins.host),
            Refusal::TimedOut(_) => {
                return format!(
                    "is the host right ({}) and reachable through the firewall? PGCONNECT_TIMEOUT sets the limit",
                    origins.host
                );
            }
            _ => {}
        }
        match self.code() {
            Some("28P01") => password_hint(settings),
            Some("28000") => format!(
                "the server lets this user in from here in another way or not at all (pg_hba.conf, sslmode, a missing \
                 role); the user came from {}",
                origins.user
            ),
            Some("3D000") => format!("the database's name came from {}", origins.database),
            Some("42501") => format!("the user needs the CONNECT privilege; the user came from {}", origins.user),
            Some("53300") => "all of the server's connections are in use; use fewer jobs (-j) or try again".into(),
            Some("57P03") => "the server is starting up, shutting down or recovering; try again".into(),
            Some(_) => format!("the connection's settings came from {}", settings.origin),
            None if self.says("password missing") => password_hint(settings),
            None if self.says("certificate verify failed") || self.says("TLS handshake") => {
                "check sslmode (PGSSLMODE) and sslrootcert (PGSSLROOTCERT)".into()
            }
            None if matches!(settings.host, Host::Socket(_)) => {
                format!("does a server run here? -h localhost tries TCP; the host came from {}", origins.host)
            }
            None if self.io_kind() == Some(ErrorKind::ConnectionRefused) => format!(
                "does the server run, and accept TCP connections at this port? host from {}, port from {}",
                origins.host, origins.port
            ),
            None => format!("the host came from {}, the port from {}", origins.host, origins.port),
        }
    }
}

fn password_hint(settings: &Settings) -> String {
    match settings.origins.password.as_str() {
        "" => "no password was given: set PGPASSWORD, or add a line to ~/.pgpass (chmod 0600)".into(),
        origin => format!("the password came from {origin}; another can come from PGPASSWORD or ~/.pgpass"),
    }
}

/// The error with its causes, which the driver's own message leaves out, on one line.
pub fn whole(error: &tokio_postgres::Error) -> String {
    let mut text = match error.as_db_error() {
        Some(answer) => return answer.message().to_string(),
        None => error.to_string(),
    };
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
