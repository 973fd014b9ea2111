//! Rows into the server: sends one complete chunk through COPY FROM, or several as one.
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

use super::Format;
use super::binary::TRAILER;
use super::statement::{foreign, prepare, refused, set_encoding};
use crate::error::{Error, Fault, Result};

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

/// As [`copy_in_prepared`], with all the chunks that `next` gives in one statement: what the server checks at
/// a statement's end (foreign keys) sees all of them.
///
/// # Errors
/// As for [`copy_in`], and those of `next`.
pub async fn copy_in_chunks(
    client: &Client,
    statement: &Statement,
    task: &CopyIn<'_>,
    format: Format,
    mut next: impl AsyncFnMut() -> Result<Option<Bytes>>,
) -> Result<u64> {
    let encoding = foreign(task.data_encoding);
    if let Some(encoding) = encoding {
        set_encoding(client, encoding).await?;
    }
    let failed = |cause| refused(cause, format!("cannot load rows into {}", task.table));
    let mut sink = pin!(client.copy_in::<_, Bytes>(statement).await.map_err(failed)?);
    let mut trailer = Bytes::new();
    let mut first = true;
    while let Some(content) = next().await? {
        let mut rows = content;
        if format == Format::Binary {
            let header = header_bytes(&rows).filter(|header| rows.len() >= header + TRAILER.len());
            let header = header.ok_or_else(|| Error::new(Fault::Damaged, "a chunk is too short to be a COPY file"))?;
            trailer = rows.split_off(rows.len() - TRAILER.len());
            if !first {
                rows = rows.split_off(header);
            }
        }
        first = false;
        while !rows.is_empty() {
            sink.feed(rows.split_to(rows.len().min(MESSAGE_BYTES))).await.map_err(failed)?;
        }
    }
    if !trailer.is_empty() {
        sink.feed(trailer).await.map_err(failed)?;
    }
    let rows = sink.finish().await.map_err(failed)?;
    if encoding.is_some() {
        set_encoding(client, "UTF8").await?;
    }
    Ok(rows)
}

/// The length of a binary COPY file's header: signature, flags, and an extension of stated length.
fn header_bytes(content: &[u8]) -> Option<usize> {
    let length = content.get(15..19)?.try_into().ok().map(u32::from_be_bytes)?;
    usize::try_from(length).ok()?.checked_add(19)
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
