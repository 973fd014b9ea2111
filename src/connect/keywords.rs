//! libpq's connection parameters: their names, their environment variables, and what pgsnap does with each.
//!
//! Owns the list (`PQconninfoOptions` in fe-connect.c of PostgreSQL 18) and nothing else; pure. A parameter
//! is acted on, or changes nothing for pgsnap, or is refused by name: none is passed over that would make the
//! connection another one, or a less safe one, than was asked for.

use crate::error::{Error, Fault};

/// What becomes of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It is acted on.
    Honoured,
    /// It makes no difference here; why.
    Harmless,
    /// It is not supported, and must not be ignored.
    Refused,
}

use Use::{Harmless, Honoured, Refused};

/// Keyword, environment variable (empty where there is none), use.
const KEYWORDS: &[(&str, &str, Use)] = &[
    ("service", "PGSERVICE", Honoured),
    ("servicefile", "PGSERVICEFILE", Honoured),
    ("host", "PGHOST", Honoured),
    ("hostaddr", "PGHOSTADDR", Honoured),
    ("port", "PGPORT", Honoured),
    ("user", "PGUSER", Honoured),
    ("password", "PGPASSWORD", Honoured),
    ("passfile", "PGPASSFILE", Honoured),
    ("dbname", "PGDATABASE", Honoured),
    ("options", "PGOPTIONS", Honoured),
    ("application_name", "PGAPPNAME", Honoured),
    ("fallback_application_name", "", Honoured),
    ("connect_timeout", "PGCONNECT_TIMEOUT", Honoured),
    ("keepalives", "", Honoured),
    ("keepalives_idle", "", Honoured),
    ("keepalives_interval", "", Honoured),
    ("keepalives_count", "", Honoured),
    ("tcp_user_timeout", "", Honoured),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", Honoured),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS", Honoured),
    ("channel_binding", "PGCHANNELBINDING", Honoured),
    ("require_auth", "PGREQUIREAUTH", Honoured),
    ("requirepeer", "PGREQUIREPEER", Honoured),
    ("sslmode", "PGSSLMODE", Honoured),
    ("sslnegotiation", "PGSSLNEGOTIATION", Honoured),
    ("sslrootcert", "PGSSLROOTCERT", Honoured),
    ("sslcert", "PGSSLCERT", Honoured),
    ("sslkey", "PGSSLKEY", Honoured),
    ("sslpassword", "", Honoured),
    ("sslcertmode", "PGSSLCERTMODE", Honoured),
    ("sslcrl", "PGSSLCRL", Honoured),
    ("sslcrldir", "PGSSLCRLDIR", Honoured),
    ("sslsni", "PGSSLSNI", Honoured),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Honoured),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Honoured),
    ("min_protocol_version", "PGMINPROTOCOLVERSION", Honoured),
    ("max_protocol_version", "PGMAXPROTOCOLVERSION", Honoured),
    ("gssencmode", "PGGSSENCMODE", Honoured),
    ("replication", "", Honoured),
    // The session's encoding is pgsnap's choice, and so is what it logs; the rest is GSS's and history's.
    ("client_encoding", "PGCLIENTENCODING", Harmless),
    ("sslcompression", "PGSSLCOMPRESSION", Harmless),
    ("sslkeylogfile", "", Harmless),
    ("krbsrvname", "PGKRBSRVNAME", Harmless),
    ("gsslib", "PGGSSLIB", Harmless),
    ("gssdelegation", "PGGSSDELEGATION", Harmless),
    ("scram_client_key", "", Refused),
    ("scram_server_key", "", Refused),
    ("oauth_issuer", "", Refused),
    ("oauth_client_id", "", Refused),
    ("oauth_client_secret", "", Refused),
    ("oauth_scope", "", Refused),
];

/// The keyword of a parameter that is acted on, as a constant; `None` for one that makes no difference.
///
/// # Errors
/// `Some` error for a parameter that is not supported; the inner `None` for one libpq does not have.
pub fn find(name: &str) -> Result<Option<&'static str>, Option<Error>> {
    match KEYWORDS.iter().find(|(keyword, ..)| *keyword == name) {
        Some((keyword, _, Honoured)) => Ok(Some(keyword)),
        Some((_, _, Harmless)) => Ok(None),
        Some((keyword, _, Refused)) => {
            Err(Some(Error::new(Fault::Unsupported, format!("the connection parameter {keyword} is not supported"))))
        }
        // The driver's own name for it, found in URLs written for other Rust programs.
        None if name == "keepalives_retries" => Ok(Some("keepalives_count")),
        None => Err(None),
    }
}

/// The variables that are acted on, with their keywords; those of the service are looked at first, apart.
pub fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    let honoured = |(keyword, variable, used): &(&'static str, &'static str, Use)| {
        let plain = *used == Honoured && !variable.is_empty() && !keyword.starts_with("service");
        plain.then_some((*variable, *keyword))
    };
    KEYWORDS.iter().filter_map(honoured)
}

/// True for a value that must never be shown.
pub fn is_secret(keyword: &str) -> bool {
    matches!(keyword, "password" | "sslpassword")
}

/// All keywords, in order.
pub fn all() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(|(keyword, ..)| *keyword)
}
