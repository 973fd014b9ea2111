//! Why a connection did not come about, told so that a person knows what to change.
//!
//! Owns the reading of failed attempts: what to say, and whether another attempt makes sense. Every
//! message names where the doubtful setting came from. Pure.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::Duration;

use super::hosts::{Host, Place};
use super::settings::Settings;
use crate::error::{Error, Fault};

/// A failed attempt.
pub enum Refusal {
    /// The host's name has no address.
    Lookup(std::io::Error),
    /// The limit passed first.
    TimedOut(Duration),
    /// Nobody answers at the address.
    Unreachable(std::io::Error),
    /// TLS did not come about.
    Tls(Error),
    /// The server is not of the kind that was asked for; another may be.
    Unsuitable(String),
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
            Refusal::Unreachable(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The driver keeps its kind of error to itself.
    fn says(&self, text: &str) -> bool {
        matches!(self, Refusal::Driver(error) if whole(error).contains(text))
    }

    /// True where libpq ends here too: the server was reached, and said no.
    pub fn is_final(&self) -> bool {
        match self {
            Refusal::Driver(_) => {
                self.code().is_some_and(|code| code != "57P03")
                    || self.wants_password()
                    || self.says("authentication error")
            }
            Refusal::Unfit(_) | Refusal::Tls(_) => true,
            Refusal::Lookup(_) | Refusal::TimedOut(_) | Refusal::Unreachable(_) | Refusal::Unsuitable(_) => false,
        }
    }

    /// True where the server asks for a password and there is none.
    pub fn wants_password(&self) -> bool {
        self.says("password missing")
    }

    /// True where the next mode of sslmode allow or prefer may do better: TLS did not come about, or the
    /// server does not let this user in in this way (pg_hba.conf may tell the two kinds apart).
    pub fn wants_other_tls(&self) -> bool {
        matches!(self, Refusal::Tls(_)) || self.code().is_some_and(|code| code.starts_with("28"))
    }

    /// True where the server may have stumbled over a startup parameter, as poolers do.
    pub fn wants_bare_startup(&self) -> bool {
        match self.code() {
            Some(code) => !["28", "3D", "53", "57"].iter().any(|class| code.starts_with(class)) && code != "42501",
            None => matches!(self, Refusal::Driver(error) if error.is_closed()),
        }
    }

    /// The error to show for all that failed, and whether a password would have helped.
    pub fn explain(mut failures: Vec<(Place, Refusal, Option<Refusal>)>, settings: &Settings) -> (Error, bool) {
        let (place, last, before) = failures.pop().expect("there was a place to try");
        let wants_password = last.wants_password();
        if failures.is_empty() {
            return (last.into_error(settings, &place, before), wants_password);
        }
        let earlier: Vec<String> = failures.iter().map(|(place, refusal, _)| refusal.brief(place)).collect();
        let error = last.into_error(settings, &place, before);
        let fault = error.fault();
        let text = format!("none of the servers to try could be used; before the last, {}", earlier.join("; "));
        (Error::new(fault, text).caused_by(error), wants_password)
    }

    /// The failure in a few words.
    fn brief(&self, place: &Place) -> String {
        let text = match self {
            Refusal::Lookup(error) | Refusal::Unreachable(error) => error.to_string(),
            Refusal::TimedOut(limit) => format!("no answer within {} s", limit.as_secs()),
            Refusal::Driver(error) => whole(error),
            Refusal::Unsuitable(text) => text.clone(),
            Refusal::Tls(error) | Refusal::Unfit(error) => error.doing().to_string(),
        };
        format!("{}: {text}", place.server())
    }

    /// The error to show. `before` is what an earlier attempt with the other TLS mode met.
    pub fn into_error(self, settings: &Settings, place: &Place, before: Option<Refusal>) -> Error {
        if let Refusal::Unfit(error) = self {
            return error;
        }
        let mut hint = self.hint(settings, place);
        let note = match before {
            Some(Refusal::Driver(before)) => Some(whole(&before)),
            Some(Refusal::Tls(before)) => Some(before.doing().to_string()),
            _ => None,
        };
        if let Some(note) = note {
            hint = format!("{hint}; the attempt before this one, with the other kind of encryption, met: {note}");
        }
        let doing = format!(
            "cannot connect to database \"{}\" at {} as \"{}\" ({})",
            settings.database.escape_debug(),
            place.server(),
            settings.user.escape_debug(),
            settings.origin
        );
        // A wrong file is a mistake of the call, not the server's answer.
        let fault = if let Refusal::Tls(error) = &self { error.fault() } else { Fault::Connect };
        let error = Error::new(fault, doing).hint(hint);
        match self {
            Refusal::Lookup(cause) | Refusal::Unreachable(cause) => error.caused_by(cause),
            Refusal::TimedOut(limit) => error.caused_by(format!("no answer within {} s", limit.as_secs())),
            Refusal::Unsuitable(text) => error.caused_by(text),
            // A server's answer stays whole, for its SQLSTATE; the rest is told in full here, because the
            // driver's message leaves out the cause.
            Refusal::Driver(cause) if cause.as_db_error().is_none() => error.caused_by(whole(&cause)),
            Refusal::Driver(cause) => error.caused_by(cause),
            Refusal::Tls(cause) => error.caused_by(cause),
            Refusal::Unfit(_) => error,
        }
    }

    fn hint(&self, settings: &Settings, place: &Place) -> String {
        let source = |keyword| settings.source(keyword);
        let host = match settings.origins.iter().any(|origin| origin.keyword == "host") {
            true => source("host"),
            false => source("hostaddr"),
        };
        match self {
            Refusal::Lookup(_) => return format!("no such host is known; the host came from {}", host),
            Refusal::TimedOut(_) => {
                return format!(
                    "is the host right ({}) and reachable through the firewall? PGCONNECT_TIMEOUT sets the limit",
                    host
                );
            }
            _ => {}
        }
        match self.code() {
            Some("28P01") => password_hint(settings),
            Some("28000") => format!(
                "the server lets this user in from here in another way or not at all (pg_hba.conf, sslmode, a missing \
                 role); the user came from {}",
                source("user")
            ),
            Some("3D000") => format!("the database's name came from {}", source("dbname")),
            Some("42501") => format!("the user needs the CONNECT privilege; the user came from {}", source("user")),
            Some("53300") => "all of the server's connections are in use; use fewer jobs (-j) or try again".into(),
            Some("57P03") => "the server is starting up, shutting down or recovering; try again".into(),
            Some(_) => format!("the connection's settings came from {}", settings.origin),
            None if self.wants_password() => password_hint(settings),
            None if matches!(self, Refusal::Tls(_) | Refusal::Unsuitable(_)) => {
                "the server was reached, and the connection's own settings rule it out".into()
            }
            None if matches!(place.host, Host::Socket(_)) => {
                format!("does a server run here? -h localhost tries TCP; the host came from {}", host)
            }
            None if self.io_kind() == Some(ErrorKind::ConnectionRefused) => format!(
                "does the server run, and accept TCP connections at this port? host from {}, port from {}",
                host,
                source("port")
            ),
            None => format!("the host came from {}, the port from {}", host, source("port")),
        }
    }
}

fn password_hint(settings: &Settings) -> String {
    let typed = settings.memory.typed.get().is_some();
    match settings.origins.iter().find(|origin| origin.keyword == "password") {
        None if typed => "the password was typed".into(),
        None => "no password was given: set PGPASSWORD, or add a line to ~/.pgpass (chmod 0600)".into(),
        Some(origin) => {
            format!("the password came from {}; another can come from PGPASSWORD or ~/.pgpass", origin.source)
        }
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
