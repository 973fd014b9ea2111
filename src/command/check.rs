//! `pgsnap check`: where a connection leads, and what would hinder a dump or a restore there.
//!
//! Owns the report and what is found about the connection itself. What a dump or a restore would find is asked by
//! their own functions. Reads only.
//!
//! Invariant: no secret is in the report; it is made from values that hold none.

use std::sync::Arc;

use serde::Serialize;

pub use super::dump::Destination;
use super::dump::outlook;
pub use super::finding::{Finding, Severity};
use super::restore::{RestoreOptions, restore};
use super::selection::Selection;
use crate::connect::{Agreed, Origin, Purpose, Session, Settings, Source, Verified};
use crate::error::{During, Error, Fault, Result};
use crate::progress::Silent;

/// What the server says of this connection.
const DESCRIPTION: &str = "\
SELECT CURRENT_USER::pg_catalog.text, pg_catalog.current_database()::pg_catalog.text,
       pg_catalog.current_setting('application_name'), pg_catalog.host(pg_catalog.inet_server_addr()),
       pg_catalog.inet_server_port(), s.version, s.client_dn
FROM (SELECT) AS one LEFT JOIN pg_catalog.pg_stat_ssl s ON s.pid = pg_catalog.pg_backend_pid()";

/// What to check.
pub struct CheckOptions {
    /// The connection.
    pub settings: Settings,
    /// What for.
    pub purpose: Checked,
}

/// The work that is checked for.
pub enum Checked {
    /// A dump.
    Dump {
        /// What it would take.
        selection: Box<Selection>,
        /// Where its archive would go.
        destination: Destination,
    },
    /// A restore.
    Restore(Box<RestoreOptions>),
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The version of this structure: 1.
    pub version: u32,
    /// What was checked for: `dump` or `restore`.
    pub purpose: &'static str,
    /// True where no finding is an error.
    pub ok: bool,
    /// True where nothing would be left out, either.
    pub complete: bool,
    /// The connection's values and where each came from.
    pub connection: Vec<Origin>,
    /// The environment's label.
    pub environment: String,
    /// The server; `None` where it could not be reached.
    pub server: Option<Server>,
    /// What to know or to do, the worst first.
    pub findings: Vec<Finding>,
}

/// The server, as it describes itself.
#[derive(Debug, Serialize)]
pub struct Server {
    /// Where it was reached: `db.example:5432`, or a socket.
    pub place: String,
    /// The address, where it is not a socket.
    pub address: Option<String>,
    /// `server_version`.
    pub version: String,
    /// The address and the port that the server sees us come to; `None` through a socket.
    pub reported: Option<(String, i32)>,
    /// The terms of TLS; `None` without.
    pub tls: Option<Agreed>,
    /// The version of TLS as the server reports it, which a proxy may make another; `None` without.
    pub reported_tls: Option<String>,
    /// The subject of the certificate the server has of us.
    pub client_certificate: Option<String>,
    /// What `pg_stat_activity` shows for us.
    pub application_name: String,
    /// How the server asked who we are, as `require_auth` names it.
    pub authentication: Option<&'static str>,
    /// The role of the session.
    pub role: String,
    /// Whether it is a superuser.
    pub superuser: bool,
    /// The database.
    pub database: String,
    /// Its encoding.
    pub encoding: String,
    /// Whether the server is a standby.
    pub standby: bool,
    /// Whether a pooler stands before it.
    pub pooler: bool,
    /// What the pooler gives another session to: each `session` or each `transaction`; `None` without one.
    pub pool_mode: Option<&'static str>,
}

/// Connects and looks around. A server that cannot be reached is a finding, not an error.
///
/// # Errors
/// None so far; a report is made of whatever happens.
pub async fn check(options: CheckOptions) -> Result<Report> {
    let settings = options.settings;
    let mut findings: Vec<Finding> = settings.warnings.iter().map(|text| Finding::note(text, None)).collect();
    findings.extend(exposed(&settings));
    let mut server = None;
    let purpose = if matches!(options.purpose, Checked::Dump { .. }) { "dump" } else { "restore" };
    match Session::open(&settings, Purpose::Dump).await {
        Err(error) => findings.push(Finding::error(&error)),
        Ok(session) => {
            findings.extend(session.warnings.iter().map(|text| Finding::note(text, None)));
            findings.extend(encryption(&session));
            match describe(&session).await {
                Ok(described) => server = Some(described),
                Err(error) => findings.push(Finding::error(&error)),
            }
            match options.purpose {
                Checked::Dump { selection, destination } => {
                    findings.extend(outlook(session, &selection, &destination).await);
                }
                Checked::Restore(options) => {
                    session.close().await;
                    findings.extend(before_restore(*options).await);
                }
            }
        }
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(Report {
        version: 1,
        purpose,
        ok: findings.iter().all(|finding| finding.severity != Severity::Error),
        complete: findings.iter().all(|finding| finding.severity > Severity::Warning),
        connection: settings.origins.clone(),
        environment: settings.environment.clone(),
        server,
        findings,
    })
}

/// What a restore finds before it changes anything.
async fn before_restore(options: RestoreOptions) -> Vec<Finding> {
    match restore(RestoreOptions { dry_run: true, ..options }, Arc::new(Silent)).await {
        Ok(summary) => summary.plan.map_or_else(Vec::new, |plan| plan.findings),
        Err(error) => vec![Finding::error(&error)],
    }
}

/// Whether others on this machine can see the password.
fn exposed(settings: &Settings) -> Option<Finding> {
    let secret = |origin: &&Origin| origin.value.is_none() && matches!(origin.source, Source::Flag { .. });
    let origin = settings.origins.iter().find(secret)?;
    Some(Finding::note(
        format!("the {} is on the command line, where all users of this machine can see it", origin.keyword),
        Some("PGPASSWORD, ~/.pgpass or a .env file keep it to yourself"),
    ))
}

/// Whether others on the way can read along, or pretend to be the server.
fn encryption(session: &Session) -> Vec<Finding> {
    let settings = &session.settings;
    if settings.is_local() {
        return Vec::new();
    }
    let finding = match session.agreed.as_ref().map(|agreed| agreed.verified) {
        None => Finding::note("the connection is not encrypted", Some("sslmode=require, or better verify-full")),
        Some(Verified::No) => Finding::note(
            "the server's certificate is not checked: anybody on the way can pretend to be it",
            Some("sslmode=verify-full with the authority's certificate in sslrootcert"),
        ),
        Some(Verified::Authority) => Finding::note(
            "the server's certificate may be another host's of the same authority",
            Some("sslmode=verify-full"),
        ),
        Some(Verified::Host) => Finding::ok("encrypted, and the certificate is the host's"),
    };
    vec![finding]
}

/// The server in a few facts.
async fn describe(session: &Session) -> Result<Server> {
    let doing = || "cannot ask the server who we are".to_string();
    let row = session.client.query_typed(DESCRIPTION, &[]).await.during(Fault::Server, doing)?;
    let row = row.first().ok_or_else(|| Error::new(Fault::Server, doing()))?;
    let text = |at: usize| row.try_get::<_, Option<String>>(at).during(Fault::Server, doing);
    let (address, port) = (text(3)?, row.try_get::<_, Option<i32>>(4).during(Fault::Server, doing)?);
    let place = session.settings.place();
    Ok(Server {
        place: place.server(),
        address: place.address.map(|address| address.to_string()),
        version: session.version.clone(),
        reported: address.zip(port),
        tls: session.agreed.clone(),
        reported_tls: text(5)?,
        client_certificate: text(6)?,
        application_name: text(2)?.unwrap_or_default(),
        authentication: session.method.map(|method| method.name()),
        role: text(0)?.unwrap_or_default(),
        superuser: session.is_superuser,
        database: text(1)?.unwrap_or_default(),
        encoding: session.encoding.clone(),
        standby: session.in_recovery,
        pooler: session.pooler,
        pool_mode: session.pooler.then_some(if session.pooled { "transaction" } else { "session" }),
    })
}
