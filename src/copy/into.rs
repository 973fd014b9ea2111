//! Rows into the server: sends one complete chunk through COPY FROM.
//!
//! Owns the sending and the check that the server accepted it. Does not begin or commit a transaction,
//! match columns or look into the content; the caller compares the row count with the manifest,
//! because a server accepts a file that was cut between two rows.
//!
//! Invariant: content is sent in slices of itself, never copied.

use std::pin::pin;

use bytes::Bytes;
use futures::SinkExt;
use tokio_postgres::{Client, Statement};

use super::statement::{foreign, prepare, refused, set_encoding};
use crate::error::Result;

/// Bytes per message. Enough that the cost per message vanishes (64 KiB do); small enough that a
/// connection holds little twice.
const MESSAGE_BYTES: usize = 512 << 10;

/// Where a chunk goes.
#[derive(Debug, Clone, Copy)]
pub struct CopyIn<'a> {
    /// The table, for messages.
    pub table: &'a str,
    /// The statement, from [`copy_in_sql`](super::copy_in_sql).
    pub sql: &'a str,
    /// The encoding of the archived rows; `None` is UTF-8.
    pub data_encoding: Option<&'a str>,
}

/// Loads one chunk and returns the server's count of rows.
///
/// # Errors
/// The server's refusal or a lost connection. After any error, and after dropping the future half-way,
/// **the connection must be dropped and never committed on**: the driver may be one answer off (it
/// sends a Sync too many where COPY is refused at once), so the reply to a COMMIT could be another's.
pub async fn copy_in(client: &Client, task: &CopyIn<'_>, content: Bytes) -> Result<u64> {
    let statement = prepare(client, task.table, task.sql).await?;
    copy_in_prepared(client, &statement, task, content).await
}

/// As [`copy_in`], with `task.sql` prepared already on this connection.
pub async fn copy_in_prepared(
    client: &Client,
    statement: &Statement,
    task: &CopyIn<'_>,
    content: Bytes,
) -> Result<u64> {
    let encoding = foreign(task.data_encoding);
    if let Some(encoding) = encoding {
        set_encoding(client, encoding).await?;
    }
    let rows = send(client, statement, content)
        .await
        .map_err(|cause| refused(cause, format!("cannot load rows into {}", task.table)))?;
    if encoding.is_some() {
        set_encoding(client, "UTF8").await?;
    }
    Ok(rows)
}

async fn send(
    client: &Client,
    statement: &Statement,
    mut content: Bytes,
) -> std::result::Result<u64, tokio_postgres::Error> {
    let mut sink = pin!(client.copy_in::<_, Bytes>(statement).await?);
    while !content.is_empty() {
        let message = content.split_to(content.len().min(MESSAGE_BYTES));
        // Fails where the connection is gone only: what the server refuses is told by `finish`.
        sink.feed(message).await?;
    }
    sink.finish().await
}
