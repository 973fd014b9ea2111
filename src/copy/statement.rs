//! What both transfers do around the COPY itself: prepare it, switch the encoding, word the errors.
//!
//! The driver speaks UTF-8 only, while rows must travel in the encoding of their database, because
//! conversion to UTF-8 and back is not lossless everywhere (EUC_JP). A server converts a statement's
//! text when it is parsed and the rows when it runs, so the switch comes between the two.

use tokio_postgres::error::Severity;
use tokio_postgres::{Client, Statement};

use crate::error::{Error, Fault, Result};

/// SQLSTATE of a prepared statement whose name is in use.
const NAME_TAKEN: &str = "42P05";
const TAKEN_HINT: &str = "another client of a connection pooler left a prepared statement in the server's session; connect to \
     the server itself, or let PgBouncer (1.21 and newer) keep them apart: max_prepared_statements";

/// Prepares a COPY statement; `table` is for messages. Worth keeping where several chunks are loaded
/// into one table over one connection: it saves a round trip each.
pub async fn prepare(client: &Client, table: &str, sql: &str) -> Result<Statement> {
    client.prepare(sql).await.map_err(|cause| {
        let taken = cause.code().is_some_and(|code| code.code() == NAME_TAKEN);
        let error = refused(cause, format!("cannot prepare to copy {table}"));
        if taken { error.hint(TAKEN_HINT) } else { error }
    })
}

/// Sets `client_encoding`. Affects neither statements parsed already nor their parameters.
pub(super) async fn set_encoding(client: &Client, encoding: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if encoding.is_empty() || encoding.len() > 63 || !encoding.bytes().all(plain) {
        return Err(Error::new(Fault::Unsupported, format!("{encoding:?} is not the name of an encoding")));
    }
    let sql = format!("SET client_encoding TO '{encoding}'");
    client
        .batch_execute(&sql)
        .await
        .map_err(|cause| refused(cause, format!("cannot set the client encoding to {encoding}")))
}

/// The encoding to switch to for the rows, where it is another one than the driver's.
pub(super) fn foreign(data_encoding: Option<&str>) -> Option<&str> {
    data_encoding.filter(|name| !name.eq_ignore_ascii_case("UTF8"))
}

/// An error of the driver as ours. A server that says FATAL ends the session, which makes that a lost
/// connection too: the work may succeed over a new one.
pub(super) fn refused(cause: tokio_postgres::Error, doing: String) -> Error {
    let fatal = |severity| matches!(severity, Severity::Fatal | Severity::Panic);
    let fault = match cause.as_db_error() {
        Some(answer) if !answer.parsed_severity().is_some_and(fatal) => Fault::Server,
        _ => Fault::Connect,
    };
    Error::new(fault, doing).caused_by(cause)
}
